"""Coefficients are the best there are, and the groups behind them are counted."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from extracts.disclosure.workspace.gatehouse_sdc import CannotMake
from tests.extracts.disclosure.workspace.people import session, some, written


def matrix_of(records: pd.DataFrame) -> np.ndarray:
    """A constant, age, and Fraud and Drugs against Theft, as one would write them by hand."""
    columns = [np.ones(len(records)), records["age"], records["offence"] == "Fraud", records["offence"] == "Drugs"]
    return np.column_stack([np.asarray(column, dtype=float) for column in columns])


@pytest.mark.parametrize("seed", range(2))
def test_least_squares_is_that_of_the_normal_equations(tmp_path, seed):
    records = some(seed, 200)
    output = session(tmp_path, records).regression("days", ["age", "offence"])
    complete = records.dropna(subset=["days"])
    x, y = matrix_of(complete), complete["days"].to_numpy()
    inverse = np.linalg.inv(x.T @ x)
    theirs = inverse @ x.T @ y
    errors = np.sqrt(np.diag(inverse) * ((y - x @ theirs) ** 2).sum() / (len(y) - 4))
    assert list(output.frame["term"]) == ["const", "age", "offence=Fraud", "offence=Drugs"]
    np.testing.assert_allclose(output.frame["coef"], theirs)
    np.testing.assert_allclose(output.frame["se"], errors)
    np.testing.assert_allclose(output.frame["t"], theirs / errors)
    assert output.case["context"]["populations"][0]["filter"] == "days is not null"


@pytest.mark.parametrize("kind", ["logit", "probit"])
def test_no_other_coefficients_are_likelier_and_errors_are_those_of_the_curvature(tmp_path, kind):
    records = some(3, 300)
    output = session(tmp_path, records).regression("guilty", ["age", "offence"], kind=kind)
    x, y = matrix_of(records), records["guilty"].to_numpy(dtype=float)
    x[:, 1] /= 100  # so that the numeric optimiser has an easy task
    link = stats.logistic.logcdf if kind == "logit" else stats.norm.logcdf

    def unlikely(b):
        return -link((2 * y - 1) * (x @ b)).sum()

    best = optimize.minimize(unlikely, np.zeros(4), method="BFGS", options={"gtol": 1e-8})
    scale = np.array([1, 100, 1, 1])
    np.testing.assert_allclose(output.frame["coef"] * scale, best.x, rtol=1e-4, atol=1e-5)
    steps = np.eye(4) * 1e-3
    corners = [[[unlikely(best.x + p * a + q * b) for p in (1, -1) for q in (1, -1)] for a in steps] for b in steps]
    curvature = np.array(corners) @ [1, -1, -1, 1] / 4e-6
    np.testing.assert_allclose(output.frame["se"] * scale, np.sqrt(np.diag(np.linalg.inv(curvature))), rtol=1e-3)


def test_groups_behind_a_model_are_counted_in_units(tmp_path):
    records = some(4, 120)
    output = session(tmp_path, records).regression("guilty", ["age", "offence"], kind="logit", name="model")
    groups = output.behind.set_index("term")
    people = records.groupby("offence", observed=True)["person_id"].nunique()
    assert {term: groups.loc[f"offence={term}", "n"] for term in people.index} == people.to_dict()
    assert groups.loc["outcome", "n"] == records[records["guilty"]]["person_id"].nunique()
    size = json.loads((tmp_path / "outputs" / "model_size.json").read_text())
    assert (size["model"], size["n_obs"], size["k"], size["df_resid"]) == ("logit", 120, 4, 116)
    assert size["n_units"] == records["person_id"].nunique() and size["saturated"] is False
    assert size["categories"]["offence"] == people.to_dict()
    assert size["categories"]["outcome"] == {"1": groups.loc["outcome", "n"], "0": groups.loc["outcome", "rest"]}


def test_a_group_of_one_and_a_saturated_model_are_noted(tmp_path):
    records = pd.DataFrame({"id": range(40), "y": np.arange(40.0), "g": ["a"] * 39 + ["b"]})
    output = session(tmp_path, records, unit="id").regression("y", "g")
    assert output.notes == [
        "2 terms of 0/1 columns have groups below 10.",
        "The model is saturated: its predictions are the averages of groups.",
    ]
    assert output.behind.to_dict("records") == [
        {"term": "g=b", "n": 1, "rest": 39},
        {"term": "g=a", "n": 39, "rest": 1},
    ]
    assert "g=b" in repr(output) and " !" in repr(output)


def test_models_that_cannot_be_fitted_are_refused(tmp_path):
    records = some(5).assign(twice=lambda data: data["age"] * 2, certain=lambda data: data["age"] > 50)
    outputs = session(tmp_path, records)
    with pytest.raises(CannotMake, match="follow from others"):
        outputs.regression("days", ["age", "twice"])
    with pytest.raises(CannotMake, match="perfectly predicted"):
        outputs.regression("certain", ["age"], kind="logit")
    with pytest.raises(CannotMake, match="must be 0 or 1"):
        outputs.regression("days", ["age"], kind="probit")
    with pytest.raises(CannotMake, match="use fitted"):
        outputs.regression("days", ["age"], kind="cox")


def test_a_fitted_model_is_written_as_it_is(tmp_path):
    """The object has what statsmodels' results have, by statsmodels' names."""
    records = some(6)
    x = matrix_of(records)
    own = SimpleNamespace(exog=x, endog=records["age"], exog_names=["const", "age", "fraud", "drugs"], endog_names="y")
    result = SimpleNamespace(model=own, params=np.array([math.pi, -1 / 3, 2.0, 1e-7]), bse=np.ones(4), df_resid=56.0)
    output = session(tmp_path, records).fitted(result)
    assert list(written(tmp_path, output)["coef"].astype(float)) == [math.pi, -1 / 3, 2.0, 1e-7]
    assert output.behind.set_index("term")["n"].to_dict() == {"fraud": x[:, 2].sum(), "drugs": x[:, 3].sum()}
    assert "Groups are counted in records, not by person_id." in output.notes
    with pytest.raises(CannotMake, match="no result of a statsmodels regression"):
        session(tmp_path, records).fitted(object())
