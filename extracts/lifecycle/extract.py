"""The life of an extract: requested by a researcher, built and delivered by a worker, recalled with its release."""

from __future__ import annotations

from governance.people.roles import Role
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class ExtractState(State):
    REQUESTED = "requested"
    BUILDING = "building"
    DELIVERED = "delivered"
    STOPPED = "stopped"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RECALLED = "recalled"

    @property
    def label(self) -> str:
        return LABELS[self]


REQUESTED, BUILDING, DELIVERED, STOPPED, FAILED, CANCELLED, RECALLED = ExtractState
LABELS = {
    REQUESTED: "Waiting for a worker",
    BUILDING: "Being built",
    DELIVERED: "Delivered",
    STOPPED: "Stopped: the approval no longer holds",
    FAILED: "Failed",
    CANCELLED: "Cancelled",
    RECALLED: "Recalled: its release was withdrawn",
}
UNFINISHED = frozenset({REQUESTED, BUILDING})
ENDED_WITHOUT = frozenset({STOPPED, FAILED, CANCELLED})  # nothing was delivered

EXTRACT = (
    # action     from                   to         by
    T("start",   {REQUESTED},           BUILDING,  Role.WORKER),
    T("resume",  {BUILDING},            BUILDING,  Role.WORKER),
    T("deliver", {BUILDING},            DELIVERED, Role.WORKER),
    T("stop",    UNFINISHED,            STOPPED,   Role.WORKER),
    T("fail",    UNFINISHED,            FAILED,    Role.WORKER),
    T("cancel",  UNFINISHED,            CANCELLED, Role.RESEARCHER),
    T("retry",   {FAILED},              REQUESTED, Role.RESEARCHER),
    T("recall",  {DELIVERED},           RECALLED,  Role.WORKER),
)  # fmt: skip

WAITING = {
    REQUESTED: Waiting("the worker", "A worker takes it up within a minute."),
    BUILDING: Waiting("the worker", "Tables are built one by one, then moved into the workspace together."),
    DELIVERED: Waiting("the project", "Analyse it in the workspace, then ask for outputs."),
    STOPPED: Waiting("nobody", "Mend the condition named below, then request a new extract."),
    FAILED: Waiting("the project", "Try again; if it fails again, tell research support."),
    CANCELLED: Waiting("nobody", "Request a new extract when you need one."),
    RECALLED: Waiting("nobody", "Stop working with it. A new extract is built from the present release."),
}
