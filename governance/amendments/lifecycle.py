"""The life of an amendment: draft, research support, the owners concerned, the panel where it must, agreed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from governance.people.roles import Role
from governance.projects import lifecycle as projects
from governance.workflow import Guard, State, Waiting
from governance.workflow import Transition as T


class AmendmentState(State):
    DRAFT = "draft"
    TRIAGE = "triage"
    OWNERS = "owners"
    PANEL = "panel"
    AGREED = "agreed"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return LABELS[self]


DRAFT, TRIAGE, OWNERS, PANEL, AGREED, RETURNED, REFUSED, WITHDRAWN = AmendmentState
LABELS = {
    DRAFT: "Draft",
    TRIAGE: "With research support",
    OWNERS: "With the data owners",
    PANEL: "With the panel",
    AGREED: "Agreed",
    RETURNED: "Returned for changes",
    REFUSED: "Refused",
    WITHDRAWN: "Withdrawn",
}
APPLICANTS_TURN: frozenset[State] = frozenset({DRAFT, RETURNED})
UNDER_REVIEW: frozenset[State] = frozenset({TRIAGE, OWNERS, PANEL})
OPEN: frozenset[State] = APPLICANTS_TURN | UNDER_REVIEW


def of_the_project(guard: Guard) -> Guard:
    """A guard of projects, asked of the amendment's project."""

    def asked(amendment: Any, person: Any, at: datetime) -> str | None:
        return guard(amendment.project, person, at)

    return asked


def incomplete(amendment: Any, person: Any, at: datetime) -> str | None:
    if missing := amendment.missing():
        return "The amendment is not complete yet: " + "; ".join(missing) + "."
    return None


def not_running(amendment: Any, person: Any, at: datetime) -> str | None:
    """Only an approved project with an agreement in force is amended."""
    reason: str | None = amendment.why_not_running(at)
    return reason


def light(amendment: Any, person: Any, at: datetime) -> str | None:
    return "Research support decides on this kind of amendment alone." if amendment.is_light else None


def not_light(amendment: Any, person: Any, at: datetime) -> str | None:
    return None if amendment.is_light else "The data owners decide on this kind of amendment: hand it on to them."


def voted_already(amendment: Any, person: Any, at: datetime) -> str | None:
    return projects.YOUR_VOTE_IS_USED if amendment.has_voted(person, at) else None


def not_concerned(amendment: Any, person: Any, at: datetime) -> str | None:
    return None if amendment.concerns(person) else "Nothing of your organisation's data is changed by this amendment."


def settled_already(amendment: Any, person: Any, at: datetime) -> str | None:
    return "Your organisation has decided in this round." if amendment.has_settled(person) else None


OUTSIDE = tuple(of_the_project(guard) for guard in projects.OUTSIDE)
BARRED = of_the_project(projects.conflicted)
IMPARTIAL = (
    *OUTSIDE,
    of_the_project(projects.tied_to_the_team),
    BARRED,
    of_the_project(projects.undeclared),
    not_running,
)
VOTES = (*IMPARTIAL, not_concerned, settled_already, voted_already)

AMENDMENT = (
    # action       from             to         by               unless
    T("edit",      {DRAFT},         DRAFT,     Role.RESEARCHER),
    T("edit",      {RETURNED},      RETURNED,  Role.RESEARCHER),
    T("submit",    APPLICANTS_TURN, TRIAGE,    Role.RESEARCHER, (incomplete, not_running)),
    T("withdraw",  APPLICANTS_TURN | UNDER_REVIEW, WITHDRAWN, Role.RESEARCHER),
    T("declare",   {TRIAGE},        TRIAGE,    Role.SUPPORT,    (*OUTSIDE, BARRED)),
    T("declare",   {OWNERS},        OWNERS,    Role.OWNER,      (*OUTSIDE, BARRED, not_concerned)),
    T("declare",   {PANEL},         PANEL,     Role.PANEL,      (*OUTSIDE, BARRED)),
    T("hand on",   {TRIAGE},        OWNERS,    Role.SUPPORT,    (*IMPARTIAL, light)),
    T("agree",     {TRIAGE},        AGREED,    Role.SUPPORT,    (*IMPARTIAL, not_light)),
    T("return",    {TRIAGE},        RETURNED,  Role.SUPPORT,    IMPARTIAL),
    T("refuse",    {TRIAGE},        REFUSED,   Role.SUPPORT,    (*IMPARTIAL, not_light)),
    T("vote",      {OWNERS},        OWNERS,    Role.OWNER,      VOTES),
    T("return",    {OWNERS},        RETURNED,  Role.OWNER,      VOTES),
    T("refer",     {OWNERS},        PANEL,     Role.WORKER),
    T("conclude",  {OWNERS, PANEL}, AGREED,    Role.WORKER,     (not_running,)),
    T("dismiss",   {OWNERS, PANEL}, REFUSED,   Role.WORKER),
    T("vote",      {PANEL},         PANEL,     Role.PANEL,      (*IMPARTIAL, voted_already)),
    T("return",    {PANEL},         RETURNED,  Role.PANEL,      (*IMPARTIAL, voted_already)),
)  # fmt: skip

WAITING = {
    DRAFT: Waiting("the project's researchers", "Complete the amendment and submit it."),
    TRIAGE: Waiting("research support", "Research support decides, or hands it on to the data owners."),
    OWNERS: Waiting("the data owners", "Each owner concerned decides on what is added, and on nothing else."),
    PANEL: Waiting("the accreditation panel", "The panel decides on the change."),
    AGREED: Waiting("the project", "It is part of the project; where the agreement changes, sign the new one."),
    RETURNED: Waiting("the project's researchers", "Answer the reasons given and submit again."),
    REFUSED: Waiting("nobody", "The project goes on as it was."),
    WITHDRAWN: Waiting("nobody", "The project goes on as it was."),
}
