"""How many rows a few quasi-identifiers single out: cells counted for every set of up to three of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from math import prod
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from extracts.figures.levels import Codes, Levels, levels_of
from extracts.figures.safe import ENOUGH_ROWS, whole_percent
from extracts.figures.tally import Tally, batches
from governance.catalogue.catalogue import Catalogue, Sensitivity, Table

SMALL = 10
MOST_TOGETHER = 3
# Sets that hold one with at least this share of small cells are as bad or worse, and need no counting.
NEARLY_ALL = 0.9
MOST_CELLS = 1 << 24
ROWS_AT_ONCE = 1 << 20

Counts = npt.NDArray[np.int64]


def profile_of(
    path: Path,
    table: Table,
    catalogue: Catalogue,
    tallies: Mapping[str, Tally],
    *,
    connection: duckdb.DuckDBPyConnection,
    spill: Path,
) -> dict[str, Any]:
    """The quasi-identifiers of a table with their levels, and what each set of them singles out.

    A table with few rows has no sets: shares of few rows tell single ones.
    """
    variables = [variable for variable in table.variables if variable.sensitivity is Sensitivity.QI]
    rows = tallies[variables[0].name].rows if variables else 0
    found: dict[str, Any] = {
        "variables": [{"name": variable.name, "level": variable.default_level} for variable in variables],
        "sets": [],
    }
    if rows < ENOUGH_ROWS:
        return found
    levels = {v.name: levels_of(v, catalogue, tallies[v.name].values, connection) for v in variables}
    codes = _codes(path, levels, rows, spill)
    sizes = [level.size for level in levels.values()]
    names = list(levels)
    for chosen, small, alone in sets_of(codes, sizes):
        found["sets"].append(
            {
                "variables": [names[place] for place in chosen],
                "small_percent": whole_percent(small, rows),
                "unique_percent": whole_percent(alone, rows),
            }
        )
    return found


def _codes(path: Path, levels: Mapping[str, Levels], rows: int, spill: Path) -> list[Codes]:
    """The column of codes of each variable, in files under `spill` that the system pages in and out."""
    found = {
        name: np.lib.format.open_memmap(spill / f"{path.stem}.{name}.npy", mode="w+", dtype=np.int32, shape=(rows,))
        for name in levels
    }
    start = 0
    for batch in batches(path, list(levels)):
        for name, level in levels.items():
            found[name][start : start + len(batch)] = level.codes_of(batch[name])
        start += len(batch)
    return list(found.values())


def sets_of(codes: list[Codes], sizes: list[int]) -> Iterator[tuple[tuple[int, ...], float, float]]:
    """Sets of columns, by place, with their shares of rows in small cells and of rows that are alone.

    Small sets come first. A set is left out when a set inside it is hopeless already, or when
    it has too many cells to count.
    """
    hopeless: set[tuple[int, ...]] = set()
    for together in range(1, MOST_TOGETHER + 1):
        for chosen in combinations(range(len(codes)), together):
            if any(part in hopeless for part in combinations(chosen, together - 1)):
                hopeless.add(chosen)
                continue
            if prod(sizes[place] for place in chosen) > MOST_CELLS:
                continue
            small, alone = shares([codes[place] for place in chosen], [sizes[place] for place in chosen])
            if small >= NEARLY_ALL:
                hopeless.add(chosen)
            yield chosen, small, alone


def shares(columns: list[Codes], sizes: list[int]) -> tuple[float, float]:
    """The share of rows in cells of fewer than ten rows, and in cells of one."""
    rows = len(columns[0])
    counts = _all_cells(columns, sizes) if prod(sizes) < rows else _cells_there(columns, sizes)
    by_size = np.bincount(np.minimum(counts, SMALL), minlength=SMALL + 1)
    return int((by_size[:SMALL] * np.arange(SMALL)).sum()) / rows, int(by_size[1]) / rows


def _all_cells(columns: list[Codes], sizes: list[int]) -> Counts:
    """How many rows each possible combination of codes has; for fewer cells than rows."""
    counts = np.zeros(prod(sizes), np.int64)
    for start in range(0, len(columns[0]), ROWS_AT_ONCE):
        places = _places([column[start : start + ROWS_AT_ONCE] for column in columns], sizes)
        counts += np.bincount(places, minlength=len(counts))
    return counts


def _cells_there(columns: list[Codes], sizes: list[int]) -> Counts:
    """How many rows each combination that occurs has; for fewer rows than cells, of which there are never too many."""
    places = np.sort(_places(columns, sizes))
    edges = np.flatnonzero(places[1:] != places[:-1]) + 1
    return np.diff(edges, prepend=0, append=len(places))


def _places(columns: list[Codes], sizes: list[int]) -> Codes:
    """One number for each combination of codes."""
    places = columns[0].copy()
    for column, size in zip(columns[1:], sizes[1:], strict=True):
        places *= size
        places += column
    return places
