"""Recomputed: the numbers of a file are those that its records give."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.policy import ROUNDINGS
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "recomputed"


def findings(subject: Subject) -> Iterator[Finding]:
    """Counts that are neither the units nor the records of their cell, rounded as the policy asks.

    Source: evidence recomputed by recipe; a table that its records do not give has another population or a mistake.
    """
    if subject.records is None:
        return
    cells = subject.cells.of_kind("count")
    cells = cells.where(cells.states("number"))
    value, rounding = cells.numbers("value"), ROUNDINGS[subject.policy.rounding]
    units, rows = cells.numbers("n"), cells.numbers("rows")
    differs = np.ones(len(cells), dtype=np.bool_)
    for counted in (units, rows):
        differs &= ~((value - rounding.below <= counted) & (counted <= value + rounding.above))
    for place in subject.places(cells, differs & ~np.isnan(units)):
        yield subject.finding(
            CODE, Verdict.REVIEW, cells, place,
            problem=f"The records give {units[place]:,.0f} {subject.unit} here, which is not what the file shows.",
            cure="Describe the population that was counted, or make the table anew.",
        )  # fmt: skip
