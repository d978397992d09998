"""What a set of published sums determines: by equations alone, and with counts that are never negative."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import highspy
import numpy as np
import numpy.typing as npt
from highspy._core import _Highs
from scipy import linalg, sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import lsmr

from extracts.disclosure.ledger.settled import Contradiction, Settled, settled
from extracts.disclosure.reading.cells import Booleans, Floats

Places = npt.NDArray[np.int64]
# More equations than this in one component are not made into a dense matrix.
MOST_DENSE = 3_000
# Time that its eigenvectors take, by the cube of the equations: 12 s for 2,800.
SECONDS_PER_CUBE = 5.5e-10
# A component of the projection of a random vector below this is none: real ones lie at 1e-2, noise at 1e-13.
NONE = 1e-7
ROOM = 1e-6
# Dual simplex finds a first point soonest; while goals change, primal simplex goes on from the point before.
DUAL, PRIMAL = 1, 4
OPTIONS: tuple[tuple[str, bool | int | str], ...] = (
    ("output_flag", False), ("presolve", "off"), ("solver", "simplex"), ("simplex_strategy", DUAL), ("threads", 1),
)  # fmt: skip


def components(matrix: sparse.csr_array) -> list[tuple[Places, Places]]:
    """Rows and columns of the parts of a system that share nothing."""
    rows = matrix.shape[0]
    graph = sparse.block_array([[None, matrix], [matrix.T, None]], format="csr")
    number, label = connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    bounds = np.searchsorted(label[order], np.arange(number + 1))
    found = []
    for start, end in pairwise(bounds):
        own = order[start:end]
        found.append((own[own < rows].astype(np.int64), (own[own >= rows] - rows).astype(np.int64)))
    return [(own, columns_of) for own, columns_of in found if len(own) and len(columns_of)]


def determined(matrix: sparse.csr_array, *, until: float = math.inf, seed: int = 1) -> tuple[Booleans, bool]:
    """Which unknowns the sums fix, whatever their values, and whether the answer is complete.

    matrix  csr array (sums x unknowns)
    until   `time.monotonic()` at which to stop; a component that would take longer is left out

    An unknown is fixed when its coordinate is zero on the whole null space, so also in the projection
    of a random vector on it; two vectors are projected. Small components by the eigenvectors of
    M M^T, large ones iteratively, where what has not converged is not called fixed.
    Source: standard linear algebra; see "null-space test" in the attacker audit.
    """
    found, proven = np.zeros(matrix.shape[1], dtype=np.bool_), True
    random = np.random.default_rng(seed)
    for rows, columns in components(matrix):
        if time.monotonic() + SECONDS_PER_CUBE * min(len(rows), MOST_DENSE) ** 3 > until:
            proven = False
            continue
        own = sparse.csr_array(matrix[rows][:, columns])
        vectors = random.standard_normal((len(columns), 2))
        left, complete = _projected(own, vectors)
        found[columns] = (np.abs(left) < NONE).all(axis=1)
        proven &= complete
    return found, proven


def _projected(matrix: sparse.csr_array, vectors: Floats) -> tuple[Floats, bool]:
    """The vectors' projections on the null space, and whether they are exact."""
    if matrix.shape[0] > MOST_DENSE:
        return _projected_iteratively(matrix, vectors)
    square = (matrix @ matrix.T).toarray()
    values, basis = linalg.eigh(square, overwrite_a=True, check_finite=False)
    keep = values > values[-1] * 1e-11
    basis, values = basis[:, keep], values[keep]
    left = vectors
    for _ in range(2):  # the second time takes away what rounding left
        left = left - matrix.T @ (basis @ ((basis.T @ (matrix @ left)) / values[:, None]))
    return left, True


