"""What every record's page shows: status line, allowed actions, history as this person may see it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from governance.audit import trail
from governance.audit.models import Entry
from governance.outputs.models import OutputRequest
from governance.people.grants import is_the_services, roles_for
from governance.people.models import User
from governance.people.roles import TEAM_ROLES, Role
from governance.workflow import Waiting, allowed, hindrances
from portal.remembering import Remembering

# What only auditors read of a history: who looked at what, each small change, declared interests, and from which
# worker a job came.
QUIET = {"view", "edit", "declare", "open file", "open pair", "resume", "export"}


def reads_names(roles: Collection[Role]) -> bool:
    """Whether these roles on a project let a person read who decided on it: nobody of its team does."""
    return not set(roles) & TEAM_ROLES


def allowed_actions(record: Any, person: User, at: datetime) -> set[str]:
    """The actions that the record's lifecycle allows this person now: one button each."""
    return set(allowed(record.LIFECYCLE, Remembering(record), person, roles_for(record, person, at), at))


def hindrances_of(record: Any, person: User, at: datetime) -> dict[str, str]:
    """Action -> why not, where only a guard stands between this person and the action."""
    return hindrances(record.LIFECYCLE, Remembering(record), person, roles_for(record, person, at), at)


def status_of(record: Any) -> Waiting:
    """Who holds the record, and what happens next."""
    waiting: Waiting = record.WAITING[record.STATES(record.state)]
    return waiting


@dataclass(frozen=True)
class Event:
    """One line of a record's history, as one person may read it."""

    action: str
    before: str
    after: str
    actor: str
    at: datetime
    note: str


def history_of(record: Any, person: User, *, most: int = 50) -> list[Event]:
    """What happened to the record, newest first, without views, openings and edits; auditors see those too.

    While a check is blind, nobody reads from the history what another checker decided. The project's
    team, and whoever a record is about, read which board decided, not which person: deciders are anonymous to them.
    """
    roles = roles_for(record, person, timezone.now())
    entries = trail.of(record)
    if Role.AUDITOR not in roles:
        entries = entries.exclude(action__in=QUIET)
    if isinstance(record, OutputRequest) and record.is_blind:
        newest = entries.filter(action="check").first()
        if newest and newest.actor != person.username:
            entries = entries.exclude(pk=newest.pk)
    team = _named(record, person, roles)
    return list(_events(record, entries[:most], team))


def _named(record: Any, person: User, roles: Collection[Role]) -> set[str] | None:
    """The user names of those who are named to this person; None for everybody. Of others the board is told."""
    if Role.SELF in roles:
        return {person.username}
    return None if is_the_services(record) or reads_names(roles) else _team_of(record)


def _team_of(record: Any) -> set[str]:
    return set(record.project.members.values_list("person__username", flat=True))


def _events(record: Any, entries: Iterable[Entry], team: set[str] | None) -> Iterable[Event]:
    for entry in entries:
        name = _who(entry) if team is None or entry.actor in team else _board(record, entry)
        before, after = (record.STATES(state).label if state else "" for state in (entry.before, entry.after))
        yield Event(entry.action, before, after, name, entry.at, entry.note)


def _who(entry: Entry) -> str:
    """The name of whoever acted, and of the person they stood in for."""
    principal = (entry.details or {}).get("stands in for")
    return f"{entry.actor_name}, who stands in for {principal}" if principal else entry.actor_name


def _board(record: Any, entry: Entry) -> str:
    """The role by which somebody outside of the team acted; of entries that do not tell it, the lifecycle's first."""
    if role := (entry.details or {}).get("as"):
        return Role(role).label
    moves = (move for move in record.LIFECYCLE if move.action == entry.action and entry.before in move.sources)
    return next((move.by.label for move in moves), "The service")
