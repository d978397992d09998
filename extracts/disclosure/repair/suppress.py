"""Secondary suppression: which further cells to hide so that the totals don't give the hidden ones back."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.repair.exact import hide_exactly
from extracts.disclosure.repair.kernel import determined
from extracts.disclosure.repair.movement import Needs, Places, Room
from extracts.disclosure.repair.ranges import Search, hide_for_ranges

# The part of the time that goes to a pattern without ranges, on which ranges build.
FIRST = 0.4
# An exactly protected cell must be able to move by this; it stands for "at all".
AT_ALL = 1e-3


@dataclass(frozen=True)
class Pattern:
    """Cells to hide.

    hidden       primary and secondary cells
    secondary    those hidden only to protect others
    unprotected  primary cells not known to be protected, because no pattern can or time was up
    cost         what the secondary cells cost
    seconds      how long it took
    """

    hidden: Booleans
    secondary: Booleans
    unprotected: Booleans
    cost: float
    seconds: float


def costs(value: Floats, *, by: str) -> Floats:
    """What it costs to hide each cell: by `count`, about 1 each, small ones first; by `value`, the number itself.

    Zeros are never hidden for others: anybody may know that they are zeros. Raises ValueError for
    another way to count.
    """
    size = np.abs(value)
    if by == "count":
        cost = 1.0 + 0.1 * np.log1p(size)
    elif by == "value":
        cost = size
    else:
        raise ValueError("Loss is counted by count or by value.")
    return np.where(size > 0, cost, np.inf)


def suppress(
    equations: sp.csr_array,
    value: Floats,
    primary: Booleans,
    *,
    low: Floats,
    high: Floats,
    lower: Floats,
    upper: Floats,
    cost: Floats,
    seconds: float = 60.0,
    seed: int = 0,
) -> Pattern:
    """The cells to hide so that every primary cell is protected, at a low cost.

    equations     m x n, sparse; equations @ value == 0
    value         the true numbers
    primary       cells that must be hidden
    low, high     what anybody knows of each cell if it is hidden: 0 and inf for a count
    lower, upper  how far below and above its value an intruder must believe each primary cell to
                  reach, in the unit of the value. Both 0: it must only not be known exactly
    cost          loss when a cell is hidden, above 0; inf for cells that must stay
    seconds       stop after so long; what is not protected by then is said to be unprotected

    A primary cell cannot lie beyond what anybody knows: `lower` and `upper` are cut to that, and what
    is cut on one side is asked for on the other. The same arguments give the same pattern, unless time
    runs out.

    Source: see `Movements` for the problem, `hide_exactly` and `hide_for_ranges` for the method.
    """
    started = time.monotonic()
    down, up = np.maximum(value - low, 0.0), np.maximum(high - value, 0.0)
    candidate = np.where(primary | ((down > 0) & (up > 0)), cost, np.inf)
    needs, one_way = _needs(primary, down, up, lower, upper)
    hidden = hide_exactly(equations, primary, candidate, seconds=seconds * (FIRST if len(needs) else 1.0), seed=seed)
    unprotected = determined(equations, hidden) & primary
    if len(needs):
        search = Search(equations, primary, candidate, down, up, needs, started + seconds, hidden)
        hide_for_ranges(search, seed=seed)
        hidden = search.hidden
        unprotected = determined(equations, hidden) & primary
        unprotected[needs.cell[search.unmet]] = True
    unprotected |= one_way
    if (primary & ((down <= 0) | (up <= 0))).any():
        unprotected |= _frozen(equations, hidden, primary & ~unprotected, down, up)
    secondary = hidden & ~primary
    return Pattern(hidden, secondary, unprotected, float(cost[secondary].sum()), time.monotonic() - started)


def _needs(primary: Booleans, down: Floats, up: Floats, lower: Floats, upper: Floats) -> tuple[Needs, Booleans]:
    """The needs of the primary cells, and those that cannot move as far as asked whatever is hidden.

    A cell that can only rise, such as a zero, has no room in the equations alone to stand for: it
    always gets a need of its own.
    """
    both = lower + upper
    fall, rise = reaches(down, up, lower, upper)
    still = primary & (both > 0) & (fall + rise < both)
    edge = primary & (both == 0) & ((down <= 0) | (up <= 0))
    fall, rise = np.where(edge & (up <= 0), AT_ALL, fall), np.where(edge & (down <= 0), AT_ALL, rise)
    still |= edge & (down <= 0) & (up <= 0)
    cells = np.arange(len(primary), dtype=np.int64)
    rising, falling = _wanted(cells, primary, rise), _wanted(cells, primary, fall)
    places = np.concatenate([rising, falling])
    return Needs(places, np.concatenate([rise[rising], -fall[falling]])), still


def reaches(down: Floats, up: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """How far cells must be able to fall and rise: as asked, and what cannot be had on one side on the other."""
    fall = np.minimum(np.maximum(lower, lower + upper - up), down)
    return fall, np.minimum(lower + upper - fall, up)


def _frozen(equations: sp.csr_array, hidden: Booleans, asked: Booleans, down: Floats, up: Floats) -> Booleans:
    """Which of the cells asked about cannot move at all, once zeros that cannot fall stand in their way."""
    room, still = Room(equations, hidden, down, up, 1.0), asked.copy()
    for cell in np.flatnonzero(asked):
        for sign in (1.0, -1.0):
            if still[cell]:
                weight = np.zeros(len(hidden))
                weight[cell] = sign
                still &= np.abs(room.push(weight)) < AT_ALL
    return still


def _wanted(cells: Places, primary: Booleans, amount: Floats) -> Places:
    return cells[primary & (amount > 0)]