def _projected_iteratively(matrix: sparse.csr_array, vectors: Floats) -> tuple[Floats, bool]:
    left, complete = np.empty_like(vectors), True
    for column in range(vectors.shape[1]):
        answer = lsmr(matrix.T, vectors[:, column], atol=1e-13, btol=1e-13, conlim=0, maxiter=2_000)
        left[:, column] = vectors[:, column] - matrix.T @ answer[0]
        complete &= bool(answer[1] in (1, 2, 4, 5))
    return left, complete


def combination(matrix: sparse.csr_array, unknown: int, *, seconds: float) -> Floats | None:
    """Factors with which the sums give one unknown, as few and small as can be; None if there are none in time.

    Minimises the sum of the factors' absolute values, which prefers few of them.
    """
    rows, columns = next((r, c) for r, c in components(matrix) if unknown in c)
    own = sparse.csr_array(matrix[rows][:, columns])
    goal = (columns == unknown).astype(np.float64)
    both = sparse.hstack([own.T, -own.T], format="csr")
    limit = {"time_limit": max(0.1, seconds)}
    answer = linprog(np.ones(2 * len(rows)), A_eq=both, b_eq=goal, bounds=(0, None), method="highs", options=limit)
    if answer.status != 0:
        return None
    factors = np.zeros(matrix.shape[0])
    factors[rows] = answer.x[: len(rows)] - answer.x[len(rows) :]
    factors[np.abs(factors) < ROOM] = 0.0
    exact = np.abs(own.T @ factors[rows] - goal).max(initial=0.0) < ROOM
    return factors if exact else None


@dataclass
class Bounded:
    """The unknowns of one component, each and each sum of some known to lie between bounds: one model, many goals."""

    matrix: sparse.csr_array
    low: Floats
    high: Floats
    least: Floats
    most: Floats

    def __post_init__(self) -> None:
        rows, columns = self.matrix.shape
        by_column = sparse.csc_array(self.matrix)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = columns, rows
        model.col_cost_, model.col_lower_ = np.zeros(columns), self.least
        model.col_upper_ = np.where(np.isinf(self.most), highspy.kHighsInf, self.most)
        model.row_lower_, model.row_upper_ = self.low, self.high
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = by_column.indptr, by_column.indices
        model.a_matrix_.value_ = by_column.data
        # The public class prints a banner on standard output before it can be told not to.
        self.solver = _Highs()
        for name, value in OPTIONS:
            self.solver.setOptionValue(name, value)
        self.solver.passModel(model)
        self.places = np.arange(columns, dtype=np.int32)

    def point(self, cost: Floats, *, until: float) -> Floats | None:
        """A point where the cost is least; None when time is over or there is no least. Raises Contradiction."""
        left = until - time.monotonic()
        if left <= 0:
            return None
        self.solver.setOptionValue("time_limit", self.solver.getRunTime() + left)
        self.solver.changeColsCost(len(cost), self.places, cost)
        self.solver.run()
        self.solver.setOptionValue("simplex_strategy", PRIMAL)
        status = self.solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            raise Contradiction
        if status != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self.solver.getSolution().col_value)


def small(
    matrix: sparse.csr_array, low: Floats, high: Floats, *, threshold: int, until: float
) -> tuple[dict[int, tuple[int, int]], bool]:
    """Unknown counts that are certainly 1 or more and below the threshold: place -> bounds, and whether that is all.

    low, high  per sum, bounds of its true value
    until      `time.monotonic()` at which to stop

    What single sums settle is taken from them; then one component after the other. Goals are chosen so
    that one point acquits many unknowns: an unknown that is 0 or at the threshold somewhere is not
    certainly small. Those left are solved one by one. Bounds are rounded inwards, as counts are whole.
    Raises Contradiction.
    """
    known = settled(matrix, low, high)
    ends = {place: (known.low[place], known.high[place]) for place in np.flatnonzero(known.high < threshold).tolist()}
    proven = True
    for rows, columns in components(_open(matrix, known)):
        if len(rows) == 1:
            ends |= zip(columns.tolist(), zip(*known.in_one_sum(rows[0], columns), strict=True), strict=True)
            continue
        model = _model(matrix, known, rows, columns)
        left, complete = _not_acquitted(model, threshold, until)
        proven &= complete
        for place in left.tolist():
            found = _bounds(model, place, until)
            proven &= found is not None
            ends |= {int(columns[place]): found} if found is not None else {}
    whole = {place: _whole(*own) for place, own in ends.items() if math.isfinite(own[1])}
    return {place: own for place, own in whole.items() if own[0] >= 1 and own[1] < threshold}, proven


