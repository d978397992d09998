"""Threshold: no count of fewer units than the policy allows, shown or implied."""

from __future__ import annotations

from collections.abc import Iterator

from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "threshold"
CURE = "Merge this category with another, or hide the cell together with others so that it cannot be worked out."


def unsafe_counts(low: Floats, high: Floats, *, threshold: int, zeros: bool) -> Booleans:
    """Find the counts that a reader knows to be too small.

    low, high  whole numbers of units, low <= high: what a reader can tell of each count. They
               are equal where the count is shown; NaN where nothing is known, which is safe here
    threshold  smallest safe count, 1 or more
    zeros      whether a count known to be zero is unsafe too

    A count is unsafe when even the highest it may be is below the threshold and it is not known
    to be a zero that may be shown.

    Source: the frequency rule of the SDC Handbook (threshold rule), with intervals for counts
    that a percentage or a sign such as `<5` implies.
    """
    unsafe: Booleans = (high < threshold) & ((high > 0) | zeros) & ((low > 0) | (zeros & (low == high)))
    return unsafe


def narrow_counts(low: Floats, high: Floats, *, threshold: int) -> Booleans:
    """Find the counts not shown that may be too small and are known too closely.

    Shapes as in `unsafe_counts`. Fewer possible values than the threshold is too close, so that
    `<10` is safe under a threshold of 10 and `<5` is not.
    """
    narrow: Booleans = (low < high) & (low < threshold) & (high - low + 1 < threshold)
    return narrow


def findings(subject: Subject) -> Iterator[Finding]:
    """Counts, counts behind percentages and their complements, and contributors to amounts."""
    yield from _shown_or_implied(subject)
    yield from _complements(subject)
    yield from _contributors(subject)


def _shown_or_implied(subject: Subject) -> Iterator[Finding]:
    """Counts that are shown, and those that a percentage of a base or a sign implies."""
    cells = subject.cells.where(~subject.cells.flags("structural")).of_kind("count", "percentage")
    low, high, limit = cells.numbers("low"), cells.numbers("high"), subject.threshold
    unsafe = unsafe_counts(low, high, threshold=limit, zeros=subject.policy.zeros_disclosive)
    for place in subject.places(cells, unsafe):
        shown = low[place] == high[place]
        number = f"{high[place]:,.0f}" if shown else f"at most {high[place]:,.0f}"
        implied = "" if cells.facts["kind"].iloc[place] == "count" else " (the percentage times its base)"
        attack = f"{subject.are(high[place])} in this cell: people who know one of them may recognise the others."
        problem = f"The count is {number}{implied}, below {limit}."
        yield subject.finding(CODE, Verdict.FAIL, cells, place, problem, attack if high[place] else "", CURE)
    for place in subject.places(cells, narrow_counts(low, high, threshold=limit) & ~unsafe):
        between = f"between {low[place]:,.0f} and {high[place]:,.0f}"
        problem = f"The count is known to be {between}, fewer than {limit} possible values."
        cure = f'Hide the cell with a sign that says no more than "below {limit}", or show a coarser percentage.'
        attack = f"A reader learns that it is {between}."
        yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, attack, cure)


def _complements(subject: Subject) -> Iterator[Finding]:
    """Percentages near 100, which leave few units out."""
    cells = subject.cells.where(~subject.cells.flags("structural")).of_kind("percentage")
    base = cells.numbers("base")
    low, high, limit = base - cells.numbers("high"), base - cells.numbers("low"), subject.threshold
    cure = "Merge categories or round the base."
    unsafe = unsafe_counts(low, high, threshold=limit, zeros=False)
    for place in subject.places(cells, unsafe):
        problem = f"The percentage leaves out at most {high[place]:,.0f} of its base, below {limit}."
        attack = f"{subject.are(high[place])} in the base but not in this share."
        yield subject.finding(CODE, Verdict.FAIL, cells, place, problem, attack, cure)
    for place in subject.places(cells, narrow_counts(low, high, threshold=limit) & ~unsafe):
        problem = f"The percentage leaves out between {low[place]:,.0f} and {high[place]:,.0f} of its base."
        attack = "A reader learns closely how many are left out."
        yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, attack, cure)


def _contributors(subject: Subject) -> Iterator[Finding]:
    """Cells whose evidence names fewer contributors than the threshold."""
    cells = subject.cells.where(subject.cells.states("number") & ~subject.cells.flags("structural"))
    n = cells.numbers("n")
    shown_too = (cells.facts["kind"] == "count").to_numpy() & (cells.numbers("value") < subject.threshold)
    few = unsafe_counts(n, n, threshold=subject.threshold, zeros=subject.policy.zeros_disclosive) & ~shown_too
    for place in subject.places(cells, few):
        problem = f"The evidence gives {n[place]:,.0f} contributors with a value, below {subject.threshold}."
        attack = f"{subject.are(n[place])} behind this figure: any of them can say much about the others."
        yield subject.finding(CODE, Verdict.FAIL, cells, place, problem, attack, CURE)
