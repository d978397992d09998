"""The check: files and a description in, a report out.

Fails closed: a file passes only when it was read for certain, described in full, judged by every
rule for its kind, and something in it was in fact examined. Anything else is for a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extracts.disclosure.description import Description, FileDescription
from extracts.disclosure.judging import Judgement, judge
from extracts.disclosure.ledger.store import Ledger
from extracts.disclosure.policy import Policy
from extracts.disclosure.report import ENGINE_VERSION, EvidenceFile, FileReport, Finding, Report, Verdict, worst
from extracts.disclosure.supporting import Supplied
from extracts.disclosure.together import compared


class SameName(ValueError):
    """Two files have one name."""


@dataclass(frozen=True)
class OutputFile:
    """A file as it was handed in."""

    name: str
    content: bytes


Files = Mapping[str, bytes] | Sequence[OutputFile]


def check(files: Files, description: Description, policy: Policy, *, ledger: Ledger | None = None) -> Report:
    """What the files could reveal, judged by the policy, and by what the ledger remembers of earlier releases.

    Every file gets a report of its own, except those that serve only as evidence for others:
    they are named apart and must not be released. A described file that isn't there is reported
    too. Raises SameName.
    """
    contents = Supplied(_by_name(files))
    described = _by_file(description)
    served = {name for file in description.files for name in file.served_by}
    evidence = (served & contents.keys()) - set(described)
    earlier = {file.name for file in description.released}
    names = [name for name in sorted(contents.keys() | described.keys()) if name not in evidence | earlier]
    judgements = {name: _judgement(name, contents, described.get(name, ()), policy) for name in names}
    together = compared(judgements, description, contents, policy, ledger)
    reports = tuple(
        _report(name, contents, described.get(name, ()), together.added_to(name, judgements[name]), policy)
        for name in names
    )
    return Report(
        verdict=worst(file.verdict for file in reports) if reports else Verdict.REVIEW,
        files=reports,
        evidence_files=tuple(EvidenceFile(name, _sha256(contents[name])) for name in sorted(evidence)),
        policy=policy.name,
        policy_version=policy.version,
        engine_version=ENGINE_VERSION,
        implied=(*(one for judgement in judgements.values() for one in judgement.implied), *together.implied),
        criteria=policy.to_json(),
    )


def _judgement(
    name: str, contents: Mapping[str, bytes], described: Sequence[FileDescription], policy: Policy
) -> Judgement:
    if name not in contents:
        problem = "The file was not supplied."
        return Judgement([Finding(name, "description", Verdict.REVIEW, problem, cure="Supply it.")])
    return judge(name, contents[name], described, contents, policy)


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


def _report(
    name: str,
    contents: Mapping[str, bytes],
    described: Sequence[FileDescription],
    judgement: Judgement,
    policy: Policy,
) -> FileReport:
    """The report on one file, findings in order of their place in it."""
    content = contents.get(name)
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
