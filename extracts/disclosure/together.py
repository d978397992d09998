"""Together: what the tables of a request give away beside each other, and beside those that have left before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from extracts.disclosure.audit.across import told_across
from extracts.disclosure.description import Description, FileDescription
from extracts.disclosure.judging import Judgement, described_parts
from extracts.disclosure.ledger.hits import Differences, Hit
from extracts.disclosure.ledger.released import ReleasedTable
from extracts.disclosure.ledger.store import Ledger
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.cells import Cells, tidy
from extracts.disclosure.reading.opening import contents_of
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import Finding, Implied, Verdict
from extracts.disclosure.rulebook import TABLES
from extracts.disclosure.rules import differencing
from extracts.disclosure.rules.given_back import given_back
from extracts.disclosure.same_dimensions import with_one_name_each
from extracts.disclosure.subject import Subject
from extracts.disclosure.supporting import records_of


@dataclass(frozen=True)
class Together:
    """Findings that need several tables, and what can be worked out from them."""

    findings: tuple[Finding, ...] = ()
    implied: tuple[Implied, ...] = ()

    def added_to(self, name: str, judgement: Judgement) -> Judgement:
        """The judgement on a file, with what was found of it together with others."""
        mine = [finding for finding in self.findings if finding.file == name]
        return replace(judgement, findings=[*judgement.findings, *mine])


def compared(
    judgements: Mapping[str, Judgement],
    description: Description,
    contents: Mapping[str, bytes],
    policy: Policy,
    ledger: Ledger | None = None,
) -> Together:
    """What the judged tables give away together.

    Tables of one request are compared with each other, with the released ones that the description names and with
    those that a ledger remembers, and labels within labels are subtracted. Who is not said to be left out is counted.
    """
    new = [table for judgement in judgements.values() for table in _new(judgement, description, policy)]
    old, problems = _released(description, contents, policy)
    new, old = _named_alike(new, old, _records(description, contents)[0])
    if not new:
        return Together(tuple(problems))
    linked = _audited_together(judgements, old, description)
    problems += [finding for finding, _ in linked]
    found = [_across(new, old, description, contents, policy), *_nested(new, description, policy)]
    if ledger is not None:
        found.append(_remembered(ledger, new, description, contents, policy))
    said = [finding for one in found for finding in differencing.findings(one, file=new[0].file)]
    implied = {one.attack: one for _, one in linked if one is not None}
    implied |= {hit.attack: _implied(hit) for one in found for hit in one.implied}
    pairs = [(one.part, one.whole) for one in description.nesting]
    back = list(given_back([hit for one in found for hit in one.hits], new, pairs))
    told = (*implied.values(), *(one for _, one in back if one not in implied.values()))
    return Together((*problems, *said, *(finding for finding, _ in back)), told)


def _named_alike(
    new: list[ReleasedTable], old: list[ReleasedTable], records: pd.DataFrame | None
) -> tuple[list[ReleasedTable], list[ReleasedTable]]:
    """The tables, one classification called by one name in all of them."""
    known = [] if records is None else [str(name) for name in records.columns]
    cells = with_one_name_each([table.cells for table in (*old, *new)], known)
    tables = [replace(table, cells=one) for table, one in zip((*old, *new), cells, strict=True)]
    return tables[len(old) :], tables[: len(old)]


def _audited_together(
    judgements: Mapping[str, Judgement], old: Sequence[ReleasedTable], description: Description
) -> list[tuple[Finding, Implied | None]]:
    """Hidden cells that are safe in their own table and not beside the others, or beside what has left before."""
    subjects = [
        table.subject
        for judgement in judgements.values()
        for table in judgement.tables
        if table.described.output_type in TABLES
    ]
    overlapping = [one for one in subjects if one.described.overlapping]
    hiding = [one for one in overlapping if one.cells.of_kind("count").states("hidden").any()]
    doubts = [(_unknown_beside(one), None) for one in hiding if len(subjects) + len(old) > 1]
    subjects = [one for one in subjects if not one.described.overlapping]
    whom = [description.population_of(subject.described.name).filter for subject in subjects]
    alike = with_one_name_each([*(table.cells for table in old), *(subject.cells for subject in subjects)])
    earlier = alike[: len(old)]
    subjects = [replace(one, cells=cells) for one, cells in zip(subjects, alike[len(old) :], strict=True)]
    populations = [*whom, *(table.population for table in old)]
    return [*doubts, *told_across(subjects, earlier, populations=populations)]


def _unknown_beside(subject: Subject) -> Finding:
    """What is said of hidden counts of units that are in several cells: the tables are no equations."""
    problem = "Units are in several cells, so nobody worked out whether other tables give back what is hidden here."
    return subject.file_finding("secondary_suppression", Verdict.REVIEW, problem, cure="Hide the same cells in all.")


def _new(judgement: Judgement, description: Description, policy: Policy) -> Iterator[ReleasedTable]:
    off_by = policy.off_by
    for table in judgement.tables:
        if table.described.output_type not in TABLES:
            continue  # steps of a curve and coefficients count nobody's group
        whom = description.population_of(table.described.name)
        cells = _by_value(table.cells, table.described)
        yield ReleasedTable(
            table.described.name, "", cells, whom.filter, True, whom.dataset_version, off_by,
            overlapping=table.described.overlapping,
        )  # fmt: skip


def _by_value(cells: Cells, described: FileDescription) -> Cells:
    """The cells, amounts under the name of the column of the records that they are made of."""
    if not described.recipe.value:
        return cells
    amounts = cells.facts["kind"].isin(["total", "mean"])
    return Cells(
        cells.labels,
        cells.totals,
        cells.facts.assign(measure=cells.facts["measure"].where(~amounts, described.recipe.value)),
    )


def _with_headings(cells: Cells) -> Cells:
    """The cells with their headings as one more dimension, so that columns can be parts of each other."""
    labels = cells.labels.assign(measure=cells.facts["column"].astype(str))
    return Cells(labels, cells.totals.assign(measure=False), cells.facts.assign(measure=""))


def tables_to_remember(
    description: Description, contents: Mapping[str, bytes], policy: Policy
) -> tuple[list[ReleasedTable], pd.DataFrame | None, str, tuple[str, ...]]:
    """The released tables of a description, the records behind them if there are any, their unit, and what is amiss."""
    tables, problems = _released(description, contents, policy)
    records, unit = _records(replace(description, files=description.released), contents)
    return tables, records if unit else None, unit, tuple(one.problem for one in problems)


def _released(
    description: Description, contents: Mapping[str, bytes], policy: Policy
) -> tuple[list[ReleasedTable], list[Finding]]:
    """The tables that have left before, and what is said where one cannot be read."""
    found, problems = list[ReleasedTable](), list[Finding]()
    for file in description.released:
        try:
            found += _tables_of(file, description, contents, policy)
        except CannotRead as error:
            problem = f"A released file cannot be compared: {error.problem}"
            at = description.files[0].name if description.files else file.name
            problems.append(Finding(at, differencing.CODE, Verdict.REVIEW, problem, cure=error.cure))
    return found, problems


def _tables_of(
    file: FileDescription, description: Description, contents: Mapping[str, bytes], policy: Policy
) -> Iterator[ReleasedTable]:
    if file.name not in contents:
        raise CannotRead("it was not supplied.", f"Supply {file.name}.")
    whom, off_by = description.population_of(file.name), policy.off_by
    read = contents_of(file.name, contents[file.name], policy, known=file.layout.rows)
    if not read.tables:
        raise CannotRead("no table was found in it.", f"Supply {file.name} as a table.")
    for described, part in described_parts(file, read):
        if part.table is not None:
            if absent := set(described.layout.placed) - set(part.table.columns):
                raise CannotRead(f"it has no columns {', '.join(sorted(absent))}.", "Correct the description.")
            cells = _by_value(tidy(part.table, described), described)
            release = whom.release or "earlier"
            yield ReleasedTable(
                file.name, release, cells, whom.filter, False, whom.dataset_version, off_by,
                overlapping=described.overlapping,
            )  # fmt: skip


def _across(
    new: list[ReleasedTable],
    old: list[ReleasedTable],
    description: Description,
    contents: Mapping[str, bytes],
    policy: Policy,
) -> Differences:
    """Differences between tables. What could not be compared is only told where there is something to compare."""
    records, unit = _records(description, contents)
    found = differencing.differences(
        [*new, *old], threshold=policy.differencing_threshold, microdata=records, unit=unit or None,
        zeros=policy.zeros_disclosive, nk=policy.nk, p=policy.p_percent,
    )  # fmt: skip
    if old or description.populations:
        return found
    return replace(found, problems=(), implied=())


def _remembered(
    ledger: Ledger,
    new: list[ReleasedTable],
    description: Description,
    contents: Mapping[str, bytes],
    policy: Policy,
) -> Differences:
    """Differences to what the ledger remembers, by the records where they are at hand."""
    records, unit = _records(description, contents)
    new, _ = _named_alike(new, ledger.tables, records)
    return differencing.remembered(
        ledger, new, threshold=policy.differencing_threshold, microdata=records, unit=unit or None,
        zeros=policy.zeros_disclosive,
    )  # fmt: skip


def _nested(new: list[ReleasedTable], description: Description, policy: Policy) -> Iterator[Differences]:
    """Labels within labels, subtracted in each table that has both; and those that may be."""
    yield from (differencing.supposed(table, threshold=policy.differencing_threshold) for table in new)
    pairs = [(one.part, one.whole) for one in description.nesting]
    if not pairs:
        return
    for table in new:
        headings = set(table.cells.facts["column"].astype(str)) - set(table.cells.labels.to_numpy().ravel().tolist())
        if any(label in headings for pair in pairs for label in pair):
            table = replace(table, cells=_with_headings(table.cells))
        yield differencing.nested_labels(
            table, pairs, threshold=policy.differencing_threshold, zeros=policy.zeros_disclosive
        )


def _records(description: Description, contents: Mapping[str, bytes]) -> tuple[pd.DataFrame | None, str]:
    """The records behind the first file that has any, and the column that tells people apart."""
    for file in description.files:
        if file.recipe.microdata:
            try:
                records = records_of(file, contents, everybody=True)
            except CannotRead:
                continue
            return records.everything(), records.unit
    return None, ""


def _implied(hit: Hit) -> Implied:
    return Implied(dict(hit.key), float(hit.low), float(hit.high), hit.attack)
