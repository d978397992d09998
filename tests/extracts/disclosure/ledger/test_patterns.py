"""With records: groups that sums of several counts fix."""

from __future__ import annotations

import time
from itertools import product

import numpy as np
import pytest
from pyroaring import BitMap

from extracts.disclosure.ledger.patterns import atoms, combinations


def _sets(rng: np.random.Generator, number: int) -> list[BitMap]:
    """Sets that are unions of a few blocks of people, so that sums of them can give blocks away."""
    blocks, start = [], 0
    for size in rng.integers(1, 8, 6).tolist():
        blocks.append(BitMap(range(start, start + size)))
        start += size
    return [BitMap.union(*(block for block in blocks if rng.random() < 0.5), BitMap()) for _ in range(number)]


def test_atoms_are_people_in_the_same_cells() -> None:
    rng = np.random.default_rng(1)
    for _ in range(100):
        sets = _sets(rng, 5)
        found = atoms(sets)
        everybody = BitMap.union(*sets)
        naive: dict[tuple[bool, ...], int] = {}
        for person in everybody:
            pattern = tuple(person in own for own in sets)
            naive[pattern] = naive.get(pattern, 0) + 1
        columns = [tuple(column) for column in (found.matrix.toarray().T > 0).tolist()]
        assert dict(zip(columns, found.size.tolist(), strict=True)) == naive
        assert len(columns) == len(naive)


@pytest.mark.slow
def test_what_is_found_is_what_dense_algebra_finds() -> None:
    rng, some = np.random.default_rng(2), 0
    for _ in range(40):
        sets = _sets(rng, 5)
        new, table = np.array([True, False, False, False, False]), [0, 1, 2, 3, 4]
        found, complete = combinations(sets, new, table, threshold=5, until=time.monotonic() + 5)
        assert complete
        everything = atoms(sets)
        matrix = everything.matrix.toarray()
        in_small = (matrix[[len(own) < 5 for own in sets]] > 0).any(axis=0)
        expected = _fixed(matrix) & ~_fixed(matrix[1:]) & (everything.size < 5) & ~in_small
        for one in found:
            assert sum(factor * len(sets[cell]) for cell, factor in one.factors.items()) == pytest.approx(one.people)
            assert len(one.factors) > 2
        assert len(found) == sum(not _by_two(matrix, place) for place in np.flatnonzero(expected))
        some += len(found)
    assert some > 5


def _fixed(matrix: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.abs(np.diag(np.linalg.pinv(matrix) @ matrix) - 1) < 1e-9
    return found


def _by_two(matrix: np.ndarray, place: int) -> bool:
    """Whether one count, or one less another, is this atom alone."""
    goal = np.eye(matrix.shape[1])[place]
    rows = [*matrix, np.zeros(matrix.shape[1])]
    return any((one - other == goal).all() for one, other in product(rows, rows))


def test_without_time_nothing_is_complete() -> None:
    sets = [BitMap(range(9)), BitMap(range(7))]
    assert combinations(sets, np.array([True, False]), [0, 1], threshold=5, until=0.0) == ([], False)
