"""Indices of concentration."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.rules.concentration import share_of_largest
from tests.extracts.disclosure.cases import answer, flagged


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30), st.booleans())
def test_the_largest_share_lies_where_the_index_says(amounts: list[float], percent: bool) -> None:
    shares = np.array(amounts) / sum(amounts)
    index = (shares**2).sum() * (10_000 if percent and len(amounts) < 5_000 else 1)
    if percent and index <= 1:
        return
    low, high = share_of_largest(np.array([min(index, 10_000.0 if percent else 1.0)]))
    assert low[0] <= shares.max() + 1e-9
    assert shares.max() <= high[0] + 1e-9


@pytest.mark.parametrize(
    ("table", "verdict", "rule"),
    [
        ("region, n, gini\nN, 40, 0.42", "pass", ""),
        ("region, n, gini\nN, 4, 0.42", "fail", "threshold"),
        ("region, gini\nN, 0.42", "review", "concentration"),
        ("region, n, hhi\nN, 40, 0.12", "pass", ""),
        ("region, n, hhi\nN, 40, 0.55", "review", "concentration"),
        ("region, n, hhi\nN, 40, 0.95", "fail", "nk"),
        ("region, n, hhi\nN, 40, 9500.5", "fail", "nk"),
    ],
)
def test_an_index_needs_units_and_no_one_who_holds_nearly_all(table: str, verdict: str, rule: str) -> None:
    found = answer(table, "concentration")
    assert found["verdict"] == verdict, found["findings"]
    assert rule in {"", *(one for rules in flagged(found).values() for one in rules)}


@pytest.mark.parametrize(("largest", "verdict"), [(300.0, "pass"), (1e6, "fail")])
def test_the_records_say_who_holds_what(largest: float, verdict: str) -> None:
    value = [*np.linspace(100, 200, 39), largest]
    records = pd.DataFrame({"person_id": range(40), "region": "N", "value": value})
    said = {"layout": {"form": "long", "dims": ["region"], "measure": "gini"}, "context": {"value": "value"}}
    found = answer("region, gini\nN, 0.42", "concentration", microdata=records, **said)
    assert found["verdict"] == verdict
    assert flagged(found) == ({} if verdict == "pass" else {("N", "gini"): {"nk"}})
