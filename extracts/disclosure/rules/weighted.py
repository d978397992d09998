"""Weighted counts: what protects is how many units there are, not what they stand for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "weighted"


def findings(subject: Subject) -> Iterator[Finding]:
    """Weighted counts without the unweighted number beside them or in the evidence.

    Source: thresholds are of unweighted units (ONS SRS guidance).
    """
    cells = subject.cells.of_kind("weighted")
    cells = cells.where(cells.states("number"))
    if len(cells) and np.isnan(cells.numbers("n")).any():
        yield subject.file_finding(
            CODE, Verdict.REVIEW,
            problem="The file shows weighted counts, but not how many units are behind each.",
            cure="Show the unweighted count beside each, or supply it as evidence.",
        )  # fmt: skip
