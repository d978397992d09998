"""Checks run over a file that can be read: what is wrong, and in which rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb

from extracts.conversion import quoted
from extracts.intake.checks import Check
from extracts.intake.findings import MOST_ROWS, Findings
from extracts.intake.reading import ROW, Opened

REPEATS = "The {what} is there more than once."


def look(connection: duckdb.DuckDBPyConnection, opened: Opened, checks: Sequence[Check], findings: Findings) -> None:
    """Count the rows of every check in one pass; fetch the numbers of the first wrong ones."""
    if not checks:
        return
    view = quoted(opened.view)
    counted = ", ".join(f"count(*) FILTER ({check.wrong})" for check in checks)
    counts = connection.execute(f"SELECT {counted} FROM {view}").fetchall()[0]
    for check, count in zip(checks, counts, strict=True):
        if count:
            rows = rows_of(connection, f"SELECT {ROW} FROM {view} WHERE {check.wrong}")
            findings.add(opened.file.name, check.reason, column=check.column, rows=rows, count=count)


def look_for_repeats(
    connection: duckdb.DuckDBPyConnection, opened: Opened, columns: Iterable[str], what: str, findings: Findings
) -> None:
    """Rows that have the same values in `columns` (SQL expressions) as another row; rows without a value are left."""
    keys = list(columns)
    view, key = quoted(opened.view), ", ".join(keys)
    whole = " AND ".join(f"{one} IS NOT NULL" for one in keys)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT {', '.join(f'{one} AS k{n}' for n, one in enumerate(keys))} "
        f"FROM {view} WHERE {whole} GROUP BY {key} HAVING count(*) > 1"
    )
    if not connection.execute("SELECT count(*) FROM repeated").fetchall()[0][0]:
        return
    same = " AND ".join(f"r.k{n} = {one}" for n, one in enumerate(keys))
    rows = f"FROM {view} WHERE EXISTS (FROM repeated r WHERE {same})"
    count = connection.execute(f"SELECT count(*) {rows}").fetchall()[0][0]
    numbers = rows_of(connection, f"SELECT {ROW} {rows}")
    findings.add(opened.file.name, REPEATS.format(what=what), rows=numbers, count=count)


def rows_of(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    """The first row numbers of a query, from 1, in order."""
    found = connection.execute(f"{query} ORDER BY {ROW} LIMIT {MOST_ROWS}").fetchall()
    return tuple(int(row) + 1 for (row,) in found)


def look_at_columns(
    opened: Opened, declared: Sequence[str], known: dict[str, str], findings: Findings
) -> None:  # fmt: skip
    """Findings for columns that are missing, and for those that are not agreed.

    known  names that may be told, with what such a column is; any other is told by its number, as a file without a
           header has values there
    """
    for name in declared:
        if name not in opened.columns:
            findings.add(opened.file.name, "The column is missing.", column=name)
    for number, name in enumerate(opened.columns, start=1):
        if name in declared:
            continue
        if kind := known.get(name.lower()):
            findings.add(opened.file.name, f"{kind} does not belong here.", column=name)
        else:
            findings.add(opened.file.name, "The column is not agreed.", column=f"number {number}")


def look_for_records(opened: Opened, empty_on_purpose: bool, findings: Findings) -> None:
    if bool(opened.rows) == empty_on_purpose:
        reason = "delivery.json says that it holds no records, and it does." if opened.rows else (
            "The file holds no records. If that is meant, name it in delivery.json under empty."
        )  # fmt: skip
        findings.add(opened.file.name, reason)
