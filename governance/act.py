"""The one door by which a record begins and its state changes: check, move, write the audit entry, tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.dispatch import Signal

from governance.audit import trail
from governance.notices import outbox
from governance.people.grants import roles_for, stood_in_for
from governance.workflow import resolve

moved = Signal()  # sent after commit, with the keywords `record` and `action`

LIFECYCLE_FIELDS = frozenset({"state", "state_since", "created_at"})
R = TypeVar("R", bound=models.Model)


@transaction.atomic
def act(record: R, action: str, *, by: Any, at: datetime, note: str = "", **fields: Any) -> R:
    """Take `action` on `record` as `by`: check, move, write the audit entry and the outbox.

    `fields` are set along with the state. Returns the record, freshly locked.
    Raises Refused, and changes nothing, when the lifecycle does not allow it.
    """
    if LIFECYCLE_FIELDS & fields.keys():
        raise TypeError("The state of a record is the lifecycle's to set.")
    record = locked(record)
    subject: Any = record
    move = resolve(subject.LIFECYCLE, action, subject, by, roles_for(subject, by, at), at)
    before, subject.state = subject.state, move.target.value
    if before != subject.state:
        fields["state_since"] = at
    for name, value in fields.items():
        setattr(record, name, value)
    record.save(update_fields=["state", *fields])
    trail.append(
        actor=by, action=action, subject=record, before=before, after=subject.state, note=note,
        details=_acted_as(by, move.by, at), at=at,
    )  # fmt: skip
    outbox.append(record, action, by=by, at=at)
    _tell(record, action)
    return record


def _acted_as(by: Any, role: Any, at: datetime) -> dict[str, str]:
    """The role of this move; and for whom somebody acts who holds it as a stand-in only: the trail names both."""
    principal = stood_in_for(by, role, at)
    stands_in = {"stands in for": f"{principal} ({principal.username})"} if principal else {}
    return {"as": role.value, **stands_in}


@transaction.atomic
def begin(record: R, action: str, *, by: Any, at: datetime, details: Mapping[str, Any] | None = None) -> R:
    """Save a new record in its first state, with audit entry and outbox. The caller has checked the rights."""
    subject: Any = record
    subject.created_at = subject.state_since = at
    record.save(force_insert=True)
    trail.append(actor=by, action=action, subject=record, after=subject.state, details=details, at=at)
    outbox.append(record, action, by=by, at=at)
    _tell(record, action)
    return record


def locked(record: R) -> R:
    """The record as it is stored now, held until the transaction ends.

    The row of its project is held before it, and both before the head of the trail. Every door keeps this order, so
    that no two of them wait for one another.
    """
    model: Any = type(record)
    if (project := getattr(record, "project_id", None)) is None:
        found: R = model.objects.select_for_update().get(pk=record.pk)
        return found
    held = model._meta.get_field("project").related_model.objects.select_for_update().get(pk=project)
    of_it: Any = model.objects.select_for_update().get(pk=record.pk)
    of_it.project = held
    return of_it  # type: ignore[no-any-return]


def _tell(record: models.Model, action: str) -> None:
    """Send `moved` once the change is safe. A receiver that fails (no broker) is logged and made good by the sweep."""
    transaction.on_commit(lambda: moved.send(type(record), record=record, action=action), robust=True)
