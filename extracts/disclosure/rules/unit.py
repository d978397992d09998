"""Units: thresholds are about people, so counts of anything else say too little."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "unit"
WORDS = (
    "people persons individuals adults children pupils women men girls boys victims defendants suspects offenders "
    "prisoners witnesses patients residents respondents participants applicants claimants"
)
PEOPLE = frozenset(WORDS.split())


def is_people(unit: str) -> bool:
    """Whether a unit's last word means people: "young offenders" are, "offences" are not."""
    words = re.findall(r"[a-z]+", unit.casefold())
    return bool(words) and words[-1] in PEOPLE and not {"of", "per", "by"} & set(words)


def findings(subject: Subject) -> Iterator[Finding]:
    """One finding when counts are not of people, unless the evidence says how many people are behind each."""
    if is_people(subject.unit):
        return
    cells = subject.cells
    cells = cells.where(cells.states("number"))
    if len(cells) and np.isfinite(cells.numbers("n")).all():
        return
    yield subject.file_finding(
        CODE, Verdict.REVIEW,
        problem=f"What is counted is {subject.unit}, not people.",
        attack="One person may account for many of them, so a large count can still be about one person.",
        cure="Say how many people are behind each cell, in an evidence file with the column n.",
    )  # fmt: skip
