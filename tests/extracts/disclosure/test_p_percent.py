"""p%: the second largest contributor may not work out the largest."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.rules.p_percent import unsafe_totals

from .tables import amounts, found


@pytest.mark.parametrize(
    ("total", "largest", "second", "unsafe"),
    [
        (120, 100, 10, False),  # the rest is exactly 10% of the largest
        (119, 100, 10, True),
        (100, 100, 0,  True),   # one contributor
        (100, 60,  40, True),   # two
        (0,   0,   0,  False),
        (1.2, 1.0, 0.1, False),  # sums of decimals are not exact
    ],
)  # fmt: skip
def test_p_percent(total: float, largest: float, second: float, unsafe: bool) -> None:
    numbers = (np.array([float(number)]) for number in (total, largest, second))
    assert unsafe_totals(*numbers, p=10).tolist() == [unsafe]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30), st.integers(1, 100))
def test_the_rule_agrees_with_exact_arithmetic_on_contributions(values: list[int], p: int) -> None:
    ranked = [*sorted(values, reverse=True), 0]
    rest, bound = sum(ranked[2:]), Fraction(p, 100) * ranked[0]
    fast = unsafe_totals(*(np.array([float(x)]) for x in (sum(ranked), *ranked[:2])), p=p)
    assert bool(fast[0]) == (rest < bound) or abs(rest - bound) <= Fraction(2, 10**9) * sum(ranked)


def test_a_cell_that_gives_its_largest_away_is_named() -> None:
    rows = "a, 12, 1000, 900, 60\nb, 12, 1000, 400, 300"
    report = amounts("group, income\na, 1000\nb, 1000", "group, n, total, largest, second_largest\n" + rows)
    assert found(report, "p_percent") == ["group a, income"]
