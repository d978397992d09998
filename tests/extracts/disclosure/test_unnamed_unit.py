"""Where nobody says what tells people apart, a column that may do so is not passed over."""

import pandas as pd
import pytest

from tests.extracts.disclosure.cases import answer, flagged

LAYOUT = {"form": "long", "dims": ["area"], "measure": "n"}


def records(people: int, heading: str = "pers_ref", rows: int = 60) -> pd.DataFrame:
    """So many rows of so many people, in two areas."""
    return pd.DataFrame(
        {heading: [f"X{row % people:04}" for row in range(rows)], "area": ["ab"[row % 2] for row in range(rows)]}
    )


def verdict(made: pd.DataFrame, **context: str) -> str:
    table = made.groupby("area").size().rename("n").reset_index()
    return str(answer(table, layout=LAYOUT, microdata=made, context=context)["verdict"])


@pytest.mark.parametrize(
    "heading",
    ["pers_ref", "case_id", "subject", "pseudonym", "hash", "Defendant", "ref", "study_no", "pupil_id", "uid"],
)
def test_many_rows_of_few_people_are_for_a_person(heading: str) -> None:
    assert verdict(records(6, heading)) != "pass"


@pytest.mark.parametrize("people", [40, 60])
def test_rows_of_enough_people_pass_whatever_the_unit_is(people: int) -> None:
    assert verdict(records(people)) == "pass"


@pytest.mark.parametrize("heading", ["offence", "no_of_priors", "sex", "plea", "number of children", "sentence"])
def test_columns_that_number_nobody_say_nothing(heading: str) -> None:
    assert verdict(records(6, heading)) == "pass"


@pytest.mark.slow
def test_a_unit_that_is_a_row_does_not_hide_the_person_beside_it() -> None:
    made = records(6, "defendant_id").assign(row_no=range(60))
    assert verdict(made, unit="row_no") == "review"
    assert verdict(made.assign(defendant_id=range(60)), unit="row_no") == "pass"


def test_the_people_are_named_and_the_cell_is_not() -> None:
    made = records(6)
    table = made.groupby("area").size().rename("n").reset_index()
    found = answer(table, layout=LAYOUT, microdata=made)
    assert flagged(found) == {(): {"unit"}}
    assert "pers_ref" in found["findings"][0]["explanation"]
