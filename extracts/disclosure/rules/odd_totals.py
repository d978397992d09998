"""Odd totals: those that are less than their parts, or a little more, so that what is left out can be worked out."""

from __future__ import annotations

from collections.abc import Iterator

from extracts.disclosure.audit.system import System
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject


def findings(subject: Subject, system: System, *, code: str) -> Iterator[Finding]:
    """What is odd about the totals of a table, whose equations were read off as `system`. All of it is for a person.

    Totals that exceed their parts by the threshold or more are taken to hold a category that is left out.
    """
    less = [doubt for doubt in system.doubts if doubt.most < 0]
    more = [doubt for doubt in system.doubts if 0 < doubt.least < subject.threshold]
    limit = subject.policy.max_findings
    subject.beyond.extend(len(doubts) - limit for doubts in (less, more) if len(doubts) > limit)
    for doubt in less[:limit]:
        problem = f"This seems to be a total, but it is less than the cells of {doubt.dimension} together."
        cure = "Check the total, or give the category a name that does not read like a total."
        yield subject.finding(code, Verdict.REVIEW, subject.cells, doubt.cell, problem, cure=cure)
    for doubt in more[:limit]:
        problem = f"This total is a little more than the cells of {doubt.dimension} that it should hold."
        attack = "The total less the cells shown is the count of a category that is left out, and it is small."
        cure = "Take those left out from the total as well, or say that the table is rounded."
        yield subject.finding(code, Verdict.REVIEW, subject.cells, doubt.cell, problem, attack, cure)
