"""Recomputed: the numbers of a file are those that its records give."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.policy import ROUNDINGS
from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rounding import Rounding
from extracts.disclosure.subject import Subject

CODE = "recomputed"
CURE = "Describe the population and the value that were used, or make the table anew."
# Results are computed in binary: this share of a number is no difference.
ROOM = 1e-9
# Amounts are often rounded to three figures or so: a difference of this share is rounding, not another population.
ROUNDED = 0.005


def unlike_counts(value: Floats, counted: Floats, *, rounding: Rounding | None) -> Booleans:
    """Find the counts that rounding cannot make of what was counted."""
    low, high = rounding.known(value) if rounding else (value, value)
    unlike: Booleans = ~((low <= counted) & (counted <= high))
    return unlike


def unlike_amounts(value: Floats, spread: Floats, low: Floats, high: Floats) -> Booleans:
    """Find the amounts that lie outside of what the records give.

    value      as shown;  spread  half a unit of its last decimal
    low, high  between which the records have it; NaN where they do not say
    """
    room = np.maximum(spread, ROUNDED * np.abs(value)) + ROOM * np.maximum(np.abs(low), np.abs(high))
    unlike: Booleans = (value < low - room) | (value > high + room)
    return unlike


def findings(subject: Subject) -> Iterator[Finding]:
    """Counts that are neither the units nor the records of their cell, and amounts that the records do not give.

    Source: evidence recomputed by recipe; a table that its records do not give has another population or a mistake.
    """
    if subject.records is None:
        return
    yield from _counts(subject)
    yield from _amounts(subject)


def _counts(subject: Subject) -> Iterator[Finding]:
    """Counts, rounded as the policy asks or not at all."""
    cells = subject.cells.of_kind("count")
    cells = cells.where(cells.states("number"))
    value, rounding = cells.numbers("value"), ROUNDINGS[subject.policy.rounding]
    units, rows = cells.numbers("n"), cells.numbers("rows")
    differs = unlike_counts(value, units, rounding=rounding) & unlike_counts(value, rows, rounding=rounding)
    for place in subject.places(cells, differs & ~np.isnan(units)):
        problem = f"The records give another number of {subject.unit} here than the file shows."
        yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, cure=CURE)


def _amounts(subject: Subject) -> Iterator[Finding]:
    """Sums, means, quantiles, extremes and spreads. The number itself is not printed: it may be somebody's."""
    cells = subject.cells
    if "expected_low" not in cells.facts:
        return
    cells = cells.where(cells.states("number"))
    differs = unlike_amounts(*(cells.numbers(name) for name in ("value", "spread", "expected_low", "expected_high")))
    for place in subject.places(cells, differs):
        low, value = cells.numbers("expected_low")[place], cells.numbers("value")[place]
        way = "below" if value < low else "above"
        problem = f"The number is {way} the {cells.facts['kind'].iloc[place]} that the records give."
        yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, cure=CURE)
