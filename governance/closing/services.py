"""What people and the worker do with the closure of a project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from governance.act import act, begin, locked
from governance.closing import checklist
from governance.closing.checklist import Who, item_of
from governance.closing.lifecycle import CONFIRMED, DESTROYING, WITHDRAWN
from governance.closing.models import Answer, Closure
from governance.people.grants import roles_on, worker
from governance.people.models import User
from governance.people.roles import Role
from governance.projects.lifecycle import APPROVED, REVOKED
from governance.projects.models import Project
from governance.workflow import Refused

OPENED_AGAIN_AFTER = timedelta(days=30)  # by the worker, once people have withdrawn a closure
# What Gatehouse finds in a project at this moment: key of the checklist -> what is open, or "".
Look = Callable[[Project], Mapping[str, str]]


@transaction.atomic
def start(project: Project, *, why: str, by: User, at: datetime) -> Closure:
    """Begin to close a project. Its lead, a coordinator or research support may; else Refused."""
    project = Project.objects.select_for_update().get(pk=project.pk)
    if reason := why_not_started(project, by, at):
        raise Refused(reason)
    if not why.strip():
        raise Refused("Say why the project ends: it stays on record.")
    return begin(Closure(project=project, why=why.strip(), opened_by=by), "open", by=by, at=at)


def why_not_started(project: Project, person: User, at: datetime) -> str | None:
    """Why this person cannot begin to close the project now, or None."""
    roles = roles_on(project, person, at)
    if not (roles & {Role.COORDINATOR, Role.SUPPORT} or (Role.RESEARCHER in roles and project.lead_id == person.pk)):
        return "A project is closed by its lead, its coordinator or research support."
    if project.state not in {APPROVED, REVOKED}:
        return "Only a project that was approved is closed."
    if project.closures.exclude(state=WITHDRAWN).exists():
        return "The project is being closed already."
    return None


@transaction.atomic
def start_by_itself(project: Project, *, ended: str, at: datetime) -> Closure | None:
    """The worker begins to close a project whose agreement has ended. Safe to repeat.

    None where it is being closed already, or people have withdrawn a closure within the last days.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    lately = project.closures.filter(state=WITHDRAWN, state_since__gt=at - OPENED_AGAIN_AFTER)
    if project.state != APPROVED or project.closures.exclude(state=WITHDRAWN).exists() or lately.exists():
        return None
    return begin(Closure(project=project, why=ended, opened_by=worker()), "open", by=worker(), at=at)


@transaction.atomic
def answer(closure: Closure, key: str, *, says: str = "", by: User, at: datetime) -> Answer:
    """One line of the checklist, answered by the lead, or by a member for themselves. Raises Refused."""
    closure, item = locked(closure), item_of(key)
    if item.who == Who.SYSTEM:
        raise Refused("Gatehouse looks at this by itself: nobody can tick it.")
    if item.who == Who.LEAD and closure.project.lead_id != by.pk:
        raise Refused("Only the lead of the project answers this.")
    if item.says and not says.strip():
        raise Refused(f"{item.says}.")
    act(closure, "answer", by=by, at=at, note=f"{item.question}.")
    return _kept(closure, key, by, says=says.strip(), excused_by=None, answered_at=at)


@transaction.atomic
def excuse(closure: Closure, person: User, *, reasons: str, by: User, at: datetime) -> None:
    """Research support excuses a member who cannot be reached from their declarations. Raises Refused."""
    if not reasons.strip():
        raise Refused("Please give reasons: they stay on record.")
    closure = locked(closure)
    if not closure.project.has_member(person):
        raise Refused("Only somebody on the team can be excused.")
    act(closure, "excuse", by=by, at=at, note=f"{person}: {reasons.strip()}")
    for item in checklist.answerable(Who.MEMBER):
        if not closure.answers.filter(key=item.key, person=person).exists():
            _kept(closure, item.key, person, says=reasons.strip(), excused_by=by, answered_at=at)


def _kept(closure: Closure, key: str, person: User, **given: Any) -> Answer:
    return Answer.objects.update_or_create(closure=closure, key=key, person=person, defaults=given)[0]


@transaction.atomic
def submit(closure: Closure, *, look: Look, by: User, at: datetime) -> Closure:
    """The lead hands the completed checklist in. Refused with everything that is still open, as it is now."""
    closure = act(closure, "submit", by=by, at=at)
    _refuse_open(closure, look)
    return closure


@transaction.atomic
def confirm(closure: Closure, *, look: Look, by: User, at: datetime) -> Closure:
    """Research support confirms: use ends at this moment, and the worker destroys. Refused while anything is open."""
    closure = act(closure, "confirm", by=by, at=at, confirmed_by=by, confirmed_at=at)
    _refuse_open(closure, look)
    return closure


def _refuse_open(closure: Closure, look: Look) -> None:
    """Called with the project locked, so that nothing is begun between the look and the move; undoes the move."""
    if found := checklist.left(closure.answered(), closure.team(), look(closure.project)):
        raise Refused(" ".join(found))


def send_back(closure: Closure, *, reasons: str, by: User, at: datetime) -> Closure:
    """Research support opens the checklist again, with reasons."""
    return _with_reasons(closure, "return", reasons, by, at)


def withdraw(closure: Closure, *, reasons: str, by: User, at: datetime) -> Closure:
    """The project is not closed after all. Refused once anything is being destroyed."""
    return _with_reasons(closure, "withdraw", reasons, by, at, confirmed_by=None, confirmed_at=None)


def _with_reasons(closure: Closure, action: str, reasons: str, by: User, at: datetime, **fields: Any) -> Closure:
    if not reasons.strip():
        raise Refused("Please give reasons: they stay on record.")
    return act(closure, action, by=by, at=at, note=reasons.strip(), **fields)


@transaction.atomic
def begin_destruction(closure: Closure, *, inventory: Callable[[], Mapping[str, Any]], at: datetime) -> Closure:
    """The worker writes down what is there, and begins. Safe to repeat: the first inventory stays.

    What neither is confirmed nor being destroyed is given back as it is.
    """
    closure = locked(closure)
    if closure.state != CONFIRMED:
        return closure
    return act(closure, "begin", by=worker(), at=at, inventory=dict(inventory()))


@transaction.atomic
def certify(closure: Closure, *, certificate: Mapping[str, Any], sha256: str, signature: str, at: datetime) -> Closure:
    """Everything is destroyed: keep the signed certificate. Safe to repeat: the first one stays."""
    closure = locked(closure)
    if closure.state != DESTROYING:
        return closure
    kept = {"certificate": dict(certificate), "signature": signature}
    return act(closure, "certify", by=worker(), at=at, note=f"SHA-256 of the certificate: {sha256}.", **kept)
