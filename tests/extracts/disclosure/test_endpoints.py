"""Minima, maxima and ranges."""

import numpy as np
import pytest

from extracts.disclosure.rules.endpoints import unsafe_extremes
from tests.extracts.disclosure.cases import answer, flagged


def test_an_extreme_is_safe_only_where_enough_are_known_to_share_it() -> None:
    sharing = np.array([0.0, 1, 9, 10, 500, np.nan])
    assert unsafe_extremes(sharing, threshold=10).tolist() == [True, True, True, False, False, True]


@pytest.mark.parametrize("name", ["min", "maximum", "range", "upper_whisker", "outlier"])
def test_an_extreme_alone_fails(name: str) -> None:
    found = answer(f"region, n, {name}\nNorth, 300, 12.5\nSouth, 400, 13.5", "min_max")
    assert found["verdict"] == "fail"
    assert flagged(found) == {("North", name): {"min_max"}, ("South", name): {"min_max"}}


def test_a_structural_extreme_passes() -> None:
    """Nobody can be younger than the youngest who may be charged."""
    table = "region, min\nNorth, 0\nSouth, 0"
    zeros = [{"region": "North"}, {"region": "South"}]
    said = {"layout": {"form": "wide", "row_dims": ["region"], "col_dim": "measure", "measure": "min"}}
    assert answer(table, "min_max", context={"structural_zeros": zeros}, **said)["verdict"] == "pass"
    assert answer(table, "min_max", **said)["verdict"] == "fail"
