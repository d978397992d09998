"""Three doors: what changed (`append`), what a person is told (`give`), and any other message by e-mail (`post`).

Rows are written here, in the caller's transaction; workers pass them on. So nothing is told that did not happen, and
nothing that happened is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.urls import reverse

from governance.notices import words
from governance.notices.groups import UNLESS_CHOSEN, Group, How, Kind
from governance.notices.models import Event, Message, Notice, Preference
from governance.people.models import User


@dataclass(frozen=True)
class Telling:
    """What somebody is to be told. See `Notice` for each field."""

    key: str
    group: Group
    kind: Kind
    reference: str
    says: str
    address: str
    about: Model | None = None


def append(record: Model, action: str, *, by: Any, at: datetime) -> Event:
    """Write that a record changed, beside the entry of the trail."""
    return Event.objects.create(
        record_type=record._meta.label_lower, record_pk=record.pk, action=action, actor=by, at=at, due_at=at
    )


def forget(*, before: datetime) -> int:
    """Remove changes of which everybody was told before that time. The trail keeps what happened."""
    return Event.objects.filter(told_at__lt=before).delete()[0]


@transaction.atomic
def give(person: User, telling: Telling, *, at: datetime, site: str) -> Notice | None:
    """Give a person a notice, and put its message into the outbox if they want it at once.

    None when they have been told of it before: safe to repeat.
    """
    how = chosen(person, telling.group)
    about = telling.about
    notice, made = Notice.objects.get_or_create(
        person=person,
        key=telling.key,
        defaults={
            "group": telling.group,
            "kind": telling.kind,
            "reference": telling.reference,
            "says": telling.says,
            "address": telling.address,
            "record_type": about._meta.label_lower if about else "",
            "record_pk": about.pk if about else None,
            "how": how,
            "at": at,
        },
    )
    if not made:
        return None
    if how == How.AT_ONCE and person.email:
        said = words.of_notice(
            reference=telling.reference,
            kind=telling.kind,
            link=site + telling.address,
            preferences=site + reverse("notices_preferences"),
        )
        notice.message = write(f"notice:{notice.pk}", person.email, said, person=person, at=at)
        notice.save(update_fields=["message"])
    return notice


def post(*, to: str, subject: str, body: str, key: str, at: datetime) -> Message:
    """Send a message that is not about a record's change, such as an invitation. One message a key, for good.

    The caller answers for its text: nothing sensitive belongs into a message.
    """
    return write(f"post:{key}", to, words.Words(subject, body), person=None, at=at)


def write(key: str, to: str, said: words.Words, *, person: User | None, at: datetime) -> Message:
    """The message of this key, written if there is none yet."""
    fields = {"to": to, "subject": said.subject, "body": said.body, "person": person, "made_at": at, "due_at": at}
    return Message.objects.get_or_create(key=key, defaults=fields)[0]


def chosen(person: User, group: Group) -> How:
    """How the person wants notices of this group by e-mail."""
    stored = Preference.objects.filter(person=person, group=group).values_list("how", flat=True).first()
    return How(stored) if stored else UNLESS_CHOSEN
