"""Nested amounts: the contributors that two published totals or means tell apart are judged as a cell is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from pyroaring import BitMap

from extracts.disclosure.ledger.explained import Apart, Entry, explain
from extracts.disclosure.ledger.hits import Hit
from extracts.disclosure.ledger.microdata import Microdata
from extracts.disclosure.ledger.parsing import variable
from extracts.disclosure.policy import Dominance
from extracts.disclosure.reading.cells import Floats
from extracts.disclosure.rules import dominance, p_percent


@dataclass(frozen=True)
class Limits:
    """How far the largest contributors may hold a total: the policy's dominance rules, and p percent."""

    threshold: int
    nk: tuple[Dominance, ...] = (Dominance(2, 0.90),)
    p_percent: float = 10.0


@dataclass
class Amounts:
    """What each person contributes to each measure, over all their records."""

    data: Microdata
    known: dict[str, Floats] = field(default_factory=dict)

    def of(self, measure: str, people: BitMap) -> Floats:
        """The contributions of some people, as absolute values."""
        if measure not in self.known:
            values = self.data.column(variable(measure)).numbers
            assert values is not None  # `members` has asked for it
            weights = np.nan_to_num(values)
            self.known[measure] = np.bincount(self.data.person, weights).astype(np.float64)
        found: Floats = np.abs(self.known[measure][np.asarray(people.to_array())])
        return found


def dominated(
    entries: Sequence[Entry], sets: Sequence[BitMap], amounts: Amounts, limits: Limits, *, until: float
) -> tuple[list[Hit], bool]:
    """Nested pairs of amounts whose difference is dominated, a new one in each; False when time ran out.

    Every pair of the same measure is compared, however many people tell it apart. Pairs that fewer
    people than the threshold tell apart are left out: they are found for that.
    """
    places, in_time = [place for place, entry in enumerate(entries) if entry.measure], True
    found = list[tuple[Apart, str]]()
    for part in places:
        in_time = time.monotonic() < until
        if not in_time:
            break
        for whole in places:
            close = _comparable(entries[part], entries[whole], limits.threshold)
            if close and sets[part].issubset(sets[whole]):
                people = sets[whole] - sets[part]
                if reason := unsafe(amounts.of(entries[part].measure, people), limits):
                    found.append((Apart(entries[part], entries[whole]), reason))
    hits = [replace(hit, reason=reason) for pair, reason in found for hit in explain([pair], limits.threshold)]
    return hits, in_time


def _comparable(part: Entry, whole: Entry, threshold: int) -> bool:
    same = part.measure == whole.measure and (part.table.new or whole.table.new)
    return same and part.size > 0 and whole.size - part.size >= threshold


def unsafe(contributions: Floats, limits: Limits) -> str:
    """Why a total of these contributions (absolute values) would be unsafe, or ""."""
    largest = np.zeros(2)
    top = np.sort(contributions)[::-1][:2]
    largest[: len(top)] = top
    total, first, second = (np.array([value]) for value in (contributions.sum(), largest[0], largest[1]))
    for rule in limits.nk:
        if dominance.unsafe_totals(total, first, second, rule=rule)[0]:
            return "The amounts of the people apart are nearly those of their largest contributors."
    if p_percent.unsafe_totals(total, first, second, p=limits.p_percent)[0]:
        return "The largest amount of the people apart can be estimated too closely."
    return ""
