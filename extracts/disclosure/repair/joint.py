"""One movement for many cells at once: the cheapest pattern in which all of them can move."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.repair.movement import Needs, settled
from extracts.disclosure.repair.solver import program, solution, solver


def moving_together(
    equations: sp.csr_array, free: Booleans, cost: Floats, needs: Needs, *, seconds: float
) -> Floats | None:
    """The movement of each cell that meets all the needs at once at the least cost; None if none was found.

    equations  m x n, sparse; free  n booleans, cells that move at no cost
    cost       n floats, that of a unit of movement of the other cells; inf for those that must stay

    Nothing but the equations holds a cell. So this says which cells to hide, not how far they can move.
    """
    open_, priced = np.flatnonzero(free), np.flatnonzero(~free & np.isfinite(cost))
    columns = sp.csc_array(equations)
    model = program(sp.csc_array(sp.hstack([columns[:, open_], columns[:, priced], -columns[:, priced]])))
    low, high = np.full(len(free), -np.inf), np.full(len(free), np.inf)
    up = needs.amount > 0
    low[needs.cell[up]], high[needs.cell[~up]] = needs.amount[up], needs.amount[~up]
    many = np.zeros(2 * len(priced))
    model.col_cost_ = np.concatenate([np.zeros(len(open_)), cost[priced], cost[priced]])
    model.col_lower_ = np.concatenate([low[open_], many])
    model.col_upper_ = np.concatenate([high[open_], many + np.inf])
    found = solution(solver(model, presolve="on"), seconds=seconds)
    if found is None:
        return None
    movement, first = np.zeros(len(free)), len(open_)
    movement[open_] = found[:first]
    movement[priced] = found[first : first + len(priced)] - found[first + len(priced) :]
    return settled(movement)
