"""What people do with roles of the service, and reviews of all grants. Each change is on the trail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Q

from governance.act import act, begin, locked
from governance.audit import trail
from governance.people.grants import give_everywhere, roles_everywhere, why_not_together, worker
from governance.people.lifecycle import GIVEN
from governance.people.models import RoleGrant, User, local_day
from governance.people.roles import SERVICE_ROLES, Role
from governance.people.standins import why_not as why_not_stand_in
from governance.permissions.lifecycle import CONFIRMED, ENDED, OPEN
from governance.permissions.models import RoleReview, TeamReview
from governance.projects import services as projects
from governance.projects.models import Project, ProjectUserObjectPermission
from governance.workflow import Refused

# No person is ever the worker.
PROPOSABLE = SERVICE_ROLES - {Role.WORKER}
REVIEWED_EVERY, ANSWERED_WITHIN = timedelta(days=180), timedelta(days=30)
R = TypeVar("R", bound=TeamReview | RoleReview)
M = TypeVar("M", Project, User)


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


def open_reviews(*, at: datetime) -> int:
    """Open every review that is due, and say from which day on the grants that it lists are suspended; how many.

    Safe to repeat: a team, or the roles of a person, has one open review at a time.
    """
    opened = [_once(_review_team, project, at) for project in teams_due(at)]
    opened += [_once(_review_roles, person, at) for person in roles_due(at)]
    return sum(opened)


def teams_due(at: datetime) -> Iterable[Project]:
    """Projects that were submitted and have not ended, with a grant that nobody reviewed for so long."""
    running = Project.objects.filter(submitted_at__isnull=False).exclude(state__in=ENDED)
    old = ProjectUserObjectPermission.objects.filter(ended_at__isnull=True, granted_at__lte=at - REVIEWED_EVERY)
    reviewed = TeamReview.objects.filter(_recent(at)).values("project")
    return running.filter(pk__in=old.values("content_object")).exclude(pk__in=reviewed).order_by("pk")


def roles_due(at: datetime) -> Iterable[User]:
    """People with a role of the service that nobody reviewed for so long. The worker is no person."""
    day, since = local_day(at), local_day(at - REVIEWED_EVERY)
    held = RoleGrant.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), state=GIVEN, begins_on__lte=since)
    reviewed = RoleReview.objects.filter(_recent(at)).values("person")
    people = User.objects.filter(is_active=True, pk__in=held.exclude(role=Role.WORKER).values("person"))
    return people.exclude(pk__in=reviewed).order_by("pk")


def _recent(at: datetime) -> Q:
    return Q(state=OPEN) | Q(state=CONFIRMED, state_since__gt=at - REVIEWED_EVERY)


def _once(open_one: Callable[[M, datetime], None], of: M, at: datetime) -> bool:
    """Whether this call opened it, and not another one at the same moment."""
    try:
        with transaction.atomic():
            open_one(of, at)
    except IntegrityError:
        return False
    return True


def _review_team(project: Project, at: datetime) -> None:
    project = locked(project)
    review = TeamReview(project=project, suspends_on=local_day(at + ANSWERED_WITHIN))
    begin(review, "open", by=worker(), at=at, details={"suspends_on": str(review.suspends_on)})
    project.grants.filter(ended_at__isnull=True).update(suspended_from=review.suspends_on)


def _review_roles(person: User, at: datetime) -> None:
    held = list(person.role_grants.select_for_update().filter(state=GIVEN))
    review = RoleReview(person=person, suspends_on=local_day(at + ANSWERED_WITHIN))
    begin(review, "open", by=worker(), at=at, details={"suspends_on": str(review.suspends_on)})
    person.role_grants.filter(pk__in=[grant.pk for grant in held]).update(suspended_from=review.suspends_on)


@transaction.atomic
def confirm_review(review: R, *, kept: Collection[int], ended: Mapping[int, str], by: User, at: datetime) -> R:
    """Say of every grant that the review lists whether it is kept, or why it ends. What is kept counts again at once.

    kept, ended  numbers of the grants; why each ends. Refused unless they are exactly those listed.
    """
    if isinstance(review, RoleReview):
        list(review.listed().select_for_update())  # before the head of the trail, as whoever takes one back
    review = act(review, "confirm", by=by, at=at, note=f"Kept: {len(kept)}. Ended: {len(ended)}.")
    listed = {grant.pk: grant for grant in review.listed()}
    if listed.keys() != set(kept) | ended.keys() or set(kept) & ended.keys():
        raise Refused("The grants have changed since you opened this page: look at them again.")
    for number, why in ended.items():
        _end(review, listed[number], _with_reasons(why), by, at)
    review.listed().filter(pk__in=kept).update(suspended_from=None)
    if isinstance(review, RoleReview):
        _still_together(review.person, at)
    return review


def _end(review: TeamReview | RoleReview, grant: Any, why: str, by: User, at: datetime) -> None:
    if isinstance(review, RoleReview):
        take_back(grant, reasons=f"Review of access: {why}", by=by, at=at)
        return
    if grant.user_id == review.project.lead_id:
        raise Refused("The lead stays on the team: the lead of the project is handed over first.")
    projects.take_off(review.project, grant.user, because=f"Review of access: {why}"[:200], at=at)
    details = {"person": grant.user.username}
    trail.append(actor=by, action="end grant", subject=review.project, note=why, details=details, at=at)


def _still_together(person: User, at: datetime) -> None:
    """Refused where roles that nobody holds together would count again: one was given while the other was suspended."""
    for role in roles_everywhere(person, at):
        if reason := why_not_together(person, role, at):
            raise Refused(f"{reason} One of these roles has to end.")


def _with_reasons(reasons: str) -> str:
    if not reasons.strip():
        raise Refused("Please give reasons: the person and the trail need them.")
    return reasons.strip()
