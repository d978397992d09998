"""Degrees of freedom: models must leave enough, and their size must be known."""

import pytest

from tests.extracts.disclosure.cases import answer

from .tables import found, model


@pytest.mark.parametrize(
    ("size", "verdict"),
    [
        ({"df_residual": 10},                                   "pass"),
        ({"df_residual": 9},                                    "fail"),
        ({"n_obs": 15, "parameters": 5},                        "pass"),
        ({"n_obs": 15, "parameters": 6},                        "fail"),
        ({"n_obs": 15, "parameters": 5, "df_residual": 200},    "pass"),
        ({"n_obs": 12, "parameters": 5, "df_residual": 200},    "fail"),  # the smaller of the two counts
        ({"n_obs": 5, "parameters": 9},                         "fail"),
        ({"n_obs": 15},                                         "review"),
        ({"parameters": 5},                                     "review"),
        ({},                                                    "review"),
    ],
)  # fmt: skip
def test_residual_degrees_of_freedom(size: dict[str, int], verdict: str) -> None:
    report = model(**size)
    assert report.verdict == verdict
    assert found(report, "dof") == ([] if verdict == "pass" else [""])


def test_a_known_size_is_better_evidence_than_none() -> None:
    assert str(model(df_residual=10).files[0].evidence) == "B"
    assert str(model().files[0].evidence) == "C"


@pytest.mark.parametrize("label", ["N", "Observations", "No. of obs", "nobs"])
@pytest.mark.parametrize(("size", "verdict"), [("8", "fail"), ("120", "review"), ("400", "pass")])
def test_the_size_below_the_coefficients_is_the_one_that_counts(label: str, size: str, verdict: str) -> None:
    table = f"term, coef, se\nage, 0.21, 0.10\nsex, -0.11, 0.12\n{label}, {size}, "
    checked = answer(table, "regression", metadata={"n_obs": 400, "df_resid": 397})
    assert checked["verdict"] == verdict, checked["findings"]
