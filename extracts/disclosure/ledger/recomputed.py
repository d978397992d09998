"""Differencing with records: released tables are made anew, and their people compared."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from pyroaring import BitMap

from extracts.disclosure.ledger.amounts import Amounts, Limits, dominated
from extracts.disclosure.ledger.explained import Apart, Entry, explain
from extracts.disclosure.ledger.hits import Differences, Hit, Term
from extracts.disclosure.ledger.microdata import CannotRecompute, Member, Microdata, members
from extracts.disclosure.ledger.parsing import UnreadablePopulation
from extracts.disclosure.ledger.patterns import Combination, combinations
from extracts.disclosure.ledger.released import ReleasedTable, cell_names
from extracts.disclosure.ledger.sketches import Index, nested, sketch

SEED = 67


def recomputed(
    tables: Sequence[ReleasedTable], data: Microdata, *, threshold: int, limits: Limits, seconds: float
) -> Differences:
    """The small groups that cells of the new tables give away, by the people who are in each cell.

    Every nested pair that fewer than `threshold` people tell apart, sums of several counts, and
    nested amounts whose difference a few contributors dominate (`limits`). A table that the records
    do not give as published is named in `problems`: what is said of it is not proven.
    """
    until = time.monotonic() + seconds
    made = _Made.of(tables, data)
    hits = list(made.pairs(threshold))
    problems = [*made.problems]
    found, complete = made.combinations(threshold, until)
    hits += found
    amounts, compared = dominated(made.entries, made.sets, Amounts(data), limits, until=until)
    hits += amounts
    if not (complete and compared):
        problems.append("There was not enough time to look at every combination of published figures.")
    return Differences(tuple(hits), (), not problems, tuple(problems))


@dataclass
class _Made:
    """The cells of all tables that records give, with their people."""

    entries: list[Entry] = field(default_factory=list)
    sets: list[BitMap] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, tables: Sequence[ReleasedTable], data: Microdata) -> _Made:
        made = cls()
        for number, table in enumerate(tables):
            try:
                own = list(members(table, data))
            except (CannotRecompute, UnreadablePopulation) as error:
                made.problems.append(f"{table.file}: {error}")
                continue
            made.entries += [Entry(table, one.place, len(one.people), one.measure) for one in own]
            made.sets += [one.people for one in own]
            made.tables += [number] * len(own)
            made.problems += not_as_published(table, own)
        return made

    def pairs(self, threshold: int) -> Iterator[Hit]:
        """Nested pairs with a new cell in them; groups with a cell of their own are left to other rules."""
        sketches = sketch(self.sets, width=threshold, seed=SEED)
        new = [place for place, entry in enumerate(self.entries) if entry.table.new]
        own = sketch((self.sets[place] for place in new), width=threshold, seed=SEED)
        found = []
        for pair in nested(own, Index.of(sketches, threshold), threshold):
            first, second = new[pair.first], pair.second
            part, whole = (first, second) if pair.first_is_part else (second, first)
            twice = self.entries[second].table.new and not pair.first_is_part
            if not twice and not self._shown(self.sets[whole] - self.sets[part], part):
                found.append(Apart(self.entries[part], self.entries[whole]))
        yield from explain(found, threshold)

    def _shown(self, people: BitMap, part: int) -> bool:
        """Whether exactly these people, as contributors to the same figure, are a published cell."""
        measure = self.entries[part].measure
        first = people.min()
        same = (place for place in self._by_size.get(len(people), ()) if first in self.sets[place])
        return any(self.entries[place].measure == measure and self.sets[place] == people for place in same)

    @property
    def _by_size(self) -> dict[int, list[int]]:
        if not hasattr(self, "_sizes"):
            self._sizes: dict[int, list[int]] = {}
            for place, people in enumerate(self.sets):
                self._sizes.setdefault(len(people), []).append(place)
        return self._sizes

    def combinations(self, threshold: int, until: float) -> tuple[list[Hit], bool]:
        """Groups that three counts or more give away together."""
        counts = [place for place, entry in enumerate(self.entries) if not entry.measure]
        new = np.array([self.entries[place].table.new for place in counts], dtype=np.bool_)
        table = [self.tables[place] for place in counts]
        sets = [self.sets[place] for place in counts]
        found, complete = combinations(sets, new, table, threshold=threshold, until=until)
        return [self._combined(one, counts, threshold) for one in found], complete

    def _combined(self, found: Combination, counts: Sequence[int], threshold: int) -> Hit:
        terms = []
        for cell, factor in sorted(found.factors.items(), key=lambda item: -item[1]):
            entry = self.entries[counts[cell]]
            mask = np.arange(len(entry.table.cells)) == entry.place
            value = float(entry.table.cells.facts["value"].iloc[entry.place])
            terms.append(Term(cell_names(entry.table, mask)[0], factor, value))
        total = sum(term.times * (term.value or 0.0) for term in terms)
        hit = Hit(tuple(terms), {}, round(total, 6), round(total, 6))
        reason = f"Several published counts together give a group of fewer than {threshold} people."
        return replace(hit, key=dict(hit.flagged.key), reason=reason, by_definition=False)


def not_as_published(table: ReleasedTable, made: Sequence[Member]) -> list[str]:
    """A sentence if the number of people is not what the table shows in some cells: then nothing is known for sure."""
    facts = table.cells.facts
    kinds, low, high = facts["kind"].tolist(), facts["low"].tolist(), facts["high"].tolist()
    room = table.off_by
    counts = [one for one in made if kinds[one.place] == "count"]
    wrong = sum(not low[one.place] - room <= len(one.people) <= high[one.place] + room for one in counts)
    return [f"{table.file}: the records give another number in {wrong:,} of its cells."] if wrong else []
