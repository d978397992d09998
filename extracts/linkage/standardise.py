"""Records in one form: whatever the columns were called and however they were written, as the features that are compared.

Everything is DuckDB SQL over whole tables; `rid` (a number of ours) is the only key that goes on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import duckdb
import pyarrow as pa

from extracts.linkage import dates
from extracts.linkage.features import Roles, first_layer, second_layer, third_layer
from extracts.linkage.names import nicknames

# Helpers of the layers that nothing is compared on.
INNER = ("born_text", "forenames", "middle_names", "birth_year_given", "age_given", "whole_name")


def standardise(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], *, into: str
) -> tuple[str, ...]:
    """Make the table `into` of standardised records, and say which features it has.

    table    holds `rid` BIGINT, `source` VARCHAR and the own columns, all text
    columns  own column -> role
    """
    roles = _by_role(columns)
    first = first_layer(
        roles,
        month_first=_month_first(connection, table, roles),
        surname_first=_surname_first(connection, table, roles),
    )
    second = second_layer(first)
    third = third_layer({**first, **second})
    named = "forename" in second
    if named:
        _register_nicknames(connection)
    dropped = [name for name in INNER if name in first]
    connection.execute(
        f"""CREATE OR REPLACE TABLE {into} AS
        WITH plain AS (SELECT rid, source {_listed(first)} FROM {table}),
        parted AS (SELECT * {_listed(second)} FROM plain),
        derived AS (SELECT * {_listed(third)} FROM parted)
        SELECT derived.* {f"EXCLUDE ({', '.join(dropped)})" if dropped else ""}
        {", nick.stands_for AS forename_keys" if named else ""}
        FROM derived {"LEFT JOIN nicknames nick ON nick.name = derived.forename" if named else ""}
        ORDER BY rid"""
    )
    made = {*first, *second, *third, *(["forename_keys"] if named else [])} - set(dropped)
    return tuple(sorted(made))


def _by_role(columns: Mapping[str, str]) -> Roles:
    by_role: dict[str, list[str]] = defaultdict(list)
    for own, role in columns.items():
        by_role[role].append('"' + own.replace('"', '""') + '"')
    return by_role


def _listed(expressions: Mapping[str, str]) -> str:
    return "".join(f", {sql} AS {name}" for name, sql in expressions.items())


def _one(connection: duckdb.DuckDBPyConnection, table: str, expression: str) -> bool:
    rows = connection.execute(f"SELECT {expression} FROM {table}").fetchall()
    return bool(rows[0][0])


def _month_first(connection: duckdb.DuckDBPyConnection, table: str, roles: Roles) -> bool:
    """Whether dates are written month first: told by the days above 12."""
    columns = roles.get("date_of_birth")
    return _one(connection, table, dates.month_comes_first(columns[0])) if columns else False


def _surname_first(connection: duckdb.DuckDBPyConnection, table: str, roles: Roles) -> bool:
    """Whether whole names are written "surname, forenames": four in five have one comma."""
    columns = roles.get("full_name")
    if not columns:
        return False
    name = columns[0]
    return _one(connection, table, f"avg((length({name}) - length(replace({name}, ',', '')) = 1)::INTEGER) > 0.8")


def _register_nicknames(connection: duckdb.DuckDBPyConnection) -> None:
    """Names and what they stand for, as numbers: short lists of numbers are compared quickly."""
    names, stands_for = zip(*nicknames(), strict=True)
    connection.register("nickname_lines", pa.table({"name": names, "stands_for": stands_for}))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE nicknames AS SELECT name, list_sort(list(DISTINCT hash(stands_for))) AS stands_for "
        "FROM nickname_lines GROUP BY name"
    )
    connection.unregister("nickname_lines")
