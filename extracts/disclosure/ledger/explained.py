"""Nested sets of people told as hits: the cells that show them, what they give, and of whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from extracts.disclosure.ledger.groups import group_of_difference
from extracts.disclosure.ledger.hits import Hit, Term
from extracts.disclosure.ledger.nesting import Pair
from extracts.disclosure.ledger.predicates import TooComplicated
from extracts.disclosure.ledger.released import CellName, Counts, ReleasedTable, cell_names, counts

FIGURES = ("kind", "value", "spread", "low", "high")
Figures = tuple[str, float, float, float, float]


@dataclass(frozen=True)
class Entry:
    """One published cell whose people are known. `measure` is "" for a count of people."""

    table: ReleasedTable
    place: int
    size: int
    measure: str = ""


@dataclass(frozen=True)
class Apart:
    """Two entries of which the whole has everybody of the part, and some more."""

    part: Entry
    whole: Entry

    @property
    def people(self) -> int:
        """How many are in the whole and not in the part."""
        return self.whole.size - self.part.size


def explain(pairs: Sequence[Apart], threshold: int) -> list[Hit]:
    """A hit for every pair that gives something away; pairs of one table and its totals do not.

    Where the whole is below the threshold itself, so is the part, and the new one of them is found
    for that. A pair of counts gives the number of people apart, a pair of amounts what these people have
    together; an amount beside a count says nothing of the people apart.
    """
    wanted = [p for p in pairs if p.part.measure == p.whole.measure and p.whole.size >= threshold]
    words = _Words.of(wanted)
    hits = []
    for pair in wanted:
        part, whole = words.name(pair.part), words.name(pair.whole)
        if pair.part.table is not pair.whole.table or not is_total_of(whole, part):
            hits.append(_hit(pair, words, threshold))
    return hits


def is_total_of(whole: CellName, part: CellName) -> bool:
    """Whether one cell of a table is a total and the other stands on its lines."""
    return all(name in whole.totals or part.key[name] == label for name, label in whole.key.items())


def _hit(pair: Apart, words: _Words, threshold: int) -> Hit:
    (low_w, high_w), (low_p, high_p) = words.bounds(pair.whole), words.bounds(pair.part)
    terms = (
        Term(words.name(pair.whole), 1, low_w if low_w == high_w else None),
        Term(words.name(pair.part), -1, low_p if low_p == high_p else None),
    )
    key, nested = words.group(pair, Hit(terms, {}, 0, 0).flagged)
    reason = f"The two cells differ by fewer than {threshold} people."
    statistic = "total" if pair.part.measure else "count"
    return Hit(terms, key, low_w - high_p, high_w - low_p, statistic, reason, nested)


@dataclass(frozen=True)
class _Words:
    """The cells of some entries as names, figures and populations."""

    names: dict[tuple[int, int], CellName]
    figures: dict[tuple[int, int], Figures]
    places: dict[tuple[int, int], int]
    counts: Counts

    @classmethod
    def of(cls, pairs: Sequence[Apart]) -> _Words:
        tables = {id(entry.table): entry.table for pair in pairs for entry in (pair.part, pair.whole)}
        chosen: dict[int, set[int]] = {number: set() for number in tables}
        for pair in pairs:
            for entry in (pair.part, pair.whole):
                chosen[id(entry.table)].add(entry.place)
        names: dict[tuple[int, int], CellName] = {}
        figures: dict[tuple[int, int], Figures] = {}
        places: dict[tuple[int, int], int] = {}
        parts = []
        for number, table in tables.items():
            own = sorted(chosen[number])
            mask = np.zeros(len(table.cells), dtype=np.bool_)
            mask[own] = True
            names |= {(number, place): name for place, name in zip(own, cell_names(table, mask), strict=True)}
            start = len(places)
            places |= {(number, place): start + order for order, place in enumerate(own)}
            facts = [table.cells.facts[name].to_numpy()[own].tolist() for name in FIGURES]
            figures |= {(number, place): told for place, told in zip(own, zip(*facts, strict=True), strict=True)}
            parts.append(_as_counts(table, mask))
        return cls(names, figures, places, _counts(parts))

    def name(self, entry: Entry) -> CellName:
        return self.names[id(entry.table), entry.place]

    def bounds(self, entry: Entry) -> tuple[float, float]:
        """Between what a reader knows the count, or the total of amounts, to be; a mean times its number is a total."""
        kind, value, spread, low, high = self.figures[id(entry.table), entry.place]
        if not entry.measure:
            return max(0.0, low - entry.table.off_by), high + entry.table.off_by
        if kind == "total":
            return value, value
        return (value - spread) * entry.size, (value + spread) * entry.size

    def group(self, pair: Apart, flagged: CellName) -> tuple[dict[str, str], bool]:
        """Who is apart, and whether filters and labels alone show that one cell holds the other."""
        if len(self.counts.predicates) != len(self.places):
            return dict(flagged.key), True
        part, whole = (self.places[id(entry.table), entry.place] for entry in (pair.part, pair.whole))
        mine, around = self.counts.predicates[part], self.counts.predicates[whole]
        try:
            if not mine.within(around):
                return dict(flagged.key), False
            return group_of_difference(self.counts, Pair(part, whole, around.within(mine)), flagged), True
        except TooComplicated:
            return dict(flagged.key), True


def _as_counts(table: ReleasedTable, mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> ReleasedTable:
    """Some cells of a table as if they were plain counts, so that each has a population."""
    cells = table.cells.where(mask)
    facts = cells.facts.assign(kind="count", state="number", measure="", low=0.0, high=0.0)
    return replace(table, cells=replace(cells, facts=facts))


def _counts(tables: Sequence[ReleasedTable]) -> Counts:
    """The cells as counts; none when a population cannot be compared."""
    found = counts(tables)
    return Counts() if found.problems else found
