"""Counts by another name: a description or a heading that lies about small counts is found."""

from typing import Any

import pytest

from extracts.disclosure.rules.disguised_labels import natural
from tests.extracts.disclosure.cases import answer, flagged

SIZE = {"n_obs": 400, "df_resid": 390, "k": 10}


def rules(found: dict[str, Any]) -> set[str]:
    return {rule for one in flagged(found).values() for rule in one}


def beside(heading: str, values: str, n: str = "43 80 92") -> str:
    """A table by area of one column beside the numbers of people."""
    rows = zip(("Leeds", "York", "Hull", "Kent"), values.split(), n.split(), strict=False)
    return "\n".join([f"area, {heading}, n", *(f"{area}, {value}, {size}" for area, value, size in rows)])


def long(dims: str, measure: str) -> dict[str, Any]:
    return {"form": "long", "dims": dims.split(), "measure": measure}


@pytest.mark.parametrize(
    "kind", ["quantile", "shape", "concentration", "min_max", "odds_ratio", "correlation", "cluster"]
)
@pytest.mark.parametrize("heading", ["girls", "value"])
def test_a_kind_that_lies_over_a_column_of_counts(kind: str, heading: str) -> None:
    table = beside(heading, "3 40 52")
    assert answer(table, kind, layout=long("area", heading))["verdict"] != "pass"


@pytest.mark.parametrize(
    ("heading", "values"),
    [("rank", "3 40 52"), ("rank", "3 5 3"), ("year", "3 40 52"), ("month", "3 40 52"), ("age", "3 40 3"),
     ("decile", "3 40 52"), ("group", "3 40 3"), ("code", "3 5 3"), ("quarter", "3 5 3"), ("period", "3 40 52"),
     ("offence", "3 40 3")],
)  # fmt: skip
def test_labels_whose_numbers_are_none_of_their_name(heading: str, values: str) -> None:
    found = answer(beside(heading, values), layout=long(f"area {heading}", "n"))
    assert found["verdict"] == "review"
    assert rules(found) == {"disguise"}


@pytest.mark.parametrize(
    ("heading", "values"),
    [("rank", "1 2 3"), ("rank", "1 2 2"), ("year", "2019 2020 2020"), ("month", "1 4 7"), ("decile", "3 9 3"),
     ("code", "3 40 52"), ("region_code", "2 1 2"), ("level", "0 1 2"), ("month", "201901 201902 201903"),
     ("offence code", "19 40 88")],
)  # fmt: skip
def test_labels_that_are_what_they_are_called_pass(heading: str, values: str) -> None:
    layout = {"form": "long", "dims": ["area", heading], "measure": "n"}
    assert answer(beside(heading, values), layout=layout)["verdict"] == "pass"


def test_a_column_of_labels_that_adds_up_to_its_total_is_one_of_counts() -> None:
    table = beside("code", "3 40 52 95", "43 80 92 215").replace("Kent", "Total")
    assert "disguise" in rules(answer(table, layout=long("area code", "n")))


def test_numbers_of_labels_are_natural_by_themselves() -> None:
    assert natural({"month"}, [1, 6, 12], beside_names=False)
    assert not natural({"month"}, [13, 6, 1], beside_names=False)
    assert natural({"time"}, [0, 30, 60, 90, 5], beside_names=False)


ADDS = "area, n, {}\nLeeds, 143, 3\nYork, 280, 42\nTotal, 423, 45"


@pytest.mark.parametrize("heading", ["median", "mean", "sd", "p75", "gini"])
def test_a_statistic_whose_total_is_the_sum_of_the_others_is_none(heading: str) -> None:
    evidence = "area, n, total, largest, second_largest\nLeeds, 143, 429, 20, 19\nYork, 280, 11760, 100, 90\n"
    behind = {"evidence": evidence + "Total, 423, 19035, 100, 90"} if heading == "mean" else {}
    found = answer(ADDS.format(heading), "", **behind)
    assert "disguise" in rules(found)
    assert found["verdict"] == "review"


def test_two_quantiles_that_make_up_the_number_of_people_are_counts() -> None:
    table = "area, n, median, p75\nLeeds, 43, 13, 30\nYork, 80, 38, 42\nHull, 90, 40, 50"
    assert "disguise" in rules(answer(table, "quantile"))


MODEL = "term, {}, se\nAssault, {}, 0.21\nTheft, {}, 0.11\nFraud, {}, 0.34"


