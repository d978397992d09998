"""Kernels: which hidden cells the equations alone determine, and which would determine others if shown.

What moves with nothing but the equations to hold it is the null space of the hidden cells' columns. A
few random vectors of that space tell, with probability 1, what all of it would.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as sparse_linalg
from scipy.spatial import cKDTree

from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.repair.movement import Places

# Measured gap between cells that are fixed and cells that move: 1e-16 against 1e-2.
FIXED = 1e-6
RIDGE, ROUNDS = 1e-7, 3
# Vectors in one batch, how many of their components are compared, and how near is the same.
BATCH, SEEN, SAME = 40, 4, 1e-7


def kernel_vectors(columns: sp.csc_array, number: int, chance: np.random.Generator) -> Floats:
    """Random vectors of the null space of a matrix: an array of (columns, number).

    Random vectors are projected on the null space, by a sparse factorisation of M M' with a small ridge,
    as equations may repeat one another; repeating the projection takes the ridge's error away.
    """
    rows = np.flatnonzero(np.diff(sp.csr_array(columns).indptr))
    matrix = sp.csr_array(columns)[rows]
    vectors = chance.standard_normal((matrix.shape[1], number))
    if not len(rows):
        return vectors
    gram = sp.csc_array(matrix @ matrix.T + RIDGE * sp.eye_array(len(rows)))
    factors = sparse_linalg.splu(
        gram, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
    )
    for _ in range(ROUNDS):
        vectors = vectors - matrix.T @ factors.solve(matrix @ vectors)
    return np.asarray(vectors)


def determined(equations: sp.csr_array, hidden: Booleans, *, seed: int = 0) -> Booleans:
    """Which of the hidden cells the equations give back exactly.

    equations  m x n, sparse; hidden  n booleans. Returns n booleans.
    """
    places = np.flatnonzero(hidden)
    found = np.zeros(len(hidden), dtype=np.bool_)
    if len(places):
        vectors = kernel_vectors(sp.csc_array(equations)[:, places], 4, np.random.default_rng(seed))
        found[places] = np.abs(vectors).max(axis=1) < FIXED
    return found


def redundant(equations: sp.csr_array, hidden: Booleans, kept: Booleans, order: Places, *, seed: int = 0) -> Places:
    """Cells that may be shown again, tried in this order, without the equations giving back any that is kept.

    hidden  n booleans; kept  n booleans, some of the hidden; order  other hidden cells, first to be shown first

    To show a cell fixes exactly those whose row of the null space is a multiple of its own row (they
    are in series). So one set of random vectors, projected once for each cell shown, answers for all.
    """
    chance, hidden = np.random.default_rng(seed), hidden.copy()
    shown: list[int] = []
    left = [int(cell) for cell in order]
    while left:
        batch = _some_redundant(equations, hidden, kept, left, chance)
        if not batch:
            break
        hidden[batch] = False
        shown += batch
        left = left[left.index(batch[-1]) + 1 :]
    return np.array(shown, dtype=np.int64)


def _some_redundant(
    equations: sp.csr_array, hidden: Booleans, kept: Booleans, order: list[int], chance: np.random.Generator
) -> list[int]:
    """The first redundant cells, as many as a batch of vectors can answer for."""
    places = np.flatnonzero(hidden)
    vectors = kernel_vectors(sp.csc_array(equations)[:, places], BATCH, chance)
    needed = kept[places] & (np.abs(vectors).max(axis=1) > FIXED)
    rows, shown = np.searchsorted(places, order), list[int]()
    series = _in_series(vectors, needed, rows)
    for number, row in enumerate(rows):
        if series[number]:
            continue
        direction = vectors[row] / max(float(np.linalg.norm(vectors[row])), FIXED)
        vectors = vectors - np.outer(vectors @ direction, direction)
        shown.append(order[number])
        if len(shown) == BATCH - 4:
            break
        series = _in_series(vectors, needed, rows)
    return shown


def _in_series(vectors: Floats, needed: Booleans, rows: Places) -> Booleans:
    """Which of some rows are multiples of a needed row, and not zero."""
    length = np.linalg.norm(vectors, axis=1)
    unit = vectors / np.where(length > FIXED, length, np.inf)[:, None]
    tree = cKDTree(np.vstack([unit[needed], -unit[needed]])[:, :SEEN])
    far, _ = tree.query(unit[rows][:, :SEEN], distance_upper_bound=SAME)
    same: Booleans = np.isfinite(far) & (length[rows] > FIXED)
    return same
