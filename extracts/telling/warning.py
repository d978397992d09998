"""Warnings before accreditation, training or an agreement ends: once a person, thing and step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse

from extracts.telling.audience import may_see, reference_of, team_of
from extracts.telling.steps import STEPS, TOLD_AFTERWARDS, ends, step_due
from governance.agreements.lifecycle import IN_FORCE
from governance.agreements.models import Agreement
from governance.notices.groups import Group, Kind
from governance.notices.outbox import Telling, give
from governance.people.lifecycle import GRANTED, REQUESTED
from governance.people.models import User, local_day

STANDING = "Your standing as a researcher"


def warn_all(*, at: datetime, site: str) -> int:
    """Warn everybody of what ends soon. Safe to repeat. Returns how many notices that made."""
    told = [give(person, telling, at=at, site=site) for person, telling in _warnings(at)]
    return sum(notice is not None for notice in told)


def _warnings(at: datetime) -> Iterator[tuple[User, Telling]]:
    on = local_day(at)
    for person in _people(on):
        for telling in _of_person(person, on):
            yield person, telling
    ending = Agreement.objects.filter(state=IN_FORCE, ends_on__range=_window(on)).select_related("project")
    for agreement in ending.iterator():
        for member in team_of(agreement.project):
            if (step := step_due(agreement.ends_on, on=on)) is not None and may_see(agreement, member, at):
                yield member, _of_agreement(agreement, step, on)


def _window(on: date) -> tuple[date, date]:
    return on - timedelta(days=TOLD_AFTERWARDS), on + timedelta(days=max(STEPS))


def _people(on: date) -> QuerySet[User]:
    """Those of whom something ends, or has just ended. What was renewed since is looked at person by person."""
    window = _window(on)
    ending = Q(accreditations__state=GRANTED, accreditations__accredited_until__range=window)
    people = User.objects.filter(ending | Q(trainings__valid_until__range=window), is_active=True)
    return people.distinct().prefetch_related("accreditations", "trainings")


def _of_person(person: User, on: date) -> Iterator[Telling]:
    """Of several accreditations or trainings the one that holds longest counts; a renewal that waits is no worry."""
    asked = any(one.state == REQUESTED for one in person.accreditations.all())
    granted = [one.accredited_until for one in person.accreditations.all() if one.state == GRANTED]
    trained = [one.valid_until for one in person.trainings.all()]
    if granted and not asked:
        yield from _of_standing(
            "accreditation", max(filter(None, granted)), "ask for its renewal", "accreditation_ask", on
        )
    if trained:
        cure = "take it again, and ask research support to record it"
        yield from _of_standing("safe researcher training", max(trained), cure, "you", on)


def _of_standing(what: str, until: date, cure: str, page: str, on: date) -> Iterator[Telling]:
    step = step_due(until, on=on)
    if step is not None:
        yield Telling(
            key=f"ends:{what}:{until}:{step}",
            group=Group.STANDING,
            kind=Kind.ENDS,
            reference=STANDING,
            says=f"{ends(f'Your {what}', until, on=on)}: {cure}.",
            address=reverse(page),
        )


def _of_agreement(agreement: Agreement, step: int, on: date) -> Telling:
    return Telling(
        key=f"ends:agreement:{agreement.pk}:{agreement.ends_on}:{step}",
        group=Group.PROJECTS,
        kind=Kind.ENDS,
        reference=reference_of(agreement),
        says=f"{ends('The agreement', agreement.ends_on, on=on)}: apply to extend the project.",
        address=agreement.get_absolute_url(),
        about=agreement,
    )
