"""Leavers: an account is closed at once, and the lead of projects passes in two steps."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from governance.act import act, begin
from governance.audit import trail
from governance.people.grants import roles_everywhere, team_at
from governance.people.models import Organisation, User
from governance.people.roles import Role
from governance.projects.lifecycle import PROPOSED, REFUSED, REVOKED, WITHDRAWN
from governance.projects.models import Handover, Project
from governance.workflow import Refused

ENDED = (REFUSED, REVOKED, WITHDRAWN)


@transaction.atomic
def leave(person: User, *, reasons: str, by: User, at: datetime) -> None:
    """Research support records that a person has left: the account is closed, and vouches for nobody. Raises Refused.

    What they lead stays theirs until somebody of the team has accepted it.
    """
    _only_support(by, about=person, at=at)
    if not person.is_active:
        raise Refused(f"{person} has left already.")
    if not reasons.strip():
        raise Refused("Please give reasons: the trail needs them.")
    _set_active(person, False)
    vouched = list(Organisation.objects.filter(contact=person))
    Organisation.objects.filter(contact=person).update(contact=None)
    details = {"vouched_for": [str(organisation) for organisation in vouched]}
    trail.append(actor=by, action="leave", subject=person, note=reasons.strip(), details=details, at=at)


@transaction.atomic
def come_back(person: User, *, by: User, at: datetime) -> None:
    """Research support opens the account of somebody who has left again. Raises Refused."""
    _only_support(by, about=person, at=at)
    if person.is_active:
        raise Refused(f"{person} has not left.")
    _set_active(person, True)
    trail.append(actor=by, action="come back", subject=person, at=at)


def _only_support(by: User, *, about: User, at: datetime) -> None:
    if Role.SUPPORT not in roles_everywhere(by, at):
        raise Refused("Only research support records who has left and who is back.")
    if by == about:
        raise Refused("It is about yourself, so others decide.")
    if Role.WORKER in roles_everywhere(about, at):
        raise Refused("The worker is no person, and does not leave.")


def _set_active(person: User, active: bool) -> None:
    person.is_active = active
    person.save(update_fields=["is_active"])


def led_by(person: User) -> list[Project]:
    """The projects that the person leads and that have not ended."""
    led = Project.objects.filter(lead=person).exclude(state__in=ENDED)
    return list(led.order_by("reference"))


def may_propose(person: User, project: Project, at: datetime) -> bool:
    """Whether the person may propose who leads the project next: its lead, and research support."""
    return person.is_active and (project.lead_id == person.pk or Role.SUPPORT in roles_everywhere(person, at))


def could_lead(project: Project, at: datetime) -> list[User]:
    """Who of the project's researchers could take it over: on the team, in good standing, accredited in full."""
    team = team_at(project, at)
    people = [one for one, role in team.items() if role == Role.RESEARCHER and one != project.lead]
    return [one for one in people if not one.why_not_accredited(at) and not one.is_provisional(at)]


@transaction.atomic
def propose(project: Project, *, successor: User, by: User, at: datetime) -> Handover:
    """Propose somebody of the team as the next lead. Raises Refused; nothing passes before they accept."""
    project = Project.objects.select_for_update().get(pk=project.pk)
    if not may_propose(by, project, at):
        raise Refused("Only the lead and research support propose who leads a project next.")
    if project.state in ENDED:
        raise Refused("The project has ended.")
    if project.handovers.filter(state=PROPOSED).exists():
        raise Refused("Somebody is proposed already, and has not answered.")
    if successor not in could_lead(project, at):
        raise Refused(f"{successor} is no researcher of its team who is accredited in full and in good standing.")
    handover = Handover(project=project, successor=successor)
    return begin(handover, "propose", by=by, at=at, details={"from": project.lead.username, "to": successor.username})


@transaction.atomic
def accept(handover: Handover, *, by: User, at: datetime) -> Handover:
    """Whoever was proposed takes the lead over."""
    handover = act(handover, "accept", by=by, at=at)
    project = Project.objects.select_for_update().get(pk=handover.project_id)
    details = {"from": project.lead.username, "to": by.username}
    project.lead = by
    project.save(update_fields=["lead"])
    trail.append(actor=by, action="take over", subject=project, details=details, at=at)
    return handover


def decline(handover: Handover, *, by: User, at: datetime) -> Handover:
    """Whoever was proposed will not."""
    return act(handover, "decline", by=by, at=at)


def withdraw(handover: Handover, *, by: User, at: datetime) -> Handover:
    """The lead, or research support, takes the proposal back."""
    return act(handover, "withdraw", by=by, at=at)
