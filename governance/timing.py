"""The clocks of projects as the trail tells them, fetched in a number of queries that does not grow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from governance.agreements.lifecycle import DRAWN_UP, SIGNED
from governance.audit.models import Entry
from governance.outputs.models import OutputRequest
from governance.projects.clocks import (
    OF_A_PROJECT,
    PAUSE,
    TAKE_UP,
    Moment,
    Side,
    Stretch,
    Visit,
    provision,
    stretches,
    visits,
)
from governance.projects.models import Project

OF_AN_AGREEMENT: Mapping[str, Side] = {DRAWN_UP: Side.APPLICANTS, SIGNED: Side.SERVICE}


@dataclass(frozen=True)
class Clock:
    """The present stay of a project in its stage, and why it is paused, if it is."""

    visit: Visit
    paused_because: str = ""


def clocks_of(projects: Collection[Project], at: datetime) -> dict[int, Clock]:
    """Number of a project -> its clock now. One query for all of them; none where nothing was ever paused."""
    were_paused = [str(one.pk) for one in projects if one.paused_at or one.taken_up_at]
    told: dict[str, list[Entry]] = defaultdict(list)
    if were_paused:
        entries = Entry.objects.filter(subject_type="project", subject_id__in=were_paused, action__in=(PAUSE, TAKE_UP))
        for entry in entries.order_by("seq"):
            told[entry.subject_id].append(entry)
    return {one.pk: _clock(one, told[str(one.pk)], at) for one in projects}


def clock_of(record: Any, at: datetime) -> Clock:
    """The clock of one record of any kind that has a target."""
    if isinstance(record, Project):
        return clocks_of([record], at)[record.pk]
    since, now = timezone.localtime(began(record)), timezone.localtime(at)
    return Clock(Visit(record.state, (Stretch(record.state, Side.SERVICE, since, max(since, now)),), ""))


def began(record: Any) -> datetime:
    """When the clock began; an output request's runs from the machine's report on, through both checks."""
    report = record.report_now() if isinstance(record, OutputRequest) else None
    since: datetime = report.made_at if report else record.state_since
    return since


def _clock(project: Project, pauses: Iterable[Entry], at: datetime) -> Clock:
    pauses = [entry for entry in pauses if entry.at >= project.state_since]
    began = Moment(timezone.localtime(project.state_since), "", "", project.state)
    found = stretches([began, *map(_moment, pauses)], OF_A_PROJECT, until=timezone.localtime(at))
    because = pauses[-1].note if pauses and pauses[-1].action == PAUSE else ""
    return Clock(visits(found)[-1], because)


@dataclass(frozen=True)
class Told:
    """What the trail tells of one project: its own stretches, its first agreement's, and those to its first extract."""

    project: list[Stretch]
    agreement: list[Stretch]
    provision: list[Stretch]


def timed() -> QuerySet[Entry]:
    """Entries that start or stop a clock, in order."""
    moves = Entry.objects.exclude(after="").filter(~Q(before=F("after")) | Q(action__in=(PAUSE, TAKE_UP)))
    return moves.filter(subject_type__in=("project", "agreement", "extract")).order_by("seq")


def told_of(project: Project, at: datetime) -> Told:
    """The stretches of one project's time until now. One query."""
    found = told_by(timed().filter(project=project.reference), at)
    return found.get(project.reference, Told([], [], []))


def told_by(entries: QuerySet[Entry], at: datetime) -> dict[str, Told]:
    """Reference of a project -> the stretches of its time, from these entries. One query."""
    own: dict[str, list[Moment]] = defaultdict(list)
    agreed: dict[str, dict[str, list[Moment]]] = defaultdict(lambda: defaultdict(list))
    provided: dict[str, list[tuple[str, Moment]]] = defaultdict(list)
    for entry in entries.only("at", "action", "before", "after", "project", "subject_type", "subject_id").iterator():
        if entry.subject_type == "project":
            own[entry.project].append(_moment(entry))
            continue
        provided[entry.project].append((entry.subject_type, _moment(entry)))
        if entry.subject_type == "agreement":
            agreed[entry.project][entry.subject_id].append(_moment(entry))
    now = timezone.localtime(at)
    return {
        reference: Told(
            stretches(moments, OF_A_PROJECT, until=now),
            stretches(next(iter(agreed[reference].values()), []), OF_AN_AGREEMENT, until=now),
            provision(provided[reference], until=now),
        )
        for reference, moments in own.items()
    }


def _moment(entry: Any) -> Moment:
    return Moment(timezone.localtime(entry.at), entry.action, entry.before, entry.after)
