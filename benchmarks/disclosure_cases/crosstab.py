"""Crosstabs: true numbers by labels, as wide or long tables with or without totals, and the records behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

from benchmarks.disclosure_cases.draft import Key, Table, Value, cell
from benchmarks.disclosure_cases.words import Dimension

Labels = tuple[str, ...]


@dataclass(frozen=True)
class Crosstab:
    """What a table shows: labels, one of each dimension, to a number or a mark."""

    dimensions: tuple[Dimension, ...]
    shown: Mapping[Labels, Value]
    measure: str = "count"

    def key(self, labels: Labels) -> Key:
        """The key of a cell."""
        return {one.name: label for one, label in zip(self.dimensions, labels, strict=True)}

    def wide(self) -> Table:
        """The last dimension across."""
        across = list(dict.fromkeys(labels[-1] for labels in self.shown))
        down = list(dict.fromkeys(labels[:-1] for labels in self.shown))
        rows = [[*labels, *(self.shown[*labels, label] for label in across)] for labels in down]
        return Table([*(one.name for one in self.dimensions[:-1]), *across], rows)

    def long(self) -> Table:
        """One row for each cell."""
        rows = [[*labels, value] for labels, value in self.shown.items()]
        return Table([*(one.name for one in self.dimensions), self.measure], rows)

    def layout(self, form: str) -> dict[str, Any]:
        """The layout in the form of the shared examples. A table of one dimension is wide across measures."""
        names = [one.name for one in self.dimensions]
        if form == "long":
            return {"form": "long", "dims": names, "measure": self.measure}
        return {"form": "wide", "row_dims": names[:-1], "col_dim": names[-1], "measure": self.measure}

    def table(self, form: str) -> Table:
        """The table in this form."""
        return self.wide() if form == "wide" else self.long()


def filled(sizes: tuple[Dimension, ...], draw: Callable[[], int]) -> dict[Labels, int]:
    """A number for every combination of labels."""
    return {labels: draw() for labels in product(*(one.labels for one in sizes))}


def with_totals(counts: Mapping[Labels, int], total: str, along: Iterable[int]) -> dict[Labels, int]:
    """The counts and their sums along these dimensions and all combinations of them, total labels last."""
    found = dict(counts)
    for place in along:
        sums: dict[Labels, int] = {}
        for labels, count in found.items():
            changed = (*labels[:place], total, *labels[place + 1 :])
            sums[changed] = sums.get(changed, 0) + count
        found |= sums
    return found


def plenty(random: Random, least: int = 10) -> Callable[[], int]:
    """Draws counts of at least `least`, now and then exactly that."""
    return lambda: least if random.random() < 0.05 else least + int(random.expovariate(1 / 150))


def some_small(random: Random, counts: dict[Labels, int], least: int = 1, most: int = 9) -> None:
    """Make one to three of the counts small."""
    for labels in random.sample(sorted(counts), random.randint(1, min(3, len(counts)))):
        counts[labels] = random.randint(least, most)


def below(tab: Crosstab, counts: Mapping[Labels, int], threshold: int = 10) -> list[dict[str, Any]]:
    """The cells that show a count of at least 1 and below the threshold."""
    return [cell(tab.key(labels), "threshold") for labels, count in counts.items() if 0 < count < threshold]


def records(
    random: Random, tab_dimensions: tuple[Dimension, ...], persons: Mapping[Labels, int], rows: Mapping[Labels, int]
) -> Table:
    """One row for each event: the persons of a cell share its rows, each having at least one."""
    made: list[list[Value]] = []
    number = random.randint(1000, 9000)
    for labels, count in persons.items():
        owners = list(range(number, number + count))
        number += count
        extra = [random.choice(owners) for _ in range(rows[labels] - count)] if owners else []
        made += [[f"P{owner}", *labels] for owner in (*owners, *extra)]
    random.shuffle(made)
    return Table(["person_id", *(one.name for one in tab_dimensions)], made)
