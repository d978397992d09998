"""Figures that anyone may read: none of them, nor the difference of two, tells of fewer than ten.

Counts are shown for the last twelve months and for all time. What lies before the last twelve months is the
difference of the two: where it would tell of fewer than ten, the count of the twelve months is withheld. A count that
is the sum of others is withheld where what they leave over would tell of fewer than ten. No other sums are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

FEWEST = 10
FEW = f"fewer than {FEWEST}"
WITHHELD = "withheld"


@dataclass(frozen=True)
class Count:
    """How often something happened, as it was: in the last twelve months, and ever."""

    year: int = 0
    ever: int = 0


@dataclass(frozen=True)
class Shown:
    """One figure as anyone may read it, for the last twelve months and for all time."""

    year: str
    ever: str


def shown(count: Count, *, young: bool) -> Shown:
    """A count as it may be shown. `young`: the service began within the twelve months, so both counts are one."""
    ever = str(count.ever) if count.ever >= FEWEST else FEW
    if young or count.year < FEWEST:
        return Shown(ever if young else FEW, ever)
    return Shown(WITHHELD if count.ever - count.year < FEWEST else str(count.year), ever)


def shown_sum(count: Count, parts: Iterable[Count], *, young: bool) -> Shown:
    """The same for a count of which `parts` are shown beside it."""
    found = shown(count, young=young)
    left = count.ever - sum(part.ever for part in parts if part.ever >= FEWEST)
    if count.ever < FEWEST or left >= FEWEST:
        return found
    return Shown(WITHHELD if young else found.year, WITHHELD)


@dataclass(frozen=True)
class Spread:
    """Median and 90th centile of working days, as they may be shown."""

    median: str
    centile: str


def spread(days: Sequence[int]) -> Spread:
    """Of fewer than ten durations neither is shown. The centile is the least that 90 per cent do not exceed."""
    if len(days) < FEWEST:
        return Spread(FEW, FEW)
    return Spread(f"{np.median(days):g}", f"{np.quantile(days, 0.9, method='inverted_cdf'):g}")
