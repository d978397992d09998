"""All the same: when everybody behind a mean has one value, the mean is everybody's value."""

from __future__ import annotations

from collections.abc import Iterator

from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rules.evidence import ROOM, contributions, judged
from extracts.disclosure.subject import Subject

CODE = "all_same"


def unsafe_totals(n: Floats, total: Floats, largest: Floats) -> Booleans:
    """Find the totals to which two or more units contribute exactly the same.

    n               contributors
    total, largest  absolute values, in the unit of the published total

    No contribution is above the largest, so they are all equal just when the total is n times it.
    Source: attribute disclosure by a group without variation; arithmetic.
    """
    unsafe: Booleans = (n >= 2) & (n * largest <= total + ROOM * total)
    return unsafe


def findings(subject: Subject) -> Iterator[Finding]:
    """Amounts to which everybody contributes the same."""
    cells = judged(subject)
    total, largest, _ = contributions(cells)
    for place in subject.places(cells, unsafe_totals(cells.numbers("n"), total, largest)):
        yield subject.finding(
            CODE, Verdict.FAIL, cells, place,
            problem="Everybody who contributes to this cell has the same value.",
            attack=f"Knowing that one of the {subject.unit} is in this group is knowing their value.",
            cure="Merge the cell with others, or hide it.",
        )  # fmt: skip
