"""The life of an application: draft, triage, ethical review, owners, panel, approved; and of handing its lead over.

Owners decide in parallel, each by its own quorum; the worker closes a board's stage when it has settled. Where an
owner leaves something out, the reduced project is offered to the applicants before the panel sees it.
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
    ETHICS = "ethics"
    OWNERS = "owners"
    OFFERED = "offered"
    PANEL = "panel"
    APPROVED = "approved"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        return LABELS[self]


DRAFT, TRIAGE, ETHICS, OWNERS, OFFERED, PANEL, APPROVED, RETURNED, REFUSED, WITHDRAWN, REVOKED = ProjectState
LABELS = {
    DRAFT: "Draft",
    TRIAGE: "In triage",
    ETHICS: "In ethical review",
    OWNERS: "With the data owners",
    OFFERED: "Reduced project offered",
    PANEL: "With the panel",
    APPROVED: "Approved",
    RETURNED: "Returned for changes",
    REFUSED: "Refused",
    WITHDRAWN: "Withdrawn",
    REVOKED: "Revoked",
}
APPLICANTS_TURN: frozenset[State] = frozenset({DRAFT, RETURNED})
WITH_THE_APPLICANTS: frozenset[State] = APPLICANTS_TURN | {OFFERED}
UNDER_REVIEW: frozenset[State] = frozenset({TRIAGE, ETHICS, OWNERS, PANEL})


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


def tied_to_the_team(project: Any, person: Any, at: datetime) -> str | None:
    """A conflict of interest that the records show: who supervises, or works with, somebody on the team."""
    tie: str | None = project.tie_of(person)
    return tie


def undeclared(project: Any, person: Any, at: datetime) -> str | None:
    if project.interest_of(person) is None:
        return "Say first whether you have a conflict of interest in this application."
    return None


def conflicted(project: Any, person: Any, at: datetime) -> str | None:
    if project.interest_of(person):
        return "You declared a conflict of interest in this application, so others decide."
    return None


def paused(project: Any, person: Any, at: datetime) -> str | None:
    if project.paused_at is None:
        return None
    return "The application is paused: research support can take it up again."


def not_paused(project: Any, person: Any, at: datetime) -> str | None:
    return "The application is not paused." if project.paused_at is None else None


YOUR_VOTE_IS_USED = (
    "You have voted in this round, or whoever shares your vote has: "
    "a stand-in and the person they stand in for have one vote together."
)


def voted_already(project: Any, person: Any, at: datetime) -> str | None:
    return YOUR_VOTE_IS_USED if project.has_voted(person, at) else None


def settled_already(project: Any, person: Any, at: datetime) -> str | None:
    return "Your organisation has decided in this round." if project.has_settled(person) else None


OUTSIDE = (own_work, own_organisation)
IMPARTIAL = (*OUTSIDE, tied_to_the_team, conflicted, undeclared, paused)
VOTES = (*IMPARTIAL, settled_already, voted_already)

PROJECT = (
    # action       from             to          by               unless
    T("edit",      {DRAFT},         DRAFT,      Role.RESEARCHER),
    T("edit",      {RETURNED},      RETURNED,   Role.RESEARCHER),
    T("submit",    APPLICANTS_TURN, TRIAGE,     Role.RESEARCHER, (incomplete, not_accredited, unfit_lead)),
    T("withdraw",  WITH_THE_APPLICANTS | UNDER_REVIEW, WITHDRAWN, Role.RESEARCHER),
    T("declare",   {TRIAGE},        TRIAGE,     Role.SUPPORT,    (*OUTSIDE, conflicted)),
    T("declare",   {ETHICS},        ETHICS,     Role.ETHICS,     (*OUTSIDE, conflicted)),
    T("declare",   {OWNERS},        OWNERS,     Role.OWNER,      (*OUTSIDE, conflicted)),
    T("declare",   {PANEL},         PANEL,      Role.PANEL,      (*OUTSIDE, conflicted)),
    T("accept",    {TRIAGE},        ETHICS,     Role.SUPPORT,    IMPARTIAL),
    T("return",    {TRIAGE},        RETURNED,   Role.SUPPORT,    IMPARTIAL),
    T("pass",      {ETHICS},        OWNERS,     Role.ETHICS,     IMPARTIAL),
    T("return",    {ETHICS},        RETURNED,   Role.ETHICS,     IMPARTIAL),
    T("refuse",    {ETHICS},        REFUSED,    Role.ETHICS,     IMPARTIAL),
    T("waive",     {ETHICS},        OWNERS,     Role.WORKER),
    T("vote",      {OWNERS},        OWNERS,     Role.OWNER,      VOTES),
    T("return",    {OWNERS},        RETURNED,   Role.OWNER,      VOTES),
    T("refer",     {OWNERS},        PANEL,      Role.WORKER),
    T("offer",     {OWNERS},        OFFERED,    Role.WORKER),
    T("refuse",    {OWNERS},        REFUSED,    Role.WORKER),
    T("take",      {OFFERED},       PANEL,      Role.RESEARCHER, (not_accredited, unfit_lead)),
    T("revise",    {OFFERED},       RETURNED,   Role.RESEARCHER),
    T("vote",      {PANEL},         PANEL,      Role.PANEL,      (*IMPARTIAL, voted_already)),
    T("return",    {PANEL},         RETURNED,   Role.PANEL,      (*IMPARTIAL, voted_already)),
    T("approve",   {PANEL},         APPROVED,   Role.WORKER),
    T("refuse",    {PANEL},         REFUSED,    Role.WORKER),
    T("pause",     {TRIAGE},        TRIAGE,     Role.SUPPORT,    (*OUTSIDE, paused)),
    T("pause",     {ETHICS},        ETHICS,     Role.SUPPORT,    (*OUTSIDE, paused)),
    T("pause",     {OWNERS},        OWNERS,     Role.SUPPORT,    (*OUTSIDE, paused)),
    T("pause",     {PANEL},         PANEL,      Role.SUPPORT,    (*OUTSIDE, paused)),
    T("take up",   {TRIAGE},        TRIAGE,     Role.SUPPORT,    (*OUTSIDE, not_paused)),
    T("take up",   {ETHICS},        ETHICS,     Role.SUPPORT,    (*OUTSIDE, not_paused)),
    T("take up",   {OWNERS},        OWNERS,     Role.SUPPORT,    (*OUTSIDE, not_paused)),
    T("take up",   {PANEL},         PANEL,      Role.SUPPORT,    (*OUTSIDE, not_paused)),
    T("amend",     {APPROVED},      APPROVED,   Role.WORKER),
    T("renew ethics", {APPROVED},   APPROVED,   Role.ETHICS,     (*OUTSIDE, tied_to_the_team, conflicted)),
    T("revoke",    UNDER_REVIEW | {OFFERED, APPROVED}, REVOKED, Role.SUPPORT, OUTSIDE),
)  # fmt: skip

WAITING = {
    DRAFT: Waiting("the project's researchers", "Complete the application and submit it."),
    TRIAGE: Waiting("research support", "Research support checks that it is complete and feasible."),
    ETHICS: Waiting("the ethics reviewer", "An ethics reviewer reads the self-assessment and decides."),
    OWNERS: Waiting("the data owners", "Each owner of a chosen table decides for its own tables."),
    OFFERED: Waiting("the project's researchers", "Take the reduced project to the panel, or change the application."),
    PANEL: Waiting("the accreditation panel", "The panel decides on the project as a whole."),
    APPROVED: Waiting("the project", "Once every side has signed the agreement, request extracts and outputs."),
    RETURNED: Waiting("the project's researchers", "Answer the reasons given and submit again."),
    REFUSED: Waiting("nobody", "The application has ended. A new one can be made."),
    WITHDRAWN: Waiting("nobody", "The application has ended. A new one can be made."),
    REVOKED: Waiting("nobody", "The project has been ended: nothing of it may be used any more."),
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
