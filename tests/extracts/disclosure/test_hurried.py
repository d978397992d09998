"""Each row of the facts' table of output types, as somebody in a hurry writes it: one unsafe output and one safe."""

from typing import Any

import pytest

from tests.extracts.disclosure.cases import answer

SIZE = {"n_obs": 400, "df_resid": 390, "k": 10}
BEHIND = "grp, n, total, largest, second_largest\na, 40, 4000, {}, 90\nb, 50, 6000, 300, 290"
RESIDUALS = "\n".join(f"{n},{10 + n * 0.731:.3f},{(n * 37 % 11 - 5) / 7:.3f}" for n in range(40))

# What it is -> verdict, kind, table, what stands behind it
OUTPUTS: dict[str, tuple[Any, ...]] = {
    "a pivot table with a small cell": (
        "fail", "", "Row Labels, Guilty, Not Guilty, Grand Total\nLeeds, 45, 5, 50\nYork, 60, 40, 100"),
    "a pivot table": (
        "pass", "", "Row Labels, Guilty, Not Guilty, Grand Total\nLeeds, 45, 15, 60\nYork, 60, 40, 100"),
    "value counts with few": ("fail", "", ", count\nTheft, 120\nFraud, 44\nArson, 3"),
    "value counts": ("pass", "", ", count\nTheft, 120\nFraud, 44\nArson, 13"),
    "tabulate with few": (
        "fail", "", "plea, Freq., Percent, Cum.\nGuilty, 95, 95.00, 95.00\nNot guilty, 5, 5.00, 100.00"),
    "tabulate": (
        "pass", "", "plea, Freq., Percent, Cum.\nGuilty, 60, 60.00, 60.00\nNot guilty, 40, 40.00, 100.00\n"
                    "Total, 100, 100.00, "),
    "a rate of nearly all": ("fail", "", "area, n, % reoffended\nLeeds, 120, 97.5\nYork, 400, 31.0"),
    "a rate": ("pass", "", "area, n, % reoffended\nLeeds, 120, 57.5\nYork, 400, 31.0"),
    "weighted counts of few": ("fail", "", "grp, wtd n, unwtd n\na, 3400, 4\nb, 5200, 60"),
    "weighted counts": ("pass", "", "grp, wtd n, unwtd n\na, 3400, 44\nb, 5200, 60"),
    "an average that one dominates": (
        "fail", "magnitude", "grp, Avg. fine (£)\na, 100.0\nb, 120.0", {"evidence": BEHIND.format(3700)}),
    "an average": ("pass", "magnitude", "grp, Avg. fine (£)\na, 100.0\nb, 120.0", {"evidence": BEHIND.format(300)}),
    "the summary of a variable with extremes": (
        "fail", "", "Variable, Obs, Mean, Std. Dev., Min, Max\ndays, 200, 113.2, 56.5, 22.5, 354.7"),
    "ranges in words": ("review", "", "grp, n, age range\na, 40, 18-91\nb, 50, 19-77"),
    "bands in words": ("pass", "", "grp, age range, n\na, 18-30, 40\na, 31-77, 50\nb, 18-30, 40\nb, 31-77, 45"),
    "a far percentile": ("fail", "", "grp, n, 99th centile\na, 150, 10.5\nb, 160, 11.2"),
    "a near percentile": ("pass", "", "grp, n, 90th centile\na, 150, 10.5\nb, 160, 11.2"),
    "a deviation of few": ("fail", "", "grp, N, St.Dev\na, 5, 3.2\nb, 60, 3.4"),
    "a deviation": ("pass", "", "grp, N, St.Dev\na, 55, 3.2\nb, 60, 3.4"),
    "breaks with a small bin": (
        "fail", "histogram", "breaks, density, counts\n0, 0.01, 3\n10, 0.02, 40\n20, 0.03, 60"),
    "coefficients of few": (
        "fail", "regression", "Variable, Coefficient, Std. Error, Prob.\nC, 0.51, 0.21, 0.02\nAGE, -0.22, 0.11, 0.04",
        {"metadata": {"n_obs": 8, "df_resid": 6}}),
    "coefficients": (
        "pass", "regression", "Variable, Coefficient, Std. Error, Prob.\nC, 0.51, 0.21, 0.02\nAGE, -0.22, 0.11, 0.04",
        {"metadata": SIZE}),
    "odds with an interval": (
        "pass", "regression", "term, OR, 2.5 %, 97.5 %, p\nage, 1.02, 1.01, 1.03, 0.01\npriors, 1.42, 1.21, 1.66, 0.02",
        {"metadata": SIZE}),
    "residuals beside their numbers": ("fail", "", f"obs,fitted,resid\n{RESIDUALS}"),
    "a correlation of few": ("fail", "correlation", "pair, r, n\nage-days, 0.31, 6\nage-priors, 0.22, 90"),
    "a correlation": ("pass", "correlation", "pair, r, n\nage-days, 0.31, 60\nage-priors, 0.22, 90"),
    "a curve with single steps": (
        "fail", "", "t, n.risk, n.event, survival\n1, 40, 1, 0.975\n2, 39, 1, 0.95\n3, 38, 1, 0.925"),
    "a curve": (
        "pass", "", "t, n.risk, n.event, survival\n6, 400, 30, 0.925\n12, 370, 40, 0.825\n18, 330, 30, 0.75"),
    "a Gini of few": ("fail", "", "area, N firms, Gini\nA, 4, 0.3\nB, 40, 0.4"),
    "a Gini": ("pass", "", "area, N firms, Gini\nA, 44, 0.3\nB, 40, 0.4"),
    "clusters of few": ("fail", "", "cluster, size, mean age, mean priors\n1, 3, 34.1, 2.2\n2, 90, 28.3, 1.1"),
    "clusters": (
        "pass", "cluster", "cluster, size, centre_age, centre_priors\n1, 33, 34.1, 2.2\n2, 90, 28.3, 1.1"),
    "a map of few": ("fail", "", "LSOA11CD, crimes\nE01000001, 3\nE01000002, 44"),
    "a map": ("pass", "", "LSOA11CD, n\nE01000001, 30\nE01000002, 44"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_in_other_words(name: str) -> None:
    verdict, kind, table, *behind = OUTPUTS[name]
    found = answer(table, kind, **(behind[0] if behind else {}))
    assert found["verdict"] == verdict, found["findings"]


LOOK_ALIKES = {
    "quarters across": "area, Q1, Q2, Q3, Q4\nA, 30, 40, 50, 60\nB, 33, 44, 55, 66",
    "quarters of years across": "area, 2019 Q1, 2019 Q2, 2019 Q3\nA, 30, 40, 50\nB, 33, 44, 55",
    "quarters down": "quarter, n\nQ1, 30\nQ2, 40\nQ3, 50\nQ4, 60",
    "one or more": "area, none, one, 2 or more\nA, 30, 40, 50\nB, 33, 44, 55",
    "a group with an or": "area, White, Black or Black British, Other\nA, 30, 40, 50\nB, 33, 44, 55",
    "numbers up to a band": "priors, n\n0, 144\n1, 55\n2, 30\n3-5, 40\n6+, 20",
    "running totals": "year, n, cum n\n2018, 100, 100\n2019, 120, 220\n2020, 140, 360",
    "the oldest child": "order, n\noldest child, 300\nyoungest child, 400",
    "times of day": "area, peak, off-peak\nA, 300, 400\nB, 330, 440",
}


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_an_ordinary_table_whose_words_mislead_passes(name: str) -> None:
    found = answer(LOOK_ALIKES[name], "")
    assert found["verdict"] == "pass", found["findings"]


@pytest.mark.parametrize("name", ["quarters across", "one or more", "a group with an or", "numbers up to a band"])
def test_the_same_table_with_a_small_count_fails(name: str) -> None:
    table = (
        LOOK_ALIKES[name].replace("144", "4") if "144" in LOOK_ALIKES[name] else LOOK_ALIKES[name].replace(" 30", " 3")
    )
    assert answer(table, "")["verdict"] == "fail"


def test_quartiles_down_are_no_quarters() -> None:
    assert answer("stat, days\nq1, 30.5\nq3, 40.5", "")["verdict"] != "pass"
