"""The life of what a project brings in: asked for, looked at by one checker from elsewhere, brought in, taken out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from governance.people.roles import Role
from governance.projects import lifecycle as projects
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class IngressState(State):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    STOPPED = "stopped"
    BROUGHT_IN = "brought_in"
    REMOVING = "removing"
    REMOVED = "removed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return LABELS[self]


DRAFT, SUBMITTED, RETURNED, APPROVED, STOPPED, BROUGHT_IN, REMOVING, REMOVED, REFUSED, WITHDRAWN = IngressState
LABELS = {
    DRAFT: "Draft",
    SUBMITTED: "Waiting for a checker",
    RETURNED: "Returned for changes",
    APPROVED: "Approved, on its way in",
    STOPPED: "Stopped before it came in",
    BROUGHT_IN: "In the workspace",
    REMOVING: "Being taken out",
    REMOVED: "Taken out of the workspace",
    REFUSED: "Refused",
    WITHDRAWN: "Withdrawn",
}
AUTHORS_TURN: frozenset[State] = frozenset({DRAFT, RETURNED})
# While a record is in one of these its folder may lie in the workspace.
MAY_LIE_THERE: frozenset[State] = frozenset({APPROVED, BROUGHT_IN, REMOVING})


def personal_data(ingress: Any, person: Any, at: datetime) -> str | None:
    reason: str | None = ingress.why_personal()
    return reason


def unfit_files(ingress: Any, person: Any, at: datetime) -> str | None:
    reason: str | None = ingress.why_files_unfit()
    return reason


def no_use(ingress: Any, person: Any, at: datetime) -> str | None:
    """Who may not use the project's data brings nothing to them either."""
    reason: str | None = ingress.why_not_use(person, at)
    return reason


def own_work(ingress: Any, person: Any, at: datetime) -> str | None:
    if person.pk in (ingress.author_id, ingress.submitted_by_id) or ingress.project.has_member(person):
        return "This is your own project's work: somebody else must check it."
    return None


def own_organisation(ingress: Any, person: Any, at: datetime) -> str | None:
    if reason := projects.own_organisation(ingress.project, person, at):
        return reason
    if person.organisation_id == ingress.author.organisation_id:
        return "The author belongs to your organisation, so others check this."
    return None


READY = (personal_data, unfit_files, no_use)
INDEPENDENT = (own_work, own_organisation)

INGRESS = (
    # action        from                               to          by               unless
    T("edit",       {DRAFT},                           DRAFT,      Role.RESEARCHER),
    T("edit",       {RETURNED},                        RETURNED,   Role.RESEARCHER),
    T("submit",     AUTHORS_TURN,                      SUBMITTED,  Role.RESEARCHER, READY),
    T("withdraw",   AUTHORS_TURN | {SUBMITTED, STOPPED}, WITHDRAWN, Role.RESEARCHER),
    T("return",     {SUBMITTED},                       RETURNED,   Role.CHECKER,    INDEPENDENT),
    T("refuse",     {SUBMITTED},                       REFUSED,    Role.CHECKER,    INDEPENDENT),
    T("approve",    {SUBMITTED},                       APPROVED,   Role.CHECKER,    INDEPENDENT),
    T("bring in",   {APPROVED},                        BROUGHT_IN, Role.WORKER),
    T("stop",       {APPROVED},                        STOPPED,    Role.WORKER),
    T("withhold",   {APPROVED},                        RETURNED,   Role.WORKER),
    T("try again",  {STOPPED},                         APPROVED,   Role.RESEARCHER, (no_use,)),
    T("remove",     {BROUGHT_IN},                      REMOVING,   Role.RESEARCHER),
    T("remove",     {BROUGHT_IN},                      REMOVING,   Role.SUPPORT),
    T("clear away", {BROUGHT_IN, REMOVING},            REMOVED,    Role.WORKER),
)  # fmt: skip

WAITING = {
    DRAFT: Waiting("the author", "Add the files and submit them."),
    SUBMITTED: Waiting("the output checkers", "A checker of neither the team nor its organisations reads every file."),
    RETURNED: Waiting("the author", "Answer the reasons and submit again."),
    APPROVED: Waiting("the worker", "The files are compared with what was approved, and copied into the workspace."),
    STOPPED: Waiting("the team", "Cure what stopped it, then try again or withdraw it."),
    BROUGHT_IN: Waiting("nobody", "The team can read it in the workspace. It can be taken out again."),
    REMOVING: Waiting("the worker", "The folder is removed from the workspace."),
    REMOVED: Waiting("nobody", "The workspace holds it no longer. What was approved stays on record."),
    REFUSED: Waiting("nobody", "It has ended: the reasons say why. Nothing was brought in."),
    WITHDRAWN: Waiting("nobody", "It has ended. Nothing was brought in."),
}
