"""The only way a page gets a record: visible or 404, and the view is on the trail."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Model
from django.http import Http404, HttpRequest
from django.utils import timezone

from governance.audit import trail
from governance.audit.models import Entry
from governance.notices import services as notices
from governance.people.grants import hides, is_the_services, roles_everywhere, roles_for
from governance.people.models import User
from governance.people.roles import TEAM_ROLES, Role

R = TypeVar("R", bound=Model)
SAME_VISIT = timedelta(minutes=10)


class SignedIn(HttpRequest):
    """A request to a view that needs sign-in. LoginRequiredMiddleware has sent everybody else away already."""

    user: User


def visible_or_404(model: type[R], pk: int, *, to: User, at: datetime) -> R:
    """The record, or 404 for "no such thing" and "not yours to see" alike.

    That it was seen is written to the trail, once a visit.
    """
    shape: Any = model
    alone = hasattr(shape, "reference") or is_the_services(shape)
    records = shape.objects.all() if alone else shape.objects.select_related("project")
    record: R | None = records.filter(pk=pk).first()
    if record is None or not may_see(record, to, at):
        raise Http404
    note_view(record, by=to, at=at)
    return record


def note_view(record: Model, *, by: User, at: datetime) -> None:
    """Write to the trail that a record was seen, once a visit. What the person was told of it is read now."""
    notices.has_seen(record, by=by, at=at)
    seen = Entry.objects.filter(actor=by.username, action="view", at__gt=at - SAME_VISIT)
    if not seen.filter(subject_type=record._meta.model_name, subject_id=str(record.pk)).exists():
        trail.append(actor=by, action="view", subject=record, at=at)


def may_see(record: Any, person: User, at: datetime) -> bool:
    """Whether the person holds a role, on the record's project or in the service, that sees records of this kind.

    Of a record that hides from those whom it names, they see nothing.
    """
    return bool(roles_for(record, person, at) & record.VISIBLE_TO) and not hides(record, person)


def team_or_404(project: Any, person: User, at: datetime) -> None:
    """Pages that are the team's alone."""
    if not roles_for(project, person, at) & TEAM_ROLES:
        raise Http404


def one_of_or_404(person: User, roles: Collection[Role]) -> frozenset[Role]:
    """The roles that the person holds everywhere, or 404 for who holds none of those the page is for."""
    held = roles_everywhere(person, timezone.now())
    if not held & set(roles):
        raise Http404
    return held


def auditor_or_404(person: User) -> None:
    """Pages of the trail are the auditors' alone."""
    if Role.AUDITOR not in roles_everywhere(person, timezone.now()):
        raise Http404
