"""Endpoints: a minimum or maximum is somebody's value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.reading.statistics import kind_of_statistic
from extracts.disclosure.report import Cell, Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "min_max"
ATTACK = "Whoever has the smallest or largest value of a group is often known to others."
CURE = "Show a percentile with enough on both sides, or the mean of the outermost ones, instead."
BAND = re.compile(r"\(?(?P<low>\d+(?:\.\d+)?)\s*(?:-|–|to|,)\s*(?P<high>\d+(?:\.\d+)?)\)?")


def unsafe_extremes(sharing: Floats, *, threshold: int) -> Booleans:
    """Find the extremes that too few units have.

    sharing    distinct units that have the published value; NaN where that is not known, which is unsafe

    Source: SDC Handbook, minima and maxima are not released unless they are structural or shared by enough units.
    """
    unsafe: Booleans = ~(sharing >= threshold)
    return unsafe


def overlapping(bands: Sequence[tuple[float, float]]) -> bool:
    """Whether some of different bands hold the same numbers, as ranges of groups do and the bands of a table do not."""
    ordered = sorted(set(bands))
    return any(later[0] < earlier[1] for earlier, later in pairwise(ordered))


def _in_words(subject: Subject) -> Iterator[Finding]:
    """Columns of labels headed as ranges, such as `18-91`, that overlap: the smallest and largest value of each row."""
    table = subject.table
    for name in subject.described.layout.rows if table else ():
        if table is None or kind_of_statistic(name) != "endpoint":
            continue
        bands = [BAND.fullmatch(text.strip()) for text in table.column(name)]
        if overlapping([(float(band["low"]), float(band["high"])) for band in bands if band]):
            problem = f"The column {name} seems to hold the smallest and the largest value of each group."
            cell = Cell(None, name, name)
            yield Finding(subject.described.name, CODE, Verdict.REVIEW, problem, ATTACK, CURE, cell)


def findings(subject: Subject) -> Iterator[Finding]:
    """Minima, maxima and ranges that are not shared by as many units as the threshold, in numbers or in words."""
    yield from _in_words(subject)
    cells = subject.cells.of_kind("endpoint")
    cells = cells.where(cells.states("number") & ~cells.flags("structural"))
    sharing = cells.numbers("sharing")
    for place in subject.places(cells, unsafe_extremes(sharing, threshold=subject.threshold)):
        known = not np.isnan(sharing[place])
        problem = f"{subject.are(sharing[place])} at this extreme." if known else "An extreme is the value of somebody."
        yield subject.finding(
            CODE, Verdict.FAIL, cells, place,
            problem=problem,
            attack=ATTACK,
            cure=CURE,
        )  # fmt: skip
