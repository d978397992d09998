"""The life of a linkage run: requested by a linkage analyst, carried out by a worker in stages."""

from __future__ import annotations

from governance.people.roles import Role
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class RunState(State):
    REQUESTED = "requested"
    RUNNING = "running"
    BUILT = "built"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return LABELS[self]


class Stage(State):
    """What a running linkage is at. In this order, each once; the steps of the flow that no person takes."""

    ACCEPTING = "accepting"
    LINKING = "linking"
    MEASURING = "measuring"
    BUILDING = "building"
    SCANNING = "scanning"

    @property
    def label(self) -> str:
        return STAGES[self]


REQUESTED, RUNNING, BUILT, FAILED, CANCELLED = RunState
LABELS = {
    REQUESTED: "Waiting for a worker",
    RUNNING: "Running",
    BUILT: "Built a release",
    FAILED: "Failed",
    CANCELLED: "Cancelled",
}
STAGES = {
    Stage.ACCEPTING: "Accepting the deliveries",
    Stage.LINKING: "Linking persons and cases",
    Stage.MEASURING: "Measuring the quality of the links",
    Stage.BUILDING: "Building the release",
    Stage.SCANNING: "Looking for identifiers in the release",
}
UNFINISHED = frozenset({REQUESTED, RUNNING})

LINKAGE_RUN = (
    # action     from          to          by
    T("start",   {REQUESTED},  RUNNING,    Role.WORKER),
    T("resume",  {RUNNING},    RUNNING,    Role.WORKER),
    T("finish",  {RUNNING},    BUILT,      Role.WORKER),
    T("fail",    UNFINISHED,   FAILED,     Role.WORKER),
    T("cancel",  UNFINISHED | {FAILED}, CANCELLED,  Role.LINKER),
    T("retry",   {FAILED},     REQUESTED,  Role.LINKER),
)  # fmt: skip

WAITING = {
    REQUESTED: Waiting("the worker", "A worker takes it up within a minute."),
    RUNNING: Waiting("the worker", "Stage by stage; linkage and release build are processes of their own."),
    BUILT: Waiting("the release manager", "A second person decides whether the release is published."),
    FAILED: Waiting("the linkage team", "Read why, mend it, and try again; or cancel it, to use its name for another."),
    CANCELLED: Waiting("nobody", "No release was built. What it had linked is kept for the next one."),
}
