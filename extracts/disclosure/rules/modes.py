"""Modes: where nearly everybody has one value, the most frequent value is everybody's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "mode"


def findings(subject: Subject) -> Iterator[Finding]:
    """Modes that too few have, or too large a share, or of which neither is known.

    Source: statbarn "Mode": class disclosure, share of the modal value below 90 %.
    """
    cells = subject.cells.of_kind("mode")
    cells = cells.where(cells.states("number") & ~cells.flags("structural"))
    sharing, n, limit = cells.numbers("sharing"), cells.numbers("n"), subject.policy.modal_share
    with np.errstate(invalid="ignore", divide="ignore"):
        unsafe = (sharing < subject.threshold) | (sharing / n >= limit)
    for place in subject.places(cells, unsafe):
        yield subject.finding(
            CODE, Verdict.FAIL, cells, place,
            problem=f"{sharing[place]:,.0f} of {n[place]:,.0f} have the most frequent value.",
            attack=f"Knowing that one of the {subject.unit} is in this group is nearly knowing their value.",
            cure="Merge groups, or leave the mode out.",
        )  # fmt: skip
    for place in subject.places(cells, np.isnan(sharing) | np.isnan(n)):
        problem = "How many have the most frequent value is not known."
        yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, cure="Supply the counts behind it.")
