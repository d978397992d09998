"""Minima, maxima and ranges."""

import numpy as np
import pandas as pd
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


@pytest.mark.parametrize(
    "heading",
    ["P100", "P0", "q0", "longest", "shortest", "youngest", "oldest", "range", "biggest", "top", "lowest_age",
     "100th percentile", "longest sentence", "maximal"],
)  # fmt: skip
def test_an_extreme_by_another_name_fails(heading: str) -> None:
    found = answer(f"area, n, {heading}\nLeeds, 143, 77\nYork, 140, 88", "")
    assert {rule for one in found["findings"] for rule in one["rules"]} == {"min_max"}


@pytest.mark.parametrize("heading", ["rank", "age range", "youngest"])
def test_labels_that_hold_such_a_word_are_no_extremes(heading: str) -> None:
    assert answer(f"{heading}, n\nfirst group, 143\nsecond group, 140", "")["verdict"] == "pass"


@pytest.mark.slow
@pytest.mark.parametrize(("heading", "shown"), [("longest", 450), ("youngest", 10)])
def test_an_extreme_by_another_name_is_compared_with_the_records(heading: str, shown: int) -> None:
    records = pd.DataFrame({"person_id": range(80), "area": "a", "days": [10] * 30 + [20, 200] + [450] * 48})
    said = {"layout": {"form": "wide", "row_dims": ["area"], "col_dim": "measure", "measure": heading},
            "context": {"unit": "person_id", "value": "days"}}  # fmt: skip
    assert answer(f"area, {heading}\na, {shown}", "min_max", microdata=records, **said)["verdict"] == "pass"
    assert answer(f"area, {heading}\na, 20", "min_max", microdata=records, **said)["verdict"] == "fail"


@pytest.mark.parametrize("heading", ["Eldest victim (years)", "Top sentence (months)"])
def test_other_words_for_the_largest_are_extremes_too(heading: str) -> None:
    assert answer(f"court, n, {heading}\nDover, 120, 61\nHove, 150, 54", "")["verdict"] == "fail"
