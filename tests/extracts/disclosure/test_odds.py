"""Odds ratios and the table beneath them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.rules.odds import Z95, smallest_cell, tables_beneath
from tests.extracts.disclosure.cases import answer, flagged

RATIO = "exposure, odds_ratio, ci_low, ci_high\nyes, 1.60, 1.20, 2.10"
COUNT = st.integers(1, 5_000)


@given(COUNT, COUNT, COUNT, COUNT)
def test_the_smallest_count_lies_where_the_interval_says(a: int, b: int, c: int, d: int) -> None:
    """The naive twin makes the interval from the table."""
    error = Z95 * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    ratio = a * d / (b * c)
    low, high = smallest_cell(ratio * math.exp(-error), ratio * math.exp(error))
    assert low <= min(a, b, c, d) * (1 + 1e-9)
    assert min(a, b, c, d) <= high * (1 + 1e-9)


@pytest.mark.parametrize(
    ("table", "beneath", "verdict"),
    [
        (RATIO, "exposure, outcome_yes, outcome_no\nexposed, 60, 400\nunexposed, 80, 900", "pass"),
        (RATIO, "exposure, outcome_yes, outcome_no\nexposed, 3, 400\nunexposed, 80, 900", "fail"),
        (RATIO, None, "review"),
        ("exposure, odds_ratio, ci_low, ci_high\nyes, 1.60, 0.10, 25.00", None, "fail"),
        ("exposure, odds_ratio\nyes, 1.60", None, "review"),
    ],
)
def test_a_ratio_is_as_safe_as_the_table_beneath_it(table: str, beneath: str | None, verdict: str) -> None:
    found = answer(table, "odds_ratio", **({"underlying": beneath} if beneath else {}))
    assert found["verdict"] == verdict, found["findings"]


def test_the_small_cell_beneath_is_named() -> None:
    beneath = "exposure, outcome_yes, outcome_no\nexposed, 3, 400\nunexposed, 80, 900"
    ratio = "exposure, odds_ratio, ci_low, ci_high\nyes, 0.08, 0.03, 0.27"
    assert flagged(answer(ratio, "odds_ratio", underlying=beneath)) == {("exposed", "yes"): {"threshold"}}


def test_ratios_of_a_model_with_several_regressors_need_no_table() -> None:
    table = "term, odds_ratio, ci_low, ci_high, p\nage, 1.02, 1.01, 1.03, 0.001\npriors, 1.40, 1.20, 1.70, 0.010"
    assert answer(table, "regression", metadata={"n_obs": 500, "df_resid": 497})["verdict"] == "pass"
    one = "\n".join(table.splitlines()[:2])
    assert answer(one, "regression", metadata={"n_obs": 500, "df_resid": 498})["verdict"] == "review"


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60), st.integers(1, 60))
def test_the_true_table_is_among_those_that_the_margins_allow(a: int, b: int, c: int, d: int) -> None:
    ratio = round(a * d / (b * c), 3)
    found = list(tables_beneath(ratio, 0.0005, a + b + c + d, a + b, a + c))
    assert min(a, b, c, d) in found


@pytest.mark.parametrize(("a", "verdict"), [(3, "fail"), (60, "pass")])
def test_a_ratio_with_both_margins_gives_its_table_back(a: int, verdict: str) -> None:
    b, c, d = 380, 134, 440
    row = f"yes, {a * d / (b * c):.4f}, {a + b + c + d}, {a + b}, {a + c}"
    assert answer(f"exposure, odds_ratio, n, n_exposed, n_outcome\n{row}", "odds_ratio")["verdict"] == verdict
