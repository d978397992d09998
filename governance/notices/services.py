"""What people do with their notices, and operators with messages that were given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Model, QuerySet

from governance.audit import trail
from governance.notices.groups import Group, How
from governance.notices.models import Message, Notice, Preference
from governance.people.grants import roles_everywhere
from governance.people.models import User
from governance.people.roles import Role
from governance.workflow import Refused


def unread(person: User) -> QuerySet[Notice]:
    """The person's notices that they have not read."""
    return Notice.objects.filter(person=person, read_at__isnull=True)


def read(notices: QuerySet[Notice], *, at: datetime) -> int:
    """Mark notices as read; those that were before keep their time. Returns how many there were."""
    return notices.filter(read_at__isnull=True).update(read_at=at)


def has_seen(record: Model, *, by: User, at: datetime) -> None:
    """The person looks at a record: what they were told of it is read."""
    read(unread(by).filter(record_type=record._meta.label_lower, record_pk=record.pk), at=at)


@transaction.atomic
def choose(choices: Mapping[Group, How], *, by: User) -> None:
    """Choose how notices of these groups come by e-mail, from the next one on."""
    for group, how in choices.items():
        Preference.objects.update_or_create(person=by, group=group, defaults={"how": how})


@transaction.atomic
def retry(message: Message, *, by: User, at: datetime) -> Message:
    """Try a message that was given up again from the beginning. Raises Refused."""
    message = _given_up(message, by, at)
    message.state, message.attempts, message.due_at, message.problem = Message.State.WAITING, 0, at, ""
    message.save(update_fields=["state", "attempts", "due_at", "problem"])
    trail.append(actor=by, action="retry", subject=message, before="dead", after=message.state, at=at)
    return message


@transaction.atomic
def discard(message: Message, *, reasons: str, by: User, at: datetime) -> Message:
    """Send a message that was given up no more. Its notice stays. Raises Refused."""
    message = _given_up(message, by, at)
    if not reasons.strip():
        raise Refused("Please give reasons: the trail needs them.")
    message.state, message.body = Message.State.DISCARDED, ""
    message.save(update_fields=["state", "body"])
    note = reasons.strip()
    trail.append(actor=by, action="discard", subject=message, before="dead", after=message.state, note=note, at=at)
    return message


def _given_up(message: Message, by: User, at: datetime) -> Message:
    if Role.OPERATOR not in roles_everywhere(by, at):
        raise Refused("Only an operator does this.")
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state != Message.State.DEAD:
        raise Refused("This message has not been given up: somebody else has seen to it.")
    return message
