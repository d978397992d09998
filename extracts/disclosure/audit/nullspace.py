"""Cells that equations alone fix: those in which no vector of the null space has anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import lsmr

from extracts.disclosure.audit.bounds import Booleans, Floats
from extracts.disclosure.audit.components import Component

# A cell that may vary has 1e-2 or more in tables; one that is fixed has what rounding leaves, 1e-10 or less.
NOTHING = 1e-6
EXACT = 1e-12
# The chance that a cell which varies has next to nothing in one random vector is below 1e-4.
VECTORS = 2
# What takes more steps is left to the solver. LSMR says how it stopped by a number.
LIMIT, OUT_OF_STEPS = 5_000, 7


@dataclass(frozen=True)
class Fixed:
    """Cells (places in the component) and their values."""

    cells: Booleans
    values: Floats


def fixed(matrix: csr_array, *, seed: int = 1) -> Booleans:
    """Which unknowns have the same value in every solution of matrix @ x == right, whatever the right side.

    Random vectors are projected on the null space by least squares; a cell is fixed when it has
    nothing in any of the projections. Bounds, such as that no count is below 0, are not used.

    Source: exact disclosure as a rank condition on the suppressed cells; projection by LSMR
    (Fong and Saunders, 2011).
    """
    random, largest = np.random.default_rng(seed), np.zeros(matrix.shape[1])
    for _ in range(VECTORS):
        vector = random.choice([-1.0, 1.0], matrix.shape[1]) * random.uniform(0.5, 1.5, matrix.shape[1])
        np.maximum(largest, np.abs(_projected(matrix, vector)), out=largest)
    still: Booleans = largest < NOTHING
    return still


def fixed_values(part: Component, *, whole: bool) -> Fixed:
    """The cells of a component that its equations alone fix, with the values that they fix.

    A value that is no whole number where it must be one is left out: that is for the solver to judge.
    """
    cells = fixed(part.matrix)
    if not cells.any():
        return Fixed(cells, np.zeros(0))
    solution, stopped, *_ = lsmr(part.matrix, part.right, atol=EXACT, btol=EXACT, conlim=0, maxiter=LIMIT)
    if stopped == OUT_OF_STEPS:
        return Fixed(np.zeros_like(cells), np.zeros(0))
    value = np.round(solution) if whole else solution
    near = np.abs(value - solution) < 1e-3
    inside = (value >= part.low - 1e-3) & (value <= part.high + 1e-3)
    cells = cells & near & inside
    return Fixed(cells, value[cells])


def _projected(matrix: csr_array, vector: Floats) -> Floats:
    """The part of a vector that lies in the null space of the matrix; infinite where it can't be told in time."""
    across = csr_array(matrix.T)
    combination, stopped, *_ = lsmr(across, vector, atol=EXACT, btol=EXACT, conlim=0, maxiter=LIMIT)
    if stopped == OUT_OF_STEPS:
        return np.full(len(vector), np.inf)
    projection: Floats = vector - across @ combination
    return projection
