"""Zeros: under policies that forbid them, a zero that could have been otherwise is unsafe."""

from __future__ import annotations

from collections.abc import Iterator

from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "zero"


def findings(subject: Subject) -> Iterator[Finding]:
    """Zeros that are not structural, when the policy calls zeros disclosive."""
    if not subject.policy.zeros_disclosive:
        return
    cells = subject.cells.where(~subject.cells.flags("structural")).of_kind("count", "percentage")
    for place in subject.places(cells, cells.numbers("high") == 0):
        yield subject.finding(
            CODE, Verdict.FAIL, cells, place,
            problem="The count is zero, and the description does not say that it had to be.",
            attack=f"None of the {subject.unit} are in this cell, which says something of everybody in its group.",
            cure="Merge categories, or describe the cell as a structural zero if nobody could be in it.",
        )  # fmt: skip
