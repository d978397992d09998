"""The life of an extract: requested by a researcher, built and delivered by a worker, and how it ends.

A worker that finds that the approval no longer holds stops the extract: each reason is a state of its own. One that
is more identifying than its dataset allows is held until research support has decided.
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
    REPLACED = "replaced"
    RECALLED = "recalled"
    DESTROYED = "destroyed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    # The gate's own: what it found.
    REVOKED = "revoked"
    AMENDED = "amended"
    LAPSED = "lapsed"
    SANCTIONED = "sanctioned"
    SUSPENDED = "suspended"
    RELEASE_WITHDRAWN = "release_withdrawn"
    SPECIFICATION_CHANGED = "specification_changed"
    COHORT_CHANGED = "cohort_changed"
    KEY_ROTATED = "key_rotated"
    RECORDS_WITHHELD = "records_withheld"
    FILES_MISSING = "files_missing"
    FILES_ALTERED = "files_altered"
    STOPPED = "stopped"

    @property
    def label(self) -> str:
        return LABELS[self]


REQUESTED, BUILDING, HELD, DELIVERED, REPLACED, RECALLED, DESTROYED, FAILED, CANCELLED, REFUSED, *STOPS = ExtractState
(
    REVOKED, AMENDED, LAPSED, SANCTIONED, SUSPENDED, RELEASE_WITHDRAWN, SPECIFICATION_CHANGED, COHORT_CHANGED,
    KEY_ROTATED, RECORDS_WITHHELD, FILES_MISSING, FILES_ALTERED, STOPPED,
) = STOPS  # fmt: skip
LABELS = {
    REQUESTED: "Waiting for a worker",
    BUILDING: "Being built",
    HELD: "Held: more identifying than the dataset allows",
    DELIVERED: "Delivered",
    REPLACED: "Replaced by a newer extract",
    RECALLED: "Recalled: its release was withdrawn",
    DESTROYED: "Destroyed",
    FAILED: "Failed",
    CANCELLED: "Cancelled",
    REFUSED: "Refused: more identifying than the dataset allows",
    REVOKED: "Stopped: the approval was revoked",
    AMENDED: "Stopped: the agreement was amended",
    LAPSED: "Stopped: the approval has lapsed",
    SANCTIONED: "Stopped: a sanction stands",
    SUSPENDED: "Stopped: the project is suspended",
    RELEASE_WITHDRAWN: "Stopped: the release was withdrawn",
    SPECIFICATION_CHANGED: "Stopped: the specification is not what was agreed",
    COHORT_CHANGED: "Stopped: the cohort is not what was agreed",
    KEY_ROTATED: "Stopped: the project's key was changed",
    RECORDS_WITHHELD: "Stopped: records were withheld meanwhile",
    FILES_MISSING: "Stopped: files are missing",
    FILES_ALTERED: "Stopped: files were altered",
    STOPPED: "Stopped: a condition of use no longer holds",
}
UNFINISHED = frozenset({REQUESTED, BUILDING})
OPEN = UNFINISHED | {HELD}
STOPPED_STATES = frozenset(STOPS)
ENDED_WITHOUT = frozenset({FAILED, CANCELLED, REFUSED}) | STOPPED_STATES  # nothing was delivered
AGAIN = frozenset({FAILED}) | STOPPED_STATES  # can be tried again
WAS_DELIVERED = frozenset({DELIVERED, REPLACED, RECALLED, DESTROYED})


def stop_action(state: State) -> str:
    """The action by which the gate brings an extract into one of its states: "stop as amended"."""
    return "stop" if state == STOPPED else f"stop_{state.value}"


def on_the_team(extract: Any, person: Any, at: datetime) -> str | None:
    return "You belong to this project's team." if extract.project.has_member(person) else None


def own_organisation(extract: Any, person: Any, at: datetime) -> str | None:
    return projects.own_organisation(extract.project, person, at)


NOT_INVOLVED = (on_the_team, own_organisation)

EXTRACT = (
    # action         from                   to         by               unless
    T("start",       {REQUESTED},           BUILDING,  Role.WORKER),
    T("resume",      {BUILDING},            BUILDING,  Role.WORKER),
    T("hold",        {BUILDING},            HELD,      Role.WORKER),
    T("let through", {HELD},                REQUESTED, Role.SUPPORT,    NOT_INVOLVED),
    T("refuse",      {HELD},                REFUSED,   Role.SUPPORT,    NOT_INVOLVED),
    T("deliver",     {BUILDING},            DELIVERED, Role.WORKER),
    *(T(stop_action(state), OPEN,           state,     Role.WORKER) for state in STOPS),
    T("fail",        UNFINISHED,            FAILED,    Role.WORKER),
    T("cancel",      OPEN,                  CANCELLED, Role.RESEARCHER),
    T("retry",       AGAIN,                 REQUESTED, Role.RESEARCHER),
    T("recall",      {DELIVERED, REPLACED}, RECALLED,  Role.WORKER),
    T("replace",     {DELIVERED},           REPLACED,  Role.WORKER),
    T("destroy",     {DELIVERED, REPLACED, RECALLED}, DESTROYED, Role.WORKER),
)  # fmt: skip

ASK_ANEW = "Try again: it is compiled anew from what holds then."
WAITING = {
    REQUESTED: Waiting("the worker", "A worker takes it up within a minute."),
    BUILDING: Waiting("the worker", "Tables are built one by one, then moved into the workspace together."),
    HELD: Waiting("research support", "They read its risk report, and let it through or refuse it, with reasons."),
    DELIVERED: Waiting("the project", "Analyse it in the workspace, then ask for outputs."),
    REPLACED: Waiting("the project", "Move to the newer extract: this one is destroyed when its time has passed."),
    RECALLED: Waiting("nobody", "Stop working with it. A new extract is built from the present release."),
    DESTROYED: Waiting("nobody", "Its files are gone. It can be built again while the project and its agreement last."),
    FAILED: Waiting("the project", "Try again; if it fails again, tell research support."),
    CANCELLED: Waiting("nobody", "Request a new extract when you need one."),
    REFUSED: Waiting("the project", "Read the reasons and what would help, then ask for an amendment."),
    REVOKED: Waiting("nobody", "Nothing is built until a new agreement is in force."),
    AMENDED: Waiting("the project", ASK_ANEW),
    LAPSED: Waiting("the project", "Renew the condition named below, then try again."),
    SANCTIONED: Waiting("the project", "Another researcher of the project can ask, or try again when it has ended."),
    SUSPENDED: Waiting("the project", "Research support can say why. Try again once the project is open again."),
    RELEASE_WITHDRAWN: Waiting("the project", "Try again: it is built from the release that is published then."),
    SPECIFICATION_CHANGED: Waiting("the project", ASK_ANEW),
    COHORT_CHANGED: Waiting("the project", ASK_ANEW),
    KEY_ROTATED: Waiting("the project", "Try again: it is built under the present key."),
    RECORDS_WITHHELD: Waiting("the project", "Try again: it is built without them."),
    FILES_MISSING: Waiting("the linkage team", "The linkage team puts the files in place, then try again."),
    FILES_ALTERED: Waiting("the linkage team", "The linkage team finds out what changed them, then try again."),
    STOPPED: Waiting("the project", "Mend the condition named below, then try again."),
}
