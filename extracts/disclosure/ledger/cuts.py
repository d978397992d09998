"""Sets of numbers made of intervals, with exact algebra: what is in one and not in the other."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# A place between numbers: just below a number (0) or just above it (1). Tuples sort as the places do.
Cut = tuple[float, int]
LOWEST: Cut = (-math.inf, 0)
HIGHEST: Cut = (math.inf, 0)


@dataclass(frozen=True)
class Intervals:
    """Numbers between pairs of cuts: sorted, apart from each other, none of them empty."""

    parts: tuple[tuple[Cut, Cut], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parts)

    def __or__(self, other: Intervals) -> Intervals:
        return joined((*self.parts, *other.parts))

    def __and__(self, other: Intervals) -> Intervals:
        both = ((max(a, c), min(b, d)) for a, b in self.parts for c, d in other.parts)
        return joined(both)

    def __invert__(self) -> Intervals:
        edges = [LOWEST, *(edge for part in self.parts for edge in part), HIGHEST]
        return joined(zip(edges[::2], edges[1::2], strict=True))

    def as_integers(self) -> Intervals:
        """The same whole numbers, with every cut just below a whole number."""
        return joined((_next_whole(low), _next_whole(high)) for low, high in self.parts)

    @property
    def cuts(self) -> set[Cut]:
        """Where the intervals begin and end."""
        return {edge for part in self.parts for edge in part}

    def holds(self, numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which of the numbers are in the set; NaN never is."""
        found = np.zeros(len(numbers), dtype=np.bool_)
        for (low, above_low), (high, above_high) in self.parts:
            from_low = numbers > low if above_low else numbers >= low
            found |= from_low & (numbers <= high if above_high else numbers < high)
            if high == math.inf:
                found |= numbers == math.inf
        return found


NOTHING = Intervals()
EVERYTHING = Intervals(((LOWEST, HIGHEST),))


def joined(parts: Iterable[tuple[Cut, Cut]]) -> Intervals:
    """The union of intervals in any order; those that are empty or upside down are dropped."""
    found: list[tuple[Cut, Cut]] = []
    for low, high in sorted(part for part in parts if part[0] < part[1]):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return Intervals(tuple(found))


def between(low: float, high: float) -> Intervals:
    """The numbers from low to high, both included."""
    return joined([((low, 0), (high, 1))])


def below(number: float, *, included: bool = False) -> Intervals:
    """The numbers under one number."""
    return joined([(LOWEST, (number, int(included)))])


def above(number: float, *, included: bool = False) -> Intervals:
    """The numbers over one number."""
    return joined([((number, 0 if included else 1), HIGHEST)])


def _next_whole(cut: Cut) -> Cut:
    """The cut below the first whole number above a cut."""
    number, side = cut
    if math.isinf(number):
        return cut
    whole = math.ceil(number)
    return (float(whole + 1), 0) if side and whole == number else (float(whole), 0)
