"""Secondary suppression: no hidden, left out or rounded count that the totals give back, or nearly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.audit.bounds import Booleans, Contradiction
from extracts.disclosure.audit.explain import Explainer
from extracts.disclosure.audit.grid import NOT_LISTED
from extracts.disclosure.audit.judgement import Audit
from extracts.disclosure.audit.part import TooSparse
from extracts.disclosure.audit.system import System
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.labels import as_compared
from extracts.disclosure.report import Cell, Finding, Implied, Verdict
from extracts.disclosure.rules import hidden_amounts, odd_totals, overlapping
from extracts.disclosure.subject import SECONDS, Subject

CODE = "secondary_suppression"
HIDE_MORE = "Hide more cells on the same lines, merge categories, or leave the totals out."


def findings(subject: Subject) -> Iterator[Finding]:
    """Counts that totals give back; totals that don't fit their parts; amounts that totals give back.

    Counts are taken to be rounded as the description says, or else as the policy asks. Each finding
    shows the attack as a sum.
    """
    try:
        if subject.described.overlapping:
            yield from overlapping.findings(subject, code=CODE)
        else:
            yield from _of_sums(subject)
        yield from hidden_amounts.findings(subject, code=CODE, seconds=SECONDS)
    except Contradiction:
        problem = "The numbers shown contradict each other: no table has all of these parts and totals."
        cure = "Check the totals, and say how the table is rounded if it is."
        yield subject.file_finding(CODE, Verdict.REVIEW, problem, cure=cure)
    except TooSparse:
        problem = "The table shows too few combinations of its labels to work out what its totals give away."
        yield subject.file_finding(CODE, Verdict.REVIEW, problem, cure="Split it into a table for each set of labels.")


def _of_sums(subject: Subject) -> Iterator[Finding]:
    """What the equations between totals and their parts give away. Raises Contradiction and TooSparse."""
    yield from odd_totals.findings(subject, subject.system(), code=CODE)
    audit = subject.audit()
    yield from _counts(subject, audit)
    yield from _if_all_is_listed(subject, audit)


def implied(subject: Subject) -> list[Implied]:
    """What totals tell of the hidden and rounded counts that they give back, or narrow down too far."""
    if subject.described.overlapping:
        return []
    try:
        audit = subject.audit()
    except (Contradiction, TooSparse):
        return []
    explainer, system = Explainer(audit.system, audit.found), audit.system
    return [
        Implied(_key(subject.cells, system, at), float(low), float(high), explainer.attack(at))
        for at, low, high in zip(audit.told, audit.found.low[audit.told], audit.found.high[audit.told], strict=True)
    ]


def _counts(subject: Subject, audit: Audit) -> Iterator[Finding]:
    """What the audit found unsafe, doubtful, or could not settle."""
    explainer = Explainer(audit.system, audit.found)
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


def _if_all_is_listed(subject: Subject, audit: Audit) -> Iterator[Finding]:
    """Cells that are only safe because some totals exceed their parts on another line, which may be a slip."""
    if not any(doubt.least > 0 for doubt in audit.system.doubts):
        return
    try:
        strict = subject.audit(unlisted=False)
    except Contradiction:
        return  # then there is something that is not listed
    said = audit.system.cells[audit.unsafe | audit.doubtful | audit.open]
    new = (strict.unsafe | strict.doubtful | strict.open) & (strict.system.cells >= 0)
    new &= ~np.isin(strict.system.cells, said)
    explainer = Explainer(strict.system, strict.found)
    for place in _first(subject, new):
        problem = "This cell is hidden, but totals give it away unless they hold a category that is not listed."
        yield _at(subject, strict.system, place, Verdict.REVIEW, problem, explainer.attack(place))


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
    if system.cells[place] >= 0:
        return subject.finding(CODE, verdict, subject.cells, int(system.cells[place]), problem, attack, cure)
    key = _key(subject.cells, system, place)
    cell = Cell(None, "", ", ".join(f"{name} {label}" for name, label in key.items()), key)
    return Finding(subject.described.name, CODE, verdict, problem, attack, cure, cell)


def _key(cells: Cells, system: System, place: int) -> dict[str, str]:
    """Dimension to label of a cell of the system, as the table writes them; without totals if it has no such row."""
    if system.cells[place] >= 0:
        return cells.key(int(system.cells[place]))
    key = {}
    for name, label in system.keys[place].labels:
        dimension = next(known for known in cells.dimensions if as_compared(known) == name)
        labels = cells.labels[dimension].astype(str).unique()
        key[dimension] = next((known for known in labels if as_compared(known) == label), label)
    return key


def _not_listed(system: System, place: int) -> bool:
    """Whether this is what a total holds beyond the parts that the table lists anywhere."""
    return any(NOT_LISTED in label for _, label in system.keys[place].labels)
