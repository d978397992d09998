"""Evidence: amounts can only be judged when the contributors behind them are known and add up."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.reading.cells import Booleans, Cells, Floats
from extracts.disclosure.reading.evidence import STATISTICS
from extracts.disclosure.reading.named import named
from extracts.disclosure.reading.statistics import kind_of_statistic
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "evidence"
CURE = "Correct the evidence file: one row per cell, made from the same records as the table."

# Sums of decimals are compared with this much room, relative to the total.
ROOM = 1e-9
# A published total may be rounded: more than this share off the evidence and it is another total.
ROUNDED = 0.005


def contributions(cells: Cells) -> tuple[Floats, Floats, Floats]:
    """Total, largest and second largest contribution of each cell, as absolute values.

    The total of absolute values is used where it is given. With one contributor the second is 0.
    """
    n, largest, second = (cells.numbers(name) for name in ("n", "largest", "second_largest"))
    absolute = cells.numbers("absolute_total")
    total = np.where(np.isnan(absolute), cells.numbers("total"), absolute)
    return total, np.abs(largest), np.where(np.isnan(second) & (n == 1), 0.0, np.abs(second))


def faults(cells: Cells, *, recomputed: bool = False) -> dict[str, Booleans]:
    """What is wrong with the evidence of each cell: a sentence for each fault, and the cells that have it.

    recomputed  it comes from the records; then the rule `recomputed` compares the number shown with them

    Later faults are only looked for where the earlier ones are absent. Source: arithmetic; a total is the sum of its
    contributions, and none of them is above the largest.
    """
    n, value, signed = cells.numbers("n"), cells.numbers("value"), cells.numbers("total")
    total, largest, second = contributions(cells)
    room = ROOM * np.maximum(np.abs(total), largest)
    negative = (cells.facts[["total", "largest", "second_largest"]].to_numpy(dtype=np.float64) < 0).any(axis=1)
    negative |= largest + second > total + room
    is_sum = (cells.facts["kind"] == "total").to_numpy()
    is_mean = (cells.facts["kind"] == "mean").to_numpy()
    told = (n > 0) & (not recomputed)
    # An amount of which neither heading nor label says what it is may be the total.
    said_mean = np.array([kind_of_statistic(name) == "mean" for name in named(cells)], dtype=np.bool_)
    off = np.abs(value - signed) > np.maximum(cells.numbers("spread"), ROUNDED * np.abs(signed))
    found = {
        "The evidence has no row for this cell.": np.isnan(n),
        "The number of contributors is not a whole number.": (n < 0) | (n != np.floor(n)),
        "The evidence says that nobody contributes, yet a value is shown.": (n == 0) & (value != 0),
        "The evidence lacks the total or the two largest contributions.": (n > 0) & np.isnan(total + largest + second),
        "Some contributions are negative, and the evidence has no total of absolute values.": (
            (n > 0) & negative & np.isnan(cells.numbers("absolute_total"))
        ),
        "The contributions in the evidence do not add up.": (n > 0)
        & ((second > largest + room) | (largest + second > total + room) | (n * largest < total - room)),
        "The total in the evidence is not the one in the table.": is_sum & told & off,
        "The total and n in the evidence do not give the mean in the table.": (
            is_mean & told & _is_no_mean(cells) & (said_mean | (value != signed))
        ),
    }
    seen = np.zeros(len(cells), dtype=np.bool_)
    for sentence, cells_with_it in found.items():
        found[sentence] = cells_with_it & ~seen
        seen = seen | cells_with_it
    return found


def faults_of_values(cells: Cells) -> dict[str, Booleans]:
    """What is wrong with the evidence of numbers that are single values, or nearly: quantiles, extremes, modes.

    Source: arithmetic; each unit with a value is below the number shown, above it, or has it. One with several values
    may be all of these.
    """
    n, value, spread = (cells.numbers(name) for name in ("n", "value", "spread"))
    sides = np.array([cells.numbers(name) for name in ("below", "above", "sharing")]).reshape(3, len(cells))
    whole = (n >= 0) & (n == np.floor(n))
    with np.errstate(invalid="ignore"):
        outside = (value + spread < cells.numbers("minimum")) | (value - spread > cells.numbers("maximum"))
        apart = (sides > n).any(axis=0) | (sides.sum(axis=0) < n)
    return {
        "The number of units in the evidence is not a whole number.": ~whole & ~np.isnan(n),
        "The number shown is not between the smallest and the largest value in the evidence.": whole & outside,
        "The evidence does not say of all units whether they are below, above or at the number shown.": whole & apart,
    }


def _is_no_mean(cells: Cells) -> Booleans:
    """Where the number shown is not the total divided by the units, by the records or values, or by what is named."""
    value, total, spread = (cells.numbers(name) for name in ("value", "total", "spread"))
    off = np.ones(len(cells), dtype=np.bool_)
    for name in ("n", "rows", "values", "denominator"):
        by = cells.numbers(name)
        mean = np.divide(total, by, out=np.full(len(cells), np.nan), where=by > 0)
        off &= ~(np.abs(value - mean) <= np.maximum(spread, ROUNDED * np.abs(mean)))
    return off


def judged(subject: Subject) -> Cells:
    """The amounts shown whose evidence is complete and consistent: what dominance rules can judge."""
    cells = _amounts(subject)
    found = faults(cells, recomputed=subject.records is not None)
    faulty = np.logical_or.reduce([*found.values(), np.zeros(len(cells), dtype=np.bool_)])
    return cells.where(~faulty & (cells.numbers("n") > 0))


def findings(subject: Subject) -> Iterator[Finding]:
    """Amounts whose contributors are unknown or do not add up; there is one finding if no evidence is named."""
    cells = _amounts(subject)
    if len(cells) and not subject.described.evidence and subject.records is None:
        yield subject.file_finding(
            CODE, Verdict.REVIEW,
            problem="The file shows amounts, but not how many contributed and how much the largest gave.",
            cure="Supply an evidence file with n, total, largest and second_largest for each cell, and name it.",
        )  # fmt: skip
        return
    for sentence, faulty in faults(cells, recomputed=subject.records is not None).items():
        for place in subject.places(cells, faulty):
            yield subject.finding(CODE, Verdict.REVIEW, cells, place, sentence, cure=CURE)
    if subject.described.evidence:
        values = subject.cells.of_kind("position", "endpoint", "mode")
        values = values.where(values.states("number") & ~values.flags("structural"))
        for sentence, faulty in faults_of_values(values).items():
            for place in subject.places(values, faulty):
                yield subject.finding(CODE, Verdict.REVIEW, values, place, sentence, cure=CURE)
    if subject.records is None:
        yield from _beside_counts(subject, subject.cells.of_kind("total", "mean", *STATISTICS))
        yield from _of_counts(subject)


def _of_counts(subject: Subject) -> Iterator[Finding]:
    """Counts of which the evidence names more units than are shown, or has no row though it has one for others."""
    cells = subject.cells.of_kind("count")
    cells = cells.where(cells.states("number") & ~cells.flags("structural"))
    if not subject.described.evidence or len(subject.cells.of_kind("total", "mean", *STATISTICS)):
        return
    n, value = cells.numbers("n"), cells.numbers("value")
    off_by = subject.rounding.reach[1] if subject.rounding else 0
    if np.isnan(n).all() and len(cells):
        problem = "The evidence has none of the rows of the table."
        yield subject.file_finding(CODE, Verdict.REVIEW, problem, cure=CURE)
        return
    total = np.logical_or.reduce([np.zeros(len(cells), dtype=np.bool_), *map(cells.is_total, cells.dimensions)])
    for problem, wrong in (
        ("The evidence has no row for this cell.", np.isnan(n) & (value > 0) & ~total),
        ("The evidence names more units than this count has.", n > value + off_by),
    ):
        for place in subject.places(cells, wrong):
            yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, cure=CURE)


def _beside_counts(subject: Subject, cells: Cells) -> Iterator[Finding]:
    """One finding when the contributors of some amounts are not a count that stands in the same row."""
    counts = subject.cells.of_kind("count")
    counts = counts.where(counts.states("number"))
    beside = set(zip(counts.facts["row"], counts.numbers("value"), strict=True))
    with_counts = cells.facts["row"].isin(counts.facts["row"]).to_numpy() & ~np.isnan(cells.numbers("n"))
    pairs = zip(cells.facts["row"], cells.numbers("n"), with_counts, strict=True)
    differ = sum(wanted and (row, n) not in beside for row, n, wanted in pairs)
    if differ:
        yield subject.file_finding(
            CODE, Verdict.REVIEW,
            problem=f"In {differ:,} places the evidence has another number of contributors than the counts beside it.",
            cure="Show the number of contributors, or tell the checker who has no value.",
        )  # fmt: skip


def _amounts(subject: Subject) -> Cells:
    """Totals and means that are shown and not structural."""
    cells = subject.cells.of_kind("total", "mean")
    return cells.where(cells.states("number") & ~cells.flags("structural"))
