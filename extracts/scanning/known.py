"""The identifiers of the input, compared with what a release says. Read once, never kept: only matches are noted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from extracts.conversion import quoted, text
from extracts.scanning.found import Column, plain
from extracts.scanning.rules import (
    BIRTH_DATE,
    DIGEST_DIGITS,
    DIGESTS,
    KINDS,
    ROW_ID,
    SHORTEST,
    SPELLINGS,
    Kind,
)

TABLES = """
    CREATE TABLE hits (kind VARCHAR, form VARCHAR, only_whole BOOLEAN);
    CREATE TABLE numbers (kind VARCHAR, number BIGINT)
"""


# Smaller numbers are counts, days and pounds.
LEAST = 100_000


@dataclass(frozen=True)
class Source:
    """One accepted file of identity records, and the roles that it has."""

    file: Path
    roles: frozenset[str]

    @property
    def rows(self) -> str:
        return f"read_parquet({text(self.file)})"


def sources(connection: duckdb.DuckDBPyConnection, identities: Path) -> Iterator[Source]:
    for path in sorted(identities.rglob("*.parquet")):
        columns = connection.execute(f"DESCRIBE FROM read_parquet({text(path)})").fetchall()
        yield Source(path, frozenset(column[0] for column in columns))


def rows_of(sources: Sequence[Source], roles: Sequence[str]) -> str:
    """What stands behind FROM to read these roles where a record has them all; of the sources that have them."""
    columns, there = ", ".join(roles), " AND ".join(f"{role} IS NOT NULL" for role in roles)
    parts = [f"SELECT {columns} FROM {source.rows}" for source in sources if source.roles.issuperset(roles)]
    return f"({' UNION ALL '.join(parts)}) WHERE {there}" if parts else ""


def note_hits(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], kind: Kind) -> None:
    """Note the identifiers of a kind that some text of the release has the form of.

    Shorter ones than the kind's count where they are the whole text: inside a longer one they would be chance.
    """
    if rows := rows_of(sources, kind.roles):
        forms = kind.forms.replace("{birth}", BIRTH_DATE)
        connection.execute(
            f"INSERT INTO hits SELECT DISTINCT $kind, form, length(form) < $shortest FROM "
            f"(SELECT {plain('unnest(list)')} AS form FROM (SELECT {forms} AS list FROM {rows})) "
            f"SEMI JOIN forms USING (form) WHERE length(form) >= {SHORTEST}",
            {"kind": kind.name, "shortest": kind.shortest},
        )


def note_digests(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """The same for digests and hexadecimal spellings; only where the release has texts that look like some.

    Such texts are reported whatever they are; this says of what they were made.
    """
    looks = f"SELECT count(*) FROM forms JOIN said USING (id) WHERE name <> '' AND {digest_like('form')}"
    if not connection.execute(looks).fetchall()[0][0]:
        return
    for kind in [kind for kind in KINDS if kind.is_number]:
        (role,) = kind.roles
        if rows := rows_of(sources, kind.roles):
            spelt = ", ".join(spelling.format(role) for spelling in SPELLINGS)
            made = ", ".join([*(f"upper({digest}(value))" for digest in DIGESTS), "hex(value::BLOB)"])
            connection.execute(
                f"INSERT INTO hits SELECT DISTINCT $kind, form, false FROM (SELECT unnest([{made}]) AS form FROM "
                f"(SELECT DISTINCT unnest([{spelt}]) AS value FROM {rows})) SEMI JOIN forms USING (form)",
                {"kind": f"{kind.name}, as a digest"},
            )


def digest_like(form: str) -> str:
    """The SQL for whether a form has nothing but hexadecimal digits, and many."""
    return f"(length({form}) >= {DIGEST_DIGITS} AND regexp_full_match({form}, '[0-9A-F]+'))"


def note_numbers(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Note what is a whole number among identifiers, and row ids read as one: their first 8 bytes, whole or cut."""
    for kind in [kind for kind in KINDS if kind.is_number]:
        (role,) = kind.roles
        if rows := rows_of(sources, kind.roles):
            connection.execute(
                f"INSERT INTO numbers SELECT $kind, try_cast({role} AS BIGINT) FROM {rows} "
                f"AND try_cast({role} AS BIGINT) >= {LEAST}",
                {"kind": kind.name},
            )
    first = "('0x' || left(row_id, 16))::UBIGINT"
    signed = "(first::HUGEINT - CASE WHEN first >> 63 = 1 THEN 18446744073709551616 ELSE 0 END)::BIGINT"
    if rows := rows_of(sources, ("row_id",)):
        connection.execute(
            f"INSERT INTO numbers SELECT $kind, unnest([(first >> 1)::BIGINT, {signed}]) FROM "
            f"(SELECT {first} AS first FROM {rows} AND regexp_matches(row_id, '^[0-9a-fA-F]{{16}}'))",
            {"kind": ROW_ID},
        )
    connection.execute("CREATE OR REPLACE TABLE numbers AS SELECT DISTINCT * FROM numbers")


def numbers_in(connection: duckdb.DuckDBPyConnection, column: Column) -> list[tuple[str, int]]:
    """Kinds and counts of the numbers of a column that are identifiers."""
    name = quoted(column.name)
    return connection.execute(
        f"SELECT kind, count(*) FROM (SELECT try_cast({name} AS BIGINT) AS number FROM {column.rows} "
        f"WHERE {name} >= {LEAST} OR {name} <= -{LEAST}) JOIN numbers USING (number) GROUP BY kind ORDER BY kind"
    ).fetchall()
