"""The most frequent value."""

import pandas as pd
import pytest

from tests.extracts.disclosure.cases import answer, flagged


@pytest.mark.parametrize(
    ("having", "others", "verdict"),
    [(60, 40, "pass"), (89, 11, "pass"), (90, 10, "fail"), (100, 0, "fail"), (9, 8, "fail")],
)
def test_a_mode_is_safe_where_ten_have_it_and_fewer_than_nine_in_ten(having: int, others: int, verdict: str) -> None:
    values = [2020] * having + [2021 + number % max(others // 4, 1) for number in range(others)]
    records = pd.DataFrame({"person_id": range(len(values)), "grp": "a", "year": values})
    said = {
        "layout": {"form": "wide", "row_dims": ["grp"], "col_dim": "measure", "measure": "mode"},
        "context": {"unit": "person_id", "value": "year", "statistic": "mode"},
    }
    found = answer("grp, mode\na, 2020", "mode", microdata=records, **said)
    assert found["verdict"] == verdict, found["findings"]
    assert ("mode" in flagged(found).get(("a", "mode"), set())) == (verdict == "fail")


def test_a_mode_of_an_unknown_number_is_for_a_person() -> None:
    assert answer("grp, n, mode\na, 100, 3\nb, 200, 4", "mode")["verdict"] == "review"
