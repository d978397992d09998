"""From the types that sources have to the types that the catalogue declares, as DuckDB SQL."""

from __future__ import annotations

import re
from pathlib import Path

from governance.catalogue.catalogue import Variable

INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
NUMBERS = INTEGERS | {"FLOAT", "DOUBLE", "DECIMAL"}
MOMENTS = frozenset({"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"})
HOURS = re.compile(r"([+-])(\d\d):(\d\d)")


class BadDataset(ValueError):
    """The source is not what the catalogue declares. The message names the column, never a value."""


def values_of(variable: Variable, kind: str, table: str = "") -> str:
    """The SQL for a column's values in the declared type, from a source column of type `kind`.

    Keys with a domain come as text, to be looked up. Text that cannot be read gives
    null, to be counted and refused. Raises BadDataset for a type that does not fit.
    """
    column = f"{table}.{quoted(variable.name)}" if table else quoted(variable.name)
    value = _converted(variable, kind, column)
    if value is None:
        raise BadDataset(f"{variable.table}.{variable.name} is declared {variable.dtype}, and the source has {kind}.")
    return value


def may_be_unreadable(variable: Variable, kind: str) -> bool:
    """Whether the SQL of `values_of` can make a null out of a value: texts that should be dates or true and false."""
    return kind == "VARCHAR" and variable.duckdb_type in ("DATE", "BOOLEAN")


def _converted(variable: Variable, kind: str, column: str) -> str | None:
    base, plain = kind.partition("(")[0], variable.dtype.partition("(")[0]
    if variable.pseudonymised:
        return f"CAST({column} AS VARCHAR)" if kind in INTEGERS | {"VARCHAR", "UUID", "HUGEINT"} else None
    if plain == "date":
        return _date(variable.source_format, kind, column)
    if plain == "boolean":
        spelt = f"CASE lower(trim({column})) WHEN 'true' THEN true WHEN 'false' THEN false END"
        return {"BOOLEAN": column, "VARCHAR": spelt}.get(kind)
    if plain == "integer":
        return f"CAST({column} AS BIGINT)" if kind in INTEGERS else None
    if plain == "decimal":
        return f"CAST({column} AS DOUBLE)" if base in NUMBERS else None
    if plain == "list" and kind == "VARCHAR[]":
        return f"array_to_string({column}, ';')"
    return f"CAST({column} AS VARCHAR)" if kind == "VARCHAR" or kind.startswith("ENUM") else None


def _date(source_format: str, kind: str, column: str) -> str | None:
    """A DATE: from a date, a moment (after adding hours), or a text in the declared pattern."""
    if hours := HOURS.fullmatch(source_format):
        if kind not in MOMENTS:
            return None
        sign, hour, minute = hours.groups()
        minutes = int(f"{sign}{int(hour) * 60 + int(minute)}")
        return f"CAST({column} + INTERVAL ({minutes}) MINUTE AS DATE)"
    if kind == "VARCHAR" and source_format:
        return f"CAST(try_strptime({column}, {text(source_format)}) AS DATE)"
    return f"CAST({column} AS DATE)" if kind in MOMENTS | {"DATE"} else None


def quoted(name: str) -> str:
    """A name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: Path | str) -> str:
    """A text or path as an SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"
