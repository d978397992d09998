"""Movements: other values that the hidden cells of a table could have, at the least cost in cells hidden."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.repair.solver import INTERIOR_POINT, PRIMAL_SIMPLEX, program, solution, solver

Places = npt.NDArray[np.int64]

# A movement that falls short of what was asked by less than this is taken as enough.
TOLERANCE = 1e-6
MOVED = 1e-7
# Beyond so many hidden cells the interior point method is the faster one.
MANY = 3_000


@dataclass(frozen=True)
class Needs:
    """What cells must be able to do: cell i to move by amount i, up if it is above 0, down if below."""

    cell: Places
    amount: Floats

    def __len__(self) -> int:
        return len(self.cell)

    def met_by(self, movement: Floats) -> Booleans:
        """Which of the needs a movement meets."""
        far: Booleans = movement[self.cell] * np.sign(self.amount) >= np.abs(self.amount) - TOLERANCE
        return far


class Movements:
    """The movements that keep every equation and stay within what anybody knows of each cell.

    equations  m x n, sparse; `equations @ values` is zero
    down, up   how far each cell may fall and rise, 0 or more, in its own unit; inf for no limit

    A cell is free (hidden: it moves at no cost), priced (shown: to move it costs so much a unit, and
    means that it must be hidden) or barred (it stays). At first all are barred.

    Source: the attacker and protection problems of M. Fischetti and J. J. Salazar, "Solving the cell
    suppression problem on tabular data with linear constraints", Management Science 47 (2001).
    """

    def __init__(self, equations: sp.csr_array, down: Floats, up: Floats) -> None:
        self.down, self.up = down, up
        self.cells = len(down)
        self.lower, self.upper = np.zeros(2 * self.cells), np.zeros(2 * self.cells)
        self._solver = solver(program(sp.csc_array(sp.hstack([equations, -equations]))))

    def free(self, cells: Places) -> None:
        """Let hidden cells move at no cost."""
        nothing = np.zeros(len(cells))
        self._set(cells, -self.down[cells], self.up[cells], nothing, nothing)

    def price(self, cells: Places, cost: Floats) -> None:
        """Let shown cells move at so much a unit."""
        self._set(cells, np.zeros(len(cells)), self.up[cells], self.down[cells], cost)

    def cheapest(self, cell: int, amount: float) -> Floats | None:
        """The movement that takes a free cell as far at the least cost, or None if there is none.

        It costs nothing exactly if the free cells can do it alone.
        """
        low, high = self.lower[cell], self.upper[cell]
        if not low - TOLERANCE <= amount <= high + TOLERANCE:
            return None
        least, most = (min(amount, high), high) if amount > 0 else (low, max(amount, low))
        self._solver.changeColBounds(cell, least, most)
        found = solution(self._solver)
        self._solver.changeColBounds(cell, low, high)
        return None if found is None else settled(found[: self.cells] - found[self.cells :])

    def _set(self, cells: Places, low: Floats, high: Floats, fall: Floats, cost: Floats) -> None:
        """Bounds and costs of the two columns of each cell: up (or both ways, when free) and down."""
        places = np.concatenate([cells, cells + self.cells]).astype(np.int32)
        self.lower[places] = np.concatenate([low, np.zeros(len(cells))])
        self.upper[places] = np.concatenate([high, fall])
        self._solver.changeColsBounds(len(places), places, self.lower[places], self.upper[places])
        self._solver.changeColsCost(len(places), places, np.concatenate([cost, cost]))


class Room:
    """How far the hidden cells of a pattern can move with one another.

    Shapes as for `Movements`; no cell moves further than `most`, so that every push ends somewhere.
    One solver serves all pushes, and only the objective changes.
    """

    def __init__(self, equations: sp.csr_array, hidden: Booleans, down: Floats, up: Floats, most: float) -> None:
        self.cells, self.places = len(hidden), np.flatnonzero(hidden)
        columns = sp.csr_array(sp.csc_array(equations)[:, self.places])
        columns = columns[np.flatnonzero(np.diff(columns.indptr))]
        self._low, self._high = -np.minimum(down, most)[self.places], np.minimum(up, most)[self.places]
        model = program(sp.csc_array(columns))
        model.col_lower_, model.col_upper_ = self._low, self._high
        self._solver = solver(model, **(INTERIOR_POINT if len(self.places) > MANY else PRIMAL_SIMPLEX))
        self._all = np.arange(len(self.places), dtype=np.int32)

    def bar(self, cell: int) -> None:
        """Keep a hidden cell where it is, as if it were shown."""
        self._solver.changeColBounds(int(np.searchsorted(self.places, cell)), 0.0, 0.0)

    def unbar(self, cell: int) -> None:
        """Let a barred cell move again."""
        place = int(np.searchsorted(self.places, cell))
        self._solver.changeColBounds(place, self._low[place], self._high[place])

    def push(self, weight: Floats) -> Floats:
        """The movement with the greatest sum of weight times movement; no movement if none was found."""
        self._solver.changeColsCost(len(self.places), self._all, -weight[self.places])
        movement, found = np.zeros(self.cells), solution(self._solver)
        if found is not None:
            movement[self.places] = np.clip(found, self._low, self._high)
        return settled(movement)


def settled(movement: Floats) -> Floats:
    """A movement without what is only rounding of the arithmetic."""
    return np.where(np.abs(movement) > MOVED, movement, 0.0)
