"""Shares: what percentages of one base leave out together is a count too."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.rules.shares import small_remainder


@pytest.mark.parametrize(
    ("low", "high", "small"),
    [
        (2,  2,  True),
        (9,  9,  True),
        (10, 10, False),
        (0,  3,  False),  # rounding explains it: perhaps nobody is left out
        (3,  14, False),  # twelve possible counts say little
        (6,  12, True),
    ],
)  # fmt: skip
def test_a_remainder_that_is_surely_somebody(low: int, high: int, small: bool) -> None:
    between = np.array([float(low)]), np.array([float(high)])
    assert small_remainder(*between, threshold=10).tolist() == [small]


@given(st.integers(1, 60), st.integers(0, 30))
def test_the_rule_agrees_with_trying_every_remainder(low: int, more: int) -> None:
    tried = range(low, low + more + 1)
    naive = all(count < 10 for count in tried) or (more > 0 and low < 10 and len(tried) < 10)
    assert small_remainder(np.array([float(low)]), np.array([float(low + more)]), threshold=10).tolist() == [naive]
