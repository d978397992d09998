"""Threshold: counts, counts that percentages and signs imply, and contributors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.policy import SRS_10, Policy
from extracts.disclosure.rules.threshold import narrow_counts, unsafe_counts

from .tables import amounts, counts, found, of_rule, shares

STRICT = Policy("strict", "1", zeros_disclosive=True)


@pytest.mark.parametrize(
    ("count", "zeros", "unsafe"),
    [
        (0,  False, False),
        (0,  True,  True),
        (1,  False, True),
        (9,  False, True),
        (10, False, False),
        (10, True,  False),
    ],
)  # fmt: skip
def test_a_count_below_ten_is_unsafe(count: int, zeros: bool, unsafe: bool) -> None:
    known = np.array([float(count)])
    assert unsafe_counts(known, known, threshold=10, zeros=zeros).tolist() == [unsafe]


@pytest.mark.parametrize(
    ("low", "high", "unsafe", "narrow"),
    [
        (3,  4,  True,  True),
        (1,  9,  True,  True),
        (0,  9,  False, False),  # `<10` hides ten possible values
        (0,  4,  False, True),   # `<5` leaves five
        (8,  12, False, True),
        (2,  30, False, False),
        (10, 12, False, False),
    ],
)  # fmt: skip
def test_a_count_known_to_lie_between_two_others(low: int, high: int, unsafe: bool, narrow: bool) -> None:
    between = np.array([float(low)]), np.array([float(high)])
    assert unsafe_counts(*between, threshold=10, zeros=False).tolist() == [unsafe]
    assert narrow_counts(*between, threshold=10).tolist() == [narrow]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 30)), min_size=1), st.integers(1, 30), st.booleans())
def test_the_rule_agrees_with_trying_every_possible_count(
    pairs: list[tuple[int, int]], threshold: int, zeros: bool
) -> None:
    low = np.array([float(low) for low, _ in pairs])
    high = np.array([float(low + more) for low, more in pairs])
    tried = []
    for least, more in pairs:
        possible = range(least, least + more + 1)
        small = all(count < threshold for count in possible)
        surely_zero = list(possible) == [0]
        tried.append(small and (zeros if surely_zero else 0 not in possible))
    assert unsafe_counts(low, high, threshold=threshold, zeros=zeros).tolist() == tried


def test_small_cells_are_named_and_zeros_are_not() -> None:
    report = counts("""
        year, charged, no further action, other
        2019,      12,                40,     8
        2020,      15,                31,     0
    """)
    assert found(report, "threshold") == ["year 2019, other"]
    finding = of_rule(report, "threshold")[0]
    assert (finding.problem, str(finding.verdict)) == ("The count is 8, below 10.", "fail")
    assert finding.attack.startswith("8 people are in this cell")
    assert finding.cell and (finding.cell.row, finding.cell.key) == (2, {"year": "2019", "outcome": "other"})


@pytest.mark.slow
def test_sensitive_tables_have_a_higher_threshold() -> None:
    table = "year, a, b\n2019, 19, 20"
    assert found(counts(table), "threshold") == []
    assert found(counts(table, sensitive=True), "threshold") == ["year 2019, a"]


def test_zeros_count_where_the_policy_says_so_unless_structural() -> None:
    table = "sex, a, b\nmale, 12, 0\nfemale, 0, 14"
    report = counts(table, policy=STRICT, structural_zeros=({"sex": "male", "outcome": "b"},))
    assert found(report, "threshold") == ["sex female, a"]


@pytest.mark.parametrize(
    ("base", "share", "verdict"),
    [
        ("120",   "2.5",   "fail"),    # 3 people
        ("40",    "25.0",  "pass"),    # 10 and 30
        ("40",    "25.0%", "pass"),
        ("400",   "98",    "review"),  # 6 to 10 left out: perhaps enough, but known closely
        ("100",   "95",    "fail"),    # 5 left out
        ("40000", "0.0",   "pass"),    # 0 to 20: says little
        ("8",     "50",    "fail"),    # the base itself
        ("200",   "4.8",   "review"),  # 9.5 to 9.7: no whole number, so 9 or 10
    ],
)  # fmt: skip
def test_percentages_imply_counts(base: str, share: str, verdict: str) -> None:
    report = shares(f"group, base, pct\na, {base}, {share}\nb, 1000, 40")
    assert report.verdict == verdict, [finding.problem for finding in report.findings]


def test_proportions_are_percentages_out_of_one() -> None:
    assert found(shares("group, n, share\na, 120, 0.025", out_of=1), "threshold") == ["group a, share"]


def test_signs_that_say_too_much_are_for_a_person() -> None:
    report = counts("year, a, b\n2019, <5, 20\n2020, <10, 20")
    assert found(report, "threshold") == ["year 2019, a"]
    assert report.verdict == "review"


def test_contributors_count_and_not_rows() -> None:
    evidence = "group, n, total, largest, second_largest\na, 3, 300, 110, 100\nb, 30, 3000, 150, 140"
    report = amounts("group, mean\na, 100\nb, 100", evidence, kind="means")
    assert found(report, "threshold") == ["group a, mean"]
    assert report.policy == SRS_10.name
