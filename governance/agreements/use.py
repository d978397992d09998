"""May this person use this project's data at this moment? Worked out when it is asked, from everything it rests on.

Nothing is copied or switched off overnight: when a training, an agreement or an ethics decision ends, use ends with it,
one second later, and comes back when it is renewed.
"""

from __future__ import annotations

from datetime import datetime

from governance.agreements.lifecycle import IN_FORCE, AgreementState
from governance.agreements.models import Agreement
from governance.agreements.models.condition import stopping
from governance.closing.models import Closure
from governance.incidents.models import Incident
from governance.people.accreditation import Condition, conditions, told
from governance.people.grants import roles_on, suspended_since
from governance.people.models import User, local_day
from governance.people.roles import Role
from governance.projects.lifecycle import APPROVED, ProjectState
from governance.projects.models import Project


def conditions_of_use(project: Project, person: User, at: datetime) -> tuple[Condition, ...]:
    """Every condition under which this person may use this project: what fails, since when, and who can cure it."""
    agreement = project.agreements.filter(state=IN_FORCE).first()
    return (
        *conditions(person.standing_on(local_day(at)), on=local_day(at)),
        _on_the_team(project, person, at),
        _approved(project),
        _not_closed(project),
        _not_suspended(project),
        _ethics(project, at),
        _agreed(agreement, project, at),
        _signed(agreement, person),
        _nothing_to_meet_first(project, at),
    )


def why_not_open(project: Project, at: datetime) -> str | None:
    """Which conditions of the project itself fail at this moment, or None when its data may be used by its people."""
    agreement = project.agreements.filter(state=IN_FORCE).first()
    found = (
        _approved(project),
        _not_closed(project),
        _not_suspended(project),
        _ethics(project, at),
        _agreed(agreement, project, at),
        _nothing_to_meet_first(project, at),
    )
    return told(found)


def why_suspended(project: Project) -> str | None:
    """That the project is suspended and who can say why, or None."""
    return told([_not_suspended(project)])


def why_not_use(project: Project, person: User, at: datetime) -> str | None:
    """Which conditions fail at this moment and who can cure them, or None when the person may use the data."""
    return told(conditions_of_use(project, person, at))


def _on_the_team(project: Project, person: User, at: datetime) -> Condition:
    if Role.RESEARCHER in roles_on(project, person, at):
        return Condition("Team")
    if since := suspended_since(project, person, at):
        problem = "Nobody confirmed in the review of access that you still need the project"
        return Condition("Team", problem, "research support can confirm it", since)
    return Condition("Team", "You are not a researcher of this project", "its lead can ask for you to be added")


def _approved(project: Project) -> Condition:
    if project.state == APPROVED:
        return Condition("Project")
    state, since = ProjectState(project.state).label.lower(), local_day(project.state_since)
    return Condition("Project", f"The project is not approved: {state}", "its lead reads why on its page", since)


def _not_closed(project: Project) -> Condition:
    closure = Closure.ending_use(project)
    if closure is None:
        return Condition("Not closed")
    since = local_day(closure.confirmed_at or closure.state_since)
    cure = "what is needed again is applied for as a new project"
    return Condition("Not closed", "The project is closed", cure, since)


def _not_suspended(project: Project) -> Condition:
    """Says that it is suspended and not by what: whoever is named in an incident reads nothing of it."""
    if Incident.suspending(project) is None:
        return Condition("Not suspended")
    return Condition("Not suspended", "The project is suspended", "research support can say why, and opens it again")


def _ethics(project: Project, at: datetime) -> Condition:
    until = project.ethics_until
    if until is None or local_day(at) <= until:
        return Condition("Ethics decision", cure="the ethics reviewer has to renew it", until=until)
    problem = f"The ethics decision ended on {until:%-d %B %Y}"
    return Condition("Ethics decision", problem, "the lead asks the ethics reviewer to renew it", until, until)


def _agreed(agreement: Agreement | None, project: Project, at: datetime) -> Condition:
    if agreement is None:
        newest = project.agreements.first()
        since = local_day(newest.state_since) if newest and newest.state == AgreementState.REVOKED else None
        cure = "every member, the institution and the service have to sign one"
        return Condition("Agreement", "No agreement of this project is in force", cure, since)
    if reason := agreement.why_ended(at):
        return Condition(
            "Agreement", reason.partition(":")[0], "the lead applies to extend it", agreement.ends_on, agreement.ends_on
        )
    return Condition("Agreement", cure="the lead applies to extend it", until=agreement.ends_on)


def _signed(agreement: Agreement | None, person: User) -> Condition:
    if agreement is None or agreement.signed_by(person):
        return Condition("Your signature")
    problem = f"You have not signed agreement {agreement.version} of this project"
    return Condition("Your signature", problem, "read its terms and sign it", local_day(agreement.state_since))


def _nothing_to_meet_first(project: Project, at: datetime) -> Condition:
    open_ones = stopping(project, at)
    if not open_ones:
        return Condition("Conditions of the data owners")
    many = f"{len(open_ones)} conditions" if len(open_ones) > 1 else "A condition"
    return Condition(
        "Conditions of the data owners",
        f"{many} must be discharged before use",
        "a researcher reports how it is met, and the owner discharges it",
        min(local_day(one.state_since) for one in open_ones),
    )
