"""Sending messages. At least once: a worker that is killed between sending and recording sends the message again,

with the same Message-ID, by which mail programs and servers know it.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.core.mail import EmailMessage
from django.db.models import F, QuerySet

from governance.notices.groups import MOST_ATTEMPTS, pause
from governance.notices.models import Message

log = logging.getLogger("gatehouse.notices")

State = Message.State
MOST_AT_ONCE = 1000


def due(at: datetime) -> list[int]:
    """The messages that may be tried now, the oldest first."""
    return list(_waiting(at).order_by("due_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def _waiting(at: datetime) -> QuerySet[Message]:
    return Message.objects.filter(state=State.WAITING, due_at__lte=at)


def send(pk: int, *, at: datetime, sender: str) -> bool:
    """Try one message. Returns whether it was sent.

    Safe to repeat: of two workers one gets it, and what is not due, or sent, is left alone. A message that fails is due
    again after a pause that grows, and after the last attempt it is given up, for an operator to see to.
    """
    message = _claim(pk, at)
    if message is None:
        return False
    mine = Message.objects.filter(pk=pk, attempts=message.attempts, state=State.WAITING)
    if message.person is not None and not message.person.is_active:
        mine.update(state=State.DISCARDED, body="", problem="the person has left")
        return False
    try:
        _as_mail(message, sender).send()
    except Exception as problem:
        log.error("message %s was not sent: %s", pk, type(problem).__name__)
        state = State.DEAD if message.attempts >= MOST_ATTEMPTS else State.WAITING
        mine.update(state=state, problem=type(problem).__name__[:80])
        return False
    mine.update(state=State.SENT, sent_at=at, body="", problem="")
    return True


def _claim(pk: int, at: datetime) -> Message | None:
    """Take the message: one conditional UPDATE counts this attempt and puts the next one off."""
    message = _waiting(at).filter(pk=pk).select_related("person").first()
    if message is None:
        return None
    seen = _waiting(at).filter(pk=pk, attempts=message.attempts)
    if message.attempts >= MOST_ATTEMPTS:  # the last attempt's worker was killed
        seen.update(state=State.DEAD, problem="the worker was killed")
        return None
    if not seen.update(attempts=F("attempts") + 1, due_at=at + pause(message.attempts + 1)):
        return None
    message.attempts += 1
    return message


def _as_mail(message: Message, sender: str) -> EmailMessage:
    domain = sender.rpartition("@")[2].rstrip("> ") or "localhost"
    headers = {"Message-ID": f"<gatehouse-{message.pk}@{domain}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(message.subject, message.body, sender, [message.to], headers=headers)