@pytest.mark.parametrize(
    ("heading", "numbers"),
    [("coef", "3 41 22"), ("coef", "3.00 41.00 22.00"), ("or", "3 41 22"), ("or", "3.00 41.00 22.00"),
     ("b", "3.0 41.0 22.0")],
)  # fmt: skip
def test_coefficients_that_are_all_whole_are_for_a_person(heading: str, numbers: str) -> None:
    assert answer(MODEL.format(heading, *numbers.split()), "regression", metadata=SIZE)["verdict"] == "review"


@pytest.mark.parametrize(("heading", "numbers"), [("coef", "3.00 41.50 22.00"), ("or", "1.00 0.42 2.10")])
def test_coefficients_of_which_some_happen_to_be_whole_pass(heading: str, numbers: str) -> None:
    assert answer(MODEL.format(heading, *numbers.split()), "regression", metadata=SIZE)["verdict"] == "pass"


def test_probabilities_of_nothing_are_no_counts() -> None:
    table = "term, coef, p\nage, 0.31, 0.00\nsex, 0.25, 0.00\narea, 0.11, 1.00"
    assert answer(table, "regression", metadata=SIZE)["verdict"] == "pass"


SAFE = {
    "median days": "area, n, median_days\nLeeds, 143, 3\nYork, 280, 42\nTotal, 423, 25",
    "quartiles of days": "area, n, p25 days, median days, p75 days\nLeeds, 143, 3, 40, 80\nYork, 180, 8, 42, 90",
    "whole deviations": "area, n, sd_days\nLeeds, 143, 43\nYork, 280, 42\nHull, 192, 5",
    "a Gini in percent": "area, n, gini\nLeeds, 143, 34\nYork, 280, 40\nHull, 192, 52",
    "a Herfindahl of 10,000": "area, n, hhi\nLeeds, 143, 830\nYork, 280, 1240\nHull, 192, 990",
}


@pytest.mark.parametrize("table", SAFE.values(), ids=SAFE)
def test_whole_numbers_that_are_statistics_pass(table: str) -> None:
    found = answer(table, "")
    assert found["verdict"] == "pass", found["findings"]


def test_clusters_with_whole_centres_pass_and_with_counts_of_people_do_not() -> None:
    assert answer("cluster, n, age, sentence\n1, 130, 34, 8\n2, 40, 28, 3", "cluster")["verdict"] == "pass"
    assert answer("cluster, n, age, girls\n1, 130, 34, 3\n2, 40, 28, 12", "cluster")["verdict"] == "review"


def shares(columns: str) -> dict[str, Any]:
    return {"form": "long", "dims": ["area"], "percent_columns": columns.split(), "base_column": "n"}


@pytest.mark.parametrize(
    ("table", "columns", "verdict"),
    [
        ("area, n, girls\nLeeds, 1430, 8\nYork, 2800, 42", "girls", "review"),
        ("area, n, girls\nLeeds, 1430, 8%\nYork, 2800, 42%", "girls", "pass"),
        ("area, n, girls\nLeeds, 1430, 8.1\nYork, 2800, 42.3", "girls", "pass"),
        ("area, n, pct_girls\nLeeds, 1430, 8\nYork, 2800, 42", "pct_girls", "pass"),
        ("area, n, girls, boys\nLeeds, 1430, 8, 92\nYork, 2800, 42, 58", "girls boys", "pass"),
        ("area, n, girls\nLeeds, 1430, 28\nYork, 2800, 42", "girls", "pass"),
    ],
)
def test_percentages_that_only_the_description_calls_so(table: str, columns: str, verdict: str) -> None:
    found = answer(table, "percentage", layout=shares(columns))
    assert found["verdict"] == verdict, found["findings"]


def test_a_rank_that_a_name_has_wherever_it_stands_is_one() -> None:
    """The City is 43rd of the forces in both years; counts would not be the same again."""
    forces = {"Avon": ("1", "1"), "Kent": ("2", "2"), "City": ("43", "43")}
    safe = [
        f"{name}, {year}, {ranks[at]}, 4{at}10" for name, ranks in forces.items() for at, year in enumerate((22, 23))
    ]
    table = "force, year, rank, crimes\n" + "\n".join(safe)
    assert answer(table, "")["verdict"] == "pass"
    assert answer(table.replace("City, 23, 43", "City, 23, 4"), "")["verdict"] == "review"
