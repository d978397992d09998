"""Records: a file with a row for each person is no table, whatever it is called.

Signs, from certain to doubtful: a key that is nearly unique; rows that are rows of the study data; as many rows
as there are persons; labels of people that repeat or stand in no order, though each row of a table has labels of
its own; points without labels, as in a scatter plot. Aggregates whose codes are unique per row, coefficients,
curves and time series have none of them.

Source: the facts on output checking, section 5 (row-level score and join test).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rules.identifiers import identifying
from extracts.disclosure.rules.join_test import join
from extracts.disclosure.rules.pseudonyms import pseudonymous
from extracts.disclosure.rules.row_signs import about_people, has_results, in_detail, in_no_order, points, repeated

CODE = "row_level"
ATTACK = "Everything on a row is known of the person whose row it is."
CURE = "Release a table of counts or amounts over groups instead."

MOSTLY, REPEATED, NEARLY_ALL = 0.8, 0.2, 0.9
FEWEST_ROWS, TIMES = 3, 2


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
    people, again, what = about_people(table), repeated(table), points(table)
    if len(people) >= 2 and again >= REPEATED:
        problem = (
            f"The columns {', '.join(people)} describe people, and {again:.0%} of the rows repeat the labels of others."
        )
        yield _fails(file, f"{problem} A table of groups has one row for each.")
    elif len(people) >= 3 and in_no_order(table) and any(in_detail(table.column(name)) for name in people):
        problem = (
            f"The columns {', '.join(people)} describe people in detail, and the rows stand in no order of groups."
        )
        yield _fails(file, problem)
    elif what:
        yield _fails(file, f"The file holds {what}: a point or row for each person.")
    elif len(people) >= 2 and any(in_detail(table.column(name)) for name in people):
        problem = f"The columns {', '.join(people)} may describe single people: no column is called a count."
        yield Finding(file, CODE, Verdict.REVIEW, problem, ATTACK, f"Call counts by that name. {CURE}")


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


def _fails(file: str, problem: str) -> Finding:
    return Finding(file, CODE, Verdict.FAIL, problem, ATTACK, CURE)
