"""One table in two releases: rows by primary key, columns, codes, and how far distributions moved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from extracts.differences.counts import SMALL, told
from governance.catalogue.catalogue import Table

# A share of missing values is worth a look when it moved by this much, in percentage points.
MISSING_POINTS = 2
# A distribution is, when so many percent of the rows would have to change their value to make it what it was.
MOVED_PERCENT = 5
# Smaller tables move by chance.
ENOUGH_ROWS = 1000

# These say which linkage made a row, not what it says.
NOT_COMPARED = {"xjs_link": ("link_run",)}

# Numbers below twenty as they are, larger ones in steps of a quarter of a doubling.
STEPS = "CASE WHEN abs({0}) < 20 THEN floor({0}) ELSE sign({0}) * (20 + floor(4 * log2(abs({0}) / 20))) END"


@dataclass(frozen=True)
class Sides:
    """A table of two releases as the views `old` and `new` of a connection, and the columns that both have."""

    table: Table
    connection: duckdb.DuckDBPyConnection
    kinds: dict[str, str]
    new_columns: tuple[str, ...]
    gone_columns: tuple[str, ...]


def sides(connection: duckdb.DuckDBPyConnection, table: Table, before: Path, after: Path) -> Sides:
    """Look at the table in both folders."""
    for name, folder in (("old", before), ("new", after)):
        connection.read_parquet(str(folder / f"{table.name}.parquet")).create_view(name, replace=True)
    return sides_of_views(connection, table)


def sides_of_views(connection: duckdb.DuckDBPyConnection, table: Table) -> Sides:
    """Look at the table in what the connection knows as `old` and `new`."""
    kinds = {}
    for name in ("old", "new"):
        rows = connection.sql(f"FROM {name}")
        kinds[name] = dict(zip(rows.columns, map(str, rows.types), strict=True))
    old, new = kinds["old"], kinds["new"]
    shared = {name: kind for name, kind in new.items() if old.get(name) == kind}
    return Sides(
        table, connection, shared, tuple(name for name in new if name not in old), tuple(n for n in old if n not in new)
    )


def difference(of: Sides) -> dict[str, Any]:
    """What changed in the table."""
    counts = {name: of.connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in ("old", "new")}
    enough = min(counts.values()) >= ENOUGH_ROWS
    missing = _missing(of) if enough else {}
    compared = {name: _codes(of, name) for name in _coded(of)}
    return {
        "rows_before": told(counts["old"]),
        "rows": told(counts["new"]),
        **_rows(of),
        "new_columns": list(of.new_columns),
        "gone_columns": list(of.gone_columns),
        "new_codes": {name: codes for name, (_, codes, _) in compared.items() if codes},
        "gone_codes": {name: codes for name, (_, _, codes) in compared.items() if codes},
        "missing_moved": missing,
        "distribution_moved": {
            name: moved for name, (moved, _, _) in compared.items() if enough and moved >= MOVED_PERCENT
        },
    }


def _rows(of: Sides) -> dict[str, int | None]:
    """Rows added, removed, and changed in any column that both releases have."""
    key = [name for name in of.table.primary_key if name in of.kinds]
    if len(key) < len(of.table.primary_key):
        return {}
    skipped = (*key, *NOT_COMPARED.get(of.table.name, ()))
    others = [_quoted(name) for name in of.kinds if name not in skipped] or ["NULL"]
    columns = ", ".join(map(_quoted, key))
    halves = [
        f"(SELECT {columns}, hash({', '.join(others)}) AS content FROM {name}) AS {name}" for name in ("new", "old")
    ]
    # The columns of a key are never missing, so a missing content is a missing row.
    added, removed, changed = of.connection.execute(
        "SELECT count(*) FILTER (old.content IS NULL), count(*) FILTER (new.content IS NULL), "
        f"count(*) FILTER (old.content <> new.content) FROM {halves[0]} FULL JOIN {halves[1]} USING ({columns})"
    ).fetchall()[0]
    return {"added": told(added), "removed": told(removed), "changed": told(changed)}


def _missing(of: Sides) -> dict[str, dict[str, int]]:
    """Variables whose share of missing values moved, with both shares in whole percent."""
    names = [variable.name for variable in of.table.variables if variable.name in of.kinds]
    parts = ", ".join(f"100 * (1 - count({_quoted(name)}) / count(*))" for name in names)
    before, after = (of.connection.execute(f"SELECT {parts} FROM {side}").fetchall()[0] for side in ("old", "new"))
    return {
        name: {"before": round(was), "after": round(now)}
        for name, was, now in zip(names, before, after, strict=True)
        if abs(now - was) >= MISSING_POINTS
    }


def _coded(of: Sides) -> list[str]:
    """The variables whose values are compared one by one; keys and dates always move."""
    return [
        variable.name
        for variable in of.table.variables
        if variable.name in of.kinds and variable.sensitivity != "KEY" and of.kinds[variable.name] != "DATE"
        if variable.name not in NOT_COMPARED.get(of.table.name, ())
    ]


def _codes(of: Sides, name: str) -> tuple[int, list[str], list[str]]:
    """How many percent of rows moved to another value, and which codes came or went."""
    column, is_text = _quoted(name), of.kinds[name] == "VARCHAR"
    value = STEPS.format(column) if of.kinds[name] in ("BIGINT", "DOUBLE") else column
    rows = of.connection.execute(
        f"SELECT value, sum(old)::BIGINT, sum(new)::BIGINT FROM ("
        f"SELECT {value} AS value, count(*) AS old, 0 AS new FROM old WHERE {column} IS NOT NULL GROUP BY 1 UNION ALL "
        f"SELECT {value}, 0, count(*) FROM new WHERE {column} IS NOT NULL GROUP BY 1) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    old, new = sum(row[1] for row in rows), sum(row[2] for row in rows)
    moved = sum(abs(row[1] / old - row[2] / new) for row in rows) / 2 if old and new else 0
    came = [str(code) for code, was, now in rows if is_text and not was and now >= SMALL]
    went = [str(code) for code, was, now in rows if is_text and not now and was >= SMALL]
    return round(100 * moved), came, went


def _quoted(name: str) -> str:
    return f'"{name}"'
