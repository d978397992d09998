"""Bins and their edges."""

import numpy as np
import pandas as pd
import pytest

from tests.extracts.disclosure.cases import answer, flagged

LAYOUT = {"form": "long", "dims": ["bin"], "measure": "count"}


def histogram(values: np.ndarray, bins: list[str], counts: list[int]) -> dict[tuple[str, ...], set[str]]:
    table = pd.DataFrame({"bin": bins, "count": counts})
    records = pd.DataFrame({"person_id": range(len(values)), "days": values})
    return flagged(answer(table, "histogram", layout=LAYOUT, context={"value": "days"}, microdata=records))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bins", "right"),
    [(["(0, 10]", "(10, 20]", "(20, 30]"], True), (["[0, 10)", "[10, 20)", "[20, 30)"], False)],
)
def test_bins_in_the_notation_of_pandas_are_counted_anew(bins: list[str], right: bool) -> None:
    values = np.repeat([5.0, 10.0, 15.0, 20.0, 25.0], 15)
    counts = pd.cut(pd.Series(values), [0, 10, 20, 30], right=right).value_counts(sort=False).tolist()
    assert histogram(values, bins, counts) == {}
    assert ("(10, 20]" if right else "[10, 20)", "count") in histogram(values, bins, [counts[0], 12, counts[2]])


def test_a_small_bin_fails() -> None:
    values = np.array([5.0] * 20 + [15.0] * 3 + [25.0] * 20)
    found = histogram(values, ["[0, 10)", "[10, 20)", "[20, 30)"], [20, 3, 20])
    assert found == {("[10, 20)", "count"): {"threshold"}}


def test_an_outer_edge_that_is_one_persons_value_fails() -> None:
    values = np.array([0.7] + [5.0] * 19 + [15.0] * 20 + [30.0] * 20)
    found = histogram(values, ["[0.7, 10)", "[10, 20)", "[20, 30]"], [20, 20, 20])
    assert found == {("[0.7, 10)", "count"): {"histogram_edge"}}


def test_open_outer_bins_have_no_edge() -> None:
    values = np.array([0.7] + [5.0] * 19 + [15.0] * 20 + [99.9] * 20)
    assert histogram(values, ["Under 10", "10 to 20", "over 20"], [20, 20, 20]) == {}
