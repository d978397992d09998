"""Dominance: one or two contributors may not hold nearly all of a total."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.policy import BadPolicy, Dominance, Policy
from extracts.disclosure.rules.dominance import unsafe_totals

from .tables import amounts, found, of_rule

EVIDENCE = "group, n, total, largest, second_largest\n"


@pytest.mark.parametrize(
    ("total", "largest", "second", "n", "k", "unsafe"),
    [
        (100, 50, 41, 2, 0.90, True),
        (100, 50, 40, 2, 0.90, False),  # exactly k is safe
        (100, 51, 1,  1, 0.50, True),
        (100, 50, 50, 1, 0.50, False),
        (0,   0,  0,  2, 0.90, False),
        (0.3, 0.2, 0.07, 2, 0.90, False),  # sums of decimals are not exact
    ],
)  # fmt: skip
def test_dominance(total: float, largest: float, second: float, n: int, k: float, unsafe: bool) -> None:
    numbers = (np.array([float(number)]) for number in (total, largest, second))
    assert unsafe_totals(*numbers, rule=Dominance(n, k)).tolist() == [unsafe]


@pytest.mark.slow
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30), st.sampled_from([1, 2]), st.integers(1, 100))
def test_the_rule_agrees_with_exact_arithmetic_on_contributions(values: list[int], n: int, percent: int) -> None:
    ranked = [*sorted(values, reverse=True), 0]
    naive = sum(ranked[:n]) > Fraction(percent, 100) * sum(ranked)
    fast = unsafe_totals(*(np.array([float(x)]) for x in (sum(ranked), *ranked[:2])), rule=Dominance(n, percent / 100))
    gap = abs(sum(ranked[:n]) - Fraction(percent, 100) * sum(ranked))
    assert bool(fast[0]) == naive or gap <= Fraction(2, 10**9) * sum(ranked)


def test_a_dominated_cell_is_named_with_its_share() -> None:
    rows = "a, 12, 1000, 600, 350\nb, 12, 1000, 200, 150"
    report = amounts("group, income\na, 1000\nb, 1000", EVIDENCE + rows)
    assert found(report, "nk") == ["group a, income"]
    assert "95.0%" in of_rule(report, "nk")[0].problem
    assert (report.verdict, str(report.files[0].evidence)) == ("fail", "B")


def test_absolute_values_are_used_when_some_are_negative() -> None:
    with_absolute = "group, n, total, largest, second_largest, absolute_total\na, 12, 100, 900, 60, 1000"
    without = "group, n, total, largest, second_largest\na, 12, 100, 900, -60"
    table = "group, income\na, 100"
    assert found(amounts(table, with_absolute), "nk") == ["group a, income"]
    assert amounts(table, without).verdict == "review"


def test_policies_only_hold_rules_that_evidence_can_answer() -> None:
    with pytest.raises(BadPolicy, match="n of 1 or 2"):
        Policy("wide", "1", nk=(Dominance(3, 0.85),))
