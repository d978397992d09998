"""The life of an application: draft, triage, owners, panel, approved; and of handing its lead over.

Owners decide in parallel and each once a round; the worker closes their stage when the last has decided.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from governance.people.roles import Role
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class ProjectState(State):
    DRAFT = "draft"
    TRIAGE = "triage"
    OWNERS = "owners"
    PANEL = "panel"
    APPROVED = "approved"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return LABELS[self]


DRAFT, TRIAGE, OWNERS, PANEL, APPROVED, RETURNED, REFUSED, WITHDRAWN = ProjectState
LABELS = {
    DRAFT: "Draft",
    TRIAGE: "In triage",
    OWNERS: "With the data owners",
    PANEL: "With the panel",
    APPROVED: "Approved",
    RETURNED: "Returned for changes",
    REFUSED: "Refused",
    WITHDRAWN: "Withdrawn",
}
APPLICANTS_TURN: frozenset[State] = frozenset({DRAFT, RETURNED})
UNDER_REVIEW: frozenset[State] = frozenset({TRIAGE, OWNERS, PANEL})


def incomplete(project: Any, person: Any, at: datetime) -> str | None:
    if missing := project.missing():
        return "The application is not complete yet: " + "; ".join(missing) + "."
    return None


def not_accredited(project: Any, person: Any, at: datetime) -> str | None:
    reason: str | None = project.why_not_accredited(person, at)
    return reason


def unfit_lead(project: Any, person: Any, at: datetime) -> str | None:
    """Whoever submits, somebody in good standing and accredited in full leads: a suspended lead sends no colleague."""
    if person.pk != project.lead_id and project.why_not_accredited(project.lead, at):
        return f"{project.lead}, who leads the project, is not in good standing as a researcher."
    if project.lead.is_provisional(at):
        return f"{project.lead}'s accreditation is provisional: a project is led by somebody who is accredited in full."
    return None


def own_work(project: Any, person: Any, at: datetime) -> str | None:
    return "You belong to this project's team, so others decide." if project.has_member(person) else None


def own_organisation(project: Any, person: Any, at: datetime) -> str | None:
    if person.organisation_id is None:
        return "You belong to no organisation on record: ask research support to record it."
    if person.organisation_id in project.organisations():
        return "Somebody on the team belongs to your organisation, so others decide."
    return None


def decided_already(project: Any, person: Any, at: datetime) -> str | None:
    return "Your organisation has decided in this round." if project.has_decided(person) else None


IMPARTIAL = (own_work, own_organisation)

PROJECT = (
    # action       from             to          by               unless
    T("edit",      {DRAFT},         DRAFT,      Role.RESEARCHER),
    T("edit",      {RETURNED},      RETURNED,   Role.RESEARCHER),
    T("submit",    APPLICANTS_TURN, TRIAGE,     Role.RESEARCHER, (incomplete, not_accredited, unfit_lead)),
    T("withdraw",  APPLICANTS_TURN | UNDER_REVIEW, WITHDRAWN, Role.RESEARCHER),
    T("accept",    {TRIAGE},        OWNERS,     Role.SUPPORT,    IMPARTIAL),
    T("return",    {TRIAGE},        RETURNED,   Role.SUPPORT,    IMPARTIAL),
    T("decide",    {OWNERS},        OWNERS,     Role.OWNER,      (*IMPARTIAL, decided_already)),
    T("return",    {OWNERS},        RETURNED,   Role.OWNER,      (*IMPARTIAL, decided_already)),
    T("refer",     {OWNERS},        PANEL,      Role.WORKER),
    T("refuse",    {OWNERS},        REFUSED,    Role.WORKER),
    T("approve",   {PANEL},         APPROVED,   Role.PANEL,      IMPARTIAL),
    T("return",    {PANEL},         RETURNED,   Role.PANEL,      IMPARTIAL),
    T("refuse",    {PANEL},         REFUSED,    Role.PANEL,      IMPARTIAL),
)  # fmt: skip

WAITING = {
    DRAFT: Waiting("the project's researchers", "Complete the application and submit it."),
    TRIAGE: Waiting("research support", "Research support checks that it is complete and feasible."),
    OWNERS: Waiting("the data owners", "Each owner of a chosen table decides for its own tables."),
    PANEL: Waiting("the accreditation panel", "The panel decides on the project as a whole."),
    APPROVED: Waiting("the project", "Sign the agreement below; once both sides have, request extracts and outputs."),
    RETURNED: Waiting("the project's researchers", "Answer the reasons given and submit again."),
    REFUSED: Waiting("nobody", "The application has ended. A new one can be made."),
    WITHDRAWN: Waiting("nobody", "The application has ended. A new one can be made."),
}


class HandoverState(State):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


PROPOSED, TAKEN_OVER, DECLINED, NOT_ANY_MORE = HandoverState


def not_named(handover: Any, person: Any, at: datetime) -> str | None:
    return None if handover.successor_id == person.pk else "Only whoever is proposed can answer."


def not_the_lead(handover: Any, person: Any, at: datetime) -> str | None:
    return None if handover.project.lead_id == person.pk else "Only the lead and research support can take it back."


def unfit_to_lead(handover: Any, person: Any, at: datetime) -> str | None:
    if reason := person.why_not_accredited(at):
        return str(reason)
    provisional = person.is_provisional(at)
    return "A project is led by somebody who is accredited in full; yours is provisional." if provisional else None


HANDOVER = (
    # action     from        to            by               unless
    T("accept",   {PROPOSED}, TAKEN_OVER,   Role.RESEARCHER, (not_named, unfit_to_lead)),
    T("decline",  {PROPOSED}, DECLINED,     Role.RESEARCHER, (not_named,)),
    T("withdraw", {PROPOSED}, NOT_ANY_MORE, Role.RESEARCHER, (not_the_lead,)),
    T("withdraw", {PROPOSED}, NOT_ANY_MORE, Role.SUPPORT),
)  # fmt: skip

HANDOVER_WAITING = {
    PROPOSED: Waiting("whoever is proposed", "They accept or decline. Until then the lead stays who it is."),
    TAKEN_OVER: Waiting("nobody", "The project has its new lead."),
    DECLINED: Waiting("nobody", "The lead stays who it was. Somebody else can be proposed."),
    NOT_ANY_MORE: Waiting("nobody", "It was taken back. Somebody else can be proposed."),
}
