"""Medians and percentiles."""

import numpy as np
import pytest

from extracts.disclosure.rules.positions import few_between, few_beyond
from tests.extracts.disclosure.cases import answer, flagged


@pytest.mark.parametrize(
    ("n", "share", "few"),
    [(20, 0.5, False), (19, 0.5, True), (200, 0.05, False), (199, 0.95, True), (40, 0.25, False), (39, 0.75, True)],
)
def test_ten_must_lie_on_either_side(n: float, share: float, few: bool) -> None:
    assert few_beyond(np.array([n]), np.array([share]), tail=10).tolist() == [few]


def test_ten_must_lie_between_two_quantiles() -> None:
    shares = np.array([0.25, 0.5, 0.55, 0.9])
    assert few_between(np.full(4, 100.0), shares, tail=10).tolist() == [False, False, True, False]


def test_quantiles_are_judged_group_by_group_with_the_numbers_beside() -> None:
    table = "region, n, p25, median, p75, p90\nNorth, 400, 20, 45, 80, 120\nSouth, 60, 21, 44, 82, 119"
    found = answer(table, "quantile")
    assert found["verdict"] == "fail"
    assert flagged(found) == {("South", "p90"): {"quantile"}}


def test_quantiles_named_by_their_rows_are_judged_alike() -> None:
    table = "stat, days\nn, 60\nmean, 50.1\nmedian, 45.5\np75, 80.5\np90, 120.5"
    found = answer(table, "quantile", layout={"form": "long", "dims": ["stat"], "measure": "days"})
    assert ("p90", "days") in flagged(found)
    assert not {("median", "days"), ("p75", "days"), ("n", "days")} & set(flagged(found))


def test_quantiles_of_an_unknown_number_are_for_a_person() -> None:
    assert answer("region, median\nNorth, 45.5\nSouth, 44.5", "quantile")["verdict"] == "review"
