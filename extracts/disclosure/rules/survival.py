"""Survival: a step of a survival curve is the event of somebody."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.reading.cells import Booleans, Cells, Floats
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

# Columns that a curve or a life table has beside its counts.
OF_A_CURVE = frozenset(
    [
        "survival",
        "surv",
        "s",
        "km",
        "cumulative",
        "prob",
        "se",
        "lower",
        "upper",
        "low",
        "high",
        "lx",
        "dx",
        "qx",
        "px",
        "nx",
        "mx",
        "tx",
        "ex",
    ]
)
CODE, AT_RISK_CODE = "survival_events", "survival_at_risk"
AT_RISK, EVENTS, CENSORED = "at risk", "events", "censored"
WORDS = {
    AT_RISK:  frozenset(["risk", "risks", "exposed", "lx"]),
    EVENTS:   frozenset(["event", "events", "died", "deaths", "failures", "fail", "dx"]),
    CENSORED: frozenset(["censored", "censor", "censoring", "lost", "withdrawn"]),
}  # fmt: skip
# How far from one fewer at risk the next step may seem to be, by rounding.
NEARLY_ONE = 0.35
TIMES = frozenset(["time", "t", "day", "days", "month", "months", "week", "weeks", "year", "years", "age"])
CURE = "Group the times so that each step has enough events, or round the counts to midpoints of 6 first."


def unsafe_steps(at_risk: Floats, events: Floats, censored: Floats, *, threshold: int, off_by: float = 0.0) -> Booleans:
    """Find the steps at which few have the event or few are censored.

    at_risk, events, censored  units at each time, in order; NaN for unknown, which is taken from the others where
                               they say it: at risk less events less the next at risk are those censored
    off_by                     how far rounding may have moved each number

    Source: SDC Handbook, survival analysis: each step under the threshold discloses the time of single events.
    """
    left_out = at_risk - events - np.append(at_risk[1:], np.nan)
    unsafe: Booleans = _few(events, threshold) | _few(censored, threshold)
    # Each of the three numbers may be off by its rounding.
    unsafe |= np.isnan(censored) & (left_out > 3 * off_by) & (left_out + 3 * off_by < threshold)
    return unsafe


def _few(number: Floats, threshold: int) -> Booleans:
    few: Booleans = (number > 0) & (number < threshold)
    return few


def single_steps(survival: Floats, spread: Floats) -> Booleans:
    """Find the steps of a curve that are each one of a whole number left: 39/40, 38/39, 37/38.

    survival  the curve as shares, in order of time
    spread    how far rounding may have moved each; steps that it could make or unmake are not called single

    Source: the product-limit estimate falls by the factor 1 - events / at risk.
    """
    before = np.concatenate([[1.0], survival[:-1]])
    with np.errstate(invalid="ignore", divide="ignore"):
        at_risk = before / (before - survival)
        doubt = at_risk * 2 * spread / (before - survival)
        one_less = np.abs(np.diff(at_risk) + 1) < NEARLY_ONE
    falls = (before > survival) & np.isfinite(at_risk)
    certain = falls & (doubt < NEARLY_ONE)
    following = np.concatenate([[False], one_less & certain[1:] & certain[:-1]])
    single: Booleans = falls & (following | np.concatenate([following[1:], [False]]))
    return single if falls.sum() >= 3 else np.zeros(len(survival), dtype=np.bool_)


def findings(subject: Subject) -> Iterator[Finding]:
    """Steps with few events, censored or at risk; curves whose counts are not shown."""
    cells = subject.cells
    columns = {part: _column(cells, part) for part in WORDS}
    if columns[EVENTS] or columns[AT_RISK]:
        for groups in _curves(cells):
            yield from _of_curve(subject, groups, columns)
    else:
        yield from _without_counts(subject)
    yield from _others(subject, columns)


def _others(subject: Subject, columns: dict[str, str]) -> Iterator[Finding]:
    """Numbers of a survival table that are no part of a curve: this rule does not judge them, so a person does."""
    cells = subject.cells.of_kind("count", "total", "mean", "endpoint", "position", "shape")
    names = {str(name) for name in cells.facts["column"].unique()} - set(columns.values())
    names = {name for name in names if not OF_A_CURVE & set(words_of(name))}
    if names:
        problem = f"These columns are no part of a survival curve: {', '.join(sorted(names))}."
        yield subject.file_finding(CODE, Verdict.REVIEW, problem, cure="Show them in a table of their own.")


def _column(cells: Cells, part: str) -> str:
    """The heading of the column that holds a part of the table, or ""."""
    names = [str(name) for name in cells.facts["column"].unique() if WORDS[part] & set(words_of(str(name)))]
    return names[0] if names else ""


def _curves(cells: Cells) -> Iterator[Cells]:
    """The cells of each curve: a table may hold one for each group; the last dimension of numbers is time."""
    across = [name for name in cells.dimensions if (cells.labels[name] == cells.facts["column"]).all()]
    others = [name for name in cells.dimensions if name != _time(cells) and name not in across]
    if not others:
        yield cells
        return
    keys = list(zip(*(cells.labels[name] for name in others), strict=True))
    for key in dict.fromkeys(keys):
        yield cells.where(np.array([one == key for one in keys]))


def _time(cells: Cells) -> str:
    named = [name for name in cells.dimensions if TIMES & set(words_of(name))]
    return named[0] if named else (cells.dimensions[0] if cells.dimensions else "")


def _of_curve(subject: Subject, cells: Cells, columns: dict[str, str]) -> Iterator[Finding]:
    by = {part: cells.where((cells.facts["column"] == name).to_numpy()) for part, name in columns.items()}
    shown = by[EVENTS] if columns[EVENTS] else by[AT_RISK]
    unknown = np.full(len(shown), np.nan)
    at_risk, events, censored = (by[part].numbers("value") if len(by[part]) else unknown for part in WORDS)
    limit = max(subject.policy.survival_threshold, subject.threshold)
    off_by = float(max(subject.rounding.reach)) if subject.rounding else 0.0
    for place in subject.places(shown, unsafe_steps(at_risk, events, censored, threshold=limit, off_by=off_by)):
        yield subject.finding(
            CODE, Verdict.FAIL, shown, place,
            problem=f"Fewer than {limit} {subject.unit} have the event or are censored at this step.",
            attack="The step is the time of somebody's event: whoever knows that somebody had it then has the rest.",
            cure=CURE,
        )  # fmt: skip
    for place in subject.places(shown, _few(at_risk, limit)):
        yield subject.finding(
            AT_RISK_CODE, Verdict.FAIL, shown, place,
            problem=f"Fewer than {limit} {subject.unit} are at risk here.",
            attack="The end of the curve is the time of the last few.",
            cure="End the curve where enough are still at risk.",
        )  # fmt: skip
    if not (columns[EVENTS] and columns[AT_RISK]):
        problem = "The table does not show both how many are at risk and how many have the event at each step."
        yield subject.file_finding(CODE, Verdict.REVIEW, problem, cure="Show both beside each other.")


def _without_counts(subject: Subject) -> Iterator[Finding]:
    """A curve alone: each step of one unit is seen from the curve; otherwise the counts are asked for."""
    cells = subject.cells.of_kind("percentage", "other", "mean", "ratio")
    found = False
    for name in cells.facts["column"].unique():
        column = cells.where((cells.facts["column"] == name).to_numpy() & cells.states("number"))
        value, spread = column.numbers("value"), column.numbers("spread")
        size = 1 if np.nanmax(value, initial=0) <= 1 else 100
        for place in subject.places(column, single_steps(value / size, spread / size)):
            found = True
            problem = "The curve falls here by one of those who are left."
            attack = "The size of each step gives the number at risk, and the step is one person's event."
            yield subject.finding(CODE, Verdict.FAIL, column, place, problem, attack, CURE)
    if not found:
        problem = "The numbers at risk and with the event are not known."
        yield subject.file_finding(CODE, Verdict.REVIEW, problem, cure="Show them for each step.")
