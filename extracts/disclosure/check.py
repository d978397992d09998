"""The check: files and a description in, a report out.

Fails closed: a file passes only when it was read for certain, described in full, judged by every
rule for its kind, and something in it was in fact examined. Anything else is for a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from extracts.disclosure.description import Description, FileDescription
from extracts.disclosure.microdata.records import Records
from extracts.disclosure.microdata.support import add_support
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.beside import with_counts_beside
from extracts.disclosure.reading.cells import Cells, tidy
from extracts.disclosure.reading.csv_table import Table, read_table
from extracts.disclosure.reading.evidence import add_evidence
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import (
    ENGINE_VERSION,
    Evidence,
    EvidenceFile,
    Examined,
    FileReport,
    Finding,
    Report,
    Verdict,
    worst,
)
from extracts.disclosure.requirements import needs
from extracts.disclosure.rulebook import FOR_A_PERSON, MODELS, RULES, TABLES
from extracts.disclosure.rules import file_limits, row_level, threshold
from extracts.disclosure.rules.degrees_of_freedom import residual
from extracts.disclosure.subject import Subject
from extracts.disclosure.suggest import suggest_beneath


class SameName(ValueError):
    """Two files have one name."""


@dataclass(frozen=True)
class OutputFile:
    """A file as it was handed in."""

    name: str
    content: bytes


Files = Mapping[str, bytes] | Sequence[OutputFile]


def check(files: Files, description: Description, policy: Policy) -> Report:
    """What the files could reveal, judged by the policy.

    Every file gets a report of its own, except those that serve only as evidence for others:
    they are named apart and must not be released. A described file that isn't there is reported
    too. Raises SameName.
    """
    contents = _by_name(files)
    described = _by_file(description)
    served = {name for file in description.files for name in file.served_by}
    evidence = (served & contents.keys()) - set(described)
    reports = tuple(
        _report(name, contents, described.get(name, ()), policy)
        for name in sorted(contents.keys() | described.keys())
        if name not in evidence
    )
    return Report(
        verdict=worst(file.verdict for file in reports) if reports else Verdict.REVIEW,
        files=reports,
        evidence_files=tuple(EvidenceFile(name, _sha256(contents[name])) for name in sorted(evidence)),
        policy=policy.name,
        policy_version=policy.version,
        engine_version=ENGINE_VERSION,
    )


def _by_name(files: Files) -> dict[str, bytes]:
    """Contents by name. Raises SameName."""
    if isinstance(files, Mapping):
        return dict(files)
    if len({file.name for file in files}) < len(files):
        raise SameName("Two files have the same name; rename one.")
    return {file.name: file.content for file in files}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _by_file(description: Description) -> dict[str, tuple[FileDescription, ...]]:
    """The descriptions of each file; there should be one."""
    found: dict[str, tuple[FileDescription, ...]] = {}
    for file in description.files:
        found[file.name] = (*found.get(file.name, ()), file)
    return found


@dataclass(frozen=True)
class Judgement:
    """What was found in a file, on what grounds, and how much more was counted but not written out."""

    findings: Sequence[Finding]
    examined: Examined = field(default_factory=Examined)
    evidence: Evidence = Evidence.FILE_ALONE
    beyond: int = 0


def _report(
    name: str, contents: Mapping[str, bytes], described: Sequence[FileDescription], policy: Policy
) -> FileReport:
    """The report on one file, findings in order of their place in it."""
    content = contents.get(name)
    if content is None:
        judgement = Judgement([_review(name, "description", "The file was not supplied.", "Supply it.")])
    else:
        judgement = _judge(OutputFile(name, content), described, contents, policy)
    found = sorted(judgement.findings, key=_place)
    return FileReport(
        name=name,
        sha256="" if content is None else _sha256(content),
        output_type=described[0].output_type if described else "",
        verdict=worst(finding.verdict for finding in found),
        evidence=judgement.evidence,
        examined=judgement.examined,
        findings=tuple(found[: policy.max_findings]),
        left_out=max(0, len(found) - policy.max_findings) + judgement.beyond,
    )


def _place(finding: Finding) -> tuple[int, int, str, str, str]:
    """Sorts findings: those about the whole file first, then by row, column and rule."""
    cell = finding.cell
    row = cell.row if cell and cell.row is not None else 0
    return (0 if cell is None else 1, row, cell.column if cell else "", finding.rule, finding.problem)


def _judge(
    file: OutputFile, described: Sequence[FileDescription], contents: Mapping[str, bytes], policy: Policy
) -> Judgement:
    """Read a file, then judge it; each step is taken only if the one before leaves no doubt."""
    asked = [_review(file.name, "description", *need) for need in _before_reading(described)]
    limits = list(file_limits.findings(file.name, file.content, policy))
    try:
        table = read_table(file.name, file.content, policy)
    except CannotRead as error:
        return Judgement([*asked, *limits, _review(file.name, "reading", error.problem, error.cure)])
    # Labels of records must not reach a report, so nothing more is said of a file of records.
    if records := list(row_level.findings(file.name, table, policy)):
        return Judgement([*asked, *limits, *records])
    if asked:
        return Judgement([*asked, *limits])
    only = described[0]
    asked = [_review(file.name, "description", *need) for need in needs(only, table, only.output_type in TABLES)]
    judgement = Judgement(asked) if asked else _judge_cells(only, table, contents, policy)
    return replace(judgement, findings=[*limits, *judgement.findings])


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
    cells, grounds, found = _with_evidence(tidy(table, described), described, contents, policy)
    beneath = [*_beneath(described, contents, policy)]
    subject = Subject(
        replace(described, evidence=described.evidence if grounds is Evidence.UNDERLYING else ""),
        with_counts_beside(cells, described.layout.statistic),
        policy,
        table=table,
        records=_records(described, contents) if grounds is Evidence.RECOMPUTED else None,
        underlying=bool(beneath),
    )
    found += [*_unreadable(subject), *_apply(subject)]
    examined = _examined(cells)
    if described.output_type in TABLES and not examined.shown:
        found.append(_review(described.name, "reading", "No number in this table could be examined.", "Supply counts."))
    sized = described.output_type in MODELS and residual(described.regression) is not None
    if grounds is Evidence.FILE_ALONE and (sized or beneath):
        grounds = Evidence.UNDERLYING
    findings = [*found, *(finding for one in beneath for finding in one.findings)]
    return Judgement(findings, examined, grounds, sum(subject.beyond) + sum(one.beyond for one in beneath))


def _with_evidence(
    cells: Cells, described: FileDescription, contents: Mapping[str, bytes], policy: Policy
) -> tuple[Cells, Evidence, list[Finding]]:
    """The cells with the best evidence there is, its grade, and what is wrong with evidence that cannot be used."""
    found = list[Finding]()
    if described.recipe.microdata:
        try:
            records = _records(described, contents)
            return add_support(cells, records, described.recipe, apart=_apart(described)), Evidence.RECOMPUTED, found
        except CannotRead as error:
            found.append(_review(described.name, "evidence", f"Microdata: {error.problem}", error.cure))
    if described.evidence:
        try:
            return _supported(cells, described.evidence, contents, policy), Evidence.UNDERLYING, found
        except CannotRead as error:
            found.append(_review(described.name, "evidence", f"Evidence: {error.problem}", error.cure))
    return cells, Evidence.FILE_ALONE, found


def _apart(described: FileDescription) -> tuple[str, ...]:
    """The dimensions of a table that its records do not have."""
    return tuple(filter(None, [described.layout.statistic]))


def _records(described: FileDescription, contents: Mapping[str, bytes]) -> Records:
    """The microdata of a recipe. Raises CannotRead when they aren't there or can't be used."""
    recipe = described.recipe
    if recipe.microdata not in contents:
        raise CannotRead("The microdata were not supplied.", f"Supply {recipe.microdata}.")
    return Records.of_csv(contents[recipe.microdata], recipe.unit)


def _beneath(described: FileDescription, contents: Mapping[str, bytes], policy: Policy) -> Iterator[Judgement]:
    """Judgements on the tables of counts beneath the ratios of a table. They are not released, but must be safe."""
    for name in described.underlying:
        try:
            table = read_table(name, contents.get(name, b""), policy)
        except CannotRead as error:
            yield Judgement([_review(name, "reading", error.problem, error.cure)])
            continue
        table, draft = suggest_beneath(name, table)
        beneath = replace(draft, unit=described.unit, sensitive=described.sensitive)
        subject = Subject(beneath, tidy(table, beneath), policy, table=table)
        yield Judgement(list(threshold.findings(subject)), _examined(subject.cells), Evidence.UNDERLYING)


def _supported(cells: Cells, evidence: str, contents: Mapping[str, bytes], policy: Policy) -> Cells:
    """The cells with their evidence. Raises CannotRead when it isn't there or can't be used."""
    if evidence not in contents:
        raise CannotRead("The evidence file was not supplied.", f"Supply {evidence}.")
    return add_evidence(cells, evidence, contents[evidence], policy)


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
