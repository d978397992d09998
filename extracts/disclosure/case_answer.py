"""Answers: a report as a program reads it, with the cells' keys in the words of the case."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from extracts.disclosure.case_layout import MEASURE
from extracts.disclosure.description import FileDescription
from extracts.disclosure.report import FileReport, Finding, Implied, Report, worst


@dataclass(frozen=True)
class Answered:
    """A case with its report, what its files were taken for, and what follows from several files together."""

    case: Mapping[str, Any]
    report: Report
    files: tuple[FileDescription, ...]
    repairs: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = field(default=())


def answer(answered: Answered) -> dict[str, Any]:
    """The answer to a case.

    verdict   pass, review or fail
    findings  one for each cell, group, column or file in which something was found: file, key, column, rules,
              verdict, evidence (A recomputed, B underlying counts, C the file alone), explanation, attack, cure
    implied   what can be worked out: key, with value or low and high
    repairs   audited ways to make it safe
    files     for each file its verdict, real digest, how many cells were read, and what was inferred
    """
    report = answered.report
    described = {file.name: file for file in answered.files}
    findings = [one for file in report.files for one in _findings(file, described.get(file.name), answered.case)]
    return {
        **({"id": answered.case["id"]} if "id" in answered.case else {}),
        "verdict": str(worst([report.verdict])),
        "findings": findings,
        "implied": [_implied(one) for one in report.implied],
        "repairs": [dict(one) for one in answered.repairs],
        "files": [_file(file, described.get(file.name)) for file in report.files],
        "notes": list(answered.notes),
        "policy": report.policy,
        "policy_version": report.policy_version,
        "engine_version": report.engine_version,
    }


def _implied(one: Implied) -> dict[str, Any]:
    """A value where it is known exactly, else the numbers it lies between; none for an open end."""
    if one.low == one.high:
        return {"key": one.key, "value": _plain(one.low), "attack": one.attack}
    return {"key": one.key, "low": _plain(one.low), "high": _plain(one.high), "attack": one.attack}


def _plain(number: float) -> float | int | None:
    if not math.isfinite(number):
        return None
    return int(number) if number == int(number) else number


def _file(file: FileReport, described: FileDescription | None) -> dict[str, Any]:
    """What is said of a file as a whole."""
    cells = file.to_json()["examined"]
    inferred = described.to_json() if described and described.inferred else None
    return {
        "file": file.name, "verdict": str(file.verdict), "sha256": file.sha256, "evidence": str(file.evidence),
        "cells": cells, "left_out": file.left_out,
        **({"inferred": {name: inferred[name] for name in ("output_type", "layout")}} if inferred else {}),
    }  # fmt: skip


def _findings(file: FileReport, described: FileDescription | None, case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The findings of a file, those of one place together."""
    together: dict[tuple[str, tuple[tuple[str, str], ...], str], list[Finding]] = {}
    for finding in file.findings:
        key = tuple(sorted(_key(finding, described, case).items()))
        column = finding.cell.column if finding.cell else ""
        together.setdefault((finding.file, key, column), []).append(finding)
    return [
        {
            "file": name,
            "key": dict(key),
            "column": column,
            "row": found[0].cell.row if found[0].cell else None,
            "rules": list(dict.fromkeys(one.rule for one in found)),
            "verdict": str(worst(one.verdict for one in found)),
            "evidence": str(file.evidence),
            "explanation": _joined(one.problem for one in found),
            "attack": _joined(one.attack for one in found),
            "cure": _joined(one.cure for one in found),
        }
        for (name, key, column), found in together.items()
    ]


def _key(finding: Finding, described: FileDescription | None, case: Mapping[str, Any]) -> dict[str, str]:
    """A cell's key as the case writes it: with the heading as `measure` where the table holds several numbers."""
    if finding.cell is None:
        return {}
    key = dict(finding.cell.key)
    if described is None or finding.file != described.name or case.get("kind") in WITHOUT_MEASURE:
        return key
    layout = described.layout
    whole = set(layout.dimensions) <= set(key)
    if whole and not layout.columns and MEASURE not in layout.dimensions and finding.cell.column in layout.measured:
        key[MEASURE] = finding.cell.column
    return key


# Kinds whose cells are named by their labels alone.
WITHOUT_MEASURE = frozenset({"survival", "differencing", "regression"})


def _joined(sentences: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(filter(None, sentences)))
