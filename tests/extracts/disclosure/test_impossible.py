"""Numbers that cannot be what their heading says are for a person."""

import pytest

from tests.extracts.disclosure.cases import answer, flagged

SIZE = {"n_obs": 400, "df_resid": 390, "k": 10}

IMPOSSIBLE = {
    "a correlation above 1": ("var, age, priors\nage, 3.1, 40.2\npriors, 40.2, 52.4", "correlation"),
    "a correlation of a pair above 1": ("pair, n, r\nage and priors, 43, 3.1\nage and days, 80, 40.2", "correlation"),
    "a probability above 1": ("term, coef, p\nTheft, 0.31, 3.1\nFraud, -0.41, 41.2", "regression"),
    "few degrees of freedom of a coefficient": (
        "term, coef, se, df\nTheft, 0.31, 0.2, 3\nFraud, -0.41, 0.1, 41", "regression"),
    "an index below that of equals": ("area, n, hhi\nLeeds, 43, 13\nYork, 80, 40", "concentration"),
    "quantiles out of order": ("area, n, p25, median\nLeeds, 143, 30.5, 13.5\nYork, 180, 8.5, 42.5", "quantile"),
    "weighted counts far below the others": ("area, n, weighted\nLeeds, 143, 3\nYork, 280, 42", "frequency"),
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_an_impossible_value_is_for_a_person(name: str) -> None:
    table, kind = IMPOSSIBLE[name]
    found = answer(table, kind, metadata=SIZE)
    assert found["verdict"] == "review", found["findings"]
    assert any("impossible" in rules for rules in flagged(found).values())


POSSIBLE = {
    "correlations": ("var, age, priors\nage, 1.00, -0.31\npriors, -0.31, 1.00", "correlation"),
    "degrees of freedom": ("term, estimate, se, df, p\nTheft, 0.31, 0.2, 390, 0.1\nFraud, -0.41, 0.1, 390, 0.2",
                           "regression"),
    "a parameter each": ("term, estimate, se, df, wald\nTheft, 0.31, 0.2, 1, 2.4\nFraud, -0.41, 0.1, 1, 16.8",
                         "regression"),
    "an analysis of variance": (
        "term, df, ss, ms, f, p\narea, 3, 120.1, 40.03, 2.2, 0.03\nResidual, 396, 7120.4, 17.98, , \n"
        "Total, 399, 7240.5, , , ", "correlation"),
    "an even index": ("area, n, hhi\nLeeds, 43, 0.03\nYork, 80, 0.04", "concentration"),
    "quantiles": ("area, n, p25, median\nLeeds, 143, 8.5, 13.5\nYork, 180, 8.5, 8.5", "quantile"),
    "weights below 1": ("area, n, weighted\nLeeds, 143, 103\nYork, 280, 142", "frequency"),
}  # fmt: skip


@pytest.mark.parametrize("name", POSSIBLE)
def test_a_value_that_may_be_passes(name: str) -> None:
    table, kind = POSSIBLE[name]
    found = answer(table, kind, metadata=SIZE)
    assert found["verdict"] == "pass", found["findings"]
