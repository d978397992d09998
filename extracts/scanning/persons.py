"""What rows say of their own person: dates of birth, names, postcodes, compared row by row."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path

import duckdb

from extracts.conversion import quoted, text
from extracts.scanning.found import Column, plain
from extracts.scanning.known import Source
from extracts.scanning.rules import BIRTH, BIRTH_DATE, CHANCE_ROWS, CHANCE_SHARE, NAME, SHORTEST

PERSON_RECORD = "person_record"

# What is compared of a person: role, the kind that it is reported as, SQL of its plain text.
OWN = (
    ("forename", NAME), ("surname", NAME), ("middle_name", NAME), ("postcode", "postcode"), ("address", "address"),
)  # fmt: skip


def gather(connection: duckdb.DuckDBPyConnection, sources: Iterable[Source], row_keys: Path) -> None:
    """Make the table `own`: what each row key's person is called, born on, lives at. Only while this job runs."""
    columns = ", ".join(f"{role} VARCHAR" for role, _ in OWN)
    connection.execute(f"CREATE TABLE own (row_key BIGINT, birth DATE, {columns})")
    for source in sources:
        born = BIRTH_DATE if "date_of_birth" in source.roles else "NULL"
        roles = [plain(role) if role in source.roles else "NULL" for role, _ in OWN]
        connection.execute(
            f"INSERT INTO own SELECT row_key, {born}, {', '.join(roles)} FROM {source.rows} "
            f"JOIN read_parquet({text(row_keys)}) USING (source, row_id)"
        )


def own_of_rows(
    connection: duckdb.DuckDBPyConnection, columns: list[Column], worded: Container[tuple[str, str]]
) -> Iterator[tuple[Column, str, int]]:
    """(column, kind, rows) for the columns of one table that say what the person of the row is, beyond chance.

    worded  (file, column) of those that hold texts which are no declared codes
    A table is compared by its first key of a person-record; one without such a key says
    nothing of a person by itself.
    """
    keys = [c for c in columns if c.variable is not None and c.variable.key_domain == PERSON_RECORD]
    looked_at = [
        (column, kind, agrees)
        for column in columns
        if keys and (column.kind == "DATE" or (column.file.name, column.name) in worded)
        for kind, agrees in _agreements(column).items()
    ]
    if not looked_at:
        return
    counts = ", ".join(f"count(*) FILTER ({agrees}), count({quoted(c.name)})" for c, _, agrees in looked_at)
    found = connection.execute(
        f"SELECT {counts} FROM (SELECT *, {quoted(keys[0].name)} AS row_key FROM {keys[0].rows}) AS released "
        "JOIN own USING (row_key)"
    ).fetchall()[0]
    for (column, kind, _), rows, compared in zip(looked_at, found[::2], found[1::2], strict=True):
        if rows > CHANCE_ROWS and rows > CHANCE_SHARE * compared:
            yield column, kind, rows


def _agreements(column: Column) -> Mapping[str, str]:
    """Kind to the SQL condition on which a value says it."""
    if column.kind == "DATE":
        return {BIRTH: f"released.{quoted(column.name)} = own.birth"}
    value = plain(f"CAST(released.{quoted(column.name)} AS VARCHAR)")
    conditions: dict[str, str] = {}
    for role, kind in OWN:
        same = f"(length(own.{role}) >= {SHORTEST} AND {value} = own.{role})"
        conditions[kind] = f"{conditions[kind]} OR {same}" if kind in conditions else same
    return conditions
