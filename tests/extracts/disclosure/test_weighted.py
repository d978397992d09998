"""Weighted counts."""

import pandas as pd
import pytest

from tests.extracts.disclosure.cases import answer, flagged

TABLE = "region, weighted_count, n\nNorth, 12000, 40\nSouth, 15000, 50"


@pytest.mark.parametrize(
    ("table", "verdict"),
    [
        (TABLE, "pass"),
        (TABLE.replace("40", "4"), "fail"),
        ("region, weighted_count\nNorth, 12000\nSouth, 15000", "review"),
    ],
)
def test_weighted_counts_are_judged_by_the_units_beside_them(table: str, verdict: str) -> None:
    assert answer(table)["verdict"] == verdict


@pytest.mark.parametrize(("size", "verdict"), [(40, "pass"), (4, "fail")])
def test_weighted_counts_are_judged_by_the_units_of_the_records(size: int, verdict: str) -> None:
    records = pd.DataFrame(
        {"person_id": range(size + 50), "region": ["North"] * size + ["South"] * 50, "weight": 300.0}
    )
    table = records.groupby("region")["weight"].sum().rename("weighted_count").reset_index()
    found = answer(table, context={"unit": "person_id"}, microdata=records)
    assert found["verdict"] == verdict, found["findings"]
    assert set(flagged(found)) == ({("North", "weighted_count")} if verdict == "fail" else set())
