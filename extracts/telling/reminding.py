"""Reminders of what waits for the service, and escalation to research support when it is overdue.

Targets are working days, a row a state (governance.targets). The clock of a project stands still while it is paused.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from extracts.models import Extract
from extracts.telling.audience import holders, may_see, reference_of, who_may
from extracts.telling.steps import is_overdue, is_to_be_reminded
from governance.agreements.models import Agreement, Condition
from governance.amendments.models import Amendment
from governance.closing.models import Closure
from governance.incidents.models import Incident
from governance.ingress.models import Ingress
from governance.notices.groups import Group, Kind
from governance.notices.outbox import Telling, give
from governance.outputs.models import OutputRequest
from governance.people.models import Accreditation, User
from governance.people.roles import Role
from governance.projects.models import Project
from governance.targets import targets
from governance.timing import began, clock_of

RECORDS: dict[str, Any] = {
    model.__name__: model
    for model in (
        Project,
        Amendment,
        Agreement,
        Condition,
        Extract,
        Accreditation,
        Closure,
        Incident,
        Ingress,
        OutputRequest,
    )
}


def remind_all(*, at: datetime, site: str) -> int:
    """Remind those whose turn it is, and tell research support of what is overdue. Safe to repeat.

    Returns how many notices that made.
    """
    told = [give(person, telling, at=at, site=site) for person, telling in _reminders(at)]
    return sum(notice is not None for notice in told)


def _reminders(at: datetime) -> Iterator[tuple[User, Telling]]:
    for target in targets():
        for record in RECORDS[target.record].objects.filter(state=target.state).iterator():
            if getattr(record, "paused_at", None):
                continue
            since = _since(record)
            passed = clock_of(record, at).visit.days
            if is_to_be_reminded(passed, target.days):
                telling = _telling(record, since, "reminder", Kind.TURN, "It still waits for you.")
                yield from ((person, telling) for person in who_may(record, target.action, at))
            if is_overdue(passed, target.days):
                says = f"It waits for longer than the {target.days} working days that it should take."
                telling = _telling(record, since, "overdue", Kind.LATE, says)
                yield from ((person, telling) for person in holders(Role.SUPPORT, at) if may_see(record, person, at))


def _since(record: Any) -> datetime:
    """When its clock began. Who was reminded of an application before a pause is reminded again after it."""
    taken_up: datetime | None = getattr(record, "taken_up_at", None)
    return max(began(record), taken_up) if taken_up else began(record)


def _telling(record: Any, since: datetime, step: str, kind: Kind, says: str) -> Telling:
    return Telling(
        key=f"{step}:{record._meta.label_lower}:{record.pk}:{since:%Y%m%dT%H%M%S%z}",
        group=Group.TURN,
        kind=kind,
        reference=reference_of(record),
        says=says,
        address=record.get_absolute_url(),
        about=record,
    )
