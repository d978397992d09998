"""Kernels: random vectors of the null space say the same as dense linear algebra does, cell by cell."""

import numpy as np
import pytest

from extracts.disclosure.repair.kernel import determined, redundant

from .attacker import with_margins


def naively_determined(equations, hidden: np.ndarray) -> np.ndarray:
    """A hidden cell is determined if the equations gain no rank when it is left out of what is solved for."""
    dense = equations.toarray()
    found = np.zeros(len(hidden), dtype=bool)
    rank = np.linalg.matrix_rank(dense[:, hidden]) if hidden.any() else 0
    for cell in np.flatnonzero(hidden):
        others = hidden.copy()
        others[cell] = False
        found[cell] = (np.linalg.matrix_rank(dense[:, others]) if others.any() else 0) < rank
    return found


@pytest.mark.parametrize("seed", range(30))
def test_what_the_equations_give_back_is_found_and_nothing_else(seed: int) -> None:
    chance = np.random.default_rng(seed)
    equations, value = with_margins(np.ones([(4, 4), (3, 3, 2), (5, 2)][seed % 3]))
    hidden = chance.uniform(0, 1, len(value)) < chance.uniform(0.1, 0.7)
    assert (determined(equations, hidden) == naively_determined(equations, hidden)).all()


@pytest.mark.parametrize("seed", range(20))
def test_redundant_cells_are_all_those_that_may_be_shown_one_after_the_other(seed: int) -> None:
    chance = np.random.default_rng(100 + seed)
    equations, value = with_margins(np.ones([(4, 4), (3, 3, 2)][seed % 2]))
    hidden = chance.uniform(0, 1, len(value)) < 0.6
    kept = hidden & (chance.uniform(0, 1, len(value)) < 0.3)
    order = chance.permutation(np.flatnonzero(hidden & ~kept))
    before = naively_determined(equations, hidden)
    left, shown = hidden.copy(), []
    for cell in order:
        trial = left.copy()
        trial[cell] = False
        if not (naively_determined(equations, trial) & kept & ~before).any():
            left, shown = trial, [*shown, int(cell)]
    assert redundant(equations, hidden, kept, order).tolist() == shown
