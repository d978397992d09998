"""Systems: the equations between the cells of tables, and what anybody knows of each cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import block_diag, csr_array

from extracts.disclosure.audit.bounds import Booleans, Floats, Integers
from extracts.disclosure.audit.grid import NOT_LISTED, TOTAL, Dimension, size
from extracts.disclosure.reading.labels import as_compared


@dataclass(frozen=True)
class Key:
    """What a cell counts: the population and measure, and dimension to label without the totals."""

    population: str
    measure: str
    labels: tuple[tuple[str, str], ...]

    def as_dict(self) -> dict[str, str]:
        """Dimension to label."""
        return dict(self.labels)


@dataclass(frozen=True)
class Doubt:
    """A total along a dimension that is not the sum of its parts.

    cell         its place among the cells of the table
    least, most  between what numbers it exceeds its parts; below 0 where it is less
    """

    cell: int
    dimension: str
    least: float
    most: float


@dataclass(frozen=True)
class System:
    """Cells of one table or several, joined by equations: equations @ true numbers == 0.

    keys         what each cell counts, in the order of the columns of `equations`
    value        published numbers; NaN for none
    hidden       whether the table shows no number, or no row, for it
    low, high    what anybody knows beforehand
    cells        per cell: its place among the cells of the table, or -1 for a row left out
    whole        whether the numbers are counts
    doubts       totals that are not the sums of their parts
    """

    keys: Sequence[Key]
    equations: csr_array
    value: Floats
    hidden: Booleans
    low: Floats
    high: Floats
    cells: Integers
    whole: bool = True
    doubts: tuple[Doubt, ...] = ()

    def __len__(self) -> int:
        return len(self.value)


class Keys(Sequence[Key]):
    """Keys of a grid, made when they are asked for: most never are."""

    def __init__(self, population: str, measure: str, sides: Sequence[Dimension]) -> None:
        self._population, self._measure, self._sides = population, measure, sides

    def __len__(self) -> int:
        return size(self._sides)

    def __getitem__(self, place: int) -> Key:  # type: ignore[override]
        if not 0 <= place < len(self):
            raise IndexError(place)
        at = np.unravel_index(place, [len(side) for side in self._sides])
        labels = ((as_compared(side.name), side.labels[code]) for side, code in zip(self._sides, at, strict=True))
        return Key(self._population, self._measure, tuple(sorted(pair for pair in labels if pair[1] != TOTAL)))


class Chain(Sequence[Key]):
    """Several sequences of keys, one after the other."""

    def __init__(self, parts: Sequence[Sequence[Key]]) -> None:
        self._parts, self._ends = parts, np.cumsum([len(part) for part in parts])

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def __getitem__(self, place: int) -> Key:  # type: ignore[override]
        if not 0 <= place < len(self):
            raise IndexError(place)
        part = int(np.searchsorted(self._ends, place, side="right"))
        return self._parts[part][place - (int(self._ends[part - 1]) if part else 0)]


def joined(systems: Sequence[System]) -> tuple[System, list[Integers]]:
    """One system in which the same cell of several tables is one, and where each table's cells are in it.

    Two cells are the same when their keys are: the population, the measure, and the labels that are
    no totals. What a total holds beyond the listed parts is never taken for the same. In the answer,
    `cells` is -1 everywhere. Raises ValueError for counts beside amounts, and for no system.
    """
    if len({system.whole for system in systems}) != 1:
        raise ValueError("Only systems of one kind can be joined, and there must be one.")
    members, keys = _members(systems)
    number, at = len(keys), np.concatenate(members)
    old = np.arange(len(at))
    equations = block_diag([system.equations for system in systems], format="csr")
    same = csr_array((np.ones(len(at)), (old, at)), shape=(len(at), number))
    low, high, value = np.full(number, -np.inf), np.full(number, np.inf), np.full(number, np.nan)
    np.maximum.at(low, at, np.concatenate([system.low for system in systems]))
    np.minimum.at(high, at, np.concatenate([system.high for system in systems]))
    published = np.concatenate([system.value for system in systems])
    # Last to first, so that of several numbers the first stays.
    shown = np.flatnonzero(~np.isnan(published))[::-1]
    value[at[shown]] = published[shown]
    hidden = np.ones(number, dtype=np.bool_)
    np.logical_and.at(hidden, at, np.concatenate([system.hidden for system in systems]))
    nowhere = np.full(number, -1, dtype=np.int64)
    whole = systems[0].whole
    return System(keys, csr_array(equations @ same), value, hidden, low, high, nowhere, whole), members


def _members(systems: Sequence[System]) -> tuple[list[Integers], list[Key]]:
    """Per system, the place of each of its cells among all the different keys; and those keys."""
    place: dict[Key, int] = {}
    keys: list[Key] = []
    members = []
    for system in systems:
        at = np.empty(len(system), dtype=np.int64)
        for cell, key in enumerate(system.keys):
            own = any(NOT_LISTED in label for _, label in key.labels)
            at[cell] = len(keys) if own else place.setdefault(key, len(keys))
            if at[cell] == len(keys):
                keys.append(key)
        members.append(at)
    return members, keys
