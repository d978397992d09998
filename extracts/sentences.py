"""A specification in words and as the queries that it becomes: for its page, for owners, for whoever checks a build."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extracts import query
from extracts.specification import ColumnSpec, ExtractSpec, TableSpec, has_period, shared_keys
from governance.catalogue.catalogue import Catalogue, Table


@dataclass(frozen=True)
class ColumnSaid:
    name: str
    label: str
    level: str
    rules: str


@dataclass(frozen=True)
class TableSaid:
    """One table: which of its rows, which columns, and the query that gives them."""

    name: str
    label: str
    rows: tuple[str, ...]
    columns: tuple[ColumnSaid, ...]
    sql: str


def tables_said(spec: ExtractSpec, catalogue: Catalogue) -> Iterator[TableSaid]:
    """Every table of the specification in words."""
    for table in spec.tables:
        described = catalogue[table.name]
        sql = query.select_table(table, spec=spec, catalogue=catalogue).sql("duckdb", pretty=True)
        columns = tuple(_column(column, described, catalogue) for column in table.columns)
        yield TableSaid(table.name, described.label, tuple(_rows(table, described, spec, catalogue)), columns, sql)


def _rows(table: TableSpec, described: Table, spec: ExtractSpec, catalogue: Catalogue) -> Iterator[str]:
    period = f"{spec.period_from:%-d %B %Y} to {spec.period_to:%-d %B %Y}"
    if described.period_column:
        yield f"Rows whose {described.period_column} lies from {period}; rows without it are left out."
    elif parent := described.period_parent:
        dated = catalogue[parent.table].period_column
        yield f"Rows that belong to a row of {parent.table} whose {dated} lies from {period}."
    else:
        names = [other.name for other in spec.tables]
        keys = ", ".join(shared_keys(described, names, catalogue))
        dated = ", ".join(name for name in names if has_period(catalogue[name]))
        yield f"Rows of which a key ({keys}) occurs in a row of {dated} that is in this extract's period."
    if spec.cohort:
        yield "Of these, rows of the cohort."
    for rule in table.only:
        yield f"Of these, rows whose {rule.column} is {' or '.join(rule.values)}."
    if spec.withheld:
        yield f"Rows of people and cases on the list of withheld records, version {spec.withheld}, are left out."


def _column(column: ColumnSpec, described: Table, catalogue: Catalogue) -> ColumnSaid:
    variable = described[column.name]
    level = catalogue.ladder(variable.ladder)[column.level].label if variable.ladder else ""
    if variable.pseudonymised:
        level = "Pseudonym, made for this project"
    return ColumnSaid(column.name, variable.label, level, " ".join(_rules(column)))


def _rules(column: ColumnSpec) -> Iterator[str]:
    if column.bottom is not None:
        yield f"Lower values are given as {column.bottom}."
    if column.top is not None:
        yield f"Higher values are given as {column.top}."
    if column.merge_below:
        yield f"Values that fewer than {column.merge_below} rows have are given as “{query.MERGED}”."
