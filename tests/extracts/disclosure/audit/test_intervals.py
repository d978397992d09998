"""Intervals: what the quick way finds is what two linear programs for each cell find."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.sparse import csr_array

from benchmarks.disclosure_audit import audit, counts, margins
from extracts.disclosure.audit.bounds import Contradiction
from extracts.disclosure.audit.certify import certified
from extracts.disclosure.audit.intervals import intervals

from .random_tables import Case, a_case, brute_force, two_linked

Make = Callable[[np.random.Generator], Case]


def agrees_with_brute_force(case: Case) -> None:
    """Bounds to 1e-3, the same cells exact, and nothing called wide that is narrow."""
    low, high = brute_force(case)
    found = intervals(*case.given(), seconds=60, whole=False)
    assert found.proven.all()
    np.testing.assert_allclose(found.low, low, atol=1e-3)
    np.testing.assert_allclose(found.high, high, atol=1e-3)
    assert ((found.high - found.low < 1e-6) == (high - low < 1e-6)).all()
    whole = intervals(*case.given(), seconds=60)
    assert (whole.low <= case.true).all() and (case.true <= whole.high).all()
    assert (whole.low >= np.ceil(low - 1e-3)).all() and (whole.high <= np.floor(high + 1e-3)).all()
    for width in (1, 5, 10):
        wide = certified(case.equations, case.low, case.high, width=width, seconds=60)
        assert not (wide & (high - low < width - 1e-3)).any()
        assert not (wide & (whole.width < width)).any()


@pytest.mark.parametrize("make", [a_case, two_linked])
@pytest.mark.parametrize("seed", range(20))
def test_intervals_are_those_of_two_linear_programs_for_each_cell(make: Make, seed: int) -> None:
    agrees_with_brute_force(make(np.random.default_rng(seed)))


@pytest.mark.long
@pytest.mark.parametrize("make", [a_case, two_linked])
def test_intervals_are_those_of_two_linear_programs_for_each_cell_of_many_tables(make: Make) -> None:
    random = np.random.default_rng(1_000)
    for _ in range(120):
        agrees_with_brute_force(make(random))


def test_cells_that_need_two_lines_together_are_found() -> None:
    """Two by two hidden cells: what is known of one is known of the other three."""
    true = np.array([0.0, 4, 4, 5, 0, 5, 5, 4, 9])
    hidden = np.array([True, True, False, True, True, False, False, False, False])
    low, high = np.where(hidden, 0, true), np.where(hidden, np.inf, true)
    found = intervals(margins((2, 2)), true, hidden, low, high, seconds=10)
    assert found.low.tolist()[:2] == [0, 0] and found.high.tolist()[:2] == [4, 4]
    high[1] = high[3] = 3
    found = intervals(margins((2, 2)), true, hidden, low, high, seconds=10)
    assert (found.low[0], found.high[0]) == (2, 4), "5 less 3 at least, by the column"


def test_a_hidden_total_has_no_upper_bound() -> None:
    true = np.array([3.0, 4, 7])
    hidden = np.array([False, True, True])
    found = intervals(csr_array([[-1.0, -1, 1]]), true, hidden, np.where(hidden, 0, true),
                      np.where(hidden, np.inf, true), seconds=1)  # fmt: skip
    assert found.low.tolist() == [3, 0, 3] and found.high.tolist() == [3, np.inf, np.inf] and found.proven.all()


@pytest.mark.parametrize("total", [12.0, 3.0])
def test_numbers_that_no_table_has_are_no_safe_table(total: float) -> None:
    true = np.array([5.0, 6, total])
    with pytest.raises(Contradiction):
        intervals(csr_array([[-1.0, -1, 1]]), true, np.zeros(3, bool), true, true, seconds=1)


def test_contradictions_of_several_lines_together_are_seen() -> None:
    """Each line can be right, and all of them together cannot."""
    equations = csr_array([[1.0, 1, 0, -1], [0, 1, 1, -1], [1, 0, 1, -1]])
    low, high = np.array([0.0, 0, 0, 1]), np.array([1.0, 1, 1, 1])
    found = intervals(equations, low, np.ones(4, bool), low, high, seconds=5, whole=False)
    assert np.allclose(found.low[:3], 0.5) and np.allclose(found.high[:3], 0.5)
    high[0] = 0.25
    with pytest.raises(Contradiction):
        intervals(equations, low, np.ones(4, bool), low, high, seconds=5, whole=False)


def test_nothing_is_proven_without_time() -> None:
    true = counts((12, 6), small=0.3)
    hidden = np.random.default_rng(3).random(len(true)) < 0.5
    given = margins((12, 6)), true, hidden, np.where(hidden, 0, true), np.where(hidden, np.inf, true)
    none, all_of_it = intervals(*given, seconds=0), intervals(*given, seconds=60)
    assert all_of_it.proven.all() and not none.proven.all()
    assert (none.low <= all_of_it.low).all() and (none.high >= all_of_it.high).all()
    assert (none.certain_width <= all_of_it.width).all()


@pytest.mark.parametrize("name", ["50x20", "20x10x5"])
def test_tables_of_a_thousand_cells_are_audited_in_a_second(name: str) -> None:
    figures = audit(name)
    assert figures["wrong"] == figures["not_proven"] == 0
    assert figures["seconds"] < 5, "a second on a quiet machine"
