"""Protection against exact recovery: no primary cell may be worked out from the cells left in the table."""

from __future__ import annotations

import time

import numpy as np
import scipy.sparse as sp

from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.repair.joint import moving_together
from extracts.disclosure.repair.kernel import FIXED, determined, kernel_vectors, redundant
from extracts.disclosure.repair.movement import Needs, Places

# A pattern of 1,400 cells is made anew up to 40 times, one of 31,000 cells twice; it ends when so many in a
# row were no better.
TRIES, CELLS_TRIED, STALE = (2, 40), 60_000, 8


def hide_exactly(
    equations: sp.csr_array, primary: Booleans, cost: Floats, *, seconds: float, seed: int = 0
) -> Booleans:
    """The cells to hide so that the equations give no primary cell back, at a low total cost.

    equations  m x n, sparse; primary  n booleans
    cost       n floats, above 0: the loss when a cell is hidden; inf if it must not be

    Primary cells that no choice of cells can protect stay exposed; `determined` tells which. Every
    cell that may be hidden must be able to rise and to fall.

    One movement in which every exposed cell moves shows a pattern that protects all of them at once:
    of all such movements the cheapest in L1 norm is a linear program. Redundant cells are shown
    again, dearest first; then a part of the pattern is thrown away and made anew, and the better
    of the two is kept.
    """
    until, chance = time.monotonic() + seconds, np.random.default_rng(seed)
    best = _repaired(equations, primary, primary, cost, cost, chance, until)
    tries = int(np.clip(CELLS_TRIED // max(len(primary), 1), *TRIES))
    stale = 0
    for _ in range(tries):
        secondary = np.flatnonzero(best & ~primary)
        if time.monotonic() > until or len(secondary) < 2 or stale == STALE:
            break
        kept = best.copy()
        kept[_near(equations, secondary, chance)] = False
        tilted = cost * chance.uniform(0.7, 1.3, len(cost))
        found = _repaired(equations, primary, kept, cost, tilted, chance, until)
        stale = 0 if _loss(found, primary, cost) < _loss(best, primary, cost) else stale + 1
        if _loss(found, primary, cost) <= _loss(best, primary, cost):
            best = found
    return best


def _loss(hidden: Booleans, primary: Booleans, cost: Floats) -> float:
    return float(cost[hidden & ~primary].sum())


def _repaired(
    equations: sp.csr_array,
    primary: Booleans,
    hidden: Booleans,
    cost: Floats,
    tilted: Floats,
    chance: np.random.Generator,
    until: float,
) -> Booleans:
    """A pattern that contains `hidden` where that is of use, and protects what can be protected."""
    hidden = hidden | primary
    may_move = hidden | np.isfinite(cost)
    vector = np.zeros(len(hidden))
    vector[may_move] = kernel_vectors(sp.csc_array(equations)[:, may_move], 1, chance)[:, 0]
    while time.monotonic() < until:
        exposed = np.flatnonzero(determined(equations, hidden) & primary & (np.abs(vector) > FIXED))
        if not len(exposed):
            break
        needs = Needs(exposed, np.sign(vector[exposed]))
        movement = moving_together(equations, hidden, tilted, needs, seconds=until - time.monotonic())
        if movement is None or not (movement[~hidden] != 0).any():
            break
        hidden = hidden | (movement != 0)
    secondary = np.flatnonzero(hidden & ~primary)
    order = secondary[np.argsort(-cost[secondary], kind="stable")]
    hidden[redundant(equations, hidden, primary, order)] = False
    return hidden


def _near(equations: sp.csr_array, secondary: Places, chance: np.random.Generator) -> Places:
    """A part of the secondary cells: some that share equations with one another, and some others."""
    share = chance.uniform(0.05, 0.4)
    near = np.zeros(equations.shape[1])
    near[chance.choice(secondary)] = 1.0
    both = abs(equations)
    for _ in range(3):
        near = near + both.T @ (both @ near)
        near /= near.max()
    odds = chance.uniform(0, 1, len(secondary)) - (near[secondary] if chance.uniform() < 0.7 else 0.0)
    chosen: Places = secondary[np.argsort(odds)[: max(1, int(share * len(secondary)))]]
    return chosen
