"""The whole assessment: each table of a specification as it will be delivered, counted in the engine."""

from __future__ import annotations

import duckdb

from extracts import query
from extracts.risk.classes import classed, diversity_of, rare_of, shared, sizes_of, together_of
from extracts.risk.coding import Coded, coded
from extracts.risk.report import BANDS, RiskReport, TableReport
from extracts.risk.special import special_uniques
from extracts.risk.subject import Subject, subject_of
from extracts.specification import ColumnSpec, ExtractSpec, TableSpec
from extracts.worked_out import text_on
from governance.catalogue.catalogue import Catalogue


def assess(connection: duckdb.DuckDBPyConnection, spec: ExtractSpec, catalogue: Catalogue) -> RiskReport:
    """How identifying every table of the extract is, on the rows and at the levels that were agreed.

    connection  on which the tables of the release are views, as `store.open_release` gives it; temporary tables and
                types named risk_* are made on it and dropped again
    Raises what `query.unordered` does.
    """
    rules = catalogue.dataset.risk
    tables = tuple(_assess_table(connection, table, spec, catalogue) for table in spec.tables)
    return RiskReport(spec.dataset, spec.release_version, rules.threshold, rules.ceiling, tables)


def _assess_table(
    connection: duckdb.DuckDBPyConnection, table: TableSpec, spec: ExtractSpec, catalogue: Catalogue
) -> TableReport:
    subject = subject_of(table, catalogue)
    if not subject.quasi:
        return _in_one_class(connection, table, spec, catalogue)
    along = (ColumnSpec(subject.together),) if subject.together else ()
    rows = rows_of(connection, TableSpec(table.name, (*subject.columns, *along)), spec, catalogue)
    with (
        coded(connection, rows, len(subject.columns), len(subject.quasi), along=bool(along)) as seen,
        classed(connection, seen, len(subject.quasi)),
    ):
        return _counted(connection, subject, seen, catalogue.dataset.risk.threshold)


def _counted(connection: duckdb.DuckDBPyConnection, subject: Subject, seen: Coded, threshold: int) -> TableReport:
    rows, classes, smallest, bands, under = sizes_of(connection, threshold)
    place = {column: number for number, column in enumerate(subject.columns)}
    sensitive = [place[column] for column in subject.sensitive]
    with shared(connection, seen, sensitive):
        diversity = tuple(
            diversity_of(connection, seen, place[column], column.name) for column in (subject.sensitive if rows else ())
        )
    return TableReport(
        subject.table,
        tuple((column.name, column.level) for column in subject.quasi),
        rows,
        classes,
        smallest,
        bands,
        under,
        diversity,
        special_uniques(connection, [column.name for column in subject.quasi], seen.sizes[: len(subject.quasi)]),
        together_of(connection, seen, subject.together) if subject.together else None,
        tuple(
            rare_of(connection, seen, [place[one] for one in many], tuple(one.name for one in many), threshold)
            for many in subject.combinations
        ),
    )


def _in_one_class(
    connection: duckdb.DuckDBPyConnection, table: TableSpec, spec: ExtractSpec, catalogue: Catalogue
) -> TableReport:
    """A table that holds nothing by which somebody could be found: its rows are one class."""
    counted = text_on(connection, query.count_rows(table, spec=spec, catalogue=catalogue))
    rows = int(connection.execute(counted).fetchall()[0][0])
    bands = [0] * len(BANDS)
    if rows:
        bands[max(place for place, least in enumerate(BANDS) if rows >= least)] = rows
    under = rows if rows < catalogue.dataset.risk.threshold else 0
    return TableReport(table.name, (), rows, min(rows, 1), rows, tuple(bands), under)


def rows_of(connection: duckdb.DuckDBPyConnection, table: TableSpec, spec: ExtractSpec, catalogue: Catalogue) -> str:
    """SQL for the rows of a table with these columns, keys being those of the release."""
    rows = query.unordered(table, spec=spec, catalogue=catalogue, pseudonymised=False)
    return text_on(connection, rows)
