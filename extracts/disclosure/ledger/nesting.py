"""Nested populations: pairs of published counts of which one lies inside the other."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from extracts.disclosure.ledger.parsing import variable
from extracts.disclosure.ledger.predicates import Predicate
from extracts.disclosure.ledger.refinement import Pieces, Refinement, refine
from extracts.disclosure.ledger.released import CellName, Counts, ReleasedTable, counts
from extracts.disclosure.reading.cells import Floats
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

    Hulls are compared variable by variable first; populations of several boxes exactly after that. Only
    populations whose hulls share a value are looked at, as most labels of a table have nobody in common.
    """

    counts: Counts
    refinement: Refinement = field(init=False)
    hulls: tuple[_Hulls, ...] = field(init=False)

    def __post_init__(self) -> None:
        refinement = refine(self.counts.predicates)
        hulls = tuple(_Hulls.of(self.counts.predicates, name, own) for name, own in refinement.variables.items())
        object.__setattr__(self, "refinement", refinement)
        object.__setattr__(self, "hulls", hulls)

    def wholes(self, part: int) -> Places:
        """The populations that hold everybody in the part, itself among them."""
        found = self._sieved([hull.wholes(part) for hull in self.hulls])
        return np.array([other for other in found.tolist() if self._within(part, other)], dtype=np.int64)

    def parts(self, whole: int) -> Places:
        """The populations that lie inside the whole, itself among them."""
        found = self._sieved([hull.parts(whole) for hull in self.hulls])
        return np.array([other for other in found.tolist() if self._within(other, whole)], dtype=np.int64)

    def _sieved(self, fitting: Sequence[Places]) -> Places:
        """The populations whose hulls fit in every variable, by the numbers of the hulls that do."""
        if not fitting:
            return np.arange(len(self.counts.predicates))
        sizes = [hull.populations_of(numbers) for hull, numbers in zip(self.hulls, fitting, strict=True)]
        fewest = sizes.index(min(sizes))
        found = self.hulls[fewest].populations(fitting[fewest])
        for hull, numbers in zip(self.hulls, fitting, strict=True):
            found = found[np.isin(hull.number[found], numbers)]
        return found

    def _within(self, part: int, whole: int) -> bool:
        mine, other = self.counts.predicates[part], self.counts.predicates[whole]
        return (len(mine.boxes) == len(other.boxes) == 1) or mine.within(other)

    def holds(self, whole: int, part: int) -> bool:
        """Whether one population holds everybody in another."""
        return all(hull.holds(whole, part) for hull in self.hulls) and self._within(part, whole)

    def pair(self, part: int, whole: int) -> Pair | None:
        """The two counts as a pair, if the part does lie inside the whole."""
        return Pair(part, whole, self.holds(part, whole)) if self.holds(whole, part) else None


