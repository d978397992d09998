"""The intruder's linear programs: one HiGHS model per component, in which only the objective ever changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import highspy
import numpy as np

from extracts.disclosure.audit.bounds import Contradiction, Floats, room
from extracts.disclosure.audit.components import Component

Options = dict[str, bool | int | str]
OPTIONS: Options = {"threads": 1, "random_seed": 1}
# Found by trial: keeping the basis pays more than presolving does, and then the primal simplex is the quickest.
SIMPLEX: Options = {"solver": "simplex", "simplex_strategy": 4, "presolve": "off"}
# Beyond some thousand cells only the interior point method is quick enough; a corner isn't needed.
INTERIOR: Options = {"solver": "ipx", "run_crossover": "off", "presolve": "on"}


class Silent(highspy.Highs):
    """HiGHS without its banner, which it prints as soon as callbacks are enabled."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.setOptionValue("output_flag", False)

    def enableCallbacks(self) -> None:
        """None are used here."""


class Outcome(Enum):
    """What a push came to."""

    BEST = "best"  # no consistent table goes further
    ENDLESS = "endless"  # consistent tables go as far as you like
    STOPPED = "stopped"  # not known: out of time or numerical trouble


@dataclass(frozen=True)
class Push:
    """How far a sum of cells can be pushed, and the table that goes so far (None for none)."""

    outcome: Outcome
    reached: float
    point: Floats | None


class Attacker:
    """Pushes sums of the cells of one component as far as the published equations allow.

    interior  for large components: quick, but the table found is only near the best one, so that
              no push is ever called the best
    """

    def __init__(self, component: Component, *, interior: bool = False) -> None:
        self.component = component
        self.interior = interior
        self._solver = Silent()
        for name, value in {**OPTIONS, **(INTERIOR if interior else SIMPLEX)}.items():
            self._solver.setOptionValue(name, value)
        self._solver.passModel(_model(component))
        self._weights = np.zeros(len(component))

    def push(self, weights: Floats, *, seconds: float) -> Push:
        """Make weights @ cells as large as can be. Raises Contradiction when no table fits."""
        changed = np.flatnonzero(weights != self._weights).astype(np.int32)
        self._solver.changeColsCost(len(changed), changed, weights[changed])
        self._weights = weights.copy()
        # HiGHS counts from when the model was made, not from this run.
        self._solver.setOptionValue("time_limit", self._solver.getRunTime() + max(seconds, 0.0))
        self._solver.run()
        return self._outcome(weights)

    def _outcome(self, weights: Floats) -> Push:
        """What the solver's state means. A point is only believed when it satisfies the equations."""
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            raise Contradiction
        if status == highspy.HighsModelStatus.kUnbounded:
            return Push(Outcome.ENDLESS, np.inf, None)
        point = self._consistent(np.asarray(self._solver.getSolution().col_value, dtype=np.float64))
        if point is None:
            return Push(Outcome.STOPPED, np.nan, None)
        best = status == highspy.HighsModelStatus.kOptimal and not self.interior
        return Push(Outcome.BEST if best else Outcome.STOPPED, float(weights @ point), point)

    def _consistent(self, point: Floats) -> Floats | None:
        """The point, moved within the bounds, unless it is too far off to be a consistent table."""
        part = self.component
        if len(point) != len(part) or not np.isfinite(point).all():
            return None
        inside = np.clip(point, part.low, part.high)
        off = np.abs(part.matrix @ inside - part.right)
        return inside if (off <= 10 * room(part.right)).all() else None


def _model(component: Component) -> highspy.HighsLp:
    """The model with an objective of nothing."""
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = component.matrix.shape
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.zeros(len(component))
    model.col_lower_, model.col_upper_ = component.low, component.high
    model.row_lower_ = model.row_upper_ = component.right
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = component.matrix.indptr
    model.a_matrix_.index_ = component.matrix.indices
    model.a_matrix_.value_ = component.matrix.data.astype(np.float64)
    return model
