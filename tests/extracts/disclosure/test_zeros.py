"""Zeros: only under a policy that forbids them, and never the structural ones."""

import pytest

from extracts.disclosure.policy import SRS_10, Policy

from .tables import counts, found

STRICT = Policy("strict", "1", zeros_disclosive=True)
TABLE = """
    sex,    a,  b,  c
    male,   12, 0,  [z]
    female, 0,  14, 20
"""


@pytest.mark.parametrize(
    ("policy", "structural", "unsafe"),
    [
        (SRS_10, (),                 []),
        (STRICT, (),                 ["sex male, b", "sex female, a"]),
        (STRICT, ({"sex": "male"},), ["sex female, a"]),
    ],
)  # fmt: skip
def test_zeros(policy: Policy, structural: tuple[dict[str, str], ...], unsafe: list[str]) -> None:
    assert found(counts(TABLE, policy=policy, structural_zeros=structural), "zero") == unsafe


def test_somebody_in_a_structural_zero_is_judged_and_reported() -> None:
    report = counts("sex, a, b\nmale, 12, 3", structural_zeros=({"sex": "male", "outcome": "b"},))
    assert found(report, "threshold") == ["sex male, b"]
    assert found(report, "reading") == ["sex male, b"]
