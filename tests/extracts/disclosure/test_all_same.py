"""All the same: a mean of equal values is everybody's value."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.rules.all_same import unsafe_totals

from .tables import amounts, found


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6))
def test_the_rule_agrees_with_looking_at_every_contribution(values: list[int]) -> None:
    naive = len(values) > 1 and len(set(values)) == 1
    numbers = (np.array([float(number)]) for number in (len(values), sum(values), max(values)))
    assert unsafe_totals(*numbers).tolist() == [naive]


def test_a_group_of_equals_is_named() -> None:
    rows = "a, 20, 2000, 100, 100\nb, 20, 1999, 100, 100"
    report = amounts("group, mean\na, 100\nb, 99.95", "group, n, total, largest, second_largest\n" + rows, kind="means")
    assert found(report, "all_same") == ["group a, mean"]
