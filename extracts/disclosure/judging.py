"""Judging one file: read it, then put each of its tables to the rules for what it is.

Each step is taken only if the one before leaves no doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from extracts.disclosure.description import FileDescription
from extracts.disclosure.microdata.modes_of_text import with_texts
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.beneath import with_counts_beneath
from extracts.disclosure.reading.beside import with_counts_beside
from extracts.disclosure.reading.cells import Cells, tidy
from extracts.disclosure.reading.contents import Concealed, Contents, Part, PartKind
from extracts.disclosure.reading.csv_table import Fit, Table
from extracts.disclosure.reading.fit import size_in_text, size_said
from extracts.disclosure.reading.labels import as_compared
from extracts.disclosure.reading.opening import contents_of
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import Cell, Evidence, Examined, Finding, Implied, Verdict
from extracts.disclosure.requirements import needs
from extracts.disclosure.rulebook import FOR_A_PERSON, MODELS, RULES, TABLES, TESTS
from extracts.disclosure.rules import (
    file_limits,
    free_text,
    identifiers,
    points,
    pseudonyms,
    records,
    said_in_labels,
    secondary_suppression,
    threshold,
)
from extracts.disclosure.rules.degrees_of_freedom import residual
from extracts.disclosure.subject import Subject
from extracts.disclosure.suggest import suggest_beneath, suggest_for
from extracts.disclosure.supporting import records_behind, records_of, with_evidence


@dataclass(frozen=True)
class Judged:
    """The cells of one table with what was said of it, for what several tables give away together."""

    subject: Subject
    place: str = ""

    @property
    def described(self) -> FileDescription:
        """What was said of the table."""
        return self.subject.described

    @property
    def cells(self) -> Cells:
        """Its cells, with their evidence."""
        return self.subject.cells


@dataclass(frozen=True)
class Judgement:
    """What was found in a file, on what grounds, and how much more was counted but not written out."""

    findings: Sequence[Finding]
    examined: Examined = field(default_factory=Examined)
    evidence: Evidence = Evidence.FILE_ALONE
    beyond: int = 0
    tables: tuple[Judged, ...] = ()
    implied: tuple[Implied, ...] = ()


def judge(
    name: str, content: bytes, described: Sequence[FileDescription], contents: Mapping[str, bytes], policy: Policy
) -> Judgement:
    """What is found in one file.

    described  what was said of it: one description, or none or several, which is for a person
    contents   the other files of the request, among them its evidence, by name
    """
    asked = [_review(name, "description", *need) for need in _before_reading(described)]
    limits = list(file_limits.findings(name, content, policy))
    try:
        known = [heading for one in described for heading in one.layout.rows]
        read = contents_of(name, content, policy, known=known)
    except CannotRead as error:
        return Judgement([*asked, *limits, _review(name, "reading", error.problem, error.cure)])
    read = _noted(read, described[0], policy) if len(described) == 1 else read
    found = [*asked, *limits, *(_concealed(name, one) for one in read.concealed)]
    # Labels of records must not reach a report, so nothing more is said of a file of records.
    study = records_behind(described, contents)
    of_people = [one for part in read.tables for one in _of_people(name, part, policy, study)]
    if any(one.verdict is Verdict.FAIL for one in of_people):
        return Judgement([*found, *of_people])
    found += of_people
    found += [
        *free_text.findings(name, read.parts, policy),
        *said_in_labels.findings(name, read.parts, policy),
        *(one for part in read.parts for one in _of_no_table(name, part)),
    ]
    if asked:
        return Judgement(found)
    tables = list(described_parts(described[0], read))
    judgements = [_judge_table(one, part, contents, policy) for one, part in tables]
    found += [*_unsaid(described[0], tables)]
    found += _without_words(described[0], read)
    if not judgements and not found:
        found.append(_review(name, "reading", "No table was found in the file.", "Supply the numbers as a table."))
    return _together(found, judgements)


# Headings that software gives by itself.
WORDLESS = re.compile(r"(?:v|x|var|col|column|field|unnamed:?)[ _]?\d*|column \d+", re.IGNORECASE)


def _without_words(described: FileDescription, read: Contents) -> Iterator[Finding]:
    """Tables whose headings say nothing: nobody can judge what is not said to be about anything."""
    for part in read.tables:
        if part.table is not None and all(WORDLESS.fullmatch(name) for name in part.table.columns):
            problem = "No heading says what the table is about."
            yield _at(
                _review(described.name, "context", problem, "Give each column a heading with its meaning."), part.place
            )


def _together(found: Sequence[Finding], judgements: Sequence[Judgement]) -> Judgement:
    """One judgement of a file from those of its tables: the poorest of their grounds counts."""
    if not judgements:
        return Judgement(found)
    return Judgement(
        [*found, *(finding for one in judgements for finding in one.findings)],
        sum((one.examined for one in judgements), Examined()),
        max((one.evidence for one in judgements), key=str),
        sum(one.beyond for one in judgements),
        tuple(table for one in judgements for table in one.tables),
        tuple(implied for one in judgements for implied in one.implied),
    )


def described_parts(described: FileDescription, read: Contents) -> Iterator[tuple[FileDescription, Part]]:
    """Each table with what was said of it: those that have the described columns; of others the engine guesses."""
    tables, placed = read.tables, set(described.layout.placed)
    for part in tables:
        if part.table is None:
            continue
        if len(tables) == 1 or (placed and placed <= set(part.table.columns)):
            yield described, part
        else:
            draft = suggest_for(described.name, part.table)
            guessed = replace(
                described, output_type=draft.output_type or "FREQ", layout=draft.layout, inferred=True, evidence=""
            )
            yield guessed, part


def _unsaid(described: FileDescription, parts: Sequence[tuple[FileDescription, Part]]) -> Iterator[Finding]:
    """Tables beside those that somebody described: they are judged by a guess, which a person confirms."""
    for one, part in parts:
        if one.inferred and not described.inferred:
            problem = "Nobody described this table: what its columns hold was guessed."
            yield _at(_review(one.name, "description", problem, "Keep each table in a file of its own."), part.place)


def _of_people(name: str, part: Part, policy: Policy, study: pd.DataFrame | None) -> Iterator[Finding]:
    """Columns that identify people, and tables with a row for each of them."""
    if part.table is None:
        return
    for found in (
        identifiers.findings(name, part.table, policy),
        pseudonyms.findings(name, part.table),
        records.findings(name, part.table, policy, microdata=study),
    ):
        yield from (_at(finding, part.place) for finding in found)


def _at(finding: Finding, place: str) -> Finding:
    """The finding with the part of the file that it is in."""
    if not place:
        return finding
    cell = finding.cell or Cell(None, "", place)
    return replace(finding, cell=replace(cell, place=place))


def _concealed(name: str, one: Concealed) -> Finding:
    cell = Cell(None, "", one.place, place=one.place) if one.place else None
    return Finding(name, one.rule, one.verdict, one.problem, cure=one.cure, cell=cell)


def _of_no_table(name: str, part: Part) -> Iterator[Finding]:
    """What is asked of parts that are no tables: a person reads texts and looks at pictures; models stay."""
    if part.kind is PartKind.PICTURE:
        problem = "A picture can only be judged by looking at it."
        yield _at(_review(name, "picture", problem, "Supply the counts behind it as a table of its own."), part.place)
    elif part.kind is PartKind.MODEL:
        problem = "The file holds a fitted model or another object that nothing here opens."
        cure = "Release the coefficients as a table instead, or supply a report of attacks on the model."
        yield _at(_review(name, "model", problem, cure), part.place)


def _judge_table(described: FileDescription, part: Part, contents: Mapping[str, bytes], policy: Policy) -> Judgement:
    """The judgement on one table of a file, its findings with the part that they are in."""
    table = part.table
    if table is None:
        return Judgement([])
    if dots := list(points.findings(described.name, table, described, policy)):
        return Judgement([_at(one, part.place) for one in dots])
    described = _with_size(described, table)
    asked = [_review(described.name, "description", *need) for need in _before_judging(described, table)]
    judgement = Judgement(asked) if asked else _judge_cells(described, table, contents, policy)
    tables = tuple(replace(one, place=part.place) for one in judgement.tables)
    return replace(judgement, findings=[_at(one, part.place) for one in judgement.findings], tables=tables)


def _with_size(described: FileDescription, table: Table) -> FileDescription:
    """The description of a model or test with the size that its table tells; the smallest that is said counts.

    Where only the number of units is known, each row is taken for a parameter.
    """
    if described.output_type not in MODELS | TESTS:
        return described
    said = described.regression
    n, freedom = size_said(table.fit)
    if n is not None and said.n_obs is not None and n < said.n_obs:
        n = None  # of another model than the one described: the rule about degrees of freedom says so
    parameters = said.parameters
    if n is not None and parameters is None and freedom is None and said.df_residual is None:
        parameters = len(table.rows) if described.output_type in MODELS else None
    sizes = ([a for a in pair if a is not None] for pair in ((said.n_obs, n), (said.df_residual, freedom)))
    units, left = (min(known, default=None) for known in sizes)
    return replace(described, regression=replace(said, n_obs=units, df_residual=left, parameters=parameters))


def _noted(read: Contents, described: FileDescription, policy: Policy) -> Contents:
    """The contents; a title or note with the number of units of the one table of results is told of that table."""
    if len(read.tables) != 1 or described.output_type not in MODELS | TESTS:
        return read
    sizes, parts = list[int](), list[Part]()
    for part in read.parts:
        lines = part.text.splitlines() if part.kind is PartKind.TEXT else []
        told = [size for line in lines if (size := size_in_text(line)) is not None and size >= policy.threshold]
        sizes += told
        rest = "\n".join(line for line in lines if size_in_text(line) not in told)
        parts.append(replace(part, text=rest) if told else part)
    said = tuple(Fit(0, "N", "", "n", float(size)) for size in sizes)
    kept = (part for part in parts if part.text or part.kind is not PartKind.TEXT)
    return replace(
        read,
        parts=tuple(
            replace(part, table=replace(part.table, fit=(*part.table.fit, *said))) if part.table else part
            for part in kept
        ),
    )


def _before_judging(described: FileDescription, table: Table) -> Iterator[tuple[str, str]]:
    yield from needs(described, table, described.output_type in TABLES)


def _before_reading(described: Sequence[FileDescription]) -> Iterator[tuple[str, str]]:
    """What must be put right in a description, and what to do, before its file can be judged."""
    if len(described) != 1:
        number = "several times, in different ways" if described else "by nobody"
        yield f"This file is described {number}.", "Describe it once, or name it as the evidence for another file."
        return
    for problem in described[0].problems():
        yield problem, "Correct the description."
    if described[0].output_type in FOR_A_PERSON:
        cure = FOR_A_PERSON[described[0].output_type]
        yield "No rule judges this kind of output yet: a checker must look at it.", cure


def _judge_cells(described: FileDescription, table: Table, contents: Mapping[str, bytes], policy: Policy) -> Judgement:
    """Apply the rules for this kind of output to the cells of its table, and to the counts beneath its ratios."""
    cells, grounds, found = with_evidence(with_texts(tidy(table, described)), table, described, contents, policy)
    beneath = [*_beneath(described, cells, contents, policy)]
    recipe = replace(described.recipe, where="")  # the records are those of the population
    for counts in (judged for one in beneath for judged in one.tables):
        cells = with_counts_beneath(cells, counts.cells)
    subject = Subject(
        replace(described, recipe=recipe, evidence=described.evidence if grounds is Evidence.UNDERLYING else ""),
        with_counts_beside(cells, described.layout.statistic),
        policy,
        table=table,
        records=records_of(described, contents) if grounds is Evidence.RECOMPUTED else None,
        beneath=tuple(counts.cells for one in beneath for counts in one.tables),
    )
    found += [*_unreadable(subject), *_apply(subject)]
    examined = _examined(cells)
    if described.output_type in TABLES and not examined.shown:
        found.append(_review(described.name, "reading", "No number in this table could be examined.", "Supply counts."))
    sized = described.output_type in MODELS and residual(described.regression) is not None
    if grounds is Evidence.FILE_ALONE and (sized or any(one.tables for one in beneath)):
        grounds = Evidence.UNDERLYING
    findings = [*found, *(finding for one in beneath for finding in one.findings)]
    beyond = sum(subject.beyond) + sum(one.beyond for one in beneath)
    return Judgement(findings, examined, grounds, beyond, (Judged(subject),), _implied(subject))


def _beneath(
    described: FileDescription, shown: Cells, contents: Mapping[str, bytes], policy: Policy
) -> Iterator[Judgement]:
    """Judgements on the tables of counts beneath a table. They are not released, but must be safe where it shows any.

    shown  the cells of the table that they are beneath
    """
    for name in described.underlying:
        try:
            tables = contents_of(name, contents.get(name, b""), policy).tables
        except CannotRead as error:
            yield Judgement([_review(name, "reading", error.problem, error.cure)])
            continue
        for part in tables:
            if part.table is not None:
                table, draft = suggest_beneath(name, part.table)
                beneath = replace(_named_alike(draft, described), unit=described.unit, sensitive=described.sensitive)
                subject = Subject(beneath, tidy(table, beneath), policy, table=table)
                told = replace(subject, cells=subject.cells.where(~_beneath_hidden(subject.cells, shown)))
                yield Judgement(
                    list(threshold.findings(told)),
                    _examined(subject.cells),
                    Evidence.UNDERLYING,
                    tables=(Judged(subject),),
                )


def _beneath_hidden(counts: Cells, shown: Cells) -> npt.NDArray[np.bool_]:
    """Which counts are beneath cells that are hidden, all those with the same labels: no reader is told of them."""
    if not len(shown) or counts.dimensions != shown.dimensions:
        return np.zeros(len(counts), dtype=np.bool_)
    keys = list(zip(*(shown.labels[name].map(as_compared) for name in shown.dimensions), strict=True))
    told = {key for key, hidden in zip(keys, shown.states("hidden", "not_applicable"), strict=True) if not hidden}
    hidden = set(keys) - told
    ours = zip(*(counts.labels[name].map(as_compared) for name in counts.dimensions), strict=True)
    return np.array([key in hidden for key in ours], dtype=np.bool_)


def _named_alike(draft: FileDescription, described: FileDescription) -> FileDescription:
    """The description of a table beneath another, with that one's name across where the headings are the same."""
    ours = described.layout
    shares = {share.column for share in ours.percentages}
    if ours.columns and set(draft.layout.counts) <= {*ours.measured, *shares} and draft.layout.rows == ours.rows:
        return replace(draft, layout=replace(draft.layout, columns=ours.columns))
    return draft