def bounds(
    matrix: sparse.csr_array, low: Floats, high: Floats, places: Sequence[int], *, until: float
) -> dict[int, tuple[int, int]]:
    """Least and most of some unknown counts, rounded inwards; those in no sum, or not solved in time, are left out."""
    if not places:
        return {}
    known = settled(matrix, low, high)
    ends = {place: (known.low[place], known.high[place]) for place in places if math.isfinite(known.high[place])}
    for rows, columns in components(_open(matrix, known)):
        own = np.flatnonzero(np.isin(columns, places)).tolist()
        if own:
            model = _model(matrix, known, rows, columns)
            for place in own:
                ends.pop(int(columns[place]), None)
                found = _bounds(model, place, until)
                ends |= {int(columns[place]): found} if found is not None else {}
    return {place: _whole(*own) for place, own in ends.items()}


def _open(matrix: sparse.csr_array, known: Settled) -> sparse.csr_array:
    """The system with only the sums and unknowns that are still open; the others are left empty."""
    keep = sparse.dia_array((known.rows.astype(np.float64)[None], [0]), shape=(len(known.rows),) * 2)
    open_ = sparse.dia_array((known.open.astype(np.float64)[None], [0]), shape=(len(known.open),) * 2)
    left = sparse.csr_array(keep @ matrix @ open_)
    left.eliminate_zeros()
    return left


def _model(matrix: sparse.csr_array, known: Settled, rows: Places, columns: Places) -> Bounded:
    own = sparse.csr_array(matrix[rows][:, columns])
    return Bounded(own, known.least[rows], known.most[rows], known.low[columns], known.high[columns])


def _whole(low: float, high: float) -> tuple[int, int]:
    """The least and the most whole number between two numbers."""
    return int(np.ceil(low - ROOM)), int(np.floor(high + ROOM))


def _not_acquitted(model: Bounded, threshold: int, until: float) -> tuple[Places, bool]:
    """Unknowns that no point found so far shows at 0 or at the threshold; False when even that took too long."""
    left = np.ones(model.matrix.shape[1], dtype=np.bool_)
    for sign in (1.0, -1.0, 1.0, -1.0, 1.0):
        while left.any():
            before = int(left.sum())
            point = model.point(sign * left.astype(np.float64), until=until)
            if point is None:
                return np.flatnonzero(left), bool(sign < 0 and time.monotonic() < until)
            left &= (point > ROOM) & (point < threshold - ROOM)
            if left.sum() == before:
                break
    return np.flatnonzero(left), True


def _bounds(model: Bounded, place: int, until: float) -> tuple[int, int] | None:
    """Least and most of one unknown, rounded inwards."""
    cost = np.zeros(model.matrix.shape[1])
    ends: list[float] = []
    for sign in (1.0, -1.0):
        cost[place] = sign
        point = model.point(cost, until=until)
        if point is None:
            return None
        ends.append(float(point[place]))
    return _whole(*ends)


def fixed_within(matrix: sparse.csr_array, groups: Sequence[Places], *, until: float = math.inf) -> Booleans:
    """Which unknowns the sums of one of the groups of rows fix without the others."""
    found = np.zeros(matrix.shape[1], dtype=np.bool_)
    for rows in groups:
        if len(rows):
            found |= determined(sparse.csr_array(matrix[rows]), until=until)[0]
    return found
