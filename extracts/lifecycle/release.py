"""The life of a release: built by a run, published by somebody else, superseded by the next, withdrawn with a reason.

A withdrawn release never comes back. A superseded one does only when the release that took its place was
withdrawn: going back is then a decision of its own, taken after somebody has said what is wrong with the newer one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from governance.people.roles import Role
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class ReleaseState(State):
    BUILT = "built"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return LABELS[self]


BUILT, PUBLISHED, SUPERSEDED, WITHDRAWN = ReleaseState
LABELS = {
    BUILT: "Built, waiting for publication",
    PUBLISHED: "Published",
    SUPERSEDED: "Superseded",
    WITHDRAWN: "Withdrawn",
}
KEPT: frozenset[State] = frozenset({BUILT, PUBLISHED, SUPERSEDED})  # those that can still be withdrawn
WAS_PUBLISHED: frozenset[State] = frozenset({PUBLISHED, SUPERSEDED})


def own_work(release: Any, person: Any, at: datetime) -> str | None:
    return "You asked for this linkage: somebody else publishes what it built." if release.built_by(person) else None


def not_scanned(release: Any, person: Any, at: datetime) -> str | None:
    if release.is_scanned_clean:
        return None
    return "The scanner has not found it free of identifiers."


def not_measured(release: Any, person: Any, at: datetime) -> str | None:
    return None if release.quality else "Its quality was not measured: a release goes out with its quality statement."


def newer_out(release: Any, person: Any, at: datetime) -> str | None:
    return "A newer release was published since it was built: build a new one." if release.has_newer_out() else None


def another_out(release: Any, person: Any, at: datetime) -> str | None:
    if other := release.published_instead():
        return f"{other} is published. Withdraw it first, with the reason: then this one can take its place again."
    return None


RELEASE = (
    # action       from          to           by              unless
    T("publish",   {BUILT},      PUBLISHED,   Role.STEWARD,   (own_work, not_scanned, not_measured, newer_out)),
    T("publish",   {SUPERSEDED}, PUBLISHED,   Role.STEWARD,   (own_work, another_out)),
    T("supersede", {PUBLISHED},  SUPERSEDED,  Role.WORKER),
    T("withdraw",  KEPT,         WITHDRAWN,   Role.STEWARD),
)  # fmt: skip

WAITING = {
    BUILT: Waiting("the release manager", "Read the quality, the differences and the scanner's verdict, then decide."),
    PUBLISHED: Waiting("nobody", "Projects' extracts are built from it."),
    SUPERSEDED: Waiting("nobody", "Extracts made from it stay as they are; new ones use the newer release."),
    WITHDRAWN: Waiting("nobody", "Nothing is built from it any more, and what was delivered from it was recalled."),
}
