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


def offences(shares: dict[str, int]) -> pd.DataFrame:
    kinds = [kind for kind, number in shares.items() for _ in range(number)]
    return pd.DataFrame({"person_id": range(len(kinds)), "area": "Leeds", "offence": kinds})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shares", "verdict"),
    [
        ({"Theft": 60, "Fraud": 40}, "pass"),
        ({"Theft": 95, "Fraud": 5}, "fail"),
        ({"Theft": 100}, "fail"),
        ({"Theft": 9, "Fraud": 8, "Arson": 8}, "fail"),
        ({"Fraud": 60, "Arson": 40}, "fail"),  # nobody has what is shown
    ],
)
@pytest.mark.parametrize("heading", ["mode", "modal offence", "most common offence"])
def test_the_most_frequent_text_is_judged_as_the_most_frequent_number_is(
    shares: dict[str, int], verdict: str, heading: str
) -> None:
    said = {
        "layout": {"form": "wide", "row_dims": ["area"], "col_dim": "measure", "measure": heading},
        "context": {"unit": "person_id", "value": "offence", "statistic": "mode"},
    }
    found = answer(f"area, {heading}\nLeeds, theft", "mode", microdata=offences(shares), **said)
    assert found["verdict"] == verdict, found["findings"]


@pytest.mark.parametrize("heading", ["mode", "Most common offence", "modal plea"])
def test_a_most_frequent_text_of_an_unknown_number_is_for_a_person(heading: str) -> None:
    found = answer(f"area, n, {heading}\nLeeds, 43, Arson\nYork, 44, Fraud", "")
    assert [one["rules"] for one in found["findings"]] == [["mode"], ["mode"]]


def test_a_mode_of_trial_is_a_label() -> None:
    assert answer("mode of trial, n\nSummary, 43\nIndictment, 44", "")["verdict"] == "pass"
