"""Linked tables: which tables are about the same people, and the one system of all their cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from extracts.disclosure.audit.bounds import Booleans, Integers
from extracts.disclosure.audit.grid import Hierarchies
from extracts.disclosure.audit.part import TooSparse
from extracts.disclosure.audit.system import Key, System, joined
from extracts.disclosure.audit.tables import system_of
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.labels import as_compared
from extracts.disclosure.rounding import Rounding
from extracts.disclosure.suggest import UNNAMED

# Two dimensions are the same when more than this part of the labels of one are labels of the other.
ALIKE = 0.5


@dataclass(frozen=True)
class Linked:
    """One system of several tables.

    tables   which of the tables that were given
    members  per table, where its cells are in the system, in the order of its own system
    systems  the tables' own systems
    """

    tables: tuple[int, ...]
    system: System
    members: tuple[Integers, ...]
    systems: tuple[System, ...]

    def places(self) -> Iterator[tuple[int, Integers, Integers]]:
        """Per table: which one, those of its cells that are in the system, and where they are in it."""
        for number, members, system in zip(self.tables, self.members, self.systems, strict=True):
            there = system.cells >= 0
            yield number, system.cells[there], members[there]

    @property
    def hidden(self) -> Booleans:
        """Which cells of the system some table hides in a row that it has."""
        return self._some([system.hidden & (system.cells >= 0) for system in self.systems])

    @property
    def listed(self) -> Booleans:
        """Which cells of the system some table has a row for."""
        return self._some([system.cells >= 0 for system in self.systems])

    def _some(self, flags: Sequence[Booleans]) -> Booleans:
        """Which cells of the system have a flag in some table."""
        found = np.zeros(len(self.system), dtype=np.bool_)
        for members, flag in zip(self.members, flags, strict=True):
            found[members[flag]] = True
        return found


def linked(
    tables: Sequence[Cells],
    *,
    kind: str = "count",
    populations: Sequence[str] = (),
    hierarchies: Hierarchies | None = None,
    rounding: Rounding | None = None,
    leave_out_sparse: bool = False,
) -> list[Linked]:
    """The tables, put together where they are about the same people.

    kind         what of them: their counts, or with `total` their sums
    populations  whom each table is about, as far as that was said; tables that differ in it are
                 never put together
    hierarchies, rounding   as for `system_of`, for all the tables

    Tables are put together when they have cells in common and agree on every one that both show: two
    years of one table share their labels, but not their numbers. A table that is too sparse to be
    audited is left out if asked; else raises TooSparse.
    """
    said = list(populations) or [""] * len(tables)
    systems: dict[int, System] = {}
    for at, (cells, population) in enumerate(zip(aligned(tables), said, strict=True)):
        try:
            systems[at] = system_of(cells, kind=kind, population=population, hierarchies=hierarchies, rounding=rounding)
        except TooSparse:
            if not leave_out_sparse:
                raise
    found = []
    for group in _groups(systems):
        own = tuple(systems[at] for at in group)
        together, members = joined(own)
        found.append(Linked(tuple(group), together, tuple(members), own))
    return found


def aligned(tables: Sequence[Cells]) -> list[Cells]:
    """The tables, in which a dimension that nobody named has the name of one of another table with the same labels."""
    named = {name: labels for cells in tables for name, labels in _labels(cells).items() if not _unnamed(name)}
    found = []
    for cells in tables:
        names = {}
        for name, labels in _labels(cells).items():
            others = [other for other in named if other not in cells.dimensions]
            best = max(others, key=lambda other: _alike(labels, named[other]), default=name)
            if _unnamed(name) and best != name and _alike(labels, named[best]) > ALIKE:
                names[name] = best
        found.append(
            replace(cells, labels=cells.labels.rename(columns=names), totals=cells.totals.rename(columns=names))
        )
    return found


def _unnamed(name: str) -> bool:
    return name.split(" across")[0] == UNNAMED


def _labels(cells: Cells) -> dict[str, frozenset[str]]:
    """The labels of each dimension but for the totals, in the form in which they are compared."""
    parts = {name: cells.labels[name][~cells.is_total(name)].astype(str).unique() for name in cells.dimensions}
    return {name: frozenset(map(as_compared, labels)) for name, labels in parts.items()}


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """The part of the labels of the smaller of two dimensions that the other has too."""
    return len(one & other) / max(1, min(len(one), len(other)))


def _groups(systems: Mapping[int, System]) -> list[list[int]]:
    """Which systems belong together: each goes to the first group that it has cells in common with and agrees with."""
    groups: list[list[int]] = []
    known: list[dict[Key, tuple[float, float]]] = []
    for number, system in systems.items():
        own = _known(system)
        for group, theirs in zip(groups, known, strict=True):
            if own.keys() & theirs.keys() and _agree(own, theirs):
                group.append(number)
                theirs |= own
                break
        else:
            groups.append([number])
            known.append(own)
    return groups


def _known(system: System) -> dict[Key, tuple[float, float]]:
    """What is known of each cell that has a row in the table."""
    places = np.flatnonzero(system.cells >= 0).tolist()
    return {system.keys[at]: (float(system.low[at]), float(system.high[at])) for at in places}


def _agree(one: dict[Key, tuple[float, float]], other: dict[Key, tuple[float, float]]) -> bool:
    """Whether every cell of both may have the same number in both."""
    return all(max(one[key][0], other[key][0]) <= min(one[key][1], other[key][1]) for key in one.keys() & other.keys())
