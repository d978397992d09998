"""Findings across tables: hidden cells that are safe in their own table and not beside the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from extracts.disclosure.audit.bounds import Contradiction
from extracts.disclosure.audit.explain import Explainer
from extracts.disclosure.audit.judgement import Audit, audited, given_back
from extracts.disclosure.audit.linked import Linked, linked
from extracts.disclosure.audit.part import TooSparse
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.labels import as_compared
from extracts.disclosure.report import Finding, Implied, Verdict
from extracts.disclosure.subject import Subject

CODE = "secondary_suppression"
SECONDS = 20.0
CURE = "Hide the same cells in all the tables, and protect the tables together."


def told_across(
    subjects: Sequence[Subject], earlier: Sequence[Cells] = (), *, populations: Sequence[str] = ()
) -> Iterator[tuple[Finding, Implied | None]]:
    """Hidden cells that the tables of a request together, and earlier ones, give back; each with what is implied of it.

    subjects  the tables of the request, as each is checked alone
    earlier   the counts of tables already released, about the same units as the first subject
    populations  whom each table is about, those of the request and then the earlier ones, as far as
              that was said; tables that differ in it are not put together

    What a table gives away alone is left to `rules/secondary_suppression.py`. Each finding is about
    the file whose cell it is. None is implied of a whole file.
    """
    if not subjects or len(subjects) + len(earlier) < 2:
        return
    tables = [*(subject.cells for subject in subjects), *earlier]
    units = [as_compared(subject.unit) for subject in subjects]
    units += [units[0]] * len(earlier)
    whom = [f"{unit} {one}" for unit, one in zip(units, populations or [""] * len(units), strict=True)]
    rounding = subjects[0].rounding
    # Of a table that is too sparse, its own rule says so.
    for group in linked(tables, populations=whom, rounding=rounding, leave_out_sparse=True):
        if len(group.tables) > 1:
            yield from _of_group(subjects, group)
    amounts = [cells.where(cells.facts["kind"] == "total") for cells in tables]
    for group in linked(amounts, populations=whom, kind="total", leave_out_sparse=True):
        if len(group.tables) > 1:
            yield from _of_amounts(subjects, group)


def _of_amounts(subjects: Sequence[Subject], group: Linked) -> Iterator[tuple[Finding, Implied | None]]:
    """The findings about hidden amounts of one group of linked tables that their own tables do not give back."""
    own = [(place, subjects[table]) for place, table in enumerate(group.tables) if table < len(subjects)]
    if not any(group.systems[place].hidden.any() for place, _ in own):
        return
    try:
        near, _ = given_back(group.system, p_percent=own[0][1].policy.p_percent, seconds=SECONDS)
    except Contradiction:
        return
    shown = ~group.system.hidden
    for place, subject in own:
        system, members = group.systems[place], group.members[place]
        alone, _ = given_back(system, p_percent=subject.policy.p_percent, seconds=SECONDS)
        at = np.flatnonzero(subject.cells.facts["kind"] == "total")
        told = system.hidden & (system.cells >= 0) & (near | shown)[members] & ~alone
        for one in np.flatnonzero(told)[: subject.policy.max_findings].tolist():
            cell = int(at[system.cells[one]])
            few = subject.cells.numbers("n")[cell] < subject.threshold
            problem = "This amount is hidden, but the tables together give it back, or nearly."
            attack = "A total in one table less the amounts in the others is this one."
            verdict = Verdict.FAIL if few else Verdict.REVIEW
            yield subject.finding(CODE, verdict, subject.cells, cell, problem, attack, CURE), None


def _of_group(subjects: Sequence[Subject], group: Linked) -> Iterator[tuple[Finding, Implied | None]]:
    """The findings about one group of linked tables, by the strictest threshold of their files."""
    own = [subjects[at] for at in group.tables if at < len(subjects)]
    if not own:
        return
    threshold, zeros = max(subject.threshold for subject in own), any(one.policy.zeros_disclosive for one in own)
    try:
        audit = audited(group.system, threshold=threshold, zeros=zeros, seconds=SECONDS)
    except Contradiction:
        problem = "The tables have cells in common, but no people fit all of their numbers."
        cure = "Say whom each table is about, or check the totals."
        yield from ((subject.file_finding(CODE, Verdict.REVIEW, problem, cure=cure), None) for subject in own)
        return
    explainer = Explainer(audit.system, audit.found)
    for place, table in enumerate(group.tables):
        if table < len(subjects):
            yield from _of_table(subjects[table], group, place, audit=audit, explainer=explainer)


def _of_table(
    subject: Subject, group: Linked, place: int, *, audit: Audit, explainer: Explainer
) -> Iterator[tuple[Finding, Implied | None]]:
    """The findings about the hidden cells of one table that are not already unsafe alone."""
    system, members = group.systems[place], group.members[place]
    try:
        alone = subject.audit()
    except (Contradiction, TooSparse):
        return  # said of the table alone
    unsafe, said = (
        np.isin(system.cells, alone.system.cells[flags])
        for flags in (alone.unsafe, alone.doubtful | alone.open | alone.unsafe)
    )
    mine = np.isin(system.cells, alone.system.cells[alone.protected]) & (system.cells >= 0)
    shown = audit.shown_elsewhere(np.ones(len(audit.exact), dtype=np.bool_), threshold=subject.threshold)
    fail = mine & (audit.unsafe | shown)[members] & ~unsafe
    ask = mine & (audit.doubtful | audit.open)[members] & ~said & ~fail
    away = f"This cell is hidden, but the tables together give it away, and it is below {subject.threshold}."
    narrow = "This cell is hidden, but the tables together may narrow it down too far."
    for chosen, verdict, problem in ((fail, Verdict.FAIL, away), (ask, Verdict.REVIEW, narrow)):
        for at in np.flatnonzero(chosen)[: subject.policy.max_findings].tolist():
            cell, member = int(system.cells[at]), int(members[at])
            attack, (low, high) = explainer.attack(member), (audit.found.low[member], audit.found.high[member])
            finding = subject.finding(CODE, verdict, subject.cells, cell, problem, attack, CURE)
            yield finding, Implied(subject.cells.key(cell), float(low), float(high), attack)