def _implied(subject: Subject) -> tuple[Implied, ...]:
    """What the totals of a table tell of its hidden and rounded cells."""
    return tuple(secondary_suppression.implied(subject)) if subject.described.output_type in TABLES else ()


def _apply(subject: Subject) -> Iterator[Finding]:
    """What the rules for this kind of output find."""
    for rule in RULES:
        if subject.described.output_type in rule.applies_to:
            yield from rule.findings(subject)


def _unreadable(subject: Subject) -> Iterator[Finding]:
    """Cells that are no number, or no number of their kind. What they say is not printed."""
    cells = subject.cells
    kind = cells.facts["kind"].to_numpy()
    value = cells.numbers("value")
    no_number = cells.states("unreadable")
    no_count = (kind == "count") & ((value < 0) | (value != np.floor(value))) & ~np.isnan(value)
    no_zero = cells.flags("said_structural") & (value != 0) & ~np.isnan(value)
    base, shown = cells.numbers("base"), (kind == "percentage") & cells.states("number")
    no_share = shown & ~(np.isfinite(cells.numbers("low")) & (base >= 0) & (value >= 0))
    no_share |= shown & (cells.numbers("low") > base)
    for wrong, problem, cure in (
        (no_number, "This cell cannot be read as a number.", "Write a number, or [c] for a hidden one."),
        (no_count, "A count must be a whole number of 0 or more.", "Supply unweighted, unrounded counts of units."),
        (no_zero, "This cell is described as a structural zero, but it is not zero.", "Correct the description."),
        (no_share, "This is not a percentage of a known base.", "Show the base beside it, and a value it can have."),
    ):
        for place in subject.places(cells, wrong):
            yield subject.finding("reading", Verdict.REVIEW, cells, place, problem, cure=cure)


def _examined(cells: Cells) -> Examined:
    """How many cells were read as what."""
    shown, kind = cells.states("number"), cells.facts["kind"].to_numpy()
    return Examined(
        counts=int((shown & (kind == "count")).sum()),
        magnitudes=int((shown & ~np.isin(kind, ["count", "percentage"])).sum()),
        percentages=int((shown & (kind == "percentage")).sum()),
        hidden=int(cells.states("hidden", "not_applicable").sum()),
        unreadable=int(cells.states("unreadable").sum()),
    )


def _review(file: str, rule: str, problem: str, cure: str) -> Finding:
    """A finding that asks a person to look."""
    return Finding(file, rule, Verdict.REVIEW, problem, cure=cure)
