"""Spreads: a standard deviation of a few tells how far apart they are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "spread"


def findings(subject: Subject) -> Iterator[Finding]:
    """Spreads of which nobody says how many units are behind them; small numbers are for the threshold rule.

    Source: statbarn "Shape": low n per cell.
    """
    cells = subject.cells.of_kind("shape")
    cells = cells.where(cells.states("number") & ~cells.flags("structural"))
    for place in subject.places(cells, np.isnan(cells.numbers("n"))):
        problem = "How many are behind this spread is not known."
        yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, cure="Show the number of units beside it.")
