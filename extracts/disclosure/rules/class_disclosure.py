"""Class disclosure: when everybody of a group is in one category, being in the group tells the category."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from extracts.disclosure.reading.cells import Booleans, Cells, Floats, Groups
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "class_disclosure"
STRUCTURAL = "structural"
CURE = "Merge categories so that the group is spread over two or more; a checker confirms structural zeros."


def nearly_whole_groups(count: Floats, line: Groups, *, share: float) -> Booleans:
    """Find the cells that hold more than a share of everybody on their line, and not everybody.

    count  units; NaN for hidden, whose line is not judged
    line   number of the line each cell is on, from 0
    share  a half or more, below 1 where the policy has such a rule

    Source: group disclosure of the ESSnet guidelines on output checking, 90 %.
    """
    lines = int(line.max()) + 1 if len(line) else 0
    everybody = np.bincount(line, weights=count, minlength=lines)[line]
    with np.errstate(invalid="ignore", divide="ignore"):
        nearly: Booleans = (count > share * everybody) & (count < everybody)
    return nearly


def whole_groups(count: Floats, line: Groups, possible: Booleans) -> Booleans:
    """Find the cells that hold everybody on their line.

    count     units; NaN for hidden, which may be anybody
    line      number of the line each cell is on, from 0
    possible  whether anybody could be in the cell (False for structural zeros)

    True for a shown count above 0 when every other possible cell of its line, one at least, is 0.

    Source: group attribute disclosure in the SDC Handbook; structural zeros excepted as in the
    guidance of the ONS Secure Research Service.
    """
    lines = int(line.max()) + 1 if len(line) else 0
    may_hold = possible & ~(count == 0)
    holding = np.bincount(line, weights=may_hold, minlength=lines)
    choice = np.bincount(line, weights=possible, minlength=lines)
    whole: Booleans = may_hold & (count > 0) & (holding[line] == 1) & (choice[line] > 1)
    return whole


def lone_cells(cells: Cells, along: str) -> Booleans:
    """Find the cells above 0 that are alone on their line, where the table crosses its dimensions.

    A long table may leave empty combinations out, so the others may be zeros. A dimension that
    determines another, or is determined by one (an area its region, a lower bound its upper
    bound), leaves no combination out.
    """
    if not len(cells) or any(_determines(cells, a, b) for a, b in _pairs(cells, along)):
        return np.zeros(len(cells), dtype=np.bool_)
    line = cells.lines(along)
    alone: Booleans = (np.bincount(line)[line] == 1) & (cells.numbers("low") > 0)
    return alone & (cells.labels[along].nunique() > 1)


def findings(subject: Subject) -> Iterator[Finding]:
    """Groups of which everybody is in one category.

    Fail if the zeros are shown. Review if they are left out, or if only the description's word
    that they are structural speaks for them: no file can prove that.
    """
    counts = subject.cells.of_kind("count")
    for along in counts.dimensions:
        cells = counts.where(~counts.is_total(along))
        value, line = np.where(cells.states("number"), cells.numbers("value"), np.nan), cells.lines(along)
        empty = cells.flags("said_structural") & (cells.flags("structural") | np.isnan(value))
        whole = whole_groups(value, line, ~empty)
        excused = whole_groups(np.where(empty, 0.0, value), line, np.ones(len(cells), dtype=np.bool_)) & ~whole
        for place in subject.places(cells, whole):
            yield _group(subject, cells, place, along, Verdict.FAIL, "the other categories are 0")
        for place in subject.places(cells, excused):
            found = _group(subject, cells, place, along, Verdict.REVIEW, "the others are said to be structural zeros")
            yield replace(found, rule=STRUCTURAL, cure="A checker confirms that nobody could be in the others.")
        yield from _nearly(subject, cells, value, line, along)
        # Numbers of units beside results are no table that crosses its dimensions.
        lone = lone_cells(cells, along) & (not subject.described.layout.others)
        for place in subject.places(cells, lone & ~whole & ~excused):
            yield _group(subject, cells, place, along, Verdict.REVIEW, "no other category is listed")
    yield from _percentages(subject)


def _group(subject: Subject, cells: Cells, place: int, along: str, verdict: Verdict, why: str) -> Finding:
    """The finding about everybody on a cell's line."""
    within = [name for name in cells.dimensions if name != along]
    key, label = cells.key(place), cells.labels[along].iloc[place]
    group = ", ".join(f"{name} {key[name]}" for name in within) or "the table"
    number = cells.numbers("value")[place]
    problem = f"All {number:,.0f} {subject.unit} of {group} are in {along} {label}: {why}."
    attack = f"Whoever knows that a person is in {group} learns that their {along} is {label}."
    return subject.finding(CODE, verdict, cells, place, problem, attack, CURE, within=within)


def _nearly(subject: Subject, cells: Cells, value: Floats, line: Groups, along: str) -> Iterator[Finding]:
    """Groups of which more than the policy's share are in one category."""
    share = subject.policy.group_share
    for place in subject.places(cells, nearly_whole_groups(value, line, share=share)):
        within = [name for name in cells.dimensions if name != along]
        group = ", ".join(f"{name} {cells.key(place)[name]}" for name in within) or "the table"
        problem = f"More than {share:.0%} of the {subject.unit} of {group} are in one category of {along}."
        attack = f"Whoever knows that a person is in {group} nearly knows their {along}."
        yield subject.finding(CODE, Verdict.FAIL, cells, place, problem, attack, CURE, within=within)


def _percentages(subject: Subject) -> Iterator[Finding]:
    """Percentages that say all of their base, or more than the policy's share of it."""
    cells = subject.cells.where(~subject.cells.flags("structural")).of_kind("percentage")
    whole = (cells.numbers("base") > 0) & (cells.numbers("low") >= cells.numbers("base"))
    for place in subject.places(cells, whole & ~_of_several(cells)):
        problem = f"The percentage says that all {cells.numbers('base')[place]:,.0f} of its base are in this category."
        attack = "Whoever knows that a person is in the group learns that they are in the category."
        yield subject.finding(CODE, Verdict.FAIL, cells, place, problem, attack, CURE)
    share = subject.policy.group_share
    nearly = (cells.numbers("base") > 0) & (cells.numbers("low") > share * cells.numbers("base"))
    for place in subject.places(cells, nearly & ~whole & ~_of_several(cells)):
        problem = f"The percentage says that more than {share:.0%} of its base are in this category."
        attack = "Whoever knows that a person is in the group nearly knows that they are in the category."
        yield subject.finding(CODE, Verdict.FAIL, cells, place, problem, attack, CURE)


def _of_several(cells: Cells) -> Booleans:
    """Totals of lines on which two cells or more hold somebody: they are 100 % by definition."""
    found = np.zeros(len(cells), dtype=np.bool_)
    for along in cells.dimensions:
        line, total = cells.lines(along), cells.is_total(along)
        holding = np.bincount(line, (cells.numbers("high") > 0) & ~total) if len(cells) else np.zeros(0)
        found |= total & (holding[line] > 1)
    return found


def _pairs(cells: Cells, along: str) -> list[tuple[str, str]]:
    """The dimension with each other one, both ways round."""
    return [pair for other in cells.dimensions if other != along for pair in ((along, other), (other, along))]


def _determines(cells: Cells, first: str, second: str) -> bool:
    """Whether each label of the first dimension goes with only one of the second."""
    return bool((cells.labels.groupby(first)[second].nunique() <= 1).all())
