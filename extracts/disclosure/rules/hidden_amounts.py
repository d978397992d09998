"""Hidden amounts: sums and other amounts that are hidden, and that totals give back, or nearly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.audit.bounds import Booleans
from extracts.disclosure.audit.judgement import given_back
from extracts.disclosure.audit.system import System
from extracts.disclosure.audit.tables import system_of
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject


def findings(subject: Subject, *, code: str, seconds: float) -> Iterator[Finding]:
    """Hidden amounts that totals give back to within the p% of the policy.

    It is a fault where the evidence names too few contributors, and else for a person, because an
    amount may only be hidden to protect another. Raises Contradiction and TooSparse.
    """
    if not subject.cells.of_kind("total").states("hidden").any():
        return
    system = system_of(subject.cells, kind="total")
    near, complete = given_back(system, p_percent=subject.policy.p_percent, seconds=seconds)
    few = few_contributors(subject, system)
    for place in np.flatnonzero(near & (system.cells >= 0))[: subject.policy.max_findings].tolist():
        verdict = Verdict.FAIL if few[place] else Verdict.REVIEW
        problem = "This amount is hidden, but totals give it back, or nearly."
        attack = "The total of its line less the other amounts is this one."
        cure = "Hide more amounts on the same lines, or the totals."
        at = int(system.cells[place])
        yield subject.finding(code, verdict, subject.cells, at, problem, attack, cure)
    if not complete:
        problem = "Some hidden amounts could not be shown to be safe in the time allowed."
        yield subject.file_finding(code, Verdict.REVIEW, problem, cure="Split the table.")


def few_contributors(subject: Subject, system: System) -> Booleans:
    """Per cell of the system, whether the evidence names fewer contributors than the threshold."""
    n = subject.cells.numbers("n")[system.cells]
    few: Booleans = (system.cells >= 0) & (n < subject.threshold) & (n > 0)
    return few
