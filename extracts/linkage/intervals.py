"""How sure a rate is: 95 % intervals of shares, and of ratios whose parts hang together within persons."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NORMAL_95 = 1.959963984540054
RESAMPLES = 400
OUTER = (2.5, 97.5)  # percentiles


@dataclass(frozen=True)
class Rate:
    """A share between 0 and 1 with the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def turned(self) -> Rate:
        """The share of the others: missed from found, wrong from right."""
        return Rate(1 - self.value, 1 - self.high, 1 - self.low)

    def as_json(self) -> dict[str, float]:
        return {"value": round(self.value, 4), "low": round(self.low, 4), "high": round(self.high, 4)}


def wilson(hits: float, total: float, *, units: float | None = None) -> Rate | None:
    """A share of independent units with Wilson's score interval; None of nothing.

    units  how many of the `total` are independent, when fewer: persons behind records

    Source: Wilson (1927), Journal of the American Statistical Association 22, pages 209-212.
    """
    if total <= 0:
        return None
    share, n = hits / total, min(units, total) if units else total
    squared = NORMAL_95**2
    centre = (share + squared / (2 * n)) / (1 + squared / n)
    half = NORMAL_95 * sqrt(share * (1 - share) / n + squared / (4 * n * n)) / (1 + squared / n)
    return Rate(share, max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half)))


def resampled_sums(values: Numbers, times: Ints, *, seed: int, name: str) -> Numbers:
    """Sums over persons, then the same over persons drawn again with replacement: (1 + RESAMPLES, columns).

    values  what a person contributes, each different row once
    times   how many persons contribute that row
    name    what is being measured; draws depend on it and on the seed, not on what was measured before

    Persons who contribute alike are drawn together, which is the same bootstrap and needs no row per person.
    """
    draws = np.random.default_rng([seed, zlib.crc32(name.encode())])
    persons = int(times.sum())
    drawn = draws.multinomial(persons, times / persons, size=RESAMPLES)
    sums: Numbers = np.vstack([times, drawn]) @ values
    return sums


def ratio(tops: Numbers, bottoms: Numbers, *, persons: int) -> Rate | None:
    """A ratio of two sums, as observed (first) and resampled (others); None when there is nothing below.

    Pairs of one person stand or fall together, so persons and not pairs are drawn. Where every resample gives the
    same (no error among the persons seen), the interval is Wilson's with `persons` independent units.
    """
    if bottoms[0] <= 0:
        return None
    value = float(tops[0] / bottoms[0])
    drawn = np.divide(tops, bottoms, out=np.full(len(tops), value), where=bottoms > 0)
    if np.ptp(drawn) == 0:
        return wilson(value * persons, persons)
    low, high = np.percentile(drawn[1:], OUTER)
    return Rate(value, min(float(low), value), max(float(high), value))
