"""What kind of number a name stands for."""

import pytest

from extracts.disclosure.reading.statistics import is_range, kind_of_statistic, position_of, said_out_of

KINDS = """
    count     n N count nobs observations
    mean      mean Average avg_income
    total     sum total_income
    shape     sd std_dev variance skewness kurtosis standard_deviation
    position  median p95 q1 95% 10th_percentile IQR interquartile_range inter-quartile_range
    endpoint  min MAX range lowest upper_whisker outliers
    mode      mode modal_value
    index     gini HHI herfindahl
"""


@pytest.mark.parametrize(
    ("name", "kind"), [(name, line.split()[0]) for line in KINDS.strip().splitlines() for name in line.split()[1:]]
)
def test_a_name_stands_for_a_kind(name: str, kind: str) -> None:
    assert kind_of_statistic(name) == kind


@pytest.mark.parametrize("name", ["court", "2010", "16-24", "Theft", "", "95", "year"])
def test_labels_are_no_statistics(name: str) -> None:
    assert kind_of_statistic(name) == ""


@pytest.mark.parametrize(
    ("name", "share"),
    [("median", 0.5), ("p5", 0.05), ("p97.5", 0.975), ("q3", 0.75), ("q0.9", 0.9), ("25%", 0.25), ("mean", None)],
)
def test_a_quantile_has_its_share_below(name: str, share: float | None) -> None:
    assert position_of(name) == share


def test_a_range_is_one_of_values_and_not_of_quartiles() -> None:
    assert [is_range(name) for name in ("range", "days range", "interquartile range", "max")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("heading", "out_of"),
    [("rate per 1,000", 1e3), ("rate_per_100000", 1e5), ("per_100k", 1e5), ("per 1 million", 1e6), ("pct", None)],
)
def test_a_rate_says_what_it_is_out_of(heading: str, out_of: float | None) -> None:
    assert said_out_of(heading) == out_of
