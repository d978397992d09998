"""Bounds that follow from one equation at a time, applied again and again: subtraction, the way a reader does it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

# Two numbers are the same when they differ by less than this, relative to their size beyond 1.
ROOM = 1e-6
# Each round passes a bound on by one equation; what is left after so many is left to the solver.
ROUNDS = 200


class Contradiction(ValueError):
    """No table agrees with everything that was published: the numbers are not what they are said to be.

    equation  row of the equations that cannot hold, or None when several only clash together
    """

    def __init__(self, equation: int | None = None) -> None:
        super().__init__("The published numbers contradict each other.")
        self.equation = equation


@dataclass(frozen=True)
class Bounds:
    """Bounds of each cell.

    settled  whether another round would change nothing
    """

    low: Floats
    high: Floats
    settled: bool


def room(*numbers: Floats) -> Floats:
    """How far off these numbers may be and still count as the same."""
    size = np.ones_like(numbers[0])
    for number in numbers:
        np.maximum(size, np.abs(np.where(np.isfinite(number), number, 0.0)), out=size)
    return ROOM * size


def inwards(low: Floats, high: Floats, *, whole: bool) -> tuple[Floats, Floats]:
    """The bounds, for counts rounded to the whole numbers that lie between them."""
    if not whole:
        return low, high
    return np.ceil(low - room(low)), np.floor(high + room(high))


def propagated(equations: csr_array, low: Floats, high: Floats, *, whole: bool, rounds: int = ROUNDS) -> Bounds:
    """The bounds that follow for each cell when the equations are used one at a time, until nothing changes.

    equations  m x n; equations @ cells == 0
    low, high  what is known of each cell beforehand; they may be infinite
    whole      whether cells are whole numbers
    rounds     at most so many passes over all the equations

    The bounds are the best possible where the cells are joined by equations without a circle; elsewhere
    they are valid but may be wide. Raises Contradiction.

    Source: interval constraint propagation ("feasibility-based bound tightening" in integer programming).
    """
    table = equations.tocoo()
    rows, cells = (axis.astype(np.int64) for axis in table.coords)
    factor = table.data.astype(np.float64)
    low, high = inwards(low.astype(np.float64), high.astype(np.float64), whole=whole)
    _require_order(low, high, rows, cells)
    for _ in range(rounds):
        lowest, highest = _by_equations(rows, cells, factor, low, high)
        lowest, highest = inwards(lowest, highest, whole=whole)
        raised, lowered = lowest > low + room(low, lowest), highest < high - room(high, highest)
        low, high = np.where(raised, lowest, low), np.where(lowered, highest, high)
        _require_order(low, high, rows, cells)
        if not (raised.any() or lowered.any()):
            return Bounds(*_closed(low, high), settled=True)
    return Bounds(*_closed(low, high), settled=False)


def _require_order(low: Floats, high: Floats, rows: Integers, cells: Integers) -> None:
    """Raises Contradiction where a lower bound exceeds the upper one, with an equation that the cell is in."""
    wrong = np.flatnonzero(low > high + room(low, high))
    if len(wrong):
        of_cell = rows[cells == wrong[0]]
        raise Contradiction(int(of_cell[0]) if len(of_cell) else None)


def _closed(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The bounds, made equal where they crossed by no more than rounding."""
    crossed = low > high
    middle = (low + high) / 2 if crossed.any() else low
    return np.where(crossed, middle, low), np.where(crossed, middle, high)


def _by_equations(rows: Integers, cells: Integers, factor: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Per cell, the best bounds that any one equation gives it from the bounds of the other cells in it."""
    positive = factor > 0
    least = factor * np.where(positive, low[cells], high[cells])
    most = factor * np.where(positive, high[cells], low[cells])
    # factor * cell == -(the others), so the most that the others make is the least for this one.
    largest, smallest = -_of_others(rows, least, -np.inf), -_of_others(rows, most, np.inf)
    from_low = np.where(positive, smallest, largest) / factor
    from_high = np.where(positive, largest, smallest) / factor
    lowest, highest = np.full(len(low), -np.inf), np.full(len(low), np.inf)
    np.maximum.at(lowest, cells, from_low)
    np.minimum.at(highest, cells, from_high)
    return lowest, highest


def _of_others(rows: Integers, part: Floats, limit: float) -> Floats:
    """Per entry, the sum of the other entries of its equation; `limit` as soon as one of them is infinite."""
    endless = np.isinf(part)
    finite = np.where(endless, 0.0, part)
    others = np.bincount(rows, finite)[rows] - finite
    endless_others = np.bincount(rows, endless)[rows] - endless
    return np.where(endless_others > 0, limit, others)
