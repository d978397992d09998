"""Columns that a case calls sensitive are found by their meaning, not by their letters."""

import pytest

from extracts.disclosure.same_variable import is_named
from tests.extracts.disclosure.cases import answer


@pytest.mark.parametrize(
    ("name", "said"),
    [("Ethnic group", "ethnicity"), ("ethnicity", "Ethnic_Group"), ("EthnicGroup", "ethnic-group"),
     ("Ethnicities", "ethnicity"), ("Disabled", "disability"), ("DISABILITIES", "disability"),
     ("Religious group", "religion"), ("Ethnicity of the victim", "ethnicity"), ("offences", "offence"),
     ("ethnicity_18plus1", "ethnicity")],
)  # fmt: skip
def test_two_spellings_of_one_variable(name: str, said: str) -> None:
    assert is_named(name, [said])


@pytest.mark.parametrize(
    ("name", "said"),
    [("sexual orientation", "sex"), ("date", "data"), ("area", "age"), ("average days", "age"), ("group", "ethnicity"),
     ("ethnicity", ""), ("plea", "ethnicity of the victim")],
)  # fmt: skip
def test_names_of_other_variables(name: str, said: str) -> None:
    assert not is_named(name, [said])


@pytest.mark.parametrize("heading", ["Ethnic group", "ethnicity", "ETHNIC_GROUP", "ethnic groups"])
def test_a_sensitive_column_takes_the_stricter_threshold_however_it_is_spelt(heading: str) -> None:
    table = f"{heading}, n\nAsian, 13\nBlack, 40\nWhite, 52"
    assert answer(table, context={"sensitive": ["Ethnicity"]})["verdict"] == "fail"
    assert answer(table, context={"sensitive": ["plea"]})["verdict"] == "pass"


@pytest.mark.slow
def test_a_sensitive_dimension_across_is_found_too() -> None:
    table = "area, White, Black\nLeeds, 53, 15\nYork, 40, 25"
    layout = {"form": "wide", "row_dims": ["area"], "col_dim": "Ethnic group", "measure": "count"}
    assert answer(table, layout=layout, context={"sensitive": ["ethnicity"]})["verdict"] == "fail"
