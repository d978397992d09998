"""Differencing: two published figures whose populations differ by a few people give these away.

Source: ABS DataLab, "no difference below 10 between tables"; Handbook on Statistical Disclosure
Control, section 4, "disclosure by differencing".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from extracts.disclosure.ledger.amounts import Limits
from extracts.disclosure.ledger.hits import Differences, Hit, Term
from extracts.disclosure.ledger.microdata import CannotRecompute, members, numbered
from extracts.disclosure.ledger.nesting import nested_amounts
from extracts.disclosure.ledger.parsing import UnreadablePopulation
from extracts.disclosure.ledger.predicates import TooComplicated
from extracts.disclosure.ledger.recomputed import not_as_published, recomputed
from extracts.disclosure.ledger.released import ReleasedTable, cell_names, countable
from extracts.disclosure.ledger.store import Ledger
from extracts.disclosure.ledger.symbolic import symbolic, symbolic_amounts
from extracts.disclosure.ledger.times import moment
from extracts.disclosure.ledger.within import LESS, words
from extracts.disclosure.policy import Dominance
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.labels import as_compared
from extracts.disclosure.report import Cell, Finding, Verdict

CODE = "differencing"
CURE = "Use the population of what has left already, merge the cell with others, or hide it here."
# Words of dimensions whose labels are passed through one after the other.
STAGES = frozenset({"stage", "stages", "step", "steps", "funnel", "attrition", "pathway"})
# Words of dimensions whose numbers are lengths of time.
SINCE = frozenset({"since", "after", "following", "followup", "elapsed"})
# So many numbers do not keep from falling by chance.
SEVERAL_STEPS = 4


def differences(
    tables: Sequence[ReleasedTable],
    *,
    threshold: int,
    microdata: pd.DataFrame | None = None,
    unit: str | None = None,
    seconds: float = 10.0,
    zeros: bool = False,
    nk: tuple[Dominance, ...] = (Dominance(2, 0.90),),
    p: float = 10.0,
) -> Differences:
    """What the new tables give away beside each other and beside those that have left.

    threshold  smallest count that is safe
    microdata  the records that the tables were made from, if they are at hand; then cells are made
               anew and their people compared, whatever the labels are called
    unit       column that tells people apart; None if every record is a person
    zeros      whether a difference of nobody is unsafe too
    nk, p      dominance rules for the amounts of the people apart; they need records

    Without records, or where they do not give a table, populations and labels are compared as sets.
    `implied` holds the differences of cells with the same labels in nested tables, safe or not.
    """
    if microdata is None:
        return _by_words(tables, threshold=threshold, zeros=zeros, seconds=seconds)
    limits = Limits(threshold, nk, p)
    try:
        people = numbered(microdata, unit)
        anew = recomputed(tables, people, threshold=threshold, limits=limits, seconds=seconds / 2)
    except CannotRecompute as error:
        anew = Differences(proven=False, problems=(str(error),))
    half = seconds / 2
    # Records say nothing of whom a share counts; everything else they have settled.
    settled = anew.proven and not any((table.cells.facts["kind"] == "percentage").any() for table in tables)
    told = symbolic(tables, threshold=threshold, zeros=zeros, seconds=half, pairs_only=settled)
    if settled:
        told = replace(told, proven=True, problems=())
    return _together(anew, told)


def remembered(
    ledger: Ledger,
    tables: Sequence[ReleasedTable],
    *,
    threshold: int,
    microdata: pd.DataFrame | None = None,
    unit: str | None = None,
    seconds: float = 10.0,
    zeros: bool = False,
) -> Differences:
    """What the new tables give away beside everything in a ledger.

    With records, every nested pair is found by the people in the cells; releases whose people the
    ledger does not know are compared by populations and labels, and so is everything where the
    records do not give the new tables. Beside each other the new tables are compared by `differences`.
    """
    if microdata is None or unit is None:
        return _by_words([*ledger.tables, *tables], threshold=threshold, zeros=zeros, seconds=seconds)
    try:
        people = ledger.numbered(microdata, unit)
        made = [(table, list(members(table, people))) for table in tables]
    except (CannotRecompute, UnreadablePopulation) as error:
        told = symbolic([*ledger.tables, *tables], threshold=threshold, zeros=zeros, seconds=seconds)
        return replace(told, proven=False, problems=(str(error), *told.problems))
    flat = [(table, member) for table, own in made for member in own]
    problems = tuple(problem for table, own in made for problem in not_as_published(table, own))
    anew = Differences(tuple(ledger.check_members(flat, threshold=threshold)), (), not problems, problems)
    shares = any((table.cells.facts["kind"] == "percentage").any() for table in tables)
    old = [t for t in ledger.tables if shares or t.release in ledger.unrecorded]
    if not old:
        return anew
    told = symbolic([*old, *tables], threshold=threshold, zeros=zeros, seconds=seconds)
    return _together(anew, told)


def _together(first: Differences, second: Differences) -> Differences:
    """Both, each difference of the same cells once."""
    known = {_cells(hit) for hit in first.hits}
    hits = (*first.hits, *(hit for hit in second.hits if _cells(hit) not in known))
    problems = tuple(dict.fromkeys((*first.problems, *second.problems)))
    return Differences(hits, (*first.implied, *second.implied), first.proven and second.proven, problems)


def _cells(hit: Hit) -> tuple[object, ...]:
    names = ((t.cell.file, t.cell.release, t.cell.row, t.cell.column, t.times > 0) for t in hit.terms)
    return (hit.statistic, *sorted(names))


def _by_words(tables: Sequence[ReleasedTable], *, threshold: int, zeros: bool, seconds: float) -> Differences:
    """Differences by populations and labels alone, of counts and of amounts.

    Amounts of nested populations can only be judged by the records behind them; by the numbers of their
    contributors it is known where these are few.
    """
    found = symbolic(tables, threshold=threshold, zeros=zeros, seconds=seconds)
    few = symbolic_amounts(tables, threshold=threshold, seconds=seconds)
    problems = list(found.problems)
    try:
        for cell, same in nested_amounts(tables):
            nested = "Amounts of nested populations can only be compared with the records at hand."
            problems.append(f"The same people have another amount: {cell}." if same else nested)
    except TooComplicated as error:
        problems.append(str(error))
    proven = found.proven and problems == list(found.problems)
    return Differences((*found.hits, *few), found.implied, proven, tuple(dict.fromkeys(problems)))


def nested_labels(
    table: ReleasedTable, nesting: Sequence[tuple[str, str]], *, threshold: int, zeros: bool = False
) -> Differences:
    """What pairs of labels (part, whole) of one dimension give away when they are subtracted.

    Labels that stand in no dimension of the table together are named in `problems`. The group's
    label is what the part is said to lack ("County less Smalltown" lacks Smalltown).
    """
    hits, implied, problems = list[Hit](), list[Hit](), list[str]()
    for part, whole in nesting:
        found = list(_subtracted(table, part, whole))
        implied += found
        hits += [hit for hit in found if (0 if zeros else 1) <= hit.low <= hit.high < threshold]
        if not found:
            problems.append(f"{table.file}: the labels {part} and {whole} do not stand beside each other.")
        if any(hit.high < 0 for hit in found):
            problems.append(f"{table.file}: {part} is larger than {whole}, which is said to hold it.")
    reason = f"The whole less the part is below {threshold}."
    return Differences(
        tuple(replace(hit, reason=reason) for hit in hits), tuple(implied), not problems, tuple(problems)
    )


def supposed(table: ReleasedTable, *, threshold: int) -> Differences:
    """What labels that nobody called parts of each other give away if they are: stages, and lengths of time.

    Stages of a case are taken in the order of the table, where none is larger than the one before; "6 months" and
    "12 months" where no number falls with time on any of several lines.
    """
    hits = list[Hit]()
    for dimension in table.cells.dimensions:
        labels = list(table.cells.labels[dimension][~table.cells.is_total(dimension)].unique())
        times = _lengths(dimension, labels)
        if len(labels) > 1 and len(times) == len(labels) and len({kind for kind, _ in times.values()}) == 1:
            ordered, enough = sorted(labels, key=lambda label: times[label][1]), SEVERAL_STEPS
        elif STAGES & set(words_of(dimension)):
            ordered, enough = labels[::-1], 1
        else:
            continue
        found = [hit for part, whole in pairwise(ordered) for hit in _subtracted(table, part, whole)]
        if len(found) >= enough and all(hit.low >= 0 for hit in found):
            hits += (hit for hit in found if 1 <= hit.low <= hit.high < threshold)
    reason = f"If the larger count holds the smaller one, they differ by fewer than {threshold}."
    return Differences(tuple(replace(hit, reason=reason, by_definition=False) for hit in hits))


def _lengths(dimension: str, labels: Sequence[str]) -> dict[str, tuple[str, float]]:
    """The labels that are lengths of time, but for words that all of them begin with, and how long they are."""
    told = [words(label).split() for label in labels]
    common = 0
    while len(labels) > 1 and all(len(one) > common + 1 and one[common] == told[0][common] for one in told):
        common += 1
    bare = {label: moment(" ".join(one[common:])) for label, one in zip(labels, told, strict=True)}
    whole = {label: moment(" ".join(one)) for label, one in zip(labels, told, strict=True)}
    kinds = {"time", "number"} if SINCE & set(words_of(dimension)) else {"time"}
    times = {label: whole[label] or bare[label] for label in labels}
    return {label: time for label, time in times.items() if time and time[0] in kinds}


def _subtracted(table: ReleasedTable, part: str, whole: str) -> Iterator[Hit]:
    """The whole less the part on every line that shows both."""
    chosen = countable(table.cells)
    cells, names = table.cells.where(chosen), cell_names(table, chosen)
    low = np.maximum(cells.numbers("low") - table.off_by, 0)
    high = cells.numbers("high") + table.off_by
    for dimension in cells.dimensions:
        label = [as_compared(text) for text in cells.labels[dimension]]
        lines = cells.lines(dimension).tolist()
        wholes = {line: i for i, line in enumerate(lines) if label[i] == as_compared(whole)}
        parts = [i for i, text in enumerate(label) if text == as_compared(part) and lines[i] in wholes]
        for place in parts:
            around = wholes[lines[place]]
            terms = tuple(
                Term(names[i], sign, float(low[i]) if low[i] == high[i] else None)
                for i, sign in ((around, 1), (place, -1))
            )
            key = {**names[place].key, dimension: remainder(part, whole)}
            yield Hit(terms, key, low[around] - high[place], high[around] - low[place])


def remainder(part: str, whole: str) -> str:
    """The name of what the whole has and the part lacks."""
    named = LESS.fullmatch(part)
    return named["part"] if named else f"{whole} less {part}"


def findings(found: Differences, *, file: str = "") -> Iterator[Finding]:
    """A finding for every hit, and one for every reason why there may be more.

    A difference known exactly, of groups of which one holds the other by definition, fails; one that
    is known between bounds, or nested in these records only, is for a person. `file` is where
    findings about no cell stand.
    """
    for hit in found.hits:
        cell = hit.flagged
        label = ", ".join(f"{name} {text}" for name, text in cell.key.items())
        sure = hit.value is not None and hit.by_definition
        place = Cell(cell.row, cell.column, label or cell.column, dict(cell.key))
        problem = f"{hit.reason} They are: {hit.sources}."
        yield Finding(cell.file, CODE, Verdict.FAIL if sure else Verdict.REVIEW, problem, hit.attack, CURE, place)
    for problem in found.problems:
        cure = "Describe populations as filters that can be compared, or let a checker compare by hand."
        yield Finding(file, CODE, Verdict.REVIEW, problem, cure=cure)
