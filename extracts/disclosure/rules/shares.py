"""Shares: percentages that together leave out a few people, and percentages of another base than is said."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from extracts.disclosure.reading.cells import Booleans, Cells, Floats
from extracts.disclosure.reading.suspicion import plainly_base
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rules.threshold import narrow_counts, unsafe_counts
from extracts.disclosure.subject import Subject

CODE = "shares"


def small_remainder(low: Floats, high: Floats, *, threshold: int) -> Booleans:
    """Find the remainders that are surely somebody and are small, or known too closely.

    low, high  between which a base less its shares lies; a remainder that may be nobody is safe

    Source: complements as in the threshold rule, with intervals for rounded percentages.
    """
    surely = low >= 1
    unsafe = unsafe_counts(low, high, threshold=threshold, zeros=False)
    small: Booleans = surely & (unsafe | narrow_counts(low, high, threshold=threshold))
    return small


def findings(subject: Subject) -> Iterator[Finding]:
    """Percentages of one base whose remainder is small, across the row or along a dimension; and false bases."""
    cells = subject.cells.of_kind("percentage")
    shown = cells.states("number") & np.isfinite(cells.numbers("base"))
    for name in cells.dimensions:
        shown &= ~cells.is_total(name)
    cells = cells.where(shown)
    if not len(cells):
        return
    of = {share.column: share.base for share in subject.described.layout.percentages}
    across = cells.facts["row"].astype(str) + "|" + cells.facts["column"].map(of).astype(str)
    yield from _remainders(subject, cells, across, "the percentages of this row")
    for along in subject.described.layout.rows:
        line = pd.Series(cells.lines(along), index=cells.facts.index).astype(str) + "|" + cells.facts["column"]
        yield from _remainders(subject, cells, line, f"the percentages along {along}")
    yield from _false_bases(subject, cells, of)


def _remainders(subject: Subject, cells: Cells, group: pd.Series[str], what: str) -> Iterator[Finding]:
    """Groups of two or more percentages of the same number that leave a small count."""
    by = cells.facts.assign(group=group.to_numpy()).groupby("group")
    size, low, high = by["base"].transform("size"), by["low"].transform("sum"), by["high"].transform("sum")
    base, same = cells.numbers("base"), by["base"].transform("nunique") == 1
    first = ~group.duplicated().to_numpy() & (size > 1).to_numpy() & same.to_numpy()
    small = small_remainder(base - high.to_numpy(), base - low.to_numpy(), threshold=subject.threshold)
    for place in subject.places(cells, first & small):
        problem = f"Together {what} leave out few of their base."
        attack = "The base less all shares is the count of a category that is left out."
        cure = "Merge a category with the one that is left out, or round the base."
        yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, attack, cure)


def _false_bases(subject: Subject, cells: Cells, of: dict[str, str]) -> Iterator[Finding]:
    """Percentages that would be unsafe if another count of their row were the base."""
    counts = subject.cells.of_kind("count")
    for column, base in ((column, base) for column, base in of.items() if base):
        chosen = cells.where((cells.facts["column"] == column).to_numpy())
        others = [str(name) for name in counts.facts["column"].unique() if name != base and plainly_base(str(name))]
        for other in others:
            there = counts.where((counts.facts["column"] == other).to_numpy())
            beside = dict(zip(there.facts["row"], there.numbers("value"), strict=True))
            n = np.array([beside.get(row, np.nan) for row in chosen.facts["row"]], dtype=np.float64)
            for place in subject.places(chosen, _unsafe_of(chosen, n, subject.threshold)):
                problem = (
                    f"Were {column} a share of {other} and not of {base}, too few people would be in it or left out."
                )
                attack = f"A reader who takes {other} for the base has the count."
                cure = f"Name {other} as the base, or show a checker what the percentage is a share of."
                yield subject.finding(CODE, Verdict.REVIEW, chosen, place, problem, attack, cure)


def _unsafe_of(cells: Cells, n: Floats, threshold: int) -> Booleans:
    """Whether the share of another number would be a small count, or leave one out; a numerator is no base."""
    base = cells.numbers("base")
    part = np.divide(cells.numbers("low"), base, out=np.full(len(cells), np.nan), where=base > 0) * n
    numerator = (n >= cells.numbers("low")) & (n <= cells.numbers("high"))
    unsafe: Booleans = ~numerator & (part > 0) & ((part < threshold) | (n - part < threshold))
    return unsafe
