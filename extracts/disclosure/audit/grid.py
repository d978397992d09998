"""The grid of a table: every combination of its labels, whether a row of the table shows it or not.

A row that is left out hides a count as well as a sign does, so it has a place in the grid too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from extracts.disclosure.audit.bounds import Integers
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.labels import as_compared

# Label of a total, and of what a total holds beyond the parts that are listed.
TOTAL, NOT_LISTED = "", "(not listed)"

# Per dimension: child label -> parent label.
Hierarchies = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Family:
    """One label of a dimension and those it is the sum of, as places among the labels."""

    parent: int
    children: tuple[int, ...]


@dataclass(frozen=True)
class Dimension:
    """The labels of one dimension, in the form in which they are compared; all labels of the total are one.

    codes  label as it stands in the table -> place among the labels
    """

    name: str
    labels: tuple[str, ...]
    families: tuple[Family, ...]
    codes: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.labels)

    def with_not_listed(self, parent: int) -> Dimension:
        """The same with one more child of a parent, for what it holds beyond the others."""
        label = f"{self.labels[parent]} {NOT_LISTED}".strip()
        grown = (
            Family(family.parent, (*family.children, len(self))) if family.parent == parent else family
            for family in self.families
        )
        return replace(self, labels=(*self.labels, label), families=tuple(grown))

    def without(self, parent: int) -> Dimension:
        """The same without the sums of one parent."""
        return replace(self, families=tuple(family for family in self.families if family.parent != parent))


def dimension(name: str, labels: Mapping[str, bool], parents: Mapping[str, str]) -> Dimension:
    """A dimension with its families.

    labels   every label -> whether it is that of a total
    parents  child label -> parent label, for labels between the total and the leaves

    The total is the sum of the labels that have no other parent among the labels; every parent is
    the sum of its children. A label that is said to be its own parent is in no sum.
    """
    above = {as_compared(child): as_compared(parent) for child, parent in parents.items()}
    named = {
        label: TOTAL if total and as_compared(label) not in above else as_compared(label)
        for label, total in labels.items()
    }
    place = {label: at for at, label in enumerate(dict.fromkeys(named.values()))}
    children: dict[int, list[int]] = {}
    for label, at in place.items():
        parent = above.get(label, TOTAL)
        parent = parent if parent in place else TOTAL
        if label not in (TOTAL, parent) and parent in place:
            children.setdefault(place[parent], []).append(at)
    families = tuple(Family(parent, tuple(parts)) for parent, parts in children.items())
    return Dimension(name, tuple(place), families, {label: place[name] for label, name in named.items()})


def dimensions(cells: Cells, hierarchies: Hierarchies) -> tuple[Dimension, ...]:
    """The dimensions of a table's cells, in their order."""
    found = []
    for name in cells.dimensions:
        one_each = ~cells.labels[name].duplicated().to_numpy()
        labels, total = cells.labels[name][one_each].astype(str), cells.is_total(name)[one_each].tolist()
        found.append(dimension(name, dict(zip(labels, total, strict=True)), hierarchies.get(name, {})))
    return tuple(found)


def codes(cells: Cells, sides: Sequence[Dimension]) -> Integers:
    """Per cell and dimension (n x d), the place of its label among the labels."""
    found = np.zeros((len(cells), len(sides)), dtype=np.int64)
    for axis, side in enumerate(sides):
        number, labels = pd.factorize(cells.labels[side.name])
        found[:, axis] = np.array([side.codes[str(label)] for label in labels], dtype=np.int64)[number]
    return found


def places(coded: Integers, sides: Sequence[Dimension]) -> Integers:
    """Where cells with these codes stand in the grid, counted row by row."""
    if not sides:
        return np.zeros(len(coded), dtype=np.int64)
    shape = tuple(len(side) for side in sides)
    return np.asarray(np.ravel_multi_index(tuple(coded.T), shape), dtype=np.int64)


def size(sides: Sequence[Dimension]) -> int:
    """How many places the grid has."""
    return int(np.prod([len(side) for side in sides], dtype=np.float64))


def lines(sides: Sequence[Dimension]) -> Iterator[tuple[int, Family, Integers, Integers]]:
    """Per family of each dimension: the axis, the family, the parents' places (p) and their children's (p x c)."""
    shape = [len(side) for side in sides]
    number = np.arange(size(sides), dtype=np.int64).reshape(shape)
    for axis, side in enumerate(sides):
        along = np.moveaxis(number, axis, -1).reshape(-1, len(side))
        for family in side.families:
            yield axis, family, along[:, family.parent], along[:, list(family.children)]
