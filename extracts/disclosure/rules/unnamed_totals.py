"""Totals without the name: a region above its areas gives a hidden area back as a total does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.audit.wholes import has_partial_whole, may_be_whole
from extracts.disclosure.reading.cells import Booleans, Floats, Groups
from extracts.disclosure.reading.labels import as_compared, reads_as_total
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "unnamed_total"


def suspects(value: Floats, line: Groups, *, most: Floats, threshold: int, zeros: bool) -> Booleans:
    """Find the shown counts that may be the total of a line with hidden ones.

    value      counts; NaN for hidden. Totals that are called so are left out before
    line       number of the line each cell is on, from 0
    most       what a hidden count is at most, as `<10` says; infinity for unknown
    threshold  smallest safe count, 1 or more
    zeros      whether a hidden zero must stay hidden too

    With one cell hidden, the suspect exceeds the others shown by less than the threshold, so that
    the hidden count would be unsafe. With several hidden it is enough that it is as large as the
    others together, and no larger than they can be. The line must show at least one other.

    Source: subtraction from totals, as for cells hidden beside named totals.
    """
    size = int(line.max()) + 1 if len(line) else 0
    shown = ~np.isnan(value)
    hidden = np.bincount(line, ~shown, minlength=size)[line]
    others = (np.bincount(line, np.where(shown, value, 0.0), minlength=size)[line] - value) * 1.0
    rest = value - others
    most_hidden = np.bincount(line, np.where(shown, 0.0, most), minlength=size)[line]
    enough = shown & (value > 0) & (np.bincount(line, shown, minlength=size)[line] > 1)
    one = (hidden == 1) & (rest >= (0 if zeros else 1)) & (rest < threshold)
    found: Booleans = enough & (rest <= most_hidden) & (one | ((hidden > 1) & (rest >= 0)))
    return found


def findings(subject: Subject) -> Iterator[Finding]:
    """Totals under other names beside hidden counts, and labels called totals that are none."""
    counts = subject.cells.of_kind("count")
    for along in counts.dimensions:
        cells = counts.where(~counts.is_total(along))
        value, line = cells.numbers("value"), cells.lines(along)
        most = np.nan_to_num(cells.numbers("high"), nan=np.inf)
        chosen = suspects(value, line, most=most, threshold=subject.threshold, zeros=subject.policy.zeros_disclosive)
        chosen &= may_be_whole(counts, along)[~counts.is_total(along)]
        for place in subject.places(cells, chosen):
            problem = f"This count may be the total of others along {along}, some of which are hidden."
            attack = "If it is, it less the counts shown gives a hidden one, or narrows it down."
            cure = "Hide another cell of the line, or show a checker that this is no total of the others."
            yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, attack, cure)
        if not chosen.any() and np.isnan(value).any() and has_partial_whole(counts, along, threshold=subject.threshold):
            yield subject.file_finding(
                CODE, Verdict.REVIEW,
                problem=f"Hidden counts along {along} stand beside a count that may be their subtotal.",
                attack="A region less those of its areas that are shown gives a hidden area.",
                cure="Leave subtotals out, or show a checker that the counts are not parts of each other.",
            )  # fmt: skip
    yield from _unlikely_totals(subject)


def _unlikely_totals(subject: Subject) -> Iterator[Finding]:
    """Labels that only the description calls totals, unless each is the sum of two cells or more of its line."""
    known = {as_compared(label) for label in subject.described.total_labels}
    cells = subject.cells.of_kind("count")
    for along in cells.dimensions:
        names = [name for name in cells.labels[along].unique() if as_compared(name) in known]
        doubtful = cells.labels[along].isin([name for name in names if not reads_as_total(name)]).to_numpy()
        if not doubtful.any():
            continue
        line, value, part = cells.lines(along), cells.numbers("value"), ~cells.is_total(along)
        parts = np.bincount(line, np.where(part, value, 0.0))[line]
        if not (doubtful <= ((np.bincount(line, part)[line] > 1) & (value == parts))).all():
            yield subject.file_finding(
                CODE, Verdict.REVIEW,
                problem=f"A label of {along} is described as a total, but it is not always the sum of the others.",
                attack="A category that is called a total is left out when groups are judged.",
                cure="Take the label from the totals, or correct the table.",
            )  # fmt: skip
