"""Explanations: the sum by which an intruder works a cell out, as a person would write it."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack
from scipy.sparse.linalg import lsmr

from extracts.disclosure.audit.bounds import Bounds, Floats
from extracts.disclosure.audit.components import Component, components
from extracts.disclosure.audit.search import Intervals
from extracts.disclosure.audit.system import System

# More numbers than this are added up before they are written.
WRITTEN = 4
# A total with a smaller share than this in a combination is not part of it.
NOTHING = 1e-6
# In components of at most so many cells the shortest explanation is looked for.
SMALL = 400
# So many are looked for in one system; the cells after that are only said to be found by totals together.
MOST = 100


class Explainer:
    """Says how cells of one system are worked out. Made once for many cells."""

    def __init__(self, system: System, found: Intervals) -> None:
        self.system, self.found = system, found
        self._columns = csr_array(system.equations.T)
        self._left = MOST

    @cached_property
    def _parts(self) -> dict[int, Component]:
        """The component of each unknown cell."""
        beforehand = Bounds(self.system.low, self.system.high, settled=False)
        parts = components(self.system.equations, beforehand)
        return {place: part for part in parts for place in part.places.tolist()}

    def attack(self, place: int) -> str:
        """How the cell in one place of the system is worked out or narrowed down."""
        if self.system.low[place] == self.system.high[place]:
            return "Another table shows this cell."
        return self.exact(place) if self.found.low[place] == self.found.high[place] else self.narrow(place)

    def exact(self, place: int) -> str:
        """How the cell in one place of the system is worked out exactly."""
        value = float(self.found.low[place])
        for row in self._equations_of(place):
            if sum_ := self._one_line(row, place):
                return f"{sum_} = {_number(value)}."
        number = self._combined(place)
        if number > 1:
            return f"{number} published totals together leave only {_number(value)}."
        return f"The published totals together, and what is known of each cell, leave only {_number(value)}."

    def narrow(self, place: int) -> str:
        """How the cell in one place of the system is narrowed down."""
        low, high = float(self.found.low[place]), float(self.found.high[place])
        between = f"between {_number(low)} and {_number(high)}" if np.isfinite(high) else f"of {_number(low)} or more"
        return f"The published totals together, and what is known of each cell, leave only numbers {between}."

    def _equations_of(self, place: int) -> list[int]:
        """The equations that the cell is in."""
        start, end = self._columns.indptr[place], self._columns.indptr[place + 1]
        return [int(row) for row in self._columns.indices[start:end]]

    def _one_line(self, row: int, place: int) -> str:
        """The sum that gives the cell from the others of one equation, if those are all shown as they are."""
        system = self.system
        start, end = system.equations.indptr[row], system.equations.indptr[row + 1]
        cells, factors = system.equations.indices[start:end], system.equations.data[start:end]
        own = float(factors[cells == place][0])
        others = cells != place
        if not (system.low[cells[others]] == system.high[cells[others]]).all():
            return ""
        return _sum(system.low[cells[others]], -factors[others] / own)

    def _combined(self, place: int) -> int:
        """How many equations, each with a factor, add up to the cell alone; 0 when none do or it isn't looked for.

        Source: a cell is fixed when its unit vector is a combination of the equations' rows in the
        unknown cells; the one with the least factors altogether, by a linear program, has few of them.
        """
        part = self._parts.get(place)
        if part is None or not self._left:
            return 0
        self._left -= 1
        factors = self._fewest(part, place) if len(part) <= SMALL else self._least_squares(part, place)
        return int((np.abs(factors) > NOTHING).sum())

    def _fewest(self, part: Component, place: int) -> Floats:
        """Factors of the equations whose absolute values come to the least."""
        across, wanted = part.matrix.T, (part.places == place).astype(np.float64)
        rows = part.matrix.shape[0]
        found = linprog(np.ones(2 * rows), A_eq=hstack([across, -across], format="csr"), b_eq=wanted, method="highs")
        return found.x[:rows] - found.x[rows:] if found.status == 0 else np.zeros(0)

    def _least_squares(self, part: Component, place: int) -> Floats:
        """Factors of the equations, of any size; they may be more than are needed."""
        across, wanted = csr_array(part.matrix.T), (part.places == place).astype(np.float64)
        factors: Floats = lsmr(across, wanted, atol=1e-12, btol=1e-12, conlim=0)[0]
        return factors if np.abs(across @ factors - wanted).max() < NOTHING else np.zeros(0)


def _sum(values: Floats, signs: Floats) -> str:
    """Numbers to add and to take away: "212 - 205". Many numbers of one sign are added up first."""
    plus, minus = values[signs > 0], values[signs < 0]
    return f"{_added(plus)} - {_added(minus, grouped=True)}" if len(minus) and len(plus) else _added(plus)


def _added(values: Floats, *, grouped: bool = False) -> str:
    """Numbers with plus signs between them; or what they come to and how many they are."""
    if len(values) > WRITTEN:
        return f"{_number(float(values.sum()))} (the {len(values)} other cells shown)"
    written = " + ".join(map(_number, values.tolist()))
    return f"({written})" if grouped and len(values) > 1 else written


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == np.floor(value) else f"{value:,.10g}"
