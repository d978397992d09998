"""From a change in the outbox to the notices of those who are to know of it."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from extracts.telling.audience import audience, reference_of
from extracts.telling.table import GROUPS, Row, rows_for
from governance.notices.groups import Group, Kind, pause
from governance.notices.models import Event
from governance.notices.outbox import Telling, give

log = logging.getLogger("gatehouse.notices")

MOST_AT_ONCE = 500


def spread_all(*, at: datetime, site: str) -> int:
    """Tell of every change that waits. One that fails is tried again later, and holds nothing else up.

    Returns how many were told of.
    """
    waiting = Event.objects.filter(told_at__isnull=True, due_at__lte=at).values_list("pk", flat=True)
    return sum(_spread_or_put_off(pk, at=at, site=site) for pk in list(waiting[:MOST_AT_ONCE]))


def _spread_or_put_off(pk: int, *, at: datetime, site: str) -> bool:
    try:
        return spread(pk, at=at, site=site)
    except Exception as problem:
        log.error("change %s could not be told of: %s", pk, type(problem).__name__)
        event = Event.objects.get(pk=pk)
        Event.objects.filter(pk=pk).update(
            attempts=F("attempts") + 1, due_at=at + pause(event.attempts + 1), problem=type(problem).__name__[:80]
        )
        return False


@transaction.atomic
def spread(pk: int, *, at: datetime, site: str) -> bool:
    """Give everybody whom the table names a notice of one change. False when it was done before.

    Safe to repeat: the row is locked, and a person has one notice of an event.
    """
    event = Event.objects.select_for_update(skip_locked=True).filter(pk=pk, told_at__isnull=True).first()
    if event is None:
        return False
    record = _record(event)
    if record is not None:
        _tell_everybody(event, record, at=at, site=site)
    event.told_at, event.problem = at, ""
    event.save(update_fields=["told_at", "problem"])
    return True


def _record(event: Event) -> Any:
    model: Any = apps.get_model(event.record_type)
    return model.objects.filter(pk=event.record_pk).first()


def _tell_everybody(event: Event, record: Any, *, at: datetime, site: str) -> None:
    for row in rows_for(type(record).__name__, event.action):
        for person in audience(row, record, at):
            if person.pk != event.actor_id:
                give(person, _telling(event, row, record), at=event.at, site=site)


def _telling(event: Event, row: Row, record: Any) -> Telling:
    return Telling(
        key=f"event:{event.pk}",
        group=Group.TURN if row.is_turn else GROUPS[row.record],
        kind=Kind.TURN if row.is_turn else Kind.CHANGED,
        reference=reference_of(record),
        says=row.says,
        address=address_of(record),
        about=record,
    )


def address_of(record: Any) -> str:
    """The page that a notice leads to. Of a sanction it is one's standing: an address may stand in mail."""
    if type(record).__name__ == "Sanction":
        return reverse("you")
    address: str = record.get_absolute_url()
    return address
