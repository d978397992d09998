"""What each column of an extract is once delivered: its kind, and the codes that it may hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from extracts.specification import ColumnSpec, TableSpec
from governance.catalogue.catalogue import Catalogue, Level, Variable


class Kind(StrEnum):
    """The value is what dictionaries and pages say."""

    KEY = "integer (63 bits)"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "true or false"
    DATE = "date"
    TEXT = "text"


BY_TYPE = {"BIGINT": Kind.INTEGER, "DOUBLE": Kind.DECIMAL, "BOOLEAN": Kind.BOOLEAN, "DATE": Kind.DATE}
BY_METHOD = {"year": Kind.INTEGER, "yes_no": Kind.BOOLEAN}

Codes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column as delivered. `codes` are code and label of the values it may hold, () where nothing lists them.

    Data may hold codes that no list knows; every format keeps them.
    """

    name: str
    label: str
    kind: Kind
    codes: Codes = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table as delivered, and the moment that its files say they were made at."""

    name: str
    label: str
    columns: tuple[Column, ...]
    created_at: datetime


def sheet_of(table: TableSpec, catalogue: Catalogue, created_at: datetime) -> Sheet:
    described = catalogue[table.name]
    columns = tuple(column_of(described[column.name], column, catalogue) for column in table.columns)
    return Sheet(table.name, described.label, columns, created_at)


def column_of(variable: Variable, column: ColumnSpec, catalogue: Catalogue) -> Column:
    """What a variable becomes at the level of detail of the extract."""
    level = catalogue.ladder(variable.ladder)[column.level] if variable.ladder else None
    kind = _kind(variable, level)
    codes = _codes(variable, level, catalogue) if kind is Kind.TEXT else ()
    return Column(variable.name, variable.label, kind, codes)


def _kind(variable: Variable, level: Level | None) -> Kind:
    if variable.pseudonymised:
        return Kind.KEY
    if level is None or level.method == "source":
        return BY_TYPE.get(variable.duckdb_type, Kind.TEXT)
    return BY_METHOD.get(level.method, Kind.TEXT)


def _codes(variable: Variable, level: Level | None, catalogue: Catalogue) -> Codes:
    """Of a column of text. A list of several codes in one value is no coded value."""
    if level is not None and level.method == "band":
        return tuple((band.label, band.label) for band in level.bands)
    if level is not None and level.method == "codelist":
        return tuple((row[0], row[1]) for row in catalogue.code_list(f"{variable.codelist}.{level.argument}").rows)
    if variable.dtype == "list" or (level is not None and level.method != "source"):
        return ()
    if variable.codelist:
        codes = catalogue.code_list(variable.codelist)
        return tuple((row[0], row[1] or row[0]) for row in codes.rows)
    return tuple((choice, choice) for choice in variable.choices)
