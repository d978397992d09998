"""Which tables, variables and levels a twin has: those of a draft, or the default ones of one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from extracts.specification import ColumnSpec, ExtractSpec, TableSpec, known_level
from governance.catalogue.catalogue import Catalogue, Table

Period = tuple[date, date]


def asked(requested: Mapping[str, Any], catalogue: Catalogue, version: str, period: Period) -> ExtractSpec:
    """What a draft asks for (table -> {"variables": {name: {"level"}}}), whether or not it could be granted.

    Tables and variables that the catalogue does not offer are left out, and a level that it does not know becomes
    the default one: a draft is no agreement. The cohort is no part of it: a twin has nobody to choose.
    """
    tables = tuple(
        TableSpec(table.name, tuple(_columns(table, wish, catalogue)))
        for table in catalogue.requestable
        if (wish := requested.get(table.name, {}).get("variables"))
    )
    return ExtractSpec(catalogue.dataset.code, version, tables, *period)


def of_table(table: Table, catalogue: Catalogue, version: str, period: Period) -> ExtractSpec:
    """One table with its default variables at their default levels; with all where it has no default."""
    chosen = table.defaults or tuple(variable for variable in table.variables if variable.selectable)
    wish = {variable.name: {"level": variable.default_level} for variable in chosen}
    columns = tuple(_columns(table, wish, catalogue))
    return ExtractSpec(catalogue.dataset.code, version, (TableSpec(table.name, columns),), *period)


def _columns(table: Table, wish: Mapping[str, Any], catalogue: Catalogue) -> Iterator[ColumnSpec]:
    for variable in table.variables:
        if variable.pseudonymised:
            yield ColumnSpec(variable.name)
        elif variable.selectable and variable.name in wish:
            level = wish[variable.name].get("level", "")
            yield ColumnSpec(
                variable.name, level if known_level(variable, level, catalogue) else variable.default_level
            )


def period_of(figures: Mapping[str, Any], tables: list[str], catalogue: Catalogue, *, today: date) -> Period:
    """The quarters that the dates of these tables are published to lie in; three whole years where none are."""
    found = [span for name in tables if name in catalogue and (span := _quarters(figures, catalogue[name], catalogue))]
    if not found:
        return date(today.year - 3, 1, 1), date(today.year - 1, 12, 31)
    first, last = min(span[0] for span in found), max(span[1] for span in found)
    return quarter_days(first)[0], quarter_days(last)[1]


def _quarters(figures: Mapping[str, Any], table: Table, catalogue: Catalogue) -> tuple[str, str] | None:
    """The first and the last quarter of the date by which rows of a table are placed, be it that of its parent."""
    dated = catalogue[table.period_parent.table] if table.period_parent else table
    described = figures.get("tables", {}).get(dated.name, {}).get("variables", {})
    told = described.get(dated.period_column, {})
    return (told["first_quarter"], told["last_quarter"]) if told.get("first_quarter") else None


def quarter_days(quarter: str) -> Period:
    """The first and the last day of a quarter written `2024Q3`."""
    year, number = int(quarter[:4]), int(quarter[5])
    following = date(year + number // 4, number % 4 * 3 + 1, 1)
    return date(year, 3 * number - 2, 1), following - timedelta(days=1)
