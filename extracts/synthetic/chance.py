"""Named streams of chance and the few distributions that the generator draws from.

Missing numbers and dates are `NONE`; dates are days since 1970-01-01; categories are positions in a
tuple of codes, with -1 for missing.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.bytes_]

NONE = -(2**31)


def stream(seed: int, name: str) -> np.random.Generator:
    """A generator of its own for each step, so that changing one step leaves the others' draws alone."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def new_keys(rng: np.random.Generator, count: int) -> Keys:
    """`count` keys of 32 hexadecimal characters (128 bits, so no two are ever alike in practice)."""
    return np.frombuffer(rng.bytes(16 * count).hex().encode(), dtype="S32").copy()


def happens(rng: np.random.Generator, percent: npt.ArrayLike, count: int) -> Flags:
    """Whether an event with this chance in percent (one number, or one per row) happens."""
    chance: Floats = np.asarray(percent, dtype=np.float64) / 100
    result: Flags = rng.random(count) < chance
    return result


def choose(rng: np.random.Generator, weights: Sequence[float] | Floats, count: int) -> Ints:
    """Positions drawn in proportion to `weights`."""
    return choose_by_row(rng, np.asarray(weights, dtype=np.float64)[None, :], np.zeros(count, dtype=np.int64))


def choose_by_row(rng: np.random.Generator, weights: Floats, rows: Ints) -> Ints:
    """One position per entry of `rows`, in proportion to that row of `weights` (rows x positions).

    All rows share one long cumulative sum in which row r covers the range from r to r + 1, so that a
    single binary search serves every draw.
    """
    sums: Floats = weights.cumsum(axis=1)
    sums = sums / sums[:, -1:]
    sums[:, -1] = 1
    line = (sums + np.arange(len(sums))[:, None]).ravel()
    found: Ints = np.searchsorted(line, rows + rng.random(len(rows)), side="right").astype(np.int64)
    places: Ints = found - rows * weights.shape[1]
    return places


def log_normal_days(rng: np.random.Generator, median: Floats | float, sigma: Floats | float, count: int) -> Ints:
    """Whole days, log-normal, with this median and this sigma of the logarithm."""
    spread: Floats = rng.standard_normal(count) * sigma
    return np.round(np.exp(spread) * median).astype(np.int64)


def on_a_weekday(dates: Ints) -> Ints:
    """The date itself, or the Monday after it when it falls on a weekend. Keeps order; passes NONE through."""
    weekday = (dates + 3) % 7
    moved = dates + np.where(weekday == 5, 2, np.where(weekday == 6, 1, 0))
    return np.where(dates == NONE, NONE, moved)


def sequence_within(groups: Ints) -> Ints:
    """1, 2, 3 ... inside each run of equal values of `groups`."""
    if not len(groups):
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    lengths = np.diff(np.r_[starts, len(groups)])
    return np.arange(len(groups)) - np.repeat(starts, lengths) + 1


def count_recent(groups: Ints, dates: Ints, *, days: int) -> Ints:
    """How many earlier entries of the same group each entry has within the last `days`."""
    span = 200_000
    line = groups * span + dates
    order = np.argsort(line, kind="stable")
    ordered = line[order]
    earliest = np.searchsorted(ordered, ordered - days, side="left")
    first_of_group = np.searchsorted(ordered, (ordered // span) * span, side="left")
    counts = np.arange(len(line)) - np.maximum(earliest, first_of_group)
    result = np.empty(len(line), dtype=np.int64)
    result[order] = counts
    return result
