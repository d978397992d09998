"""What each column of an extract is once delivered: its kind, and the codes that it may hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from extracts.query import MERGED
from extracts.specification import HEX128, ColumnSpec, ExtractSpec, TableSpec
from governance.catalogue.catalogue import Catalogue, Level, Variable


class Kind(StrEnum):
    """The value is what dictionaries and pages say."""

    KEY = "integer (63 bits)"
    HEX = "text (128 bits in hexadecimal)"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "true or false"
    DATE = "date"
    TEXT = "text"


TEXTS = frozenset({Kind.KEY, Kind.HEX, Kind.TEXT})  # what formats without great whole numbers hold as text
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


def sheets_of(spec: ExtractSpec, catalogue: Catalogue, created_at: datetime) -> tuple[Sheet, ...]:
    """The tables of an extract, in its order."""
    return tuple(sheet_of(table, spec, catalogue, created_at) for table in spec.tables)


def sheet_of(table: TableSpec, spec: ExtractSpec, catalogue: Catalogue, created_at: datetime) -> Sheet:
    described = catalogue[table.name]
    columns = tuple(column_of(described[one.name], one, catalogue, spec.pseudonyms) for one in table.columns)
    return Sheet(table.name, described.label, columns, created_at)


def column_of(variable: Variable, column: ColumnSpec, catalogue: Catalogue, pseudonyms: str) -> Column:
    """What a variable becomes at the level of detail of the extract, its pseudonyms written as one of PSEUDONYMS."""
    level = catalogue.ladder(variable.ladder)[column.level] if variable.ladder else None
    kind = _kind(variable, level, pseudonyms)
    codes = _codes(variable, level, catalogue) if kind is Kind.TEXT else ()
    if codes and column.merge_below:
        codes = (*codes, (MERGED, MERGED))
    return Column(variable.name, variable.label, kind, codes)


def _kind(variable: Variable, level: Level | None, pseudonyms: str) -> Kind:
    if variable.pseudonymised:
        return Kind.HEX if pseudonyms == HEX128 else Kind.KEY
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
