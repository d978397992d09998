"""Structural zeros: empty cells are not taken on trust, and what is not shown as 0 is no zero."""

from __future__ import annotations

from collections.abc import Iterator

from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "structural"
CURE = "Show a 0, hide it with [c], or describe it as a structural zero if nobody could be in it."


def findings(subject: Subject) -> Iterator[Finding]:
    """Cells that are blank or "not applicable" without a word why, and hidden ones that are called zeros.

    A reader takes such a cell for a zero, so it may say that everybody is in the other categories.
    """
    cells = subject.cells
    said, blank = cells.flags("said_structural"), cells.flags("blank")
    # The percentage of a total is 100 by itself, or that of nobody's group.
    of_all = (cells.facts["kind"] == "percentage").to_numpy() & cells.totals.any(axis=1).to_numpy(dtype=bool)
    absent = (cells.states("not_applicable") | blank) & ~(of_all & blank)
    for place in subject.places(cells, absent & ~said):
        problem = "This cell is empty or not applicable, and the description does not say that nobody could be in it."
        attack = "A reader may take it for a zero, and so learn where everybody else is."
        yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, attack, CURE)
    for place in subject.places(cells, cells.states("hidden") & ~blank & said):
        problem = "This cell is hidden, yet described as a structural zero."
        yield subject.finding(
            CODE, Verdict.REVIEW, cells, place, problem, cure="Show the 0, or correct the description."
        )
