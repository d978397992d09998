"""The end of a project: opened, its checklist completed by the lead, confirmed by somebody from outside, destroyed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from governance.people.roles import Role
from governance.projects import lifecycle as projects
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class ClosureState(State):
    OPEN = "open"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    DESTROYING = "destroying"
    DESTROYED = "destroyed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return LABELS[self]


OPEN, SUBMITTED, CONFIRMED, DESTROYING, DESTROYED, WITHDRAWN = ClosureState
LABELS = {
    OPEN: "Checklist open",
    SUBMITTED: "Waiting for research support",
    CONFIRMED: "Confirmed, about to be destroyed",
    DESTROYING: "Being destroyed",
    DESTROYED: "Closed and destroyed",
    WITHDRAWN: "Withdrawn",
}
# While a closure is in one of these nobody uses the project's data.
ENDS_USE: frozenset[State] = frozenset({CONFIRMED, DESTROYING, DESTROYED})
NOTHING_DESTROYED: frozenset[State] = frozenset({OPEN, SUBMITTED, CONFIRMED})


def not_the_lead(closure: Any, person: Any, at: datetime) -> str | None:
    return None if closure.project.lead_id == person.pk else "Only the lead of the project does this."


def incomplete(closure: Any, person: Any, at: datetime) -> str | None:
    return " ".join(closure.left()) or None


def on_the_team(closure: Any, person: Any, at: datetime) -> str | None:
    return "You belong to this project's team, so others decide." if closure.project.has_member(person) else None


def own_organisation(closure: Any, person: Any, at: datetime) -> str | None:
    return projects.own_organisation(closure.project, person, at)


NOT_INVOLVED = (on_the_team, own_organisation)

CLOSURE = (
    # action     from                to          by                unless
    T("answer",   {OPEN},            OPEN,       Role.RESEARCHER),
    T("answer",   {OPEN},            OPEN,       Role.COORDINATOR),
    T("excuse",   {OPEN},            OPEN,       Role.SUPPORT,     NOT_INVOLVED),
    T("submit",   {OPEN},            SUBMITTED,  Role.RESEARCHER,  (not_the_lead, incomplete)),
    T("return",   {SUBMITTED},       OPEN,       Role.SUPPORT,     NOT_INVOLVED),
    T("confirm",  {SUBMITTED},       CONFIRMED,  Role.SUPPORT,     (*NOT_INVOLVED, incomplete)),
    T("withdraw", {OPEN, SUBMITTED}, WITHDRAWN,  Role.RESEARCHER,  (not_the_lead,)),
    T("withdraw", NOTHING_DESTROYED, WITHDRAWN,  Role.SUPPORT,     NOT_INVOLVED),
    T("begin",    {CONFIRMED},       DESTROYING, Role.WORKER),
    T("certify",  {DESTROYING},      DESTROYED,  Role.WORKER),
)  # fmt: skip

WAITING = {
    OPEN: Waiting("the project's team", "Every member ticks their part, then the lead submits."),
    SUBMITTED: Waiting(
        "research support", "Somebody of neither the team nor its organisations confirms or returns it."
    ),
    CONFIRMED: Waiting("the worker", "Nobody uses the data any more. The worker begins to destroy within minutes."),
    DESTROYING: Waiting("the worker", "Workspace and keys are being destroyed. This cannot be stopped."),
    DESTROYED: Waiting("nobody", "The certificate says what was destroyed. The audit trail is kept."),
    WITHDRAWN: Waiting("nobody", "Nothing was destroyed. The project can be closed another time."),
}
