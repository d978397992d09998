"""Records: a file with a row for each person is no table, whatever it is called.

Signs, from certain to doubtful: a key that is nearly unique; rows that are rows of the study data; as many rows
as there are persons; labels of people that repeat though each row of a table has labels of its own.
Aggregates whose codes are unique per row, coefficients and time series have none of them.

Source: the facts on output checking, section 5 (row-level score and join test).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.columns import WORDS, words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.suspicion import full_dates
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rules.identifiers import identifying
from extracts.disclosure.rules.join_test import join
from extracts.disclosure.rules.pseudonyms import pseudonymous

CODE = "row_level"
ATTACK = "Everything on a row is known of the person whose row it is."
CURE = "Release a table of counts or amounts over groups instead."

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
LABELS = frozenset(WORDS["label"].split()) - {"id"}

MOSTLY, REPEATED, NEARLY_ALL = 0.8, 0.2, 0.9
FEWEST_ROWS, TIMES, SAMPLE = 3, 2, 1_000


def findings(
    file: str, table: Table, policy: Policy, *, persons: int | None = None, microdata: pd.DataFrame | None = None
) -> Iterator[Finding]:
    """At most one finding: that the file holds a row for each person, or may do so.

    persons    how many persons or rows the study data have, where that is known
    microdata  the study data themselves: what settles the question
    """
    rows = len(table.rows)
    if key := _key(table, policy):
        yield _fails(file, f"The file has {rows:,} rows, nearly each with another value of {key}: one row per person.")
    elif microdata is not None and (shared := _joined(table, microdata, policy)):
        problem = f"Most of the {rows:,} rows agree in {', '.join(shared)} with only a few records of the study data."
        yield _fails(file, problem)
    elif _as_many(table, persons if persons is not None or microdata is None else len(microdata), policy):
        yield _fails(
            file, f"The file has {rows:,} rows, as many as there are persons in the study data, and no counts."
        )
    else:
        yield from _by_look(file, table, policy)


def _by_look(file: str, table: Table, policy: Policy) -> Iterator[Finding]:
    """What the headings and values alone say."""
    if len(table.rows) < TIMES * policy.threshold or has_results(table):
        return
    people, again = about_people(table), repeated(table)
    if len(people) >= 2 and again >= REPEATED:
        problem = (
            f"The columns {', '.join(people)} describe people, and {again:.0%} of the rows repeat the labels of others."
        )
        yield _fails(file, f"{problem} A table of groups has one row for each.")
    elif len(people) >= 2 and any(_in_detail(table.column(name)) for name in people):
        problem = f"The columns {', '.join(people)} may describe single people: no column is called a count."
        yield Finding(file, CODE, Verdict.REVIEW, problem, ATTACK, f"Call counts by that name. {CURE}")


def has_results(table: Table) -> bool:
    """Whether some column is headed as a count, share, mean or result of a model, and holds numbers."""
    return any(set(words_of(name)) & RESULTS and _numbers(table.column(name)) for name in table.columns)


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


def _key(table: Table, policy: Policy) -> str:
    """A column of identifiers or pseudonyms that is nearly unique, or ""."""
    rows = len(table.rows)
    if rows < policy.threshold:
        return ""
    for name in table.columns:
        values = table.column(name)
        if len(set(values)) >= MOSTLY * rows and (pseudonymous(values) or identifying(name, values, policy)):
            return name
    return ""


def _joined(table: Table, microdata: pd.DataFrame, policy: Policy) -> tuple[str, ...]:
    """The columns by which the rows are found among the records, or nothing when they are not records.

    A table of counts has labels that the records have, too, and in small cells only few of them have; so
    beside results it takes amounts in detail to tell.
    """
    found = join(table, microdata, threshold=policy.threshold)
    if len(table.rows) < FEWEST_ROWS or len(found.shared) < 2:
        return ()
    if not has_results(table):
        return found.shared if found.rare >= 0.5 else ()
    return found.shared if found.amounts and found.rare >= MOSTLY else ()


def _as_many(table: Table, persons: int | None, policy: Policy) -> bool:
    """Whether there are as many rows as persons, give or take a tenth, and nothing that is worked out over groups."""
    rows = len(table.rows)
    if persons is None or rows < TIMES * policy.threshold or has_results(table):
        return False
    return NEARLY_ALL * persons <= rows <= persons / NEARLY_ALL and bool(about_people(table))


def _in_detail(values: tuple[str, ...]) -> bool:
    """Whether a column of numbers or days takes many different values."""
    if not (_numbers(values) or full_dates(values)):
        return False
    return len(set(values)) >= max(10, 0.3 * len(values))


def _numbers(values: tuple[str, ...]) -> bool:
    """Whether most values, of at most SAMPLE evenly spread ones, are numbers or signs that hide one."""
    some = values[:: len(values) // SAMPLE + 1]
    return sum(read_number(value).state != "unreadable" for value in some) >= MOSTLY * len(some)


def _fails(file: str, problem: str) -> Finding:
    return Finding(file, CODE, Verdict.FAIL, problem, ATTACK, CURE)
