"""Kinds of case whose tables need more than their headings: tests, clusters, plots, rates, shares with counts."""

import numpy as np
import pytest

from tests.extracts.disclosure.cases import answer

COUNTS = "court, Theft, Fraud\nLeeds, 20, 30\nYork, 25, 45"
SHARES = {"form": "wide", "row_dims": ["court"], "col_dim": "offence", "measure": "percent"}
RATE = {"form": "wide", "row_dims": ["region"], "col_dim": "measure", "base_column": "people"}


@pytest.mark.parametrize(
    ("kind", "table", "said", "verdict"),
    [
        ("correlation", "variable, age, income\nage, 1.00, 0.32\nincome, 0.32, 1.00",
         {"metadata": {"n_obs": 200}}, "pass"),
        ("correlation", "variable, age, income\nage, 1.00, 0.32\nincome, 0.32, 1.00", {}, "review"),
        ("correlation", "test, statistic, df, p, n\nt, 2.31, 198, 0.02, 200", {}, "pass"),
        ("cluster", "cluster, n, mean_age\n1, 120, 31.2\n2, 45, 24.5", {}, "pass"),
        ("cluster", "cluster, n, mean_age\n1, 120, 31.2\n2, 4, 24.5", {}, "fail"),
        ("percentage", "court, Theft, Fraud\nLeeds, 40.0, 60.0\nYork, 35.7, 64.3",
         {"layout": SHARES, "underlying": COUNTS}, "pass"),
        ("percentage", "court, Theft, Fraud\nLeeds, 40.0, 60.0\nYork, 30.0, 70.0",
         {"layout": SHARES, "underlying": COUNTS}, "review"),
        ("percentage", "region, people, rate_per_1000\nN, 4000, 0.75\nS, 5000, 40.2",
         {"layout": {**RATE, "percent_column": "rate_per_1000"}}, "fail"),
        ("percentage", "region, people, rate_per_1000\nN, 4000, 30.5\nS, 5000, 40.2",
         {"layout": {**RATE, "percent_column": "rate_per_1000"}}, "pass"),
    ],
)  # fmt: skip
def test_kinds(kind: str, table: str, said: dict[str, object], verdict: str) -> None:
    found = answer(table, kind, **said)
    assert found["verdict"] == verdict, found["findings"]


@pytest.mark.parametrize(("kind", "headings"), [("scatter", "x, y"), ("regression", "fitted, resid")])
def test_points_fail(kind: str, headings: str) -> None:
    dots = np.random.default_rng(3).normal(size=(60, 2)).round(4)
    table = headings + "\n" + "\n".join(f"{x}, {y}" for x, y in dots)
    assert answer(table, kind)["verdict"] == "fail"
