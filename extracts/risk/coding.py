"""Rows as small whole numbers: each value by its place among the values of its column, 0 for a missing one.

Everything stays in the engine, which spills to disk what is too much for its memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod

import duckdb

MOST = 1 << 62  # combinations that one key of 64 bits can tell apart
SEEN, DOMAINS, DOMAIN = "risk_seen", "risk_domains", "risk_domain"


@dataclass(frozen=True)
class Coded:
    """The table SEEN: keys k0, k1 ... that hold the codes of the first columns together, then a column for each other.

    sizes  how many codes each column has, the missing value among them
    keyed  the columns (by place) that each key holds; most tables need one key
    """

    sizes: tuple[int, ...]
    keyed: tuple[tuple[int, ...], ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(f"k{number}" for number in range(len(self.keyed)))

    def code(self, place: int) -> str:
        """SQL for the code of a column: taken out of its key, or the column itself."""
        for key, places in zip(self.keys, self.keyed, strict=True):
            if place in places:
                before = prod(self.sizes[one] for one in places[: places.index(place)])
                return f"CAST(({key} // {before}) % {self.sizes[place]} AS {whole_number(self.sizes[place])})"
        return f"c{place}"


@contextmanager
def coded(
    connection: duckdb.DuckDBPyConnection, rows: str, columns: int, quasi: int, *, along: bool = False
) -> Iterator[Coded]:
    """Code the first `columns` columns of the query `rows`; the first `quasi` of them go into keys.

    With `along` the query has one more column, a whole number, which is kept as it is and called g.
    """
    names = [f"c{place}" for place in range(columns)]
    source = f"({rows}) AS given({', '.join([*names, *(['g'] if along else [])])})"
    try:
        sizes = _learn(connection, source, names)
        made = Coded(sizes, tuple(_keys(sizes, quasi)))
        codes = {name: _encoded(name, place, size) for place, (name, size) in enumerate(zip(names, sizes, strict=True))}
        parts = [f"{_packed(places, codes, sizes)} AS k{number}" for number, places in enumerate(made.keyed)]
        parts += [f"{codes[name]} AS {name}" for name in names[quasi:]] + (["g"] if along else [])
        connection.execute(f"CREATE TEMP TABLE {SEEN} AS SELECT {', '.join(parts)} FROM {source}")
        yield made
    finally:
        connection.execute(f"DROP TABLE IF EXISTS {SEEN}")
        connection.execute(f"DROP TABLE IF EXISTS {DOMAINS}")
        for place in range(columns):
            connection.execute(f"DROP TYPE IF EXISTS {DOMAIN}_{place}")


def _learn(connection: duckdb.DuckDBPyConnection, source: str, names: Sequence[str]) -> tuple[int, ...]:
    """Make one enumeration of the values of each column; returns how many codes each has."""
    values = (f"coalesce(list(DISTINCT CAST({n} AS VARCHAR)) FILTER (WHERE {n} IS NOT NULL), []) AS {n}" for n in names)
    connection.execute(f"CREATE TEMP TABLE {DOMAINS} AS SELECT {', '.join(values)} FROM {source}")
    lengths = ", ".join(f"len({name})" for name in names)
    found = connection.execute(f"SELECT {lengths} FROM {DOMAINS}").fetchall()[0]
    for place, (name, length) in enumerate(zip(names, found, strict=True)):
        if length:
            values_of = f"SELECT unnest({name}) AS value FROM {DOMAINS} ORDER BY value"
            connection.execute(f"CREATE TYPE {DOMAIN}_{place} AS ENUM ({values_of})")
    return tuple(int(length) + 1 for length in found)


def _encoded(name: str, place: int, size: int) -> str:
    if size == 1:
        return "CAST(0 AS UTINYINT)"
    value = f"CAST(CAST({name} AS VARCHAR) AS {DOMAIN}_{place})"
    return f"CAST(coalesce(enum_code({value}) + 1, 0) AS {whole_number(size)})"


def _keys(sizes: Sequence[int], quasi: int) -> Iterator[tuple[int, ...]]:
    """Places of the first `quasi` columns, as many to a key as it can tell apart."""
    key: list[int] = []
    for place in range(quasi):
        if key and prod(sizes[one] for one in [*key, place]) > MOST:
            yield tuple(key)
            key = []
        key.append(place)
    if key:
        yield tuple(key)


def _packed(places: Sequence[int], codes: dict[str, str], sizes: Sequence[int]) -> str:
    terms = (
        f"CAST({codes[f'c{place}']} AS BIGINT) * {prod(sizes[one] for one in places[:number])}"
        for number, place in enumerate(places)
    )
    return " + ".join(terms)


def whole_number(size: int) -> str:
    """The smallest type of the engine that holds the codes 0 to size - 1."""
    return "UTINYINT" if size <= 1 << 8 else "USMALLINT" if size <= 1 << 16 else "UINTEGER"
