"""Secondary suppression: no hidden, left out or rounded count that the totals give back, or nearly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.audit.bounds import Booleans, Contradiction
from extracts.disclosure.audit.explain import Explainer
from extracts.disclosure.audit.grid import NOT_LISTED
from extracts.disclosure.audit.intervals import intervals
from extracts.disclosure.audit.judgement import Audit, audited
from extracts.disclosure.audit.rounding import Rounding
from extracts.disclosure.audit.system import System
from extracts.disclosure.audit.tables import TooSparse, system_of
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.labels import as_compared
from extracts.disclosure.report import Cell, Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "secondary_suppression"
# What is not worked out after so long is for a person.
SECONDS = 15.0

HIDE_MORE = "Hide more cells on the same lines, merge categories, or leave the totals out."


def findings(subject: Subject, rounding: Rounding | None = None) -> Iterator[Finding]:
    """Counts that totals give back; totals that don't fit their parts; amounts that totals give back.

    rounding  how the counts shown differ from the true ones; none for exact counts
    """
    try:
        system = system_of(subject.cells, rounding=rounding)
        yield from _odd_totals(subject, system)
        zeros = subject.policy.zeros_disclosive
        audit = audited(system, threshold=subject.threshold, zeros=zeros, seconds=SECONDS)
        yield from _counts(subject, audit)
        yield from _amounts(subject)
    except Contradiction:
        problem = "The numbers shown contradict each other: no table has all of these parts and totals."
        cure = "Check the totals, and say how the table is rounded if it is."
        yield subject.file_finding(CODE, Verdict.REVIEW, problem, cure=cure)
    except TooSparse:
        problem = "The table shows too few combinations of its labels to work out what its totals give away."
        yield subject.file_finding(CODE, Verdict.REVIEW, problem, cure="Split it into a table for each set of labels.")


def _counts(subject: Subject, audit: Audit) -> Iterator[Finding]:
    """What the audit found unsafe, doubtful, or could not settle."""
    explainer = Explainer.of(audit.system, audit.found)
    listed = audit.system.cells >= 0
    left_out = audit.unsafe & ~listed
    for place in np.flatnonzero(left_out).tolist():
        left_out[place] = not _not_listed(audit.system, place)  # that is said of the total
    for place in _first(subject, audit.unsafe & (listed | left_out)):
        yield _unsafe(subject, audit, explainer, place)
    for place in _first(subject, audit.doubtful & listed):
        problem = f"This cell is hidden, but totals narrow it down to fewer than {subject.threshold} numbers."
        yield _at(subject, audit.system, place, Verdict.REVIEW, problem, explainer.narrow(place))
    yield from _open(subject, audit)


def _unsafe(subject: Subject, audit: Audit, explainer: Explainer, place: int) -> Finding:
    """The finding about one cell that is worked out, or known to be too small."""
    system = audit.system
    hidden = "hidden" if system.cells[place] >= 0 and system.hidden[place] else "rounded"
    state = hidden if system.cells[place] >= 0 else "left out of the table"
    if audit.exact[place]:
        problem = f"This cell is {state}, but can be worked out, and is below {subject.threshold}."
        return _at(subject, system, place, Verdict.FAIL, problem, explainer.exact(place))
    problem = f"This cell is {state}, but totals show that it is below {subject.threshold}, and how closely."
    return _at(subject, system, place, Verdict.FAIL, problem, explainer.narrow(place))


def _open(subject: Subject, audit: Audit) -> Iterator[Finding]:
    """One finding for all the cells that are not known to be safe."""
    at = np.flatnonzero(audit.open)
    if len(at):
        problem = f"{len(at):,} hidden cells could not be shown to be safe in the time allowed."
        cure = "Split the table, or show a checker that no hidden cell can be narrowed down."
        attack = "Several totals together may give a hidden cell back."
        yield _at(subject, audit.system, int(at[0]), Verdict.REVIEW, problem, attack, cure)


def _odd_totals(subject: Subject, system: System) -> Iterator[Finding]:
    """Totals that are less than their parts, or a little more: a category left out can be worked out."""
    less = [doubt for doubt in system.doubts if doubt.most < 0]
    more = [doubt for doubt in system.doubts if doubt.most >= 0 and doubt.most < subject.threshold]
    limit = subject.policy.max_findings
    subject.beyond.extend(len(doubts) - limit for doubts in (less, more) if len(doubts) > limit)
    for doubt in less[:limit]:
        problem = f"This seems to be a total, but it is less than the cells of {doubt.dimension} together."
        cure = "Check the total, or give the category a name that does not read like a total."
        yield subject.finding(CODE, Verdict.REVIEW, subject.cells, doubt.cell, problem, cure=cure)
    for doubt in more[:limit]:
        problem = f"This total is a little more than the cells of {doubt.dimension} that it should hold."
        attack = "The total less the cells shown is the count of a category that is left out, and it is small."
        cure = "Take those left out from the total as well, or say that the table is rounded."
        yield subject.finding(CODE, Verdict.REVIEW, subject.cells, doubt.cell, problem, attack, cure)


def _amounts(subject: Subject) -> Iterator[Finding]:
    """Hidden amounts that totals give back to within the p% of the policy."""
    if not (subject.cells.of_kind("total").states("hidden")).any():
        return
    system = system_of(subject.cells, kind="total")
    found = intervals(
        system.equations, system.value, system.hidden, system.low, system.high,
        seconds=SECONDS, whole=False, wanted=system.hidden,
    )  # fmt: skip
    share = subject.policy.p_percent / 100
    there = system.hidden & (system.cells >= 0) & (system.high > system.low)
    near = there & (found.high - found.low <= share * np.maximum(np.abs(found.low), np.abs(found.high)))
    few = _few_contributors(subject, system)
    for place in _first(subject, near):
        verdict = Verdict.FAIL if few[place] else Verdict.REVIEW
        problem = "This amount is hidden, but totals give it back, or nearly."
        yield _at(subject, system, place, verdict, problem, "The total of its line less the others is this amount.")
    if (there & ~found.proven & ~near).any():
        problem = "Some hidden amounts could not be shown to be safe in the time allowed."
        yield subject.file_finding(CODE, Verdict.REVIEW, problem, cure=HIDE_MORE)


def _few_contributors(subject: Subject, system: System) -> Booleans:
    """Per cell of the system, whether the evidence names fewer contributors than the threshold."""
    n = subject.cells.numbers("n")
    few: Booleans = (system.cells >= 0) & (n[system.cells] < subject.threshold) & (n[system.cells] > 0)
    return few


def _first(subject: Subject, chosen: Booleans) -> list[int]:
    """Where the first of the chosen cells of a system are: at most as many as the policy reports."""
    places = np.flatnonzero(chosen)
    limit = subject.policy.max_findings
    if len(places) > limit:
        subject.beyond.append(len(places) - limit)
    return [int(place) for place in places[:limit]]


def _at(
    subject: Subject, system: System, place: int, verdict: Verdict, problem: str, attack: str, cure: str = HIDE_MORE
) -> Finding:
    """A finding about a cell of a system: one of the table, or one of a row that was left out."""
    at = int(system.cells[place])
    if at >= 0:
        return subject.finding(CODE, verdict, subject.cells, at, problem, attack, cure)
    return Finding(
        subject.described.name, CODE, verdict, problem, attack, cure, _left_out(subject.cells, system, place)
    )


def _not_listed(system: System, place: int) -> bool:
    """Whether this is what a total holds beyond the parts that the table lists anywhere."""
    return any(NOT_LISTED in label for _, label in system.keys[place].labels)


def _left_out(cells: Cells, system: System, place: int) -> Cell:
    """Where a row would stand that a table leaves out, with the labels as the table writes them."""
    key = {}
    for name, label in system.keys[place].labels:
        dimension = next(known for known in cells.dimensions if as_compared(known) == name)
        labels = cells.labels[dimension].astype(str).unique()
        key[dimension] = next(known for known in labels if as_compared(known) == label)
    return Cell(None, "", ", ".join(f"{name} {label}" for name, label in key.items()), key)
