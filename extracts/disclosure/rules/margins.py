"""Margins: a hidden cell that a total gives back was never hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from extracts.disclosure.reading.cells import Booleans, Cells, Floats, Groups
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "margins"


@dataclass(frozen=True)
class Lines:
    """One dimension's lines: the line of each cell, and whether the cell is the line's total."""

    line: Groups
    total: Booleans

    @property
    def has_parts(self) -> Booleans:
        """Per cell: does its line hold anything but totals?"""
        present: Booleans = np.bincount(self.line, ~self.total)[self.line] > 0
        return present

    def known(self, value: Floats) -> tuple[Floats, Floats, Floats]:
        """Per line: sum of the parts known, number of parts unknown, the total (NaN for none, or if two differ)."""
        size = int(self.line.max()) + 1 if len(self.line) else 0
        part, blank = ~self.total, np.isnan(value)
        parts = np.bincount(self.line, np.where(part & ~blank, value, 0.0), minlength=size).astype(np.float64)
        unknown = np.bincount(self.line, part & blank, minlength=size)
        lowest, highest = np.full(size, np.inf), np.full(size, -np.inf)
        np.minimum.at(lowest, self.line[self.total & ~blank], value[self.total & ~blank])
        np.maximum.at(highest, self.line[self.total & ~blank], value[self.total & ~blank])
        return parts, unknown.astype(np.float64), np.where(lowest == highest, lowest, np.nan)


def recovered(value: Floats, directions: list[Lines]) -> Floats:
    """The counts, with those filled in that subtraction along one line after another gives back.

    value       counts; NaN for hidden
    directions  the lines of each dimension, over the same cells

    A hidden part is its line's total less the other parts, if those are all known; a hidden total
    is the sum of its parts. Cells that only several lines together determine stay NaN.
    """
    value = value.copy()
    while True:
        unknown_before = int(np.isnan(value).sum())
        for lines in directions:
            parts, unknown, total = lines.known(value)
            blank, line = np.isnan(value), lines.line
            part = blank & ~lines.total & (unknown[line] == 1) & ~np.isnan(total[line])
            whole = blank & lines.total & lines.has_parts & (unknown[line] == 0)
            value = np.where(part, (total - parts)[line], np.where(whole, parts[line], value))
        if int(np.isnan(value).sum()) == unknown_before:
            return value


def findings(subject: Subject) -> Iterator[Finding]:
    """Hidden counts that subtraction gives back; hidden counts beside totals; totals that exceed their parts."""
    cells = subject.cells.of_kind("count")
    value = np.where(cells.flags("structural"), 0.0, cells.numbers("value"))
    directions = [Lines(cells.lines(name), cells.is_total(name)) for name in cells.dimensions]
    filled = recovered(value, directions)
    yield from _given_back(subject, cells, value, filled)
    left = np.zeros(len(cells), dtype=np.bool_)
    for lines in directions:
        left |= _beside_a_total(lines, filled)
    for place in np.flatnonzero(left)[:1].tolist():
        number = int(np.count_nonzero(left))
        problem = f"{number:,} hidden cells stand on lines whose totals are shown or can be worked out."
        cure = "Hide the totals too, or show a checker that no hidden cell can be narrowed down."
        attack = "Several totals together may give a hidden cell back; this engine cannot rule that out yet."
        yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, attack, cure)
    for name, lines in zip(cells.dimensions, directions, strict=True):
        yield from _remainders(subject, cells, value, lines, name)


def _given_back(subject: Subject, cells: Cells, value: Floats, filled: Floats) -> Iterator[Finding]:
    """Hidden counts that subtraction gives back and that would not be safe to show. Their value is not printed."""
    low = 0 if subject.policy.zeros_disclosive else 1
    back = np.isnan(value) & ~np.isnan(filled)
    attack = "A total on its line, less the other cells, gives it exactly."
    for place in subject.places(cells, back & (filled < 0)):
        problem = "A total on this hidden cell's line is smaller than the cells it should hold."
        yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, cure="Check the totals of the table.")
    for place in subject.places(cells, back & (filled >= low) & (filled < subject.threshold)):
        problem = f"This cell is hidden, but can be worked out, and is below {subject.threshold}."
        cure = "Hide a second cell on the same row and on the same column, or the totals."
        yield subject.finding(CODE, Verdict.FAIL, cells, place, problem, attack, cure)


def _beside_a_total(lines: Lines, filled: Floats) -> Booleans:
    """Cells still hidden on lines with a total that is known; there may be several."""
    known = np.bincount(lines.line, lines.total & ~np.isnan(filled))
    hidden: Booleans = np.isnan(filled) & ~lines.total & (known[lines.line] > 0)
    return hidden


def _remainders(subject: Subject, cells: Cells, value: Floats, lines: Lines, along: str) -> Iterator[Finding]:
    """Totals that are a little more than the parts shown (a category left out can be worked out), or less."""
    parts, unknown, _ = lines.known(value)
    rest = np.where((unknown == 0)[lines.line] & lines.total & lines.has_parts, value - parts[lines.line], 0.0)
    for place in subject.places(cells, rest < 0):
        problem = f"This seems to be a total, but it is less than the cells of {along} together."
        cure = "Check the total, or give the category a name that does not read like a total."
        yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, cure=cure)
    for place in subject.places(cells, (rest > 0) & (rest < subject.threshold)):
        problem = f"This total is a little more than the cells of {along} that it should hold."
        attack = "The total less the cells shown is the count of a category that is left out, and it is small."
        cure = "Take those left out from the total as well, or say that the table is rounded."
        yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, attack, cure)
