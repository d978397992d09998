"""Hidden amounts: sums and other amounts that are hidden, and that totals give back, or nearly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.audit.bounds import Booleans
from extracts.disclosure.audit.judgement import given_back
from extracts.disclosure.audit.tables import system_of
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rules import dominance, p_percent
from extracts.disclosure.rules.evidence import contributions
from extracts.disclosure.subject import Subject


def findings(subject: Subject, *, code: str, seconds: float) -> Iterator[Finding]:
    """Hidden amounts that totals give back to within the p% of the policy.

    It is a fault where the contributors behind an amount do not allow it to be shown, none where they do,
    as it is then hidden only to protect others, and for a person where they are not known.
    Raises Contradiction and TooSparse.

    Source: the p% rule of the SDC Handbook, for the interval that an outsider can work out.
    """
    if not subject.cells.of_kind("total").states("hidden").any():
        return
    system = system_of(subject.cells, kind="total")
    near, complete = given_back(system, p_percent=subject.policy.p_percent, seconds=seconds)
    near = near & (system.cells >= 0)
    wrong = must_be_hidden(subject.cells, subject.policy, threshold=subject.threshold)[system.cells]
    known = ~np.isnan(subject.cells.numbers("n"))[system.cells]
    for place in np.flatnonzero(near & (wrong | ~known))[: subject.policy.max_findings].tolist():
        verdict = Verdict.FAIL if wrong[place] else Verdict.REVIEW
        problem = "This amount is hidden, but totals give it back, or nearly."
        attack = "The total of its line less the other amounts is this one."
        cure = "Hide more amounts on the same lines, or the totals."
        at = int(system.cells[place])
        yield subject.finding(code, verdict, subject.cells, at, problem, attack, cure)
    if not complete:
        problem = "Some hidden amounts could not be shown to be safe in the time allowed."
        yield subject.file_finding(code, Verdict.REVIEW, problem, cure="Split the table.")


def must_be_hidden(cells: Cells, policy: Policy, *, threshold: int) -> Booleans:
    """Which amounts may not be shown, by the contributors behind them: too few, or one or two that give nearly all."""
    n, (total, largest, second) = cells.numbers("n"), contributions(cells)
    wrong: Booleans = (n < threshold) | p_percent.unsafe_totals(total, largest, second, p=policy.p_percent)
    for rule in policy.nk:
        wrong = wrong | dominance.unsafe_totals(total, largest, second, rule=rule)
    return wrong & (n > 0)
