"""The life of an extract: requested by a researcher, built and delivered by a worker, recalled with its release.

One that is more identifying than its dataset allows is held until research support has decided.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from governance.people.roles import Role
from governance.projects import lifecycle as projects
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class ExtractState(State):
    REQUESTED = "requested"
    BUILDING = "building"
    HELD = "held"
    DELIVERED = "delivered"
    STOPPED = "stopped"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RECALLED = "recalled"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return LABELS[self]


REQUESTED, BUILDING, HELD, DELIVERED, STOPPED, FAILED, CANCELLED, RECALLED, REFUSED = ExtractState
LABELS = {
    REQUESTED: "Waiting for a worker",
    BUILDING: "Being built",
    HELD: "Held: more identifying than the dataset allows",
    DELIVERED: "Delivered",
    STOPPED: "Stopped: the approval no longer holds",
    FAILED: "Failed",
    CANCELLED: "Cancelled",
    RECALLED: "Recalled: its release was withdrawn",
    REFUSED: "Refused: more identifying than the dataset allows",
}
UNFINISHED = frozenset({REQUESTED, BUILDING})
ENDED_WITHOUT = frozenset({STOPPED, FAILED, CANCELLED, REFUSED})  # nothing was delivered


def on_the_team(extract: Any, person: Any, at: datetime) -> str | None:
    return "You belong to this project's team." if extract.project.has_member(person) else None


def own_organisation(extract: Any, person: Any, at: datetime) -> str | None:
    return projects.own_organisation(extract.project, person, at)


NOT_INVOLVED = (on_the_team, own_organisation)

EXTRACT = (
    # action        from                to         by               unless
    T("start",      {REQUESTED},        BUILDING,  Role.WORKER),
    T("resume",     {BUILDING},         BUILDING,  Role.WORKER),
    T("hold",       {BUILDING},         HELD,      Role.WORKER),
    T("let through", {HELD},            REQUESTED, Role.SUPPORT,    NOT_INVOLVED),
    T("refuse",     {HELD},             REFUSED,   Role.SUPPORT,    NOT_INVOLVED),
    T("deliver",    {BUILDING},         DELIVERED, Role.WORKER),
    T("stop",       UNFINISHED,         STOPPED,   Role.WORKER),
    T("fail",       UNFINISHED,         FAILED,    Role.WORKER),
    T("cancel",     UNFINISHED,         CANCELLED, Role.RESEARCHER),
    T("retry",      {FAILED},           REQUESTED, Role.RESEARCHER),
    T("recall",     {DELIVERED},        RECALLED,  Role.WORKER),
)  # fmt: skip

WAITING = {
    REQUESTED: Waiting("the worker", "A worker takes it up within a minute."),
    BUILDING: Waiting("the worker", "Tables are built one by one, then moved into the workspace together."),
    HELD: Waiting("research support", "They read its risk report, and let it through or refuse it, with reasons."),
    DELIVERED: Waiting("the project", "Analyse it in the workspace, then ask for outputs."),
    STOPPED: Waiting("nobody", "Mend the condition named below, then request a new extract."),
    FAILED: Waiting("the project", "Try again; if it fails again, tell research support."),
    CANCELLED: Waiting("nobody", "Request a new extract when you need one."),
    REFUSED: Waiting("the project", "Read the reasons and what would help, then ask for an amendment."),
    RECALLED: Waiting("nobody", "Stop working with it. A new extract is built from the present release."),
}
