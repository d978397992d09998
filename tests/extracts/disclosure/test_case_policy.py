"""A case may ask for stricter figures than those it is judged by; laxer ones are for a person."""

from typing import Any

import pytest

from extracts.disclosure.policy import ABS, ESSNET, MIDPOINT_6, OPENSAFELY, SRS_10, TEN_FIVE, Policy
from tests.extracts.disclosure.cases import answer

FOUR = "area, n\nLeeds, 4\nYork, 40\nHull, 52"
PLENTY = "area, n\nLeeds, 33\nYork, 39\nHull, 57"


@pytest.mark.parametrize(
    "policy",
    [{"threshold": 3}, {"nk": {"n": 1, "k": 0.99}}, {"p_percent": 1}, {"dof": 2}, {"survival_threshold": 5},
     {"differencing_threshold": 5}, {"sensitive_threshold": 12}, "midpoint6", {"name": "opensafely-7-5"}],
)  # fmt: skip
def test_a_case_that_lowers_a_figure_is_for_a_person(policy: Any) -> None:
    found = answer(PLENTY, policy=policy, under=SRS_10)
    assert found["verdict"] != "pass"
    assert any("laxer" in one["explanation"] for one in found["findings"] if one["rules"] == ["policy"])


@pytest.mark.slow
def test_a_case_cannot_let_its_own_small_count_pass() -> None:
    assert answer(FOUR, policy={"threshold": 3}, under=SRS_10)["verdict"] == "review"
    assert answer(FOUR, under=SRS_10)["verdict"] == "fail"


def test_where_the_check_is_run_without_a_policy_the_case_chooses_and_the_answer_says_so() -> None:
    found = answer(FOUR, policy={"threshold": 3})
    assert found["verdict"] == "pass"
    assert "The case asks for threshold 3 where srs-10 has 10." in found["notes"]


@pytest.mark.parametrize(
    "policy",
    [None, {"threshold": 20}, {"zeros_disclosive": True}, {"group_share": 0.9}, {"nk": {"n": 2, "k": 0.5}}, "srs-10",
     {"dof": 20}, {"threshold": 10}, "abs"],
)  # fmt: skip
def test_a_case_that_is_as_strict_or_stricter_passes(policy: Any) -> None:
    said = {"policy": policy} if policy else {}
    assert answer(PLENTY, **said, under=SRS_10)["verdict"] == "pass"


@pytest.mark.parametrize(
    ("asked", "ours", "laxer"),
    [
        (SRS_10, SRS_10, set()),
        (ABS, SRS_10, set()),
        (SRS_10, ABS, {"nk"}),
        (SRS_10, ESSNET, {"nk", "group_share"}),
        (SRS_10, TEN_FIVE, {"rounding"}),
        (TEN_FIVE, SRS_10, set()),
        (OPENSAFELY, SRS_10, {"threshold"}),
        (SRS_10, OPENSAFELY, {"rounding", "suffixes", "max_rows"}),
        (MIDPOINT_6, OPENSAFELY, {"threshold", "rounding"}),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_policies_are_compared_figure_by_figure(asked: Policy, ours: Policy, laxer: set[str]) -> None:
    assert set(asked.laxer_than(ours)) == laxer
