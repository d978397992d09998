"""Reports: what the engine found, in a form that pages show and the database keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

ENGINE_VERSION = "0.4.0"


class Verdict(StrEnum):
    """`pass`: no rule objects. `review`: a person must look. `fail`: a rule objects."""

    PASS = "pass"
    REVIEW = "review"
    FAIL = "fail"


SEVERITY = {Verdict.PASS: 0, Verdict.REVIEW: 1, Verdict.FAIL: 2}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest of the verdicts; `pass` when there are none."""
    return max(verdicts, key=SEVERITY.__getitem__, default=Verdict.PASS)


class Evidence(StrEnum):
    """How well the numbers behind a verdict are known."""

    RECOMPUTED = "A"  # counted anew from the microdata
    UNDERLYING = "B"  # underlying counts were supplied
    FILE_ALONE = "C"  # implied from the file alone


@dataclass(frozen=True)
class Cell:
    """Where a finding stands.

    row     as a spreadsheet numbers it: the header is row 1; None for a whole column or file
    column  the heading of the column, "" for none
    label   for people: "year 2010, R/G"
    key     for programs: dimension to label. A finding about a group has a shorter key.
    place   the part of the file: "sheet Counts", "page 2, table 1"; "" where there is but one
    """

    row: int | None
    column: str
    label: str
    key: dict[str, str] = field(default_factory=dict)
    place: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, how somebody could use it, and what would cure it."""

    file: str
    rule: str
    verdict: Verdict
    problem: str
    attack: str = ""
    cure: str = ""
    cell: Cell | None = None

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Finding:
        """The finding that `asdict` wrote."""
        cell = Cell(**data["cell"]) if data["cell"] else None
        return cls(**{**data, "verdict": Verdict(data["verdict"]), "cell": cell})


@dataclass(frozen=True)
class Examined:
    """How many cells were looked at: every one is in exactly one of these."""

    counts: int = 0
    magnitudes: int = 0
    percentages: int = 0
    hidden: int = 0
    unreadable: int = 0

    def __add__(self, other: Examined) -> Examined:
        return Examined(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def shown(self) -> int:
        """Cells in which a number was read."""
        return self.counts + self.magnitudes + self.percentages

    @property
    def cells(self) -> int:
        """All cells together."""
        return self.shown + self.hidden + self.unreadable


@dataclass(frozen=True)
class FileReport:
    """The verdict on one file. `left_out` counts findings beyond the policy's limit."""

    name: str
    sha256: str
    output_type: str
    verdict: Verdict
    evidence: Evidence
    examined: Examined
    findings: tuple[Finding, ...]
    left_out: int = 0

    def to_json(self) -> dict[str, Any]:
        """A dictionary of strings, numbers, lists and dictionaries."""
        return {
            **asdict(self),
            "verdict": str(self.verdict),
            "evidence": str(self.evidence),
            "examined": {"cells": self.examined.cells, **asdict(self.examined)},
            "findings": [{**asdict(finding), "verdict": str(finding.verdict)} for finding in self.findings],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> FileReport:
        """The file's report that `to_json` wrote."""
        examined = {name: number for name, number in data["examined"].items() if name != "cells"}
        return cls(
            **{
                **data,
                "verdict": Verdict(data["verdict"]),
                "evidence": Evidence(data["evidence"]),
                "examined": Examined(**examined),
                "findings": tuple(Finding.from_json(finding) for finding in data["findings"]),
            }
        )


@dataclass(frozen=True)
class EvidenceFile:
    """A file that was read to judge others. It was not checked, so it must not be released."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Implied:
    """What can be worked out though it is not shown: a group, and between which numbers its count or total lies.

    attack  how, as a sum of published numbers
    """

    key: dict[str, str]
    low: float
    high: float
    attack: str = ""


@dataclass(frozen=True)
class Report:
    """What the engine says of a set of files, and by which policy and engine; `criteria` are the policy's figures."""

    verdict: Verdict
    files: tuple[FileReport, ...]
    evidence_files: tuple[EvidenceFile, ...]
    policy: str
    policy_version: str
    engine_version: str
    implied: tuple[Implied, ...] = ()
    criteria: Mapping[str, Any] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all files, in the order of the files."""
        return tuple(finding for file in self.files for finding in file.findings)

    def to_json(self) -> dict[str, Any]:
        """A dictionary of strings, numbers, lists and dictionaries."""
        return {
            "verdict": str(self.verdict),
            "policy": self.policy,
            "policy_version": self.policy_version,
            "engine_version": self.engine_version,
            "criteria": dict(self.criteria),
            "files": [file.to_json() for file in self.files],
            "evidence_files": [asdict(file) for file in self.evidence_files],
            "implied": [asdict(one) for one in self.implied],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Report:
        """The report that `to_json` wrote."""
        return cls(
            **{
                **data,
                "verdict": Verdict(data["verdict"]),
                "files": tuple(FileReport.from_json(file) for file in data["files"]),
                "evidence_files": tuple(EvidenceFile(**file) for file in data["evidence_files"]),
                "implied": tuple(Implied(**one) for one in data.get("implied", ())),
            }
        )
