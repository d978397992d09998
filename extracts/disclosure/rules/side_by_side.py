"""Side by side: counts in neighbouring columns, of which one less the others is a count that is not shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from extracts.disclosure.ledger.within import is_cumulative
from extracts.disclosure.reading.cells import Booleans, Cells, Floats
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.suspicion import names_a_group, plainly_base
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.requirements_of_columns import MEASURES
from extracts.disclosure.subject import Subject
from extracts.disclosure.suggest import UNNAMED

CODE = "side_by_side"

# A column of which another is a part is at least as large in nearly every row; one odd row changes nothing.
NEARLY_EVERY = 0.9
# More columns of counts than this in a long table are categories, and belong in a wide one.
MANY_COLUMNS = 12
CURE = "Leave one of the columns out, merge rows, or hide the row in all of them."


def small_rest(whole: Floats, part: Floats, *, threshold: int, certain: bool) -> Booleans:
    """Find the rows in which a whole less its part is a small count, or nobody.

    whole, part  units, one of each per row; NaN for hidden
    threshold    smallest safe count, 1 or more
    certain      the whole is known to hold the part, whatever the other rows say

    Nothing is found when the part is larger in more than one row in ten: then it is no part.
    A rest of nobody is found where the part holds somebody: everybody of the row is in it.

    Source: complements as in the frequency rule of the SDC Handbook; arithmetic.
    """
    both = ~np.isnan(whole) & ~np.isnan(part)
    holds = both & (whole >= part)
    if not both.any() or (not certain and holds.sum() < NEARLY_EVERY * both.sum()):
        return np.zeros(len(whole), dtype=np.bool_)
    small: Booleans = holds & (whole - part < threshold) & (part > 0)
    return small


@dataclass(frozen=True)
class Columns:
    """The columns of counts of a long table, over the same rows: heading -> counts."""

    cells: Cells
    value: dict[str, Floats]

    @classmethod
    def of(cls, cells: Cells) -> Columns:
        """From the cells of the columns; each column has a cell in each row, in the same order."""
        column, value = cells.facts["column"].to_numpy(), cells.numbers("value")
        return cls(cells, {str(name): value[column == name] for name in dict.fromkeys(column)})

    def finding(self, subject: Subject, name: str, rows: Booleans, verdict: Verdict, *text: str) -> Iterator[Finding]:
        """Findings at some rows of one column."""
        cells = self.cells.where((self.cells.facts["column"] == name).to_numpy())
        for place in subject.places(cells, rows):
            yield subject.finding(CODE, verdict, cells, place, *text)


def findings(subject: Subject) -> Iterator[Finding]:
    """Rows in which two columns, or a column and several others, leave a small count between them."""
    layout = subject.described.layout
    columns = Columns.of(subject.cells.of_kind("count").where(_apart(subject)))
    if len(columns.value) > MANY_COLUMNS:
        problem = f"{len(columns.value)} columns of counts stand side by side: too many to compare with each other."
        cure = "Describe the table as wide if the columns are categories, or split it."
        yield subject.file_finding(CODE, Verdict.REVIEW, problem, cure=cure)
        return
    for whole in columns.value:
        for part in (name for name in columns.value if name != whole and is_cumulative(name) == is_cumulative(whole)):
            yield from _pair(subject, columns, whole, part)
        yield from _several(subject, columns, whole)
    if layout.columns:
        yield from _base_among_categories(subject)
    yield from _groups_among_labels(subject)


def _groups_among_labels(subject: Subject) -> Iterator[Finding]:
    """Labels that are measures, of which one names a group and another counts some of it: participants, reoffended.

    Labels are measures where their heading says so, or where nobody said what headings of columns are.
    """
    counts = subject.cells.of_kind("count")
    for along in (name for name in counts.dimensions if name == UNNAMED or MEASURES & set(words_of(name))):
        cells = counts.where(~counts.is_total(along))
        line, value = cells.lines(along), np.where(cells.states("number"), cells.numbers("value"), np.nan)
        labels = [str(label) for label in cells.labels[along].unique()]
        lines = int(line.max()) + 1 if len(line) else 0
        of = {label: np.full(lines, np.nan) for label in labels}
        for label in labels:
            here = (cells.labels[along] == label).to_numpy()
            of[label][line[here]] = value[here]
        for whole, part in ((a, b) for a in labels for b in labels if names_a_group(a) and not names_a_group(b)):
            if set(words_of(whole)) <= set(words_of(part)):
                continue  # tested and not tested
            small = small_rest(of[whole], of[part], threshold=subject.threshold, certain=False)
            yield from _rests(subject, cells, (cells.labels[along] == part).to_numpy() & small[line], whole, part)


def _rests(subject: Subject, cells: Cells, chosen: Booleans, whole: str, part: str) -> Iterator[Finding]:
    problem = f"{whole} less {part} is below {subject.threshold} here."
    attack = f"Whoever is among {whole} is in {part} too, or one of the few who are not."
    for place in subject.places(cells, chosen):
        yield subject.finding(CODE, Verdict.FAIL, cells, place, problem, attack, CURE)


def _apart(subject: Subject) -> Booleans:
    """Counts in columns of their own: not the categories of a wide table."""
    counts = subject.cells.of_kind("count")
    apart: Booleans = (counts.facts["measure"] != "").to_numpy(dtype=np.bool_)
    return apart


def _pair(subject: Subject, columns: Columns, whole: str, part: str) -> Iterator[Finding]:
    """A column and another that is part of it: fail where the headings say so, review where only the numbers do."""
    if any(_runs_up(columns.value[one], columns.value[other]) for one, other in ((whole, part), (part, whole))):
        return
    certain = plainly_base(whole) and not plainly_base(part)
    rows = small_rest(columns.value[whole], columns.value[part], threshold=subject.threshold, certain=certain)
    problem = f"{whole} less {part} is below {subject.threshold} here."
    attack = f"If {part} is part of {whole}, the difference is the count of those who are not in it."
    verdict = Verdict.FAIL if certain else Verdict.REVIEW
    yield from columns.finding(subject, part, rows, verdict, problem, attack, CURE)


def _runs_up(whole: Floats, part: Floats) -> bool:
    """Whether a column is the running total of another, so that nothing but sums of shown counts lies between them."""
    return len(whole) > 1 and bool((np.cumsum(part) == whole).all())


def _several(subject: Subject, columns: Columns, whole: str) -> Iterator[Finding]:
    """A column and two others, or all others, that leave little of it: fewer than the hidden ones may be."""
    others = [name for name in columns.value if name != whole]
    for parts in dict.fromkeys([*combinations(others, 2), tuple(others)]):
        if len(parts) < 2:
            continue
        values = np.array([columns.value[name] for name in parts])
        shown, hidden = np.nansum(values, axis=0), np.isnan(values).sum(axis=0)
        room = subject.threshold * np.maximum(hidden, 1)
        rest = columns.value[whole] - shown
        known = ~np.isnan(rest) & (hidden < len(parts))
        fits = known & (rest >= 0)
        if not known.any() or fits.sum() < NEARLY_EVERY * known.sum():
            continue
        rows = fits & (rest > 0) & (rest < room) & (shown > 0)
        problem = f"{whole} less {', '.join(parts)} leaves a small count here."
        attack = "The rest is the count of a category that is hidden or left out."
        yield from columns.finding(subject, whole, rows, Verdict.REVIEW, problem, attack, CURE)


def _base_among_categories(subject: Subject) -> Iterator[Finding]:
    """A wide table of which one heading is that of a base: its columns are no categories."""
    names = [name for name in subject.described.layout.counts if plainly_base(name)]
    odd = [
        name
        for name in names
        if not subject.cells.totals[subject.described.layout.columns][
            (subject.cells.facts["column"] == name).to_numpy()
        ].any()
        and _holds_all(subject, name)
    ]
    if odd and len(subject.described.layout.counts) > 1:
        problem = f"The table is described as wide, but {', '.join(odd)} reads like a count of everybody."
        cure = "Describe it as a table whose columns are measures of their own, or name the heading a total."
        yield subject.file_finding(CODE, Verdict.REVIEW, problem, cure=cure)


def _holds_all(subject: Subject, name: str) -> bool:
    """Whether a column is at least as large as every other in each row, as the count of everybody is."""
    counts = subject.cells.of_kind("count")
    value, column = counts.numbers("value"), counts.facts["column"].to_numpy()
    rows = counts.facts["row"].to_numpy()
    largest = dict(zip(rows[column == name], value[column == name], strict=True))
    return not any(other > largest.get(row, np.inf) for row, other in zip(rows, value, strict=True))
