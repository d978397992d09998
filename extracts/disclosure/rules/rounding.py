"""Rounding: where the policy has counts rounded, a count that is not is exact."""

from __future__ import annotations

from collections.abc import Iterator

from extracts.disclosure.policy import ROUNDINGS
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "rounding"


def findings(subject: Subject) -> Iterator[Finding]:
    """Counts that the policy's rounding cannot give.

    Source: OpenSAFELY (base 5; midpoint 6: 0 stays 0, any other is ceil(x/6)*6-3), ONS 10-5 rule.
    """
    rounding = ROUNDINGS[subject.policy.rounding]
    if rounding is None:
        return
    cells = subject.cells.of_kind("count")
    cells = cells.where(cells.states("number"))
    for place in subject.places(cells, ~rounding.fits(cells.numbers("value"))):
        yield subject.finding(
            CODE, Verdict.FAIL, cells, place,
            problem="The count is not rounded as the policy asks.",
            attack="Exact counts of two tables can be subtracted from each other.",
            cure=f"Round every count ({subject.policy.rounding}), and make totals from the rounded ones.",
        )  # fmt: skip
