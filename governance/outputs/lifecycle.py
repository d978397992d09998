"""The life of an output request: the machine's check, two blind checkers, release.

The worker settles what two checks come to. It can never be one of the two.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from governance.people.roles import Role
from governance.projects import lifecycle as projects
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class OutputState(State):
    DRAFT = "draft"
    CHECKING = "checking"
    SUBMITTED = "submitted"
    CHECKED_ONCE = "checked_once"
    CHECKED_TWICE = "checked_twice"
    RETURNED = "returned"
    CLEARED = "cleared"
    RELEASING = "releasing"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return LABELS[self]


(
    DRAFT, CHECKING, SUBMITTED, CHECKED_ONCE, CHECKED_TWICE, RETURNED, CLEARED, RELEASING, RELEASED, WITHDRAWN,
) = OutputState  # fmt: skip
LABELS = {
    DRAFT: "Draft",
    CHECKING: "Being checked by the machine",
    SUBMITTED: "Waiting for two checkers",
    CHECKED_ONCE: "One of two checks recorded",
    CHECKED_TWICE: "Both checks recorded",
    RETURNED: "Returned for changes",
    CLEARED: "Cleared for release",
    RELEASING: "Being packed",
    RELEASED: "Released",
    WITHDRAWN: "Withdrawn",
}
AUTHORS_TURN: frozenset[State] = frozenset({DRAFT, RETURNED})
CHECKERS_TURN: frozenset[State] = frozenset({SUBMITTED, CHECKED_ONCE})


def no_files(output: Any, person: Any, at: datetime) -> str | None:
    return None if output.released_files().exists() else "Add at least one file to take out."


def not_described(output: Any, person: Any, at: datetime) -> str | None:
    if bare := [file.name for file in output.released_files() if not file.is_described]:
        return f"Say what is in {', '.join(bare)}: checkers need the description and the counts behind it."
    return None


def no_use(output: Any, person: Any, at: datetime) -> str | None:
    """Who may not use the project's data asks for no outputs of them either."""
    reason: str | None = output.why_not_use(person, at)
    return reason


def provisional(output: Any, person: Any, at: datetime) -> str | None:
    if person.is_provisional(at):
        return "Your accreditation is provisional: a fully accredited researcher of the project asks for outputs."
    return None


def no_agreement(output: Any, person: Any, at: datetime) -> str | None:
    reason: str | None = output.why_no_agreement(at)
    return reason


def own_work(output: Any, person: Any, at: datetime) -> str | None:
    if person.pk == output.author_id or output.project.has_member(person):
        return "This is your own project's work: somebody else must check it."
    return None


def own_organisation(output: Any, person: Any, at: datetime) -> str | None:
    if reason := projects.own_organisation(output.project, person, at):
        return reason
    if person.organisation_id == output.author.organisation_id:
        return "The author belongs to your organisation, so others check this."
    return None


def checked_already(output: Any, person: Any, at: datetime) -> str | None:
    return "A second person must check this." if output.checked_by(person) else None


READY = (no_files, not_described, no_use, provisional)
INDEPENDENT = (own_work, own_organisation)

OUTPUT_REQUEST = (
    # action      from             to             by               unless
    T("edit",     {DRAFT},         DRAFT,         Role.RESEARCHER),
    T("edit",     {RETURNED},      RETURNED,      Role.RESEARCHER),
    T("submit",   AUTHORS_TURN,    CHECKING,      Role.RESEARCHER, READY),
    T("withdraw", AUTHORS_TURN | CHECKERS_TURN | {CLEARED}, WITHDRAWN, Role.RESEARCHER),
    T("report",   {CHECKING},      SUBMITTED,     Role.WORKER),
    T("check",    {SUBMITTED},     CHECKED_ONCE,  Role.CHECKER,    INDEPENDENT),
    T("check",    {CHECKED_ONCE},  CHECKED_TWICE, Role.CHECKER,    (*INDEPENDENT, checked_already)),
    T("clear",    {CHECKED_TWICE}, CLEARED,       Role.WORKER),
    T("return",   {CHECKED_TWICE}, RETURNED,      Role.WORKER),
    T("release",  {CLEARED},       RELEASING,     Role.CHECKER,    (*INDEPENDENT, no_agreement)),
    T("pack",     {RELEASING},     RELEASED,      Role.WORKER),
    T("withhold", {CHECKING, RELEASING}, RETURNED, Role.WORKER),
)  # fmt: skip

WAITING = {
    DRAFT: Waiting("the author", "Add files, say what is in them, and submit."),
    CHECKING: Waiting("the worker", "The disclosure rules are applied to every file."),
    SUBMITTED: Waiting("the output checkers", "Two different checkers decide, neither seeing the other's decision."),
    CHECKED_ONCE: Waiting("the output checkers", "A second, different checker decides."),
    CHECKED_TWICE: Waiting("the worker", "The two decisions are put together."),
    RETURNED: Waiting("the author", "Answer the checkers' reasons and submit again."),
    CLEARED: Waiting("the output checkers", "A checker releases the files."),
    RELEASING: Waiting("the worker", "The files are packed and signed."),
    RELEASED: Waiting("nobody", "The author can download the signed package."),
    WITHDRAWN: Waiting("nobody", "The request has ended."),
}
