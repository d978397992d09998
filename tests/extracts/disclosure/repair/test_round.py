"""Rounding: no number moves further than its base allows, and totals add up where that was promised."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.repair.round import CannotRound, rounded, totals_again
from extracts.disclosure.rounding import Rounding

from .attacker import with_margins

COUNTS = st.lists(st.integers(0, 200), min_size=1, max_size=30).map(lambda numbers: np.array(numbers, dtype=float))


@given(COUNTS, st.sampled_from([3, 5, 10]))
def test_to_a_base_no_count_moves_by_more_than_half(counts: np.ndarray, base: int) -> None:
    found = rounded(counts, Rounding("base", base))
    assert (found % base == 0).all() and (np.abs(found - counts) <= base / 2).all()


@given(COUNTS)
def test_midpoint_6_is_as_opensafely_writes_it(counts: np.ndarray) -> None:
    found = rounded(counts, Rounding("midpoint", 6))
    assert found.tolist() == [0 if n == 0 else -(-int(n) // 6) * 6 - 3 for n in counts]


@given(COUNTS, st.sampled_from(["base5", "base10", "midpoint6"]))
def test_the_audit_knows_what_true_counts_a_rounded_one_may_have(counts: np.ndarray, name: str) -> None:
    rounding = Rounding.named(name)
    found = rounded(counts, rounding)
    low, high = rounding.known(found)
    assert (low <= counts).all() and (counts <= high).all() and rounding.fits(found).all()


@pytest.mark.parametrize("shape", [(4, 3), (3, 2, 4)])
def test_totals_are_the_sums_of_rounded_parts(shape: tuple[int, ...]) -> None:
    equations, value = with_margins(np.random.default_rng(1).integers(0, 50, shape))
    found = totals_again(equations, rounded(value, Rounding("base", 5)))
    assert (equations @ found == 0).all()
    inner = found.reshape([n + 1 for n in shape])[tuple(slice(n) for n in shape)]
    true = value.reshape([n + 1 for n in shape])[tuple(slice(n) for n in shape)]
    assert (np.abs(inner - true) <= 2.5).all() and (inner % 5 == 0).all()


def test_chance_is_not_rounding() -> None:
    with pytest.raises(CannotRound):
        rounded(np.ones(1), Rounding("random", 5))