@dataclass(frozen=True)
class _Hulls:
    """The different sets of one variable that populations have, by number, and which of them lie inside which.

    number   per population, the number of its set
    members  csr array (sets x populations), so that those of some sets are found without a search
    above    csr array (sets x sets): per set, those that hold it, itself among them
    below    csr array (sets x sets): per set, those inside it
    """

    number: Places
    members: sparse.csr_array
    above: sparse.csr_array
    below: sparse.csr_array

    @classmethod
    def of(cls, predicates: Sequence[Predicate], name: str, own: Pieces) -> _Hulls:
        """The pieces of a variable that anybody of each population may be in, compared with each other."""
        known: dict[tuple[int, ...], int] = {}  # populations keep their sets, so an id stays that of one set
        pieces, number = list[Places](), np.empty(len(predicates), dtype=np.int64)
        for place, predicate in enumerate(predicates):
            key = tuple(dict.fromkeys(id(box[name]) for box in predicate.boxes))
            if key not in known:
                known[key] = len(known)
                used = [own.places[box[name]] for box in predicate.boxes]
                pieces.append(np.unique(np.concatenate([np.empty(0, np.int64), *used])))
            number[place] = known[key]
        above = _above(pieces, len(own.pieces))
        every = (np.ones(len(number), dtype=np.int8), (number, np.arange(len(number))))
        members = sparse.csr_array(every, shape=(len(pieces), len(number)))
        return cls(number, members, above, sparse.csr_array(above.T))

    def wholes(self, part: int) -> Places:
        """The numbers of the sets that hold the set of a population."""
        return _row(self.above, int(self.number[part]))

    def parts(self, whole: int) -> Places:
        """The numbers of the sets inside the set of a population."""
        return _row(self.below, int(self.number[whole]))

    def holds(self, whole: int, part: int) -> bool:
        """Whether the set of one population holds that of another."""
        wholes, wanted = self.wholes(part), self.number[whole]
        at = int(np.searchsorted(wholes, wanted))
        return at < len(wholes) and bool(wholes[at] == wanted)

    def populations_of(self, numbers: Places) -> int:
        """How many populations have one of these sets."""
        return int((self.members.indptr[numbers + 1] - self.members.indptr[numbers]).sum())

    def populations(self, numbers: Places) -> Places:
        """The populations that have one of these sets."""
        return np.concatenate([np.empty(0, np.int64), *(_row(self.members, number) for number in numbers.tolist())])


def _above(pieces: Sequence[Places], number: int) -> sparse.csr_array:
    """Per set of pieces, the sets that hold it: those that share as many pieces with it as it has."""
    size = np.array([len(own) for own in pieces], dtype=np.int64)
    rows = np.repeat(np.arange(len(pieces)), size)
    entries = (np.ones(len(rows), dtype=np.int64), (rows, np.concatenate([np.empty(0, np.int64), *pieces])))
    made_of = sparse.csr_array(entries, shape=(len(pieces), number))
    shared = sparse.coo_array(made_of @ made_of.T)
    holds = shared.data == size[shared.row]
    part, whole = shared.row[holds], shared.col[holds]
    nobody = np.flatnonzero(size == 0)  # lies inside every set, and shares nothing with any
    part = np.concatenate([part, np.repeat(nobody, len(pieces))])
    whole = np.concatenate([whole, np.tile(np.arange(len(pieces)), len(nobody))])
    found = sparse.csr_array((np.ones(len(part), dtype=np.int8), (part, whole)), shape=(len(pieces), len(pieces)))
    found.sort_indices()
    return found


def _row(matrix: sparse.csr_array, number: int) -> Places:
    """The columns of one row of a matrix in which something stands."""
    found: Places = matrix.indices[matrix.indptr[number] : matrix.indptr[number + 1]].astype(np.int64)
    return found


def close_pairs(nesting: Nesting, threshold: int, *, until: float) -> Iterator[Pair]:
    """Nested pairs with a new count in them whose difference is certainly below the threshold.

    until  `time.monotonic()` at which to stop. Raises OutOfTime.
    """
    low, high, new = nesting.counts.low, nesting.counts.high, nesting.counts.new
    by_low, by_high = _ranks(low), _ranks(high)
    met: set[frozenset[int]] = set()
    for place in np.flatnonzero(new).tolist():
        if time.monotonic() > until:
            raise OutOfTime
        wholes, parts = nesting.wholes(place), nesting.parts(place)
        wholes = wholes[(high[wholes] >= low[place]) & (high[wholes] <= low[place] + threshold - 1)]
        parts = parts[(low[parts] >= high[place] - threshold + 1) & (low[parts] <= high[place])]
        found = [(place, whole) for whole in wholes[np.argsort(by_high[wholes])].tolist() if whole != place]
        found += [(part, place) for part in parts[np.argsort(by_low[parts])].tolist() if part != place]
        for part, whole in found:
            if frozenset((part, whole)) not in met and (pair := nesting.pair(part, whole)):
                met.add(frozenset((part, whole)))
                yield pair


def _ranks(values: Floats) -> Places:
    """The place of each value among them all in order, equal ones as they come."""
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks


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
