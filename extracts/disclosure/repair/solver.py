"""Solvers: linear programs as HiGHS takes them."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from extracts.disclosure.audit.attacker import Silent
from extracts.disclosure.reading.cells import Floats

# One thread and a fixed seed: what is found does not depend on the machine, only how soon.
OPTIONS = {"presolve": "off", "threads": 1, "random_seed": 1}
PRIMAL_SIMPLEX = {"simplex_strategy": 4}
# No single program takes longer.
SECONDS = 60.0
INTERIOR_POINT = {"solver": "ipx", "run_crossover": "off", "presolve": "on"}


def program(matrix: sp.csc_array) -> highspy.HighsLp:
    """A linear program of equations to zero, in which every column costs nothing and stands at 0."""
    found = highspy.HighsLp()
    found.num_row_, found.num_col_ = matrix.shape
    found.col_cost_ = found.col_lower_ = found.col_upper_ = np.zeros(matrix.shape[1])
    found.row_lower_ = found.row_upper_ = np.zeros(matrix.shape[0])
    found.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    found.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    found.a_matrix_.index_ = matrix.indices.astype(np.int32)
    found.a_matrix_.value_ = matrix.data.astype(np.float64)
    return found


def solver(model: highspy.HighsLp, **options: Any) -> Silent:
    """A quiet solver that holds a program."""
    found = Silent()
    for name, setting in {**OPTIONS, **options}.items():
        found.setOptionValue(name, setting)
    found.passModel(model)
    return found


def solution(model: Silent, *, seconds: float = SECONDS) -> Floats | None:
    """The columns of the best solution, or None when there is none or it was not found in time."""
    # HiGHS counts from when the model was made, not from this run.
    model.setOptionValue("time_limit", model.getRunTime() + max(seconds, 0.0))
    model.run()
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.array(model.getSolution().col_value)
