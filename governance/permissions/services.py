"""What people do with roles of the service: two propose and confirm, one takes back. Each change is on the trail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import IntegrityError, transaction

from governance.act import act, begin
from governance.audit import trail
from governance.people.grants import give_everywhere, roles_everywhere, why_not_together, worker
from governance.people.models import RoleGrant, User, local_day
from governance.people.roles import SERVICE_ROLES, Role
from governance.people.standins import why_not as why_not_stand_in
from governance.projects.models import Project
from governance.workflow import Refused

# No person is ever the worker.
PROPOSABLE = SERVICE_ROLES - {Role.WORKER}


@transaction.atomic
def propose(
    person: User, role: Role, *, because: str, begins_on: date, ends_on: date | None = None, by: User, at: datetime
) -> RoleGrant:
    """Research support proposes a role; it counts from its first day once the auditor has confirmed it."""
    if reason := why_not_propose(person, role, begins_on=begins_on, ends_on=ends_on, by=by, at=at):
        raise Refused(reason)
    grant = RoleGrant(
        person=person, role=role.value, because=_with_reasons(because), begins_on=begins_on, ends_on=ends_on,
        proposed_by=by,
    )  # fmt: skip
    with _proposed_once(grant):
        return begin(grant, "propose", by=by, at=at, details=_on_record(grant))


@contextmanager
def _proposed_once(grant: RoleGrant) -> Iterator[None]:
    """Raises Refused where the same role of the same person waits for the auditor already."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Refused(f"{grant.label} is proposed for {grant.person} already: the auditor decides on it.") from None


def _on_record(grant: RoleGrant) -> dict[str, str]:
    """What the trail keeps of a proposal."""
    days = {"role": grant.role, "begins_on": str(grant.begins_on), "ends_on": str(grant.ends_on or "")}
    principal = grant.stands_in_for
    return days | ({"stand-in for": f"{principal} ({principal.username})"} if principal else {})


@transaction.atomic
def name_stand_in(
    person: User, role: Role, *, because: str, begins_on: date, ends_on: date, by: User, at: datetime
) -> RoleGrant:
    """Whoever decides names a colleague who stands in for them for a while. It counts once the auditor has confirmed.

    Raises Refused with what `standins.why_not` says, and for a first day that is over.
    """
    User.objects.select_for_update().get(pk=by.pk)  # two names at once are one and a refusal
    if begins_on < local_day(at):
        raise Refused("A stand-in begins today or later.")
    if reason := why_not_stand_in(by, person, role, begins_on=begins_on, ends_on=ends_on, at=at):
        raise Refused(reason)
    grant = RoleGrant(
        person=person, role=role.value, because=_with_reasons(because), begins_on=begins_on, ends_on=ends_on,
        proposed_by=by, stands_in_for=by,
    )  # fmt: skip
    with _proposed_once(grant):
        return begin(grant, "propose", by=by, at=at, details=_on_record(grant))


def why_not_propose(
    person: User, role: Role, *, begins_on: date, ends_on: date | None, by: User, at: datetime
) -> str | None:
    """Why this role cannot be proposed for this person, or None."""
    if Role.SUPPORT not in roles_everywhere(by, at):
        return "Only research support proposes roles of the service."
    if by == person:
        return "It is about yourself, so somebody else proposes it."
    if role not in PROPOSABLE:
        return f"{role.label} is not a role that a person is given here."
    if not person.is_active:
        return f"{person} has left."
    if begins_on < local_day(at) or (ends_on and ends_on < begins_on):
        return "A role begins today or later, and its last day is not before its first."
    if any(grant.counts(at) and grant.ends_on is None for grant in person.role_grants.filter(role=role.value)):
        return f"{person} holds this role already."
    return why_not_together(person, role, at)


def confirm(grant: RoleGrant, *, reasons: str, by: User, at: datetime) -> RoleGrant:
    """The auditor confirms it: it counts from its first day."""
    return act(grant, "confirm", by=by, at=at, note=_with_reasons(reasons), confirmed_by=by)


def refuse(grant: RoleGrant, *, reasons: str, by: User, at: datetime) -> RoleGrant:
    """The auditor refuses it."""
    return act(grant, "refuse", by=by, at=at, note=_with_reasons(reasons))


def withdraw(grant: RoleGrant, *, reasons: str, by: User, at: datetime) -> RoleGrant:
    """Research support takes the proposal back; of a stand-in, either of the two does."""
    return act(grant, "withdraw", by=by, at=at, note=_with_reasons(reasons))


def take_back(grant: RoleGrant, *, reasons: str, by: User, at: datetime) -> RoleGrant:
    """Research support or the auditor takes the role away. It counts for nothing from this moment on.

    Either of the two ends a stand-in like this.
    """
    return act(grant, "take back", by=by, at=at, note=_with_reasons(reasons))


@transaction.atomic
def set_up(person: User, role: Role, *, because: str, at: datetime) -> None:
    """An operator gives a role at the command line, such as the first auditor's. Raises Refused."""
    if role not in PROPOSABLE:
        raise Refused(f"{role.label} is not a role that a person is given here.")
    if reason := why_not_together(person, role, at):
        raise Refused(reason)
    give_everywhere(person, role, because=_with_reasons(because))
    trail.append(actor=worker(), action="set up role", subject=person, note=because, details={"role": role}, at=at)


@transaction.atomic
def look_at_draft(project: Project, *, reason: str, by: User, at: datetime) -> Project:
    """The auditor reads a draft, which is its team's own. The reason is on the trail first, and the team reads it."""
    if Role.AUDITOR not in roles_everywhere(by, at):
        raise Refused("Only auditors look at a draft that is not theirs.")
    trail.append(actor=by, action="look at draft", subject=project, note=_with_reasons(reason), at=at)
    return project


def _with_reasons(reasons: str) -> str:
    if not reasons.strip():
        raise Refused("Please give reasons: the person and the trail need them.")
    return reasons.strip()
