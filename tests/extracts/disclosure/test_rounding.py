"""Counts that a policy wants rounded."""

import math

import numpy as np
import pytest

from extracts.disclosure.policy import ROUNDINGS
from tests.extracts.disclosure.cases import answer, flagged


def midpoint(count: int) -> int:
    return math.ceil(count / 6) * 6 - 3 if count else 0


@pytest.mark.parametrize(
    ("name", "rounded"),
    [("base3", lambda n: 3 * round(n / 3)), ("base5", lambda n: 5 * round(n / 5)), ("midpoint6", midpoint)],
)
def test_what_the_rounding_gives_is_rounded_and_lies_where_it_says(name, rounded) -> None:
    rounding = ROUNDINGS[name]
    true = np.arange(500)
    shown = np.array([rounded(int(count)) for count in true], dtype=float)
    assert rounding is not None and rounding.fits(shown).all()
    low, high = rounding.known(shown)
    assert ((low <= true) & (true <= high)).all()
    possible = set(shown)
    others = np.array([count for count in range(500) if count not in possible], dtype=float)
    assert not rounding.fits(others).any()


@pytest.mark.parametrize(
    ("policy", "table", "wrong"),
    [
        ("10-5", "court, count\nL, 25\nY, 30", set()),
        ("10-5", "court, count\nL, 25\nY, 31", {("Y", "count")}),
        ("midpoint6", "court, count\nL, 27\nY, 33", set()),
        ("midpoint6", "court, count\nL, 27\nY, 30", {("Y", "count")}),
        ("srs-10", "court, count\nL, 26\nY, 31", set()),
    ],
)
def test_counts_that_are_not_rounded_fail_where_the_policy_rounds(policy: str, table: str, wrong: set) -> None:
    found = flagged(answer(table, policy=policy))
    assert {key for key, rules in found.items() if "rounding" in rules} == wrong
