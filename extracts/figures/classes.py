"""Classes of rows that are alike: how many rows share each combination of codes."""

from __future__ import annotations

from math import prod

import numpy as np
import numpy.typing as npt

from extracts.figures.levels import Codes

SMALL = 10
ROWS_AT_ONCE = 1 << 20
# So many cells are counted without sorting, however few the rows.
CHEAP = 1 << 16

Counts = npt.NDArray[np.int64]


def shares(columns: list[Codes], sizes: list[int]) -> tuple[float, float]:
    """The share of rows in cells of fewer than ten rows, and in cells of one."""
    rows = len(columns[0])
    counts = class_sizes(columns, sizes)
    by_size = np.bincount(np.minimum(counts, SMALL), minlength=SMALL + 1)
    return int((by_size[:SMALL] * np.arange(SMALL)).sum()) / rows, int(by_size[1]) / rows


def class_sizes(columns: list[Codes], sizes: list[int]) -> Counts:
    """How many rows share each combination of codes; combinations that nobody has may be there with 0."""
    few = prod(sizes) < max(len(columns[0]), CHEAP)
    return _all_cells(columns, sizes) if few else _cells_there(columns, sizes)


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
