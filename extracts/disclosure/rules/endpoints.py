"""Endpoints: a minimum or maximum is somebody's value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "min_max"


def unsafe_extremes(sharing: Floats, *, threshold: int) -> Booleans:
    """Find the extremes that too few units have.

    sharing    distinct units that have the published value; NaN where that is not known, which is unsafe

    Source: SDC Handbook, minima and maxima are not released unless they are structural or shared by enough units.
    """
    unsafe: Booleans = ~(sharing >= threshold)
    return unsafe


def findings(subject: Subject) -> Iterator[Finding]:
    """Minima, maxima and ranges that are not shared by as many units as the threshold."""
    cells = subject.cells.of_kind("endpoint")
    cells = cells.where(cells.states("number") & ~cells.flags("structural"))
    sharing = cells.numbers("sharing")
    for place in subject.places(cells, unsafe_extremes(sharing, threshold=subject.threshold)):
        known = not np.isnan(sharing[place])
        problem = f"{subject.are(sharing[place])} at this extreme." if known else "An extreme is the value of somebody."
        yield subject.finding(
            CODE, Verdict.FAIL, cells, place,
            problem=problem,
            attack=f"Whoever has the smallest or largest value among the {subject.unit} is often known to others.",
            cure="Show a percentile with enough on both sides, or the mean of the outermost ones, instead.",
        )  # fmt: skip
