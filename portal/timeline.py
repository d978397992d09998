"""How long an application took so far: a line for each stage, with the working days of either side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from governance.projects.clocks import STAGES, Side, by_stage, spent
from governance.projects.models import Project
from governance.targets import days_for
from governance.timing import told_of


@dataclass(frozen=True)
class Line:
    """One stage. `paused` are days that counted for nobody; `target` None where the service has none."""

    name: str
    stays: int
    service: int
    applicants: int
    paused: int
    target: int | None


def timeline(project: Project, at: datetime, *, with_extracts: bool = False) -> list[Line]:
    """The stages so far in order, and the agreement after them; nothing before it was submitted.

    with_extracts  and the way to the first extract, for those who may see extracts
    """
    if project.submitted_at is None:
        return []
    told = told_of(project, at)
    lines = [
        _line(STAGES[one.stage], one.stays, one.days, days_for("Project", one.stage)) for one in by_stage(told.project)
    ]
    held = [one for one in told.agreement if one.side is not Side.NOBODY]  # once it is in force, no clock runs
    if held:
        lines.append(_line("Agreement", 1, spent(held), days_for("Agreement", "signed")))
    if with_extracts and told.provision:
        counted = [one for one in told.provision if one.side is not Side.NOBODY]
        lines.append(_line("Provision of the first extract", 1, spent(counted), days_for("Extract", "requested")))
    return lines


def _line(name: str, stays: int, days: Mapping[Side, int], target: int | None) -> Line:
    return Line(name, stays, days[Side.SERVICE], days[Side.APPLICANTS], days[Side.NOBODY], target)


def total(lines: list[Line]) -> Line:
    """The sum of the lines."""
    return Line(
        "Altogether", 0, sum(one.service for one in lines), sum(one.applicants for one in lines),
        sum(one.paused for one in lines), None,
    )  # fmt: skip
