"""How long stages take and how often things end which way: worked out anew from the trail and the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count as Number
from django.db.models import F, Min, Q

from governance.amendments.lifecycle import AGREED
from governance.amendments.lifecycle import REFUSED as AMENDMENT_REFUSED
from governance.amendments.lifecycle import TRIAGE as AMENDMENT_SUBMITTED
from governance.audit.models import Entry
from governance.incidents.models import Incident
from governance.people.lifecycle import GRANTED
from governance.people.models import Sanction
from governance.people.models.standing import Level
from governance.projects.boards import Verdict
from governance.projects.clocks import OF_A_PROJECT, PROVIDED, Given, Side, Stretch, owner_days, spent, visits
from governance.projects.lifecycle import APPROVED, OWNERS, REFUSED, RETURNED, REVOKED, UNDER_REVIEW, WITHDRAWN
from governance.projects.models import Decision, Project, Stage
from governance.safe_figures import Count, Shown, Spread, shown, shown_sum, spread
from governance.timing import Told, timed, told_by

YEAR = timedelta(days=365)
LEVELS = tuple(Level)
# (kind of record, state that it came into) -> what that is counted as
OTHERS = {
    ("amendment", AMENDMENT_SUBMITTED.value): "submitted amendments",
    ("amendment", AGREED.value): "agreed amendments",
    ("amendment", AMENDMENT_REFUSED.value): "refused amendments",
    ("accreditation", GRANTED.value): "accreditations",
}


@dataclass(frozen=True)
class Duration:
    """How long one stay of one kind took, and when it ended."""

    kind: str
    days: int
    ended_at: datetime


@dataclass(frozen=True)
class Times:
    """Median and 90th centile of one kind of stay, in the last twelve months and ever."""

    year: Spread
    ever: Spread


@dataclass(frozen=True)
class Figures:
    """times: stage, "owner:" and its code, "service" or "applicants"; counts: by what happened."""

    times: Mapping[str, Times]
    counts: Mapping[str, Shown]


def service_figures(*, at: datetime) -> Figures:
    """All public figures, disclosure-checked. The number of queries does not grow."""
    since = at - YEAR
    told = told_by(timed(), at)
    durations = [*_durations(told), *_of_owners(told)]
    first = Entry.objects.aggregate(first=Min("at"))["first"]
    young = first is None or first > since
    events = _events(told)
    return Figures(_times(durations, since), _counts(events, since, young=young))


def _durations(told: Mapping[str, Told]) -> Iterator[Duration]:
    for one in told.values():
        for visit in visits(one.project):
            if visit.stage in UNDER_REVIEW and visit.is_done:
                yield Duration(visit.stage, visit.days, visit.until)
        for visit in visits(one.agreement):
            if visit.stretches[0].side is Side.SERVICE and visit.is_done:
                yield Duration("agreement", visit.days, visit.until)
        if one.provision and one.provision[-1].stage == PROVIDED:
            yield Duration("provision", spent(one.provision)[Side.SERVICE], one.provision[-1].since)
        yield from _to_decision(one.project)


def _to_decision(project: Sequence[Stretch]) -> Iterator[Duration]:
    """From the first submission to an approval or a refusal, with either side."""
    decided = next((one.since for one in project if one.stage in (APPROVED, REFUSED)), None)
    if decided is None:
        return
    submitted = next((number for number, one in enumerate(project) if one.stage in UNDER_REVIEW), len(project))
    days = spent(one for one in project[submitted:] if one.since < decided)
    yield Duration(Side.SERVICE, days[Side.SERVICE], decided)
    yield Duration(Side.APPLICANTS, days[Side.APPLICANTS], decided)


def _of_owners(told: Mapping[str, Told]) -> Iterator[Duration]:
    """From the beginning of the owners' stage to the vote that settled each owner, round by round."""
    votes: dict[str, list[Given]] = defaultdict(list)
    rows = Decision.objects.filter(stage=Stage.OWNER).order_by("decided_at", "pk")
    for reference, given_at, owner, verdict in rows.values_list("project__reference", "decided_at", "owner", "verdict"):
        votes[reference].append(Given(given_at, owner, Verdict(verdict)))
    quorums: dict[str, dict[str, int]] = dict(Project.objects.values_list("reference", "quorums"))
    for reference, given in votes.items():
        stays = visits(told[reference].project) if reference in told else []
        for visit in stays:
            if visit.stage == OWNERS:
                for owner, (days, ended_at) in owner_days(visit, given, quorums[reference]).items():
                    yield Duration(f"owner:{owner}", days, ended_at)


