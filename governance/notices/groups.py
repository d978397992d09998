"""Kinds and groups of notices, how a person may have them by e-mail, and how long a message is tried."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class Group(StrEnum):
    """What a notice is about, for its reader. E-mail is chosen group by group."""

    TURN = "turn"
    PROJECTS = "projects"
    STANDING = "standing"
    OUTPUTS = "outputs"
    LINKED_DATA = "linked_data"

    @property
    def label(self) -> str:
        return GROUPS[self]


GROUPS = {
    Group.TURN: "Your turn",
    Group.PROJECTS: "Your projects",
    Group.STANDING: "Your standing as a researcher",
    Group.OUTPUTS: "Outputs",
    Group.LINKED_DATA: "Linkage and releases",
}


class Kind(StrEnum):
    """What sort of news a notice is. `said` is all that a message by e-mail says of it."""

    TURN = "turn"
    CHANGED = "changed"
    ENDS = "ends"
    LATE = "late"

    @property
    def said(self) -> str:
        return SAID[self]


SAID = {
    Kind.TURN: "it is your turn.",
    Kind.CHANGED: "something changed.",
    Kind.ENDS: "something ends soon.",
    Kind.LATE: "something is late.",
}


class How(StrEnum):
    """How notices of a group come by e-mail. Every notice is kept on one's page, whatever is chosen here."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    NONE = "none"

    @property
    def label(self) -> str:
        return HOWS[self]


HOWS = {
    How.AT_ONCE: "At once",
    How.DIGEST: "Once a day, together",
    How.NONE: "Not at all",
}
UNLESS_CHOSEN = How.AT_ONCE

MOST_ATTEMPTS = 12  # a message is tried for most of a day, so that a mail server may be down overnight
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts, 1 or more: a minute, then twice as long each time, up to six hours."""
    doubled: timedelta = FIRST_PAUSE * 2 ** min(attempts - 1, 20)
    return min(doubled, LONGEST_PAUSE)
