"""What sums determine: the same as by linear programs one by one, and by dense algebra."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from extracts.disclosure.ledger import linear
from extracts.disclosure.ledger.settled import Contradiction


def _system(rng: np.random.Generator) -> tuple[sparse.csr_array, np.ndarray]:
    rows, columns = int(rng.integers(2, 7)), int(rng.integers(2, 8))
    matrix = (rng.random((rows, columns)) < 0.5).astype(float)
    matrix[0, matrix.sum(axis=0) == 0] = 1
    return sparse.csr_array(matrix), rng.integers(0, 6, columns).astype(float)


@pytest.mark.slow
def test_fixed_unknowns_are_those_of_dense_algebra_and_their_combinations_give_them() -> None:
    rng, some = np.random.default_rng(3), 0
    for _ in range(60):
        matrix, truth = _system(rng)
        found, proven = linear.determined(matrix)
        dense = matrix.toarray()
        row_space = np.linalg.pinv(dense) @ dense
        assert proven
        assert (found == (np.abs(np.diag(row_space) - 1) < 1e-9)).all()
        for place in np.flatnonzero(found).tolist()[:1]:
            factors = linear.combination(matrix, place, seconds=5)
            assert factors is not None
            assert factors @ (dense @ truth) == pytest.approx(truth[place])
            some += 1
    assert some > 15


@pytest.mark.slow
def test_unknowns_that_are_certainly_small_are_those_of_one_linear_program_each() -> None:
    rng, some = np.random.default_rng(4), 0
    for _ in range(30):
        matrix, truth = _system(rng)
        value = matrix @ truth
        off_by = rng.integers(0, 2, len(value)) * (rng.random() < 0.4)
        low, high = np.maximum(value - off_by, 0), value + off_by
        found, proven = linear.small(matrix, low, high, threshold=4, until=time.monotonic() + 5)
        assert proven
        assert found == _one_by_one(matrix.toarray(), low, high, 4)
        some += len(found)
    assert some > 10


def _one_by_one(matrix: np.ndarray, low: np.ndarray, high: np.ndarray, threshold: int) -> dict[int, tuple[int, int]]:
    found = {}
    for place in range(matrix.shape[1]):
        goal = np.eye(matrix.shape[1])[place]
        sums = {"A_ub": np.vstack([matrix, -matrix]), "b_ub": np.concatenate([high, -low])}
        least, most = linprog(goal, **sums), linprog(-goal, **sums)
        bounds = int(np.ceil(least.fun - 1e-6)), int(np.floor(-most.fun + 1e-6))
        if bounds[0] >= 1 and bounds[1] < threshold:
            found[place] = bounds
    return found


def test_counts_that_contradict_each_other_are_never_safe() -> None:
    matrix = sparse.csr_array(np.array([[1.0, 1.0], [1.0, 0.0]]))
    value = np.array([3.0, 5.0])
    with pytest.raises(Contradiction):
        linear.small(matrix, value, value, threshold=10, until=time.monotonic() + 5)


def test_without_time_nothing_is_fixed() -> None:
    found, proven = linear.determined(sparse.csr_array(np.eye(3)), until=0.0)
    assert not found.any() and not proven


def test_without_time_only_what_single_sums_say_is_known() -> None:
    matrix = sparse.csr_array(np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0]]))
    value = np.array([9.0, 4.0, 7.0])
    assert linear.small(matrix, value, value, threshold=10, until=0.0) == ({}, False)
    found, proven = linear.small(matrix[[0]], value[:1], value[:1], threshold=10, until=0.0)
    assert (found, proven) == ({}, True)


def test_a_table_of_many_labels_is_settled_without_a_linear_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell counts one class, and each line has a total: no more work than to read the sums."""
    monkeypatch.setattr(linear, "Bounded", None)
    cells = sparse.csr_array(np.kron(np.eye(400), np.vstack([np.eye(3), np.ones(3)])))
    value = cells @ np.random.default_rng(5).integers(0, 9, cells.shape[1]).astype(float)
    found, proven = linear.small(cells, value, value, threshold=4, until=time.monotonic() + 5)
    shown = cells.T[:, np.arange(cells.shape[0]) % 4 != 3] @ value[np.arange(len(value)) % 4 != 3]
    assert proven and found == {place: (n, n) for place, n in enumerate(shown.astype(int).tolist()) if 1 <= n < 4}
