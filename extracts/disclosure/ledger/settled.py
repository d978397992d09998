"""Sums that settle their unknowns at once, so that linear programs are left with what is truly open.

Most cells of a table count one class of people: the sum has one unknown, which lies where the cell does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from extracts.disclosure.reading.cells import Booleans, Floats

Places = npt.NDArray[np.int64]
# A sum may become one of a single unknown when others are known; so many times that is followed, as running
# totals would take as many steps as they have parts.
MOST_ROUNDS = 10
ROOM = 1e-6


class Contradiction(ValueError):
    """No people whatever could give the published counts."""

    def __init__(self) -> None:
        super().__init__("The published counts contradict each other or the populations given for them.")


@dataclass(frozen=True)
class Settled:
    """A system in which what single sums say is known.

    low, high    per unknown, bounds that sums of it alone set
    rows         which sums say more than that
    least, most  per sum, bounds of what its open unknowns give together
    """

    low: Floats
    high: Floats
    rows: Booleans
    least: Floats
    most: Floats

    @property
    def open(self) -> Booleans:
        """Which unknowns are not fixed."""
        return self.low < self.high

    def in_one_sum(self, row: int, columns: Places) -> tuple[list[float], list[float]]:
        """The least and the most of the unknowns that are in one sum and in no other."""
        low, high = self.low[columns], self.high[columns]
        free = np.isinf(high)
        others = np.where(free, 0.0, high).sum() - np.where(free, 0.0, high)
        others[free.sum() - free > 0] = np.inf
        least = np.maximum(low, self.least[row] - others)
        return least.tolist(), np.minimum(high, self.most[row] - (low.sum() - low)).tolist()


def settled(matrix: sparse.csr_array, low: Floats, high: Floats) -> Settled:
    """The system of sums of unknowns, each 0 or more, with what sums of one open unknown say taken for its bounds.

    matrix     csr array (sums x unknowns) of 0 and 1
    low, high  per sum, bounds of its true value

    Raises Contradiction.
    """
    least, most = np.zeros(matrix.shape[1]), np.full(matrix.shape[1], np.inf)
    row, column = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), matrix.indices
    rows = np.diff(matrix.indptr) > 0  # a sum of nothing says nothing of any unknown
    for _ in range(MOST_ROUNDS):
        unknowns, known = _left(matrix, least, most)
        single = rows & (unknowns == 1)
        if not single.any():
            break
        own = single[row] & (least < most)[column]
        np.maximum.at(least, column[own], (low - known)[row[own]])
        np.minimum.at(most, column[own], (high - known)[row[own]])
        if (least > most + ROOM).any():
            raise Contradiction
        most = np.maximum(least, most)
        rows &= ~single
    unknowns, known = _left(matrix, least, most)
    nothing = rows & (unknowns == 0)
    if (nothing & ((known < low - ROOM) | (known > high + ROOM))).any():
        raise Contradiction
    return Settled(least, most, rows & (unknowns > 0), low - known, high - known)


def _left(matrix: sparse.csr_array, least: Floats, most: Floats) -> tuple[Floats, Floats]:
    """Per sum, how many of its unknowns are open, and what the others give together."""
    open_ = least < most
    return matrix @ open_.astype(np.float64), matrix @ np.where(open_, 0.0, least)
