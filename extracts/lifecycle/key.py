"""The life of a key version: made when first used, retired by a rotation, destroyed when its project ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from governance.people.roles import Role
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class KeyState(State):
    CURRENT = "current"
    RETIRED = "retired"
    DESTROYED = "destroyed"

    @property
    def label(self) -> str:
        return LABELS[self]


CURRENT, RETIRED, DESTROYED = KeyState
LABELS = {
    CURRENT: "In use",
    RETIRED: "Retired",
    DESTROYED: "Destroyed",
}


def own_project(key: Any, person: Any, at: datetime) -> str | None:
    return "You belong to this project's team, so others rotate its key." if key.project.has_member(person) else None


def never_used(key: Any, person: Any, at: datetime) -> str | None:
    return None if key.is_used() else "Nothing was made under this project's key yet, so there is nothing to rotate."


PROJECT_KEY = (
    # action      from                to          by             unless
    T("make",     {CURRENT},          CURRENT,    Role.WORKER),
    T("retire",   {CURRENT},          RETIRED,    Role.SUPPORT,  (own_project, never_used)),
    T("destroy",  {CURRENT, RETIRED}, DESTROYED,  Role.WORKER),
)  # fmt: skip

WAITING = {
    CURRENT: Waiting("nobody", "Extracts are built under it."),
    RETIRED: Waiting("nobody", "Nothing is built under it any more. What was is built again under the version in use."),
    DESTROYED: Waiting("nobody", "What was made under it can be neither made nor read again."),
}
