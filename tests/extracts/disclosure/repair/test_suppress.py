"""Suppression: a naive intruder cannot narrow any primary cell further than was allowed."""

import numpy as np
import pytest

from extracts.disclosure.repair.suppress import Pattern, costs, suppress

from .attacker import interval, with_margins

SHAPES = [(3, 4), (4, 3), (2, 3, 2), (2, 2, 2, 2)]


def a_table(seed: int, shape: tuple[int, ...], *, most: int = 40) -> tuple:
    chance = np.random.default_rng(seed)
    inner = np.floor(most * chance.uniform(0, 1, shape) ** 2)
    equations, value = with_margins(inner)
    return equations, value, (value > 0) & (value < 10)


def hide(equations, value, primary, *, lower=0.0, upper=0.0, by="count", cost=None) -> Pattern:
    ends, nothing = np.full(len(value), np.inf), np.zeros(len(value))
    return suppress(
        equations, value, primary, low=nothing, high=ends, lower=nothing + lower, upper=nothing + upper,
        cost=costs(value, by=by) if cost is None else cost,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_no_primary_cell_can_be_worked_out(seed: int) -> None:
    equations, value, primary = a_table(seed, SHAPES[seed % len(SHAPES)])
    found = hide(equations, value, primary)
    assert (found.hidden >= primary).all() and not (found.secondary & primary).any()
    for cell in np.flatnonzero(primary):
        low, high = interval(equations, value, found.hidden, cell)
        assert found.unprotected[cell] == (high - low < 1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_no_primary_cell_is_known_more_closely_than_asked(seed: int) -> None:
    equations, value, primary = a_table(100 + seed, SHAPES[seed % len(SHAPES)])
    lower = np.minimum(value, 5)
    found = hide(equations, value, primary, lower=lower, upper=10 - lower)
    for cell in np.flatnonzero(primary):
        low, high = interval(equations, value, found.hidden, cell)
        wide = low <= value[cell] - lower[cell] + 1e-5 and high >= value[cell] + 10 - lower[cell] - 1e-5
        assert wide or found.unprotected[cell]
        # What is called unprotected could not be protected by hiding everything that may be hidden.
        if found.unprotected[cell]:
            low, high = interval(equations, value, value > 0, cell)
            assert low > value[cell] - lower[cell] + 1e-5 or high < value[cell] + 10 - lower[cell] - 1e-5


@pytest.mark.parametrize("seed", range(3))
def test_no_secondary_cell_of_an_exact_pattern_could_be_shown(seed: int) -> None:
    equations, value, primary = a_table(200 + seed, (4, 4))
    found = hide(equations, value, primary)
    for cell in np.flatnonzero(found.secondary):
        fewer = found.hidden.copy()
        fewer[cell] = False
        ends = [interval(equations, value, fewer, one) for one in np.flatnonzero(primary & ~found.unprotected)]
        assert any(high - low < 1e-6 for low, high in ends)


def test_cells_that_must_stay_are_shown_and_zeros_are_not_hidden_for_others() -> None:
    equations, value, primary = a_table(7, (5, 5))
    cost = costs(value, by="count")
    cost[-1] = np.inf
    found = hide(equations, value, primary, cost=cost)
    assert not found.hidden[-1] and not (found.secondary & (value == 0)).any()


def test_loss_by_value_hides_less_and_by_count_fewer() -> None:
    equations, value, primary = a_table(3, (6, 6), most=100)
    fewer, less = (hide(equations, value, primary, by=by).secondary for by in ("count", "value"))
    assert fewer.sum() <= less.sum() and value[less].sum() <= value[fewer].sum()


def test_zeros_that_must_be_hidden_are_protected_too() -> None:
    equations, value, _ = a_table(5, (4, 4))
    primary = value < 10
    found = hide(equations, value, primary, lower=0.0, upper=10.0)
    for cell in np.flatnonzero(primary & ~found.unprotected):
        low, high = interval(equations, value, found.hidden, cell)
        assert high - low >= 10 - 1e-5


def test_a_cell_that_nothing_can_protect_is_said_to_be_unprotected() -> None:
    equations, value = with_margins(np.array([[3.0, 0.0], [0.0, 50.0]]))
    primary = value == 3
    cost = np.where(primary, 1.0, np.inf)
    assert hide(equations, value, primary, cost=cost).unprotected.any()
