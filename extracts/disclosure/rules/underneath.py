"""Underneath: counts supplied as those behind a table must lead to its numbers, or they are the counts of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

import numpy as np

from extracts.disclosure.microdata.labels import as_key
from extracts.disclosure.reading.beneath import with_counts_beneath
from extracts.disclosure.reading.cells import Booleans, Cells, Floats
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.report import Cell, Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "underneath"
ATTACK = "A table that passes by the counts of another says nothing of its own."
CURE = "Supply the counts that the table was made of, with the same rows, or correct the table."
# Ratios that are made of more than counts: times at risk, or a model.
OF_MORE = frozenset(["hr", "hazard", "irr", "incidence", "adjusted", "aor", "sir", "smr"])
MOST_ROWS = 60  # of a table beneath ratios: more pairs than theirs explain anything
ROOM = 1e-9


def findings(subject: Subject) -> Iterator[Finding]:
    """Percentages, ratios and counts that the table supplied beneath them does not give.

    Source: table 2.2 of the facts: rates and odds are judged by the counts beneath, which must be theirs; arithmetic.
    """
    beneath = [cells.of_kind("count") for cells in subject.beneath]
    if not beneath:
        return
    yield from _percentages(subject, beneath)
    yield from _counts(subject, beneath)
    if subject.described.output_type != "REGR":
        yield from _ratios(subject, beneath)


def _percentages(subject: Subject, beneath: Sequence[Cells]) -> Iterator[Finding]:
    """Columns of percentages with a base beside them that no table beneath gives. Those without say so themselves."""
    cells = subject.cells.of_kind("percentage")
    cells = cells.where(cells.states("number") & np.isfinite(cells.numbers("base")))
    bare = Cells(cells.labels, cells.totals, cells.facts.assign(base=np.nan, low=np.nan, high=np.nan))
    for counts in beneath:
        bare = with_counts_beneath(bare, counts)
    differs = np.isnan(bare.numbers("base")) & ~_of_numerators(cells, beneath)
    for name in cells.facts.loc[differs, "column"].unique():
        problem = f"The counts supplied beneath do not give the percentages of {name}."
        yield Finding(subject.described.name, CODE, Verdict.REVIEW, problem, ATTACK, CURE, Cell(None, name, name))


def _of_numerators(cells: Cells, beneath: Sequence[Cells]) -> Booleans:
    """Which percentages have as numerator a count beneath, of the base that stands beside them."""
    found = np.zeros(len(cells), dtype=np.bool_)
    for known in map(_by_label, beneath):
        count = _of_each(cells, known) if known else np.full(len(cells), np.nan)
        found |= (cells.numbers("low") <= count) & (count <= cells.numbers("high"))
    return found


def _of_each(cells: Cells, known: Mapping[frozenset[str], float]) -> Floats:
    """The count beneath with the labels of each cell; NaN for none."""
    keys = [frozenset(map(as_key, labels)) for labels in cells.labels.itertuples(index=False, name=None)]
    return np.array([known.get(key, np.nan) for key in keys], dtype=np.float64)


def _counts(subject: Subject, beneath: Sequence[Cells]) -> Iterator[Finding]:
    """Counts that a table beneath with the same labels has otherwise."""
    cells = subject.cells.of_kind("count")
    cells = cells.where(cells.states("number"))
    shares = subject.cells.of_kind("percentage")
    if len(shares) and _of_numerators(shares.where(shares.states("number")), beneath).all():
        bases = {share.base for share in subject.described.layout.percentages}  # beneath are their numerators instead
        cells = cells.where(~cells.facts["column"].isin(bases).to_numpy(dtype=np.bool_))
    below, above = subject.rounding.reach if subject.rounding else (0, 0)
    if cells.facts["column"].nunique() > 1 and not subject.described.layout.columns:
        return  # several measures: which of them the other table has is not said
    for counts in beneath:
        known = _by_label(counts)
        if known is None or len(counts.dimensions) != len(cells.dimensions):
            continue
        there, value = _of_each(cells, known), cells.numbers("value")
        for place in subject.places(cells, (there < value - below) | (there > value + above)):
            problem = "The table supplied beneath has another count here than the one that is shown."
            yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, ATTACK, CURE)


def _by_label(counts: Cells) -> dict[frozenset[str], float] | None:
    """Labels of each cell, in whatever order -> its count; None where two cells have the same."""
    keys = [frozenset(map(as_key, labels)) for labels in counts.labels.itertuples(index=False, name=None)]
    return dict(zip(keys, counts.numbers("value"), strict=True)) if len(set(keys)) == len(keys) else None


def _ratios(subject: Subject, beneath: Sequence[Cells]) -> Iterator[Finding]:
    """Odds and risk ratios that no two rows and two columns of a table beneath give."""
    cells = subject.cells.of_kind("ratio")
    cells = cells.where(cells.states("number"))
    tables = [table for counts in beneath for table in _crossed(counts)]
    if not len(cells) or not tables or any(len(table) > MOST_ROWS for table in tables):
        return
    possible = np.concatenate([ratios_of(table) for table in tables])
    value, spread = cells.numbers("value"), cells.numbers("spread")
    named = np.array([bool(OF_MORE & set(words_of(str(name)))) for name in cells.facts["column"]], dtype=np.bool_)
    near = np.array([bool((np.abs(possible - v) <= s * (1 + ROOM)).any()) for v, s in zip(value, spread, strict=True)])
    for place in subject.places(cells, ~near & ~named):
        problem = "The counts supplied beneath do not give this ratio."
        yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, ATTACK, CURE)


def ratios_of(table: Floats) -> Floats:
    """The odds ratios and risk ratios of every two rows and two columns of a table of counts.

    Source: (a/b) / (c/d), and (a/(a+b)) / (c/(c+d)); the first is the ratio of risks too where a column is a total.
    """
    found = []
    with np.errstate(invalid="ignore", divide="ignore"):
        for one, other in permutations(range(table.shape[1]), 2):
            for over in (table[:, other], table[:, one] + table[:, other]):
                rate = table[:, one] / over
                found.append((rate[:, None] / rate[None, :]).ravel())
    ratios = np.concatenate(found) if found else np.zeros(0)
    return ratios[np.isfinite(ratios)]


def _crossed(counts: Cells) -> Iterator[Floats]:
    """The counts with one dimension of few labels across and all others down, for each such dimension."""
    for across in counts.dimensions:
        wide = counts.facts.assign(across=counts.labels[across].to_numpy(), down=counts.lines(across))
        table = wide.pivot_table(index="down", columns="across", values="value", aggfunc="first")
        if 1 < table.shape[1] <= 4 and len(table) > 1:
            yield table.to_numpy(dtype=np.float64)
