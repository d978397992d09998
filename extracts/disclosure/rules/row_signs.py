"""Signs of records: what headings and values say of whether a table has a row for each person."""

from __future__ import annotations

from itertools import pairwise

from extracts.disclosure.reading.columns import WORDS, words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.suspicion import full_dates

# Headings of what people are or do: quasi-identifiers, special categories and offences (sensitivity_classes.csv).
PERSONAL = """
    age sex gender ethnicity ethnic nationality religion disability offence charge crime court sentence plea verdict
    outcome relationship occupation employment income salary earnings height weight drug prison marital birth dob
    remand conviction convictions custody tier ogrs score disposal education language
"""
ABOUT_PEOPLE = frozenset(PERSONAL.split())
# Headings of what is worked out over groups. A risk or an event may be one person's.
KINDS_OF_RESULTS = ("count", "percentage", "mean", "other", "ratio", "endpoint")
RESULTS = frozenset(word for kind in KINDS_OF_RESULTS for word in WORDS[kind].split()) - {"risk", "events", "children"}
# How programs head the running number of rows, and this engine a column without a heading.
UNNAMED: tuple[list[str], ...] = ([], ["column"], ["index"], ["unnamed"], ["row"], ["obs"], ["id"])
# Numbers of one person, such as those of earlier convictions.
OF_ONE = frozenset(["prior", "priors", "previous"])
LABELS = frozenset(WORDS["label"].split()) - {"id"}

RESIDUALS = frozenset(["resid", "residual", "residuals", "fitted", "predicted", "yhat"])

MOSTLY, SAMPLE = 0.8, 1_000


def has_results(table: Table) -> bool:
    """Whether some column is headed as a count, share, mean or result of a model, and holds numbers."""
    named = [name for name in table.columns if set(words_of(name)) & RESULTS and not set(words_of(name)) & OF_ONE]
    return any(_numbers(table.column(name)) for name in named)


def about_people(table: Table) -> list[str]:
    """The columns headed by what people are or do."""
    return [name for name in table.columns if set(words_of(name)) & ABOUT_PEOPLE]


def repeated(table: Table) -> float:
    """Share of rows whose labels an earlier row has: labels are all texts, and numbers headed as labels."""
    labels = [
        table.column(name) for name in table.columns
        if not _numbers(table.column(name)) or set(words_of(name)) & LABELS
    ]  # fmt: skip
    if not labels or not table.rows:
        return 0.0
    return 1 - len(set(zip(*labels, strict=True))) / len(table.rows)


def in_no_order(table: Table) -> bool:
    """Whether no column of labels is sorted into groups or goes round in turns, as one at least does in a table."""
    labels = [
        values for name in table.columns
        if len(set(values := table.column(name))) > 1 and (not _numbers(values) or set(words_of(name)) & LABELS)
    ]  # fmt: skip
    return bool(labels) and not any(_grouped(values) or _in_turns(values) for values in labels)


def points(table: Table) -> str:
    """What a file of numbers without labels holds, in words, or "": the points of a scatter plot, or residuals.

    A curve has a column that only rises or falls; numbers that all lie between -1 and 1 may be correlations.
    """
    columns = [table.column(name) for name in table.columns]
    if running(columns[0]) and words_of(table.columns[0])[:1] in UNNAMED:
        columns = columns[1:]
    for name, values in zip(table.columns[-len(columns) :], columns, strict=True):
        if set(words_of(name)) & RESIDUALS and in_detail(values):
            return "residuals or fitted values"
    if len(columns) < 2 or not all(_numbers(values) for values in columns):
        return ""
    numbers = [[reading.value for reading in map(read_number, values)] for values in columns]
    if any(_monotone(column) for column in numbers) or sum(in_detail(values) for values in columns) < 2:
        return ""
    return "points" if any(abs(number) > 1 for column in numbers for number in column) else ""


def running(values: tuple[str, ...]) -> bool:
    """Whether values are the running number of their row, from 0 or 1, as programs write beside a data frame."""
    return any(values == tuple(str(start + number) for number in range(len(values))) for start in (0, 1))


def _grouped(values: tuple[str, ...]) -> bool:
    """Whether equal values stand together; of numbers that are all different, whether they are sorted."""
    if len(set(values)) == len(values) and _numbers(values):
        return _monotone([read_number(value).value for value in values])
    return 1 + sum(one != other for one, other in pairwise(values)) == len(set(values))


def _in_turns(values: tuple[str, ...]) -> bool:
    """Whether the same values come again and again in the same order."""
    period = next((place for place in range(1, len(values)) if values[place] == values[0]), len(values))
    turn = len(set(values))
    return any(turn <= p <= len(values) // 2 and values[p:] == values[:-p] for p in {period, turn} if p)


def _monotone(numbers: list[float]) -> bool:
    """Whether numbers only rise or only fall."""
    steps = [later - earlier for earlier, later in pairwise(numbers)]
    return all(step >= 0 for step in steps) or all(step <= 0 for step in steps)


def in_detail(values: tuple[str, ...]) -> bool:
    """Whether a column of numbers or days takes many different values."""
    if not (_numbers(values) or full_dates(values)):
        return False
    return len(set(values)) >= max(10, 0.3 * len(values))


def _numbers(values: tuple[str, ...]) -> bool:
    """Whether most values, of at most SAMPLE evenly spread ones, are numbers or signs that hide one."""
    some = values[:: len(values) // SAMPLE + 1]
    return sum(read_number(value).state != "unreadable" for value in some) >= MOSTLY * len(some)
