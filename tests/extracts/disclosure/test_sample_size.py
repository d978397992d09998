"""Correlations, tests and analyses of variance."""

from typing import Any

import pytest

from extracts.disclosure.description import FileDescription, Regression
from extracts.disclosure.layout import Layout
from extracts.disclosure.report import Verdict
from tests.extracts.disclosure.tables import NAME, checked, lines

TESTS = "test, statistic, p_value, n\nt, 2.31, 0.02, 200\nchi2, 4.51, 0.034, 150"
ANOVA = "source, df, sum_sq, f, p\ngroup, 2, 30.25, 4.25, 0.02\nresidual, 197, 700.35, ,"
MATRIX = "variable, priors, income\npriors, 1.00, 0.32\nincome, 0.32, 1.00"


def verdict(table: str, *, counts: tuple[str, ...] = (), **size: Any) -> tuple[Verdict, set[str]]:
    headings = lines(table).decode().splitlines()[0].split(",")
    layout = Layout(rows=(headings[0],), counts=counts, others=tuple(h for h in headings[1:] if h not in counts))
    report = checked(lines(table), FileDescription(NAME, "TEST", layout=layout, regression=Regression(**size)))
    return report.verdict, {finding.rule for finding in report.findings}


@pytest.mark.parametrize(
    ("table", "said", "wanted", "rule"),
    [
        (TESTS, {"counts": ("n",)}, "pass", ""),
        (TESTS.replace("150", "7"), {"counts": ("n",)}, "fail", "threshold"),
        (MATRIX, {}, "review", "sample_size"),
        (MATRIX, {"n_obs": 200}, "pass", ""),
        (MATRIX, {"n_obs": 10}, "pass", ""),
        (MATRIX, {"n_obs": 9}, "fail", "sample_size"),
        (MATRIX, {"n_obs": 20, "df_residual": 9}, "fail", "dof"),
        (ANOVA, {}, "pass", ""),
        (ANOVA.replace("197", "9"), {}, "fail", "dof"),
    ],
)
def test_results_are_of_enough_units(table: str, said: dict[str, Any], wanted: str, rule: str) -> None:
    found, rules = verdict(table, **said)
    assert (found, rules) == (Verdict(wanted), {rule} if rule else set())


def test_a_table_of_means_is_no_table_of_results() -> None:
    """Calling amounts results does not keep them from the rules on amounts."""
    assert verdict("court, mean_fine\nLeeds, 120.55\nYork, 90.25", n_obs=200)[0] == Verdict.REVIEW


def test_centres_of_clusters_need_the_size_of_each() -> None:
    table = "cluster, n, mean_age, priors\n1, 120, 31.25, 2.15\n2, 45, 24.55, 5.35"
    assert verdict(table, counts=("n",))[0] == Verdict.PASS
    assert verdict(table.replace("45", "4"), counts=("n",)) == (Verdict.FAIL, {"threshold"})
