"""Who is meant by a row of the table, among those who may see the record now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q

from extracts.telling.table import REFERENCES, Row, Who
from governance.people.grants import hides, roles_for
from governance.people.lifecycle import GIVEN
from governance.people.models import RoleGrant, User, local_day
from governance.people.roles import TEAM_ROLES, Role
from governance.workflow import why_not


def audience(row: Row, record: Any, at: datetime) -> Iterator[User]:
    """The people whom the row means and who may see the record, each once. Whoever has left may see nothing."""
    if row.who == Who.NOBODY:
        return
    for person in dict.fromkeys(_meant(row, record, at)):
        if may_see(record, person, at):
            yield person


def _meant(row: Row, record: Any, at: datetime) -> Iterable[User]:
    if row.who == Who.NEXT:
        return who_may(record, row.may, at)
    if row.who == Who.TEAM:
        return team_of(record.project)
    if row.who == Who.LINKERS:
        return holders(Role.LINKER, at)
    one = ONE[row.who](record)
    return [one] if one else []


ONE = {
    Who.AUTHOR: lambda record: record.author,
    Who.REQUESTER: lambda record: record.requested_by,
    Who.SUBJECT: lambda record: record.person,
    Who.PRINCIPAL: lambda record: record.stands_in_for,
}


def may_see(record: Any, person: User, at: datetime) -> bool:
    """Whether the person holds a role that sees records of this kind, and the record does not hide from them."""
    return bool(roles_for(record, person, at) & record.VISIBLE_TO) and not hides(record, person)


def team_of(project: Any) -> list[User]:
    return [member.person for member in project.members.select_related("person__organisation")]


def holders(role: Role, at: datetime) -> list[User]:
    """Those who hold a role of the service at this moment and have not left."""
    day = local_day(at)
    counts = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    reviewed = Q(suspended_from__isnull=True) | Q(suspended_from__gt=day)
    held = RoleGrant.objects.filter(counts, reviewed, role=role.value, state=GIVEN, begins_on__lte=day)
    return list(User.objects.filter(is_active=True, pk__in=held.values("person")).select_related("organisation"))


def who_may(record: Any, action: str, at: datetime) -> Iterator[User]:
    """Everybody whom the lifecycle lets take the action on the record as it is now, guards included.

    Whoever has still to declare interests before a vote is meant too: declaring is the first step of it.
    """
    roles = {move.by for move in record.LIFECYCLE if move.action == action and record.state in move.sources}
    for role in roles - {Role.WORKER}:
        for person in _holders_on(record, role, at):
            if not why_not(record.LIFECYCLE, action, AsDeclared(record), person, roles_for(record, person, at), at):
                yield person


class AsDeclared:
    """A record that answers guards as if everybody had declared, and no conflict, who has declared nothing yet."""

    def __init__(self, record: Any) -> None:
        self._record = record

    def __getattr__(self, name: str) -> Any:
        return getattr(self._record, name)

    @property
    def project(self) -> AsDeclared:
        return AsDeclared(self._record.project)

    def interest_of(self, person: User) -> bool:
        return bool(self._record.interest_of(person))


def _holders_on(record: Any, role: Role, at: datetime) -> list[User]:
    if role == Role.SELF:
        return [record.person]
    return team_of(record.project) if role in TEAM_ROLES else holders(role, at)


def reference_of(record: Any) -> str:
    """What the record is called where people are told of it."""
    return REFERENCES[type(record).__name__].format(record)
