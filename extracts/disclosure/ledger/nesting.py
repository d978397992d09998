"""Nested populations: pairs of published counts of which one lies inside the other."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from extracts.disclosure.ledger.parsing import variable
from extracts.disclosure.ledger.predicates import Predicate
from extracts.disclosure.ledger.refinement import Pieces, Refinement, refine
from extracts.disclosure.ledger.released import CellName, Counts, ReleasedTable, counts
from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.labels import as_compared
from extracts.disclosure.reading.statistics import kind_of_statistic

Places = npt.NDArray[np.int64]


class OutOfTime(Exception):
    """The time allowed was over before everything had been looked at."""


@dataclass(frozen=True)
class Pair:
    """Two counts by their places: everybody in `part` is in `whole`; `same` if the reverse holds too."""

    part: int
    whole: int
    same: bool


@dataclass(frozen=True)
class Nesting:
    """Which populations lie inside which, answered for many at a time.

    Hulls are compared piece by piece first; populations of several boxes exactly after that.
    """

    counts: Counts
    refinement: Refinement = field(init=False)
    hulls: tuple[Booleans, ...] = field(init=False)

    def __post_init__(self) -> None:
        refinement = refine(self.counts.predicates)
        hulls = tuple(_hulls(self.counts.predicates, name, own) for name, own in refinement.variables.items())
        object.__setattr__(self, "refinement", refinement)
        object.__setattr__(self, "hulls", hulls)

    def wholes(self, part: int, among: Places) -> Places:
        """Those that hold everybody in the part."""
        keep = np.ones(len(among), dtype=np.bool_)
        for hull in self.hulls:
            keep[keep] = ~(hull[part] & ~hull[among[keep]]).any(axis=1)
        return np.array([other for other in among[keep].tolist() if self._within(part, other)], dtype=np.int64)

    def parts(self, whole: int, among: Places) -> Places:
        """Those that lie inside the whole."""
        keep = np.ones(len(among), dtype=np.bool_)
        for hull in self.hulls:
            keep[keep] = ~(hull[among[keep]] & ~hull[whole]).any(axis=1)
        return np.array([other for other in among[keep].tolist() if self._within(other, whole)], dtype=np.int64)

    def _within(self, part: int, whole: int) -> bool:
        mine, other = self.counts.predicates[part], self.counts.predicates[whole]
        return (len(mine.boxes) == len(other.boxes) == 1) or mine.within(other)

    def pair(self, part: int, whole: int) -> Pair | None:
        """The two counts as a pair, if the part does lie inside the whole."""
        if not len(self.wholes(part, np.array([whole]))):
            return None
        return Pair(part, whole, bool(len(self.wholes(whole, np.array([part])))))


def close_pairs(nesting: Nesting, threshold: int, *, until: float) -> Iterator[Pair]:
    """Nested pairs with a new count in them whose difference is certainly below the threshold.

    until  `time.monotonic()` at which to stop. Raises OutOfTime.
    """
    low, high, new = nesting.counts.low, nesting.counts.high, nesting.counts.new
    by_low, by_high = np.argsort(low, kind="stable"), np.argsort(high, kind="stable")
    met: set[frozenset[int]] = set()
    for place in np.flatnonzero(new).tolist():
        if time.monotonic() > until:
            raise OutOfTime
        among = _in_window(by_high, high, low[place], low[place] + threshold - 1)
        found = [(place, whole) for whole in nesting.wholes(place, among[among != place]).tolist()]
        among = _in_window(by_low, low, high[place] - threshold + 1, high[place])
        found += [(part, place) for part in nesting.parts(place, among[among != place]).tolist()]
        for part, whole in found:
            if frozenset((part, whole)) not in met and (pair := nesting.pair(part, whole)):
                met.add(frozenset((part, whole)))
                yield pair


def _in_window(order: Places, values: Floats, first: float, last: float) -> Places:
    """The places whose values lie between two, both included."""
    ordered = values[order]
    found: Places = order[np.searchsorted(ordered, first) : np.searchsorted(ordered, last, side="right")]
    return found


def aligned_pairs(nesting: Nesting) -> Iterator[Pair]:
    """Nested pairs of counts with the same labels in different tables, one of them new, whatever their size."""
    by_key: dict[frozenset[tuple[str, str]], list[int]] = {}
    counts = nesting.counts
    for place, name in enumerate(counts.names):
        by_key.setdefault(_key(name), []).append(place)
    for places in by_key.values():
        for first in (place for place in places if counts.names[place].new):
            others = [p for p in places if counts.table[p] != counts.table[first] and not (counts.new[p] and p < first)]
            for other in others:
                found = nesting.pair(first, other) or nesting.pair(other, first)
                if found:
                    yield found


def nested_amounts(tables: Sequence[ReleasedTable]) -> Iterator[tuple[str, bool]]:
    """Cells of amounts with the same labels and measure, one of them new, that may give away somebody's amount.

    Either their populations are nested and differ, or (True) the same people have another amount.
    """
    measures = {m for t in tables for m in t.cells.of_kind("total", "mean").facts["measure"]}
    for measure in sorted(measures):
        own = counts([_amounts(table, measure) for table in tables])
        if not own.problems and own.new.any():
            for pair in aligned_pairs(Nesting(own)):
                low, high = own.low[[pair.part, pair.whole]], own.high[[pair.part, pair.whole]]
                if not pair.same or low.max() > high.min():
                    yield str(own.names[pair.part]), pair.same


def _amounts(table: ReleasedTable, measure: str) -> ReleasedTable:
    """The amounts of one measure as if they were counts, so that each has a population."""
    facts = table.cells.facts
    cells = table.cells.where(facts["kind"].isin(["total", "mean"]) & (facts["measure"] == measure))
    value, spread = cells.facts["value"], cells.facts["spread"]
    as_counts = cells.facts.assign(kind="count", measure="", low=value - spread, high=value + spread)
    return replace(table, cells=replace(cells, facts=as_counts), off_by=0.0)


def contributors(table: ReleasedTable) -> dict[str, ReleasedTable]:
    """What amounts are of -> the table with the numbers of their contributors as counts, where evidence has them."""
    cells = table.cells.of_kind("total", "mean")
    if "n" not in cells.facts:
        return {}
    cells = cells.where(cells.states("number") & np.isfinite(cells.numbers("n")))
    found: dict[str, ReleasedTable] = {}
    for measure in cells.facts["measure"].unique():
        own = cells.where(cells.facts["measure"] == measure)
        n = own.facts["n"]
        as_counts = own.facts.assign(kind="count", measure="", value=n, low=n, high=n)
        named = " ".join(word for word in words_of(str(measure)) if not kind_of_statistic(word))
        found.setdefault(named, replace(table, cells=replace(own, facts=as_counts), off_by=0.0))
    return found


def _key(name: CellName) -> frozenset[tuple[str, str]]:
    return frozenset((variable(dimension), as_compared(label)) for dimension, label in name.key.items())


def _hulls(predicates: Sequence[Predicate], name: str, own: Pieces) -> Booleans:
    """Per population, the pieces of a variable that anybody of it may be in."""
    known: dict[int, Booleans] = {}
    empty = np.zeros(len(own.pieces), dtype=np.bool_)
    hulls = np.zeros((len(predicates), len(own.pieces)), dtype=np.bool_)
    for row, predicate in enumerate(predicates):
        for box in predicate.boxes:
            values = box[name]
            if id(values) not in known:  # populations keep their sets, so an id stays that of one set
                known[id(values)] = own.masks.get(values, empty)
            hulls[row] |= known[id(values)]
    return hulls
