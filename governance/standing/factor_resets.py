"""Resetting a lost second factor: one person of the service asks for it, another one has it done.

Whoever it is about is written to at both steps, whatever they chose for their notices, and can stop it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from governance.act import act, begin
from governance.audit import trail
from governance.notices import outbox
from governance.people.grants import roles_everywhere, worker
from governance.people.lifecycle import RESET_ASKED
from governance.people.models import FactorReset, User
from governance.people.models.factor_resets import CONFIRMED_WITHIN
from governance.people.roles import Role
from governance.workflow import Refused

# Takes a person's factors, recovery codes and sessions away; what went, for the trail. The portal hands it in.
Remove = Callable[[User], Mapping[str, Any]]


@transaction.atomic
def ask(person: User, *, because: str, address: Callable[[FactorReset], str], by: User, at: datetime) -> FactorReset:
    """Research support asks that somebody's second factor is reset. Nothing goes before another person confirms.

    because  how it was proven that it is the person who asks
    address  of the page of a reset, for the message to the person
    Raises Refused.
    """
    User.objects.select_for_update().get(pk=person.pk)  # two requests at once are one and a refusal
    if reason := why_not_ask(person, by=by, at=at):
        raise Refused(reason)
    if not because.strip():
        raise Refused("Please say how the person proved who they are: whoever confirms it needs that.")
    for late in person.factor_resets.filter(state=RESET_ASKED):
        act(late, "run out", by=worker(), at=at)
    reset = FactorReset(person=person, because=because.strip(), asked_by=by)
    reset = begin(reset, "ask", by=by, at=at, details={"person": person.username})
    _write(reset, ASKED.format(address=address(reset), days=CONFIRMED_WITHIN.days), at)
    return reset


def why_not_ask(person: User, *, by: User, at: datetime) -> str | None:
    """Why the person's second factor cannot be asked to be reset now, or None."""
    if Role.SUPPORT not in roles_everywhere(by, at):
        return "Only research support asks for the reset of a second factor."
    if by == person:
        return "It is about yourself, so somebody else asks for it."
    if not person.is_active or Role.WORKER in roles_everywhere(person, at):
        return f"{person} does not sign in: the account is closed."
    if any(not one.is_over(at) for one in person.factor_resets.filter(state=RESET_ASKED)):
        return "A reset is asked for already: another person confirms or refuses it."
    return None


@transaction.atomic
def confirm(reset: FactorReset, *, reasons: str, remove: Remove, by: User, at: datetime) -> FactorReset:
    """A second person confirms it, and it is done: what `remove` takes away is gone with the same step."""
    reset = act(reset, "confirm", by=by, at=at, note=_with_reasons(reasons), confirmed_by=by)
    removed = dict(remove(reset.person))
    trail.append(actor=by, action="reset second factor", subject=reset.person, details=removed, at=at)
    _write(reset, DONE, at)
    return reset


def refuse(reset: FactorReset, *, reasons: str, by: User, at: datetime) -> FactorReset:
    """A second person refuses it."""
    return act(reset, "refuse", by=by, at=at, note=_with_reasons(reasons))


def stop(reset: FactorReset, *, by: User, at: datetime) -> FactorReset:
    """Whoever it is about stops it: they have lost nothing, or did not ask."""
    return act(reset, "stop", by=by, at=at)


def withdraw(reset: FactorReset, *, by: User, at: datetime) -> FactorReset:
    """Research support takes it back."""
    return act(reset, "withdraw", by=by, at=at)


def run_out(*, at: datetime) -> int:
    """End every reset that nobody confirmed in time; how many. Safe to repeat: each ends once."""
    late = FactorReset.objects.filter(state=RESET_ASKED, created_at__lte=at - CONFIRMED_WITHIN).order_by("pk")
    return sum(_run_out_one(reset, at) for reset in late)


def _run_out_one(reset: FactorReset, at: datetime) -> bool:
    try:
        act(reset, "run out", by=worker(), at=at)
    except Refused:  # somebody decided on it at the same moment
        return False
    return True


def _write(reset: FactorReset, text: str, at: datetime) -> None:
    if to := reset.person.email:
        outbox.post(
            to=to,
            subject="Gatehouse: your second factor",
            body=text,
            key=f"factor-reset:{reset.pk}:{reset.state}",
            at=at,
        )


ASKED = """Research support was asked to reset the second factor of your account.
Nothing has changed yet: a second person has to confirm it within {days} days.

If you did not ask for this, sign in and stop it:

{address}

If you cannot sign in, tell research support at once.
"""
DONE = """The second factor of your account was reset, and you are signed out everywhere.

Sign in with your password now, and set up a new second factor.

If you did not ask for this, tell research support at once.
"""


def _with_reasons(reasons: str) -> str:
    if not reasons.strip():
        raise Refused("Please give reasons: the person and the trail need them.")
    return reasons.strip()
