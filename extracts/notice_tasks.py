"""Celery's names for telling people, in the queue `mail`. They open no key and no record-level data.

The clock and the settings are read here; the thinking is in `extracts.telling` and `governance.notices`.
"""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from extracts.telling import regulator, reminding, sending, spreading, warning
from governance.agreements import services as agreements
from governance.notices import digests, outbox
from governance.permissions import services as permissions
from governance.standing import factor_resets

KEPT = timedelta(days=30)
AGAIN_SECONDS = 60  # before a message that is still in the queue is queued once more


@shared_task
def pass_on() -> None:
    """Tell of every change that waits in the outbox, and queue every message that is due.

    Safe to repeat: a person has one notice of an event, a notice one message.
    """
    spreading.spread_all(at=timezone.now(), site=settings.GATEHOUSE_SITE)
    for pk in sending.due(timezone.now()):
        if cache.add(f"mail:{pk}", True, timeout=AGAIN_SECONDS):
            send_message.delay(pk)


@shared_task
def send_message(message_id: int) -> None:
    """Try one message. At least once: see `extracts.telling.sending` for when it may be sent twice."""
    sending.send(message_id, at=timezone.now(), sender=settings.DEFAULT_FROM_EMAIL)


@shared_task
def write_digests() -> None:
    """Write the digest of everybody for whom notices wait since before seven o'clock. Safe to repeat: one a day."""
    at = timezone.now()
    for person in digests.due(at):
        digests.write_digest(person, at=at, site=settings.GATEHOUSE_SITE)


@shared_task
def warn() -> None:
    """Warn of what ends soon. Safe to repeat, on any day and at any hour: each step is told once."""
    warning.warn_all(at=timezone.now(), site=settings.GATEHOUSE_SITE)


@shared_task
def remind() -> None:
    """Remind of what waits for the service, and tell research support of what is overdue. Safe to repeat likewise."""
    reminding.remind_all(at=timezone.now(), site=settings.GATEHOUSE_SITE)


@shared_task
def remind_of_regulator() -> None:
    """Tell research support how long is left to tell the regulator of an incident. Safe to repeat likewise."""
    regulator.remind_all(at=timezone.now(), site=settings.GATEHOUSE_SITE)


@shared_task
def complete_agreements() -> None:
    """Hand agreements on that waited only for people who have left since. Safe to repeat: each is handed on once."""
    agreements.complete_all(at=timezone.now())


@shared_task
def run_out() -> None:
    """End the resets of second factors that nobody confirmed in time. Safe to repeat: each ends once."""
    factor_resets.run_out(at=timezone.now())


@shared_task
def open_reviews() -> None:
    """Open the reviews of access that are due. Safe to repeat: a team, or a person's roles, has one open review."""
    permissions.open_reviews(at=timezone.now())


@shared_task
def forget_told() -> None:
    """Clear the outbox of changes that were told of long ago. Safe to repeat."""
    outbox.forget(before=timezone.now() - KEPT)
