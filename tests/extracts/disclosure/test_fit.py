"""Fit: rows, columns, lines and notes that tell the size of a model or test are read as that, and as nothing else."""

from pathlib import Path

import pytest

from extracts.disclosure.case import check_case
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.fit import kind_of_fit, with_fit

from .cases import answer, flagged

FOOTER = """term, coef, se
const, 1.204, 0.110
age, -0.012, 0.003
Observations, 4102,
R-squared, 0.21,
Residual df, 4099,"""
BESIDE = """, Model 1, Model 2
Age, -0.04***, -0.03**
, (0.01), (0.01)
Constant, 1.20***, 0.94***
, (0.20), (0.21)
N, 1204, 980
R2, 0.11, 0.14"""
COLUMN = "model, n_obs, df_resid, r_squared\nA, 410, 402, 0.21\nB, 90, 84, 0.93"
ANOVA = "Source, Sum Sq, df, F, PR(>F)\ncourt, 120.4, 2, 7.1, 0.001\nResidual, 15320.1, 1810, ,"
ALONE = "statistic, value\nAIC, 4120.2\nLog-likelihood, -2051.1\nN, 1840\ndf, 1833"
MEASURES = "metric, value\nAUC, 0.81\nF1, 0.55\nn_test, 2000"
CHI = ", Reoffended, Did not\nProgramme, 121, 402\nComparison, 160, 371\nchi2, 5.98,\np, 0.0145,\ndf, 1,"
NOTE = '"Correlations (Pearson); N = 231"\n, age, priors\nage, 1, 0.31\npriors, 0.31, 1'
PRINTED = """                            OLS Regression Results
==============================================================================
Dep. Variable:                 frequency   R-squared:                       0.112
No. Observations:                1842   F-statistic:                     77.31
Df Residuals:                    1838   Prob (F-statistic):           1.10e-46
Df Model:                           3
==============================================================================
                 coef    std err          t      P>|t|      [0.025      0.975]
------------------------------------------------------------------------------
const          3.1200      0.210     14.857      0.000       2.708       3.532
age           -0.0410      0.006     -6.833      0.000      -0.053      -0.029
male           0.5100      0.110      4.636      0.000       0.294       0.726
=============================================================================="""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("output", "kind", "change", "where", "rule"),
    [
        (FOOTER, "regression", ("4099", "4"), ("Residual df",), "dof"),
        (BESIDE, "regression", ("980", "8"), (), "dof"),
        (COLUMN, "regression", ("84", "4"), ("B",), "dof"),
        (COLUMN, "regression", ("90", "9"), ("B",), "threshold"),
        (ANOVA, "", ("1810", "7"), ("Residual",), "dof"),
        (ALONE, "correlation", ("1833", "3"), ("df",), "dof"),
        (MEASURES, "", ("2000", "7"), (), "sample_size"),
        (CHI, "", ("121", "4"), ("Reoffended", "Programme"), "threshold"),
        (NOTE, "correlation", ("231", "7"), (), "sample_size"),
    ],
)  # fmt: skip
def test_the_size_is_found_where_it_stands(
    output: str, kind: str, change: tuple[str, str], where: tuple[str, ...], rule: str
) -> None:
    safe = answer(output, kind)
    assert (safe["verdict"], safe["findings"]) == ("pass", [])
    unsafe = answer(output.replace(*change, 1), kind)
    found = {tuple(part for part in key if part): rules for key, rules in flagged(unsafe).items()}
    assert unsafe["verdict"] in ("fail", "review") and rule in found.get(where, set()), unsafe["findings"]


@pytest.mark.slow
def test_what_a_program_prints_around_coefficients_is_the_size_of_the_model(tmp_path: Path) -> None:
    case = {"files": [{"path": "ols.txt", "role": "output"}]}
    (tmp_path / "ols.txt").write_text(PRINTED)
    assert check_case(case, tmp_path)["verdict"] == "pass"
    (tmp_path / "ols.txt").write_text(PRINTED.replace("1842", "   9").replace("1838", "   5"))
    found = check_case(case, tmp_path)
    assert found["verdict"] == "fail" and {"dof"} in flagged(found).values()


@pytest.mark.parametrize(
    "rows",
    [
        (("Theft", "12"), ("chi2", "7")),                       # whole: it may be a count
        (("Theft", "12"), ("N", "7")),                          # a total by another name
        (("Theft", "12"), ("Fraud", "30"), ("df", "7")),        # not the freedom of this table
    ],
)  # fmt: skip
def test_counts_below_a_table_are_not_taken_out_of_it(rows: tuple[tuple[str, str], ...]) -> None:
    table = Table(("offence", "count"), rows, tuple(range(2, 2 + len(rows))))
    assert with_fit(table).rows == rows


def test_labels_that_name_a_number_about_a_model() -> None:
    labels = ("No. Observations:", "Residual df", "Df Model", "chi2", "R-squared", "Prob (F-statistic)", "Theft", "")
    assert [kind_of_fit(one) for one in labels] == ["n", "df", "parameters", "test", "model", "model", "", ""]
