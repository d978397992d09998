"""Who stands in for whom in a deciding role, and who may be named for it.

A stand-in is a grant of the role that says for whom (`RoleGrant.stands_in_for`). What it means for votes is worked out
in `governance.people.sharing`.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from governance.people.grants import IDENTIFIERS_APART, held_by_oneself, why_not_together
from governance.people.lifecycle import GIVEN, PROPOSED, TAKEN_BACK
from governance.people.roles import DECIDING, Role
from governance.people.sharing import StoodIn, is_used, people_of

if TYPE_CHECKING:
    from governance.people.models import RoleGrant, User

MOST_DAYS = 90


def why_not(
    principal: User, stand_in: User, role: Role, *, begins_on: date, ends_on: date, at: datetime, but: int | None = None
) -> str | None:
    """Why `stand_in` cannot stand in for `principal` in this role on these days, or None.

    but  the number of the grant that is asked about, which does not stand in its own way
    """
    return _why_not_days(begins_on, ends_on, timezone.localtime(at).date()) or (
        _why_not_people(principal, stand_in, role, at)
        or _why_not_beside(principal, stand_in, role, begins_on, ends_on, but)
    )


def why_not_confirm(grant: RoleGrant, at: datetime) -> str | None:
    """Why a proposed stand-in cannot be confirmed any more, or None; None for a role of the person's own."""
    if grant.stands_in_for is None or grant.ends_on is None:
        return None
    return why_not(
        grant.stands_in_for, grant.person, Role(grant.role), begins_on=grant.begins_on, ends_on=grant.ends_on, at=at,
        but=grant.pk,
    )  # fmt: skip


def _why_not_days(begins_on: date, ends_on: date, today: date) -> str | None:
    if ends_on < begins_on:
        return "The last day must not be before the first."
    if ends_on < today:
        return "The last day is over already."
    if (ends_on - begins_on).days >= MOST_DAYS:
        return f"Somebody stands in for at most {MOST_DAYS} days: name an earlier last day."
    return None


def _why_not_people(principal: User, stand_in: User, role: Role, at: datetime) -> str | None:
    if role not in DECIDING:
        return f"Nobody stands in for others as {role.label.lower()}: only those who decide on applications have one."
    if stand_in.pk == principal.pk:
        return "Nobody stands in for themselves: name a colleague."
    if role not in held_by_oneself(principal, at):
        return (
            f"{principal} does not hold the role {role.label.lower()} themselves, so nobody stands in for them in it."
        )
    if not stand_in.is_active:
        return f"{stand_in} has left."
    if principal.organisation_id is None or stand_in.organisation_id != principal.organisation_id:
        return f"{stand_in} does not belong to {principal}'s organisation: a stand-in is a colleague from there."
    if role in held_by_oneself(stand_in, at):
        return f"{stand_in} holds this role already, with a vote of their own: name somebody who does not."
    if Role.LINKER in held_by_oneself(stand_in, at):
        return f"{stand_in} {IDENTIFIERS_APART}"
    return why_not_together(stand_in, role, at)


def _why_not_beside(
    principal: User, stand_in: User, role: Role, begins_on: date, ends_on: date, but: int | None
) -> str | None:
    """One stand-in at a time for one person, and one person at a time for one stand-in."""
    open_ones = _all().filter(role=role.value, state__in=[PROPOSED, GIVEN])
    open_ones = open_ones.exclude(pk=but) if but else open_ones
    beside = open_ones.filter(begins_on__lte=ends_on, ends_on__gte=begins_on)
    if one := beside.filter(stands_in_for=principal).select_related("person").first():
        return f"{one.person} stands in for {principal} on some of these days: end that first, or choose other days."
    if beside.filter(person=stand_in).exists():
        return f"{stand_in} stands in for somebody else in this role on some of these days: name another colleague."
    return None


def known_of(person: User) -> tuple[StoodIn, ...]:
    """Every stand-in, past or present, that may bear on the person's votes. One query."""
    mine = _given().filter(person=person).values("stands_in_for")
    found = _given().filter(Q(person=person) | Q(stands_in_for=person) | Q(stands_in_for__in=mine))
    return tuple(
        StoodIn(one.person_id, one.stands_in_for_id, one.role, _midnight(one.begins_on), _ended_at(one))
        for one in found.order_by("pk")
        if one.stands_in_for_id is not None
    )


def has_used_vote(votes: QuerySet[Any], person: User, role: Role, at: datetime) -> bool:
    """Whether the person's vote in this role is among `votes`, of one round and stage, given by whoever shares it."""
    known = known_of(person)
    given = votes.filter(person__in=people_of(person.pk, known)).values_list("person_id", "decided_at")
    return is_used(given, person.pk, role.value, known, at)


def _all() -> QuerySet[RoleGrant]:
    from governance.people.models import RoleGrant

    return RoleGrant.objects.filter(stands_in_for__isnull=False)


def _given() -> QuerySet[RoleGrant]:
    return _all().filter(state__in=[GIVEN, TAKEN_BACK])


def _ended_at(grant: Any) -> datetime:
    after = _midnight(grant.ends_on + timedelta(days=1))
    return min(after, grant.state_since) if grant.state == TAKEN_BACK else after


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
