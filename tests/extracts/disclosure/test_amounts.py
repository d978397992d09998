"""Sums of money and time are known by their words, however the table lies; counts that resemble them pass."""

from typing import Any

import pytest

from tests.extracts.disclosure.cases import answer

WORDS = ("takings|turnover|value|costs|fines|fine|compensation|days served|days_served|hours|mean|average|expenditure|"
         "revenue|profit|damages|payments|sales|wages|£|loss")  # fmt: skip


def wide(measure: str) -> dict[str, Any]:
    return {"form": "wide", "row_dims": ["area"], "col_dim": "region", "measure": measure}


@pytest.mark.slow
@pytest.mark.parametrize("word", WORDS.split("|"))
def test_amounts_are_not_counts_whichever_way_the_table_lies(word: str) -> None:
    """Long, with the word as what a wide table holds, with years beside it in the headings, and on the table's side."""
    assert answer(f"area, {word}\nLeeds, 1300\nYork, 2800", "")["verdict"] == "review"
    assert answer("area, North, South\nLeeds, 1300, 200\nYork, 2800, 300", layout=wide(word))["verdict"] == "review"
    assert answer(f"area, {word} 2019, {word} 2020\nLeeds, 1300, 200\nYork, 2800, 300", "")["verdict"] == "review"
    assert answer(f"measure, Leeds, York\nn, 130, 280\n{word}, 1300, 2000", "")["verdict"] == "review"


SAFE = {
    "disposals": "area, Fine, Compensation, Custody\nLeeds, 130, 20, 44\nYork, 280, 30, 55",
    "tenures": "area, Owned, Rent, Other\nLeeds, 130, 20, 44\nYork, 280, 30, 55",
    "motives": "area, Money, Drugs, Savings\nLeeds, 130, 20, 44\nYork, 280, 30, 55",
    "sentence lengths": "area, under 6 months, 6-12 months, over 2 years\nLeeds, 130, 20, 44\nYork, 280, 30, 55",
    "bands of money": "area, £1-£100, £101-£500, over £500\nLeeds, 130, 20, 44\nYork, 280, 30, 55",
    "years across": "area, 2019, 2020\nLeeds, 130, 20\nYork, 280, 30",
    "counts of fines": "area, count_fines\nLeeds, 130\nYork, 280",
    "reasons": "reason, n\nCost, 130\nTime, 280\nOther, 40",
    "variables": "variable, category, n\nIncome, low, 130\nIncome, high, 280\nAge, old, 40\nAge, young, 60",
    "damage": "offence, n\nCriminal damage, 130\nTheft, 280",
    "totals": "area, Men, Women, Total\nLeeds, 130, 20, 150\nYork, 280, 30, 310",
}


@pytest.mark.parametrize("table", SAFE.values(), ids=SAFE)
def test_counts_that_resemble_amounts_pass(table: str) -> None:
    found = answer(table, "")
    assert found["verdict"] == "pass", found["findings"]


@pytest.mark.parametrize("heading", ["Theft", "n"])
def test_two_columns_under_one_heading_are_for_a_person(heading: str) -> None:
    table = f"area, {heading}, {heading}\nLeeds, 130, 20\nYork, 280, 30"
    assert answer(table, "")["verdict"] == "review"
    assert answer(table, layout={"form": "long", "dims": ["area"], "measure": heading})["verdict"] == "review"


@pytest.mark.parametrize(
    "heading",
    ["Drugs seized (kg)", "Unpaid work (hours)", "Hours of unpaid work", "Days lost to sickness", "Costs awarded",
     "Unpaid fines balance", "Value of goods stolen"],
)  # fmt: skip
def test_a_heading_that_says_what_is_measured_is_of_an_amount(heading: str) -> None:
    assert answer(f"area, {heading}\nLeeds, 1300\nYork, 2800", "")["verdict"] == "review"
    assert answer("area, defendants (all)\nLeeds, 1300\nYork, 2800", "")["verdict"] == "pass"


def test_outcomes_that_may_be_sums_are_groups_beside_others() -> None:
    counts = "outcome, cases\nCustody, 430\nFine, 158\nCompensation, 73\ntotal, 661"
    assert answer(counts, "")["verdict"] == "pass"
    assert answer(counts.replace("73", "7").replace("661", "595"), "")["verdict"] == "fail"


def test_the_two_variables_of_a_correlation_are_no_measures_of_a_table_on_its_side() -> None:
    assert answer("var1, var2, r, n\nfine, income, 0.21, 668\nincome, costs, -0.10, 772", "")["verdict"] == "pass"
    assert answer("variable, Leeds, York\nn, 130, 280\nturnover, 1300, 2000", "")["verdict"] == "review"