def _times(durations: Iterable[Duration], since: datetime) -> dict[str, Times]:
    by_kind: dict[str, list[Duration]] = defaultdict(list)
    for one in durations:
        by_kind[str(one.kind)].append(one)
    return {
        kind: Times(
            spread([one.days for one in several if one.ended_at >= since]), spread([one.days for one in several])
        )
        for kind, several in by_kind.items()
    }


def _events(told: Mapping[str, Told]) -> dict[str, list[datetime]]:
    """What happened to applications -> when, once for each application but for returns, which may be several.

    An approved project that was revoked since counts as revoked alone, as on the register.
    """
    events: dict[str, list[datetime]] = defaultdict(list)
    for one in told.values():
        stays = visits(one.project)
        submitted = next((visit.since for visit in stays if visit.stage in UNDER_REVIEW), None)
        if submitted is None:
            continue
        events["submitted"].append(submitted)
        if stays[-1].stage in (APPROVED, REFUSED, WITHDRAWN):
            events[stays[-1].stage].append(stays[-1].since)
        events[RETURNED] += [
            visit.until for visit in stays if visit.then == RETURNED and OF_A_PROJECT[visit.stage] is Side.SERVICE
        ]
    return events


def _counts(events: Mapping[str, Sequence[datetime]], since: datetime, *, young: bool) -> dict[str, Shown]:
    counts = {kind: Count(sum(at >= since for at in times), len(times)) for kind, times in events.items()}
    counts |= _revocations(since) | _of_other_records(since) | _by_level(Sanction, "sanctions", since)
    counts |= _by_level(Incident, "incidents", since)
    counts = defaultdict(Count, counts)
    kinds = (APPROVED, REFUSED, WITHDRAWN, RETURNED, "agreed amendments", "refused amendments", "revocations",
             "accreditations", *(f"sanctions:{level.value}" for level in LEVELS),
             *(f"incidents:{level.value}" for level in LEVELS))  # fmt: skip
    sums = {
        "submitted": (APPROVED, REFUSED, WITHDRAWN),
        "submitted amendments": ("agreed amendments", "refused amendments"),
    }
    return {str(kind): shown(counts[kind], young=young) for kind in kinds} | {
        whole: shown_sum(counts[whole], [counts[part] for part in parts], young=young) for whole, parts in sums.items()
    }


def _revocations(since: datetime) -> dict[str, Count]:
    """Projects that were revoked, themselves or their agreement: one, however much of it was."""
    revoked = Entry.objects.filter(subject_type__in=("project", "agreement"), after=REVOKED).exclude(before=F("after"))
    counted = revoked.aggregate(
        year=Number("project", filter=Q(at__gte=since), distinct=True), ever=Number("project", distinct=True)
    )
    return {"revocations": Count(counted["year"], counted["ever"])}


def _of_other_records(since: datetime) -> dict[str, Count]:
    moves = Entry.objects.filter(subject_type__in=("amendment", "accreditation"), after__in=[now for _, now in OTHERS])
    rows = moves.exclude(before=F("after")).order_by().values("subject_type", "after")
    counted = rows.annotate(
        year=Number("subject_id", filter=Q(at__gte=since), distinct=True), ever=Number("subject_id", distinct=True)
    )
    return {
        OTHERS[kind, after]: Count(year, ever)
        for kind, after, year, ever in counted.values_list("subject_type", "after", "year", "ever")
        if (kind, after) in OTHERS
    }


def _by_level(model: type[Sanction] | type[Incident], what: str, since: datetime) -> dict[str, Count]:
    """By level of the breach. An incident counts once it was assessed, by the day on which it was reported."""
    rows = model.objects.filter(level__isnull=False).order_by().values("level")
    counted = rows.annotate(year=Number("pk", filter=Q(created_at__gte=since)), ever=Number("pk"))
    return {f"{what}:{level}": Count(year, ever) for level, year, ever in counted.values_list("level", "year", "ever")}
