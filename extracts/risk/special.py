"""Special uniques: the smallest sets of variables, up to three, by which a row is the only one of its kind.

On the classes, not on the rows, since only a class of one row can be unique by fewer variables. The classes pass by in
batches twice: first the cells of every set are counted, then each class of one row is looked up in them. Sets with more
cells than there is room for are counted by the engine, and of very many such sets only the smallest: their number is
told. Nothing here grows with the number of rows. As in SUDA2
(Manning, Haglin and Keane, 2008) a set counts for a row when no smaller part of it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import combinations
from math import prod

import duckdb
import numpy as np
import numpy.typing as npt

from extracts.risk.classes import CLASSES
from extracts.risk.report import Special

LARGEST = 3
BATCH = 1 << 16
ROOM = 1 << 28  # cells of all sets together, one byte each
AT_ONCE = 1 << 26  # cells that are counted in one pass, four bytes each
BY_ENGINE = 16  # sets that the engine counts, each a table and a join
WORTH_IT = 16  # cells for each class: with more of them the engine is as fast

Places = tuple[int, ...]
Codes = Mapping[int, npt.NDArray[np.int64]]
Flags = npt.NDArray[np.bool_]


def special_uniques(connection: duckdb.DuckDBPyConnection, names: Sequence[str], sizes: Sequence[int]) -> Special:
    """How many rows have a minimal set of each size, and how often each variable takes part in one.

    sizes  how many codes each variable has
    """
    classes, alone = connection.execute(f"SELECT count(*), count(*) FILTER (WHERE n = 1) FROM {CLASSES}").fetchall()[0]
    if not alone:
        return Special((0, 0, 0), tuple((name, 0) for name in names))
    sets = [places for size in range(1, LARGEST + 1) for places in combinations(range(len(names)), size)]
    counted = list(_that_fit(sets, sizes, min(AT_ONCE, WORTH_IT * classes)))
    cells = _unique_cells(connection, counted, sizes)
    large = sorted(set(sets) - set(counted), key=lambda places: (len(places), _cells(places, sizes), places))
    rows, parts = np.zeros(LARGEST, np.int64), np.zeros(len(names), np.int64)
    with _looked_up(connection, large[:BY_ENGINE]) as columns:
        for codes, flags in _alone(connection, len(names), columns):
            _tally(sets, codes, cells, flags, sizes, rows, parts)
    one, two, three = (int(number) for number in rows)
    told = tuple(zip(names, map(int, parts), strict=True))
    return Special((one, two, three), told, len(large[BY_ENGINE:]))


def _that_fit(sets: Sequence[Places], sizes: Sequence[int], most: int) -> Iterator[Places]:
    """The sets of at most so many cells, those with the fewest first, as many as there is room for."""
    used = 0
    for places in sorted(sets, key=lambda places: (_cells(places, sizes), places)):
        used += _cells(places, sizes)
        if used > ROOM or _cells(places, sizes) > most:
            return
        yield places


def _unique_cells(
    connection: duckdb.DuckDBPyConnection, sets: Sequence[Places], sizes: Sequence[int]
) -> dict[Places, Flags]:
    """Which cells of each set hold one row; sets without such a cell are left out."""
    found: dict[Places, Flags] = {}
    for group in _groups(sets, sizes):
        counts = {places: np.zeros(_cells(places, sizes), np.uint32) for places in group}
        query = f"SELECT {_columns({place for places in group for place in places})}, least(n, 2) AS n FROM {CLASSES}"
        for codes, weights in _batches(connection, query):
            index = _Index(codes, sizes)
            for places in group:
                np.add.at(counts[places], index[places], weights["n"].astype(np.uint32))
        found |= {places: number == 1 for places, number in counts.items() if (number == 1).any()}
    return found


def _groups(sets: Sequence[Places], sizes: Sequence[int]) -> Iterator[list[Places]]:
    """The sets in parts that are counted in one pass each."""
    group: list[Places] = []
    used = 0
    for places in sets:
        if group and used + _cells(places, sizes) > AT_ONCE:
            yield group
            group, used = [], 0
        group.append(places)
        used += _cells(places, sizes)
    if group:
        yield group


@contextmanager
def _looked_up(connection: duckdb.DuckDBPyConnection, sets: Sequence[Places]) -> Iterator[dict[Places, str]]:
    """Tables of the classes that are unique by these sets, counted by the engine: set -> name of its table."""
    tables = {places: "risk_special_" + "_".join(map(str, places)) for places in sets}
    try:
        for places, table in tables.items():
            columns = _columns(places)
            unique = f"SELECT any_value(rowid) AS id FROM {CLASSES} GROUP BY {columns} HAVING sum(n) = 1"
            connection.execute(f"CREATE TEMP TABLE {table} AS {unique}")
        yield tables
    finally:
        for table in tables.values():
            connection.execute(f"DROP TABLE IF EXISTS {table}")


def _alone(
    connection: duckdb.DuckDBPyConnection, variables: int, tables: Mapping[Places, str]
) -> Iterator[tuple[Codes, dict[Places, Flags]]]:
    """The classes of one row, with whether each is unique by the sets that have a table."""
    names = {f"u{number}": places for number, places in enumerate(tables)}
    flags = "".join(f", {table}.id IS NOT NULL AS {name}" for name, table in zip(names, tables.values(), strict=True))
    joins = "".join(f" LEFT JOIN {table} ON {CLASSES}.rowid = {table}.id" for table in tables.values())
    query = f"SELECT {_columns(range(variables))}{flags} FROM {CLASSES}{joins} WHERE n = 1"
    for codes, others in _batches(connection, query):
        yield codes, {places: others[name].astype(np.bool_) for name, places in names.items()}


def _tally(
    sets: Sequence[Places],
    codes: Codes,
    cells: Mapping[Places, Flags],
    flags: Mapping[Places, Flags],
    sizes: Sequence[int],
    rows: npt.NDArray[np.int64],
    parts: npt.NDArray[np.int64],
) -> None:
    """Add one batch of classes to the number of rows by size of set, and to the parts of the variables."""
    minimal: dict[Places, Flags] = {}
    index = _Index(codes, sizes)
    some = np.zeros((LARGEST, len(codes[0])), np.bool_)
    for places in sets:  # smaller sets come first
        if places in cells:
            unique = cells[places][index[places]]
        elif places in flags:
            unique = flags[places]
        else:
            continue
        for part in (part for size in range(1, len(places)) for part in combinations(places, size)):
            if part in minimal:
                unique &= ~minimal[part]
        minimal[places] = unique
        some[len(places) - 1] |= unique
        parts[list(places)] += np.count_nonzero(unique)
    rows += some.sum(axis=1)


def _batches(
    connection: duckdb.DuckDBPyConnection, query: str
) -> Iterator[tuple[Codes, dict[str, npt.NDArray[np.int64]]]]:
    """Codes of the columns q..., by place, and the other columns by name, batch by batch."""
    for batch in connection.sql(query).to_arrow_reader(BATCH):
        arrays = zip(batch.schema.names, batch.columns, strict=True)
        columns = {name: array.to_numpy(zero_copy_only=False).astype(np.int64) for name, array in arrays}
        codes = {int(name[1:]): values for name, values in columns.items() if name[0] == "q"}
        yield codes, {name: values for name, values in columns.items() if name[0] != "q"}


class _Index(dict[Places, npt.NDArray[np.int64]]):
    """The cell of each row of a batch, by set; what sets have in common is worked out once."""

    def __init__(self, codes: Codes, sizes: Sequence[int]) -> None:
        super().__init__()
        self._codes, self._sizes = codes, sizes

    def __missing__(self, places: Places) -> npt.NDArray[np.int64]:
        *before, last = places
        if not before:
            return self._codes[last]
        index = self[tuple(before)] * self._sizes[last]
        index += self._codes[last]
        if len(places) < LARGEST:
            self[places] = index
        return index


def _cells(places: Places, sizes: Sequence[int]) -> int:
    return prod(sizes[place] for place in places)


def _columns(places: Iterable[int]) -> str:
    return ", ".join(f"q{place}" for place in places)
