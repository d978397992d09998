"""Intervals: what the quick way finds is what two linear programs for each cell find."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from extracts.disclosure.audit.bounds import Contradiction
from extracts.disclosure.audit.intervals import intervals

from .random_tables import a_case, brute_force, linked


def of(case, **how):
    return intervals(case.equations, case.true, case.hidden, case.low, case.high, seconds=60, **how)


@pytest.mark.parametrize("seed", range(40))
def test_intervals_are_those_of_brute_force(seed: int) -> None:
    random = np.random.default_rng(seed)
    case = a_case(random)
    low, high = brute_force(case)
    found = of(case, whole=False)
    assert found.proven.all()
    np.testing.assert_allclose(found.low, low, atol=1e-3)
    np.testing.assert_allclose(found.high, high, atol=1e-3)
