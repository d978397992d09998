"""Research support is told how long is left to tell the regulator of an incident: once a person and step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from extracts.telling.audience import reference_of, who_may
from governance.incidents.clock import left_in_words, step_due
from governance.incidents.lifecycle import REPORTED
from governance.incidents.models import Incident, Regulator
from governance.notices.groups import Group, Kind
from governance.notices.outbox import Telling, give
from governance.people.models import User


def remind_all(*, at: datetime, site: str) -> int:
    """Remind of every incident whose clock runs. Safe to repeat. Returns how many notices that made."""
    told = [give(person, telling, at=at, site=site) for person, telling in _reminders(at)]
    return sum(notice is not None for notice in told)


def _reminders(at: datetime) -> Iterator[tuple[User, Telling]]:
    """Not assessed, it may have to be told; those who are named in an incident are told nothing of it."""
    unknown, waits = Q(state=REPORTED), Q(regulator=Regulator.NEEDED, regulator_told_at__isnull=True)
    for incident in Incident.objects.filter(unknown | waits).iterator():
        step = step_due(incident.noticed_at, at)
        if step is not None:
            telling = _telling(incident, step, at)
            yield from ((person, telling) for person in who_may(incident, "assess", at))


def _telling(incident: Incident, step: int, at: datetime) -> Telling:
    waits = incident.regulator_waits
    must = "The regulator has to be told" if waits else "Assess whether the regulator has to be told"
    return Telling(
        key=f"regulator:{incident.pk}:{'waits' if waits else 'unknown'}:{step}",
        group=Group.TURN,
        kind=Kind.LATE if step == 0 else Kind.ENDS,
        reference=reference_of(incident),
        says=f"{must}: {left_in_words(incident.noticed_at, at)}.",
        address=incident.get_absolute_url(),
        about=incident,
    )
