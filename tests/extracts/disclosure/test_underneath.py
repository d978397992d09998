"""Counts supplied behind a table are its own: they lead to what it shows, and evidence is about the same cells."""

from typing import Any

import numpy as np
import pytest

from extracts.disclosure.rules.underneath import ratios_of
from tests.extracts.disclosure.cases import answer, flagged

PLEAS = "area, yes, no\nLeeds, 30, 70\nYork, 50, 50\nHull, 20, 60"
EXPOSED = "exposure, outcome_yes, outcome_no\nexposed, 30, 70\nunexposed, 100, 100"


def rules(found: dict[str, Any]) -> set[str]:
    return {rule for one in flagged(found).values() for rule in one}


@pytest.mark.parametrize(
    ("table", "verdict"),
    [
        ("area, n, pct\nLeeds, 100, 30.0\nYork, 100, 50.0\nHull, 80, 25.0", "pass"),
        ("area, n, pct\nLeeds, 1000, 3.0\nYork, 100, 50.0\nHull, 80, 25.0", "review"),
        ("area, pct\nLeeds, 30.0\nYork, 50.0\nHull, 25.0", "pass"),
        ("area, pct\nBath, 30.0\nYork, 50.0\nHull, 25.0", "review"),
    ],
)
def test_percentages_are_those_of_the_counts_beneath(table: str, verdict: str) -> None:
    found = answer(table, "percentage", underlying=PLEAS)
    assert found["verdict"] == verdict, found["findings"]


@pytest.mark.parametrize(("leeds", "verdict"), [("99", "pass"), ("198", "review")])
def test_beneath_a_rate_with_its_base_may_be_numerators_alone(leeds: str, verdict: str) -> None:
    rates = "area, population, rate_per_100000\nLeeds, 28641, 345.658\nBristol, 126703, 102.602"
    layout = {
        "form": "wide", "row_dims": ["area"], "col_dim": "measure", "measure": "rate_per_100000",
        "percent_column": "rate_per_100000", "base_column": "population",
    }  # fmt: skip
    found = answer(rates, "percentage", underlying=f"area, offenders\nLeeds, {leeds}\nBristol, 130", layout=layout)
    assert found["verdict"] == verdict, found["findings"]


@pytest.mark.parametrize(
    ("heading", "value", "verdict"),
    [("odds_ratio", "0.43", "pass"), ("risk_ratio", "0.60", "pass"), ("odds_ratio", "2.33", "pass"),
     ("odds_ratio", "3.90", "review"), ("hazard_ratio", "0.55", "pass")],
)  # fmt: skip
def test_ratios_are_those_of_the_counts_beneath(heading: str, value: str, verdict: str) -> None:
    """A hazard ratio is made of times as well as of counts, so that no table of counts gives it."""
    found = answer(f"exposure, {heading}\nexposed, {value}", "odds_ratio", underlying=EXPOSED)
    assert found["verdict"] == verdict, found["findings"]


def test_the_ratios_of_a_table_are_those_of_the_textbook() -> None:
    found = ratios_of(np.array([[30.0, 70.0], [100.0, 100.0]]))
    assert any(np.isclose(found, 30 * 100 / (70 * 100)))
    assert any(np.isclose(found, (30 / 100) / (100 / 200)))


def test_counts_that_the_table_beneath_has_otherwise_are_for_a_person() -> None:
    table = "area, cases\nLeeds, 13\nYork, 28"
    assert answer(table, underlying="area, n\nLeeds, 13\nYork, 28")["verdict"] == "pass"
    assert rules(answer(table, underlying="area, n\nLeeds, 130\nYork, 280")) == {"underneath"}


CASES = "area, cases\nLeeds, 13\nYork, 280\nTotal, 293"


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        ("area, n\nLeeds, 13\nYork, 280\nTotal, 293", "pass"),
        ("area, n\nLeeds, 12\nYork, 250", "pass"),  # people behind offences, and no row for the total
        ("area, n\nLeeds, 1400\nYork, 300\nTotal, 1700", "review"),
        ("area, n\nBath, 13\nYork, 280\nTotal, 293", "review"),
        ("area, n\nBath, 1400\nBristol, 300", "review"),
        ("area, n\nLeeds, 3\nYork, 280\nTotal, 293", "fail"),
    ],
)
def test_evidence_is_of_the_counts_that_are_shown(evidence: str, verdict: str) -> None:
    found = answer(CASES, evidence=evidence)
    assert found["verdict"] == verdict, found["findings"]


@pytest.mark.parametrize(("kind", "heading"), [("quantile", "median"), ("shape", "sd")])
def test_statistics_pass_by_the_numbers_of_units_in_the_evidence(kind: str, heading: str) -> None:
    table, behind = f"area, {heading}\nLeeds, 13.5\nYork, 28.2", "area, n\nLeeds, 140\nYork, {}"
    assert answer(table, kind, evidence=behind.format(300))["verdict"] == "pass"
    assert answer(table, kind, evidence=behind.format(3))["verdict"] == "fail"
    assert answer(table, kind, evidence="area, n\nBath, 140\nYork, 300")["verdict"] == "review"


def test_a_number_beside_a_statistic_is_that_of_its_evidence() -> None:
    table = "area, n, median\nLeeds, 130, 12.5\nYork, 280, 28.5"
    assert answer(table, "quantile", evidence="area, n\nLeeds, 130\nYork, 280")["verdict"] == "pass"
    assert answer(table, "quantile", evidence="area, n\nLeeds, 1400\nYork, 280")["verdict"] == "review"
