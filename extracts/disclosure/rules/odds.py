"""Odds ratios: with the margins, a ratio gives back the table of counts beneath it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.suspicion import plainly_base
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "odds_ratio"
MOST = 5_000_000  # margins above this are not tried one by one
Z95 = 1.959964
CURE = "Supply the table of counts beneath the ratio: each of its cells must pass, or be rounded before."


def smallest_cell(low: float, high: float) -> tuple[float, float]:
    """Between which numbers the smallest count of the 2x2 table beneath an odds ratio lies.

    low, high  its 95 % confidence interval, both above 0

    The variance of the log odds ratio is the sum of the reciprocals of the four counts, so the smallest is above the
    variance's reciprocal and at most four times it.
    Source: Woolf's method for the interval; arithmetic.
    """
    variance = ((math.log(high) - math.log(low)) / (2 * Z95)) ** 2
    return 1 / variance, 4 / variance


def tables_beneath(ratio: float, spread: float, n: int, exposed: int, outcome: int) -> Iterator[int]:
    """The smallest count of each 2x2 table with these margins whose odds ratio rounds to the one shown.

    n, exposed, outcome  units altogether, and those in the first row and in the first column

    Source: with its margins a 2x2 table has one degree of freedom, and the ratio grows with it.
    """
    for both in range(max(0, exposed + outcome - n), min(exposed, outcome) + 1):
        cells = (both, exposed - both, outcome - both, n - exposed - outcome + both)
        off = cells[1] * cells[2]
        if off and abs(cells[0] * cells[3] / off - ratio) <= spread * (1 + 1e-9):
            yield min(cells)


def findings(subject: Subject) -> Iterator[Finding]:
    """Ratios whose interval proves a small count beneath, and ratios whose table was not supplied.

    The ratios of a model with several regressors are adjusted for each other, and give no table back: its categories
    and degrees of freedom are for the rules about models.
    Source: table 2.2 of the facts, "odds/risk/hazard ratios": the table beneath must pass.
    """
    cells = subject.cells.of_kind("ratio")
    cells = cells.where(cells.states("number"))
    adjusted = subject.described.output_type == "REGR" and len(cells) > 1
    if not len(cells) or subject.underlying or adjusted:
        return
    intervals = _intervals(subject)
    margins = _margins(subject)
    for place in range(len(cells)):
        row = int(cells.facts["row"].iloc[place])
        if row in margins:
            ratio, spread = cells.numbers("value")[place], cells.numbers("spread")[place]
            smallest = set(tables_beneath(ratio, spread, *margins[row]))
            if smallest and min(smallest) >= subject.threshold:
                continue
            if smallest and max(smallest) < subject.threshold:
                yield _given_back(subject, cells, place, max(smallest))
                continue
        low, high = intervals.get(row, (math.nan, math.nan))
        if 0 < low < high and smallest_cell(low, high)[1] < subject.threshold:
            most = smallest_cell(low, high)[1]
            yield subject.finding(
                CODE, Verdict.FAIL, cells, place,
                problem=f"The interval is so wide that a count beneath is at most {most:,.0f}.",
                attack="The interval's width is the sum of the reciprocals of the counts.", cure=CURE,
            )  # fmt: skip
        else:
            problem = "The table of counts beneath this ratio is not known."
            yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, cure=CURE)


def _given_back(subject: Subject, cells: Cells, place: int, most: int) -> Finding:
    return subject.finding(
        CODE, Verdict.FAIL, cells, place,
        problem=f"The ratio and the margins beside it give the table back, with a count of {most:,} at most.",
        attack="One table alone has these margins and this ratio, or all that do have a small count.", cure=CURE,
    )  # fmt: skip


def _margins(subject: Subject) -> dict[int, tuple[int, int, int]]:
    """Row -> units altogether, those exposed and those with the outcome, where just these counts stand beside it."""
    counts = subject.cells.of_kind("count")
    counts = counts.where(counts.states("number"))
    found = {}
    for row, group in counts.facts.groupby("row"):
        plain = [plainly_base(str(name)) for name in group["column"]]
        numbers = [int(value) for value in group["value"]]
        if len(numbers) == 3 and sum(plain) == 1:
            parts = [number for number, is_base in zip(numbers, plain, strict=True) if not is_base]
            found[int(str(row))] = (numbers[plain.index(True)], parts[0], parts[1])
    return {row: margins for row, margins in found.items() if margins[0] >= max(margins) and margins[0] < MOST}


def _intervals(subject: Subject) -> dict[int, tuple[float, float]]:
    """Row -> lower and upper end of the confidence interval that stands beside the ratio."""
    table = subject.table
    if table is None:
        return {}
    lower = [name for name in table.columns if {"low", "lower", "lcl", "ci_low"} & set(words_of(name))]
    upper = [name for name in table.columns if {"high", "upper", "ucl"} & set(words_of(name))]
    if len(lower) != 1 or len(upper) != 1:
        return {}
    found = {}
    for row, low, high in zip(table.row_numbers, table.column(lower[0]), table.column(upper[0]), strict=True):
        try:
            found[row] = (float(low), float(high))
        except ValueError:
            continue
    return found
