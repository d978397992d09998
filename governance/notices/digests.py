"""The daily digest: one message a person a day, at seven in the morning, with what came before that hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from governance.notices import words
from governance.notices.groups import How, Kind
from governance.notices.models import Message, Notice
from governance.notices.outbox import write
from governance.people.models import User

HOUR = time(7)


def last_hour(at: datetime) -> datetime:
    """The last seven o'clock, in the service's own time zone, that has passed."""
    local = timezone.localtime(at)
    day = local.date() if local.time() >= HOUR else local.date() - timedelta(days=1)
    return datetime.combine(day, HOUR, tzinfo=local.tzinfo)


def due(at: datetime) -> Iterator[User]:
    """Those for whom notices wait that came before the last seven o'clock and are still unread."""
    waiting = _waiting(last_hour(at)).order_by().values("person")
    yield from User.objects.filter(pk__in=waiting, is_active=True).exclude(email="")


def _waiting(until: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(how=How.DIGEST, message__isnull=True, read_at__isnull=True, at__lt=until)


@transaction.atomic
def write_digest(person: User, *, at: datetime, site: str) -> Message | None:
    """Put the person's digest of this day into the outbox. None when it was written before, or nothing waits."""
    until = last_hour(at)
    key = f"digest:{person.pk}:{until:%Y-%m-%d}"
    User.objects.select_for_update().get(pk=person.pk)  # two workers at once write one digest
    notices = list(_waiting(until).filter(person=person).order_by("at", "pk"))
    if not notices or Message.objects.filter(key=key).exists():
        return None
    said = words.of_digest(
        [(notice.reference, Kind(notice.kind)) for notice in notices],
        link=site + reverse("notices"),
        preferences=site + reverse("notices_preferences"),
    )
    message = write(key, person.email, said, person=person, at=at)
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(message=message)
    return message
