"""What many queries of one extract read alike, worked out once: their WITH clauses as temporary tables.

An extract asks several times for the same rows: to count, to assess, to write, to check keys, to tell how many are
linked. Each time the engine would find the cohort, and which rows are in scope, anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial

import duckdb
from sqlglot import exp

DIGITS = 16


def text_on(connection: duckdb.DuckDBPyConnection, query: exp.Query) -> str:
    """DuckDB's SQL of a query of `extracts.query`; its WITH clauses are tables of the connection then.

    A table is named for its content too, so that queries of another cohort on this connection make their own.
    """
    return with_tables(query, partial(_made, connection)).sql("duckdb")


def with_tables(query: exp.Query, made: Callable[[exp.CTE], str]) -> exp.Query:
    """The query on tables instead of WITH clauses.

    made  called for each clause, those that it reads before it; returns the name of the table that holds its rows
    """
    tree = query.copy()
    for select in reversed(list(tree.find_all(exp.Select))):  # what is inside of a part before the part itself
        for part in select.ctes:
            _renamed(tree, part.alias, made(part))
        select.set("with_", None)
    return tree


def _made(connection: duckdb.DuckDBPyConnection, part: exp.CTE) -> str:
    """The name of the table, which now exists."""
    rows = part.this.sql("duckdb")
    name = f"{part.alias} {hashlib.sha256(rows.encode()).hexdigest()[:DIGITS]}"
    table = exp.to_identifier(name, quoted=True).sql("duckdb")
    try:
        connection.table(table)
    except duckdb.CatalogException:
        connection.execute(f"CREATE TEMP TABLE {table} AS {rows}")
    return name


def _renamed(tree: exp.Query, alias: str, name: str) -> None:
    """Let the whole query read that table: the parts after this one, which read it too, and the query itself."""
    for table in tree.find_all(exp.Table):
        if table.name == alias:
            table.set("this", exp.to_identifier(name, quoted=True))
