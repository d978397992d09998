"""Overlapping: where units are in several cells, a total less one of its parts counts those who are in others only."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.reading.cells import Booleans, Cells, Floats
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject


def totals_of(cells: Cells, along: str) -> Floats:
    """For each cell the total of its line along a dimension; NaN where the line shows none."""
    line, total = cells.lines(along), cells.is_total(along) & cells.states("number")
    found = np.full(int(line.max()) + 1 if len(line) else 0, np.nan)
    found[line[total]] = cells.numbers("value")[total]
    return found[line]


def findings(subject: Subject, *, code: str) -> Iterator[Finding]:
    """Totals that leave few units outside of one of their parts, or nobody; and hidden counts beside such totals.

    Source: arithmetic; a unit of the total that is not in the part is in the other cells of the line only.
    """
    cells = subject.cells.of_kind("count")
    if cells.states("hidden").any() and any(cells.is_total(name).any() for name in cells.dimensions):
        problem = "Units are in several cells, so nobody worked out what the totals give away of the hidden ones."
        cure = "Leave the totals out, or count each unit in one cell only."
        yield subject.file_finding(code, Verdict.REVIEW, problem, cure=cure)
    for along in cells.dimensions:
        rest, part = _most_outside(subject, cells, along), _one_of_several(cells, along)
        for place in subject.places(cells, part & (rest >= 0) & (rest < subject.threshold)):
            yield subject.finding(
                code, Verdict.FAIL, cells, place,
                problem=f"Of the total along {along}, fewer than {subject.threshold} {subject.unit} are not here.",
                attack=f"The total less this count: no more than {rest[place]:,.0f} are in other cells only.",
                cure="Merge categories, or leave the total out.",
            )  # fmt: skip
        for place in subject.places(cells, part & (rest < 0)):
            problem = f"This count is larger than the total along {along} that should hold it."
            yield subject.finding(code, Verdict.REVIEW, cells, place, problem, cure="Check the total.")


def _most_outside(subject: Subject, cells: Cells, along: str) -> Floats:
    """The most units that a cell's total may hold outside of it; NaN for unknown."""
    whole, part = totals_of(cells, along), cells.numbers("value")
    if subject.rounding is None:
        return whole - part
    return subject.rounding.known(whole)[1] - subject.rounding.known(part)[0]


def _one_of_several(cells: Cells, along: str) -> Booleans:
    """Cells that hold somebody, and are not the only ones of their line that do."""
    holding = ~cells.is_total(along) & (cells.numbers("value") > 0)
    line = cells.lines(along)
    several: Booleans = holding & (np.bincount(line, holding)[line] > 1 if len(line) else holding)
    return several
