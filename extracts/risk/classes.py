"""Classes of rows that are alike in every quasi-identifier, and what they tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import duckdb

from extracts.risk.coding import SEEN, Coded
from extracts.risk.report import BANDS, Diversity, Rare, Together

CLASSES, SHARED = "risk_classes", "risk_shared"


@contextmanager
def classed(connection: duckdb.DuckDBPyConnection, seen: Coded, quasi: int) -> Iterator[None]:
    """The table CLASSES: one row a class, with its keys, the code of each quasi-identifier, and n, its rows."""
    keys = ", ".join(seen.keys)
    codes = ", ".join(f"{seen.code(place)} AS q{place}" for place in range(quasi))
    counted = f"SELECT {keys}, count(*) AS n FROM {SEEN} GROUP BY {keys}"
    try:
        connection.execute(f"CREATE TEMP TABLE {CLASSES} AS SELECT {keys}, {codes}, n FROM ({counted})")
        yield
    finally:
        connection.execute(f"DROP TABLE IF EXISTS {CLASSES}")


def sizes_of(connection: duckdb.DuckDBPyConnection, threshold: int) -> tuple[int, int, int, tuple[int, ...], int]:
    """Rows, classes, the size of the smallest, rows by band of size, and rows in classes below the threshold."""
    edges = [*pairwise(BANDS), (BANDS[-1], None)]
    within = [f"n >= {low}" + (f" AND n < {high}" if high else "") for low, high in edges]
    counts = ", ".join(f"coalesce(sum(n) FILTER (WHERE {one}), 0)" for one in [*within, f"n < {threshold}"])
    rows, classes, smallest, *rest = _row(
        connection, f"SELECT coalesce(sum(n), 0), count(*), coalesce(min(n), 0), {counts} FROM {CLASSES}"
    )
    return rows, classes, smallest, tuple(rest[:-1]), rest[-1]


@contextmanager
def shared(connection: duckdb.DuckDBPyConnection, seen: Coded, places: list[int]) -> Iterator[None]:
    """The table SHARED: keys and the columns at `places`, of the rows that are not alone in their class."""
    columns = ", ".join([*seen.keys, *(f"c{place}" for place in places)])
    keys = ", ".join(seen.keys)
    query = f"SELECT {columns} FROM {SEEN} SEMI JOIN (SELECT {keys} FROM {CLASSES} WHERE n > 1) USING ({keys})"
    try:
        connection.execute(f"CREATE TEMP TABLE {SHARED} AS {query}")
        yield
    finally:
        connection.execute(f"DROP TABLE IF EXISTS {SHARED}")


def diversity_of(connection: duckdb.DuckDBPyConnection, seen: Coded, place: int, name: str) -> Diversity:
    """What the classes tell of the variable in column c`place`. A row that is alone is a class with one value."""
    keys, value = ", ".join(seen.keys), f"c{place}"
    query = f"""
        WITH whole AS (SELECT {value} AS v, count(*) AS rows, count(*) / sum(count(*)) OVER () AS p
                       FROM {SEEN} GROUP BY {value}),
        cells AS (SELECT {keys}, {value} AS v, count(*) AS c FROM {SHARED} GROUP BY {keys}, {value}),
        several AS (SELECT any_value(n) AS n, count(*) AS l, sum(greatest(c / n - p, 0)) AS t
                    FROM cells JOIN {CLASSES} USING ({keys}) JOIN whole USING (v) GROUP BY {keys}),
        beside AS (SELECT v, sum(c) AS rows FROM cells GROUP BY v),
        alone AS (SELECT 1 - p AS t, whole.rows - coalesce(beside.rows, 0) AS m FROM whole LEFT JOIN beside USING (v)),
        all_of_them AS (SELECT t, 1 AS m FROM several UNION ALL SELECT t, m FROM alone WHERE m > 0),
        ranked AS (SELECT t, sum(sum(m)) OVER (ORDER BY t) AS rank FROM all_of_them GROUP BY t)
        SELECT (SELECT coalesce(sum(n) FILTER (WHERE l = 1), 0) FROM several),
               (SELECT coalesce(sum(m), 0) FROM alone),
               (SELECT coalesce(min(l), 0) FROM several),
               (SELECT coalesce(max(t), 0) FROM ranked),
               (SELECT coalesce(min(t), 0) FROM ranked WHERE rank >= 0.95 * (SELECT max(rank) FROM ranked))
    """
    in_classes, by_themselves, least, greatest, at_95 = _row(connection, query)
    return Diversity(
        name,
        int(in_classes + by_themselves),
        1 if by_themselves else int(least),
        round(float(greatest), 6),
        round(float(at_95), 6),
    )


def together_of(connection: duckdb.DuckDBPyConnection, seen: Coded, key: str) -> Together:
    """Cases of more than one row by the column g, and those whose rows' classes, taken together, no other case has."""
    one = seen.keys[0] if len(seen.keys) == 1 else f"struct_pack({', '.join(f'{k} := {k}' for k in seen.keys)})"
    query = f"""
        WITH several AS (SELECT g FROM {SEEN} WHERE g IS NOT NULL GROUP BY g HAVING count(*) > 1),
        cases AS (SELECT list_sort(list({one})) AS people FROM {SEEN} SEMI JOIN several USING (g) GROUP BY g),
        alike AS (SELECT count(*) AS m FROM cases GROUP BY people)
        SELECT coalesce(sum(m), 0), count(*) FILTER (WHERE m = 1) FROM alike
    """
    cases, alone = _row(connection, query)
    return Together(key, int(cases), int(alone))


def rare_of(
    connection: duckdb.DuckDBPyConnection, seen: Coded, places: list[int], names: tuple[str, ...], threshold: int
) -> Rare:
    """Rows whose combination of the columns at `places` fewer than `threshold` rows have."""
    codes = ", ".join(seen.code(place) for place in places)
    counted = f"SELECT count(*) AS n FROM {SEEN} GROUP BY {codes}"
    (rows,) = _row(connection, f"SELECT coalesce(sum(n) FILTER (WHERE n < {threshold}), 0) FROM ({counted})")
    return Rare(names, int(rows))


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    return tuple(connection.execute(query).fetchall()[0])
