"""Everything that the page of one project shows to one person, fetched in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from extracts import services as extracts
from extracts.lifecycle import UNFINISHED
from extracts.models import Extract
from governance.agreements.models import Agreement
from governance.agreements.use import why_not_use
from governance.amendments.models import Amendment
from governance.catalogue.catalogue import Catalogue
from governance.catalogue.cohort import in_words, tables_of
from governance.closing.models import Closure
from governance.closing.services import why_not_started
from governance.incidents.models import Incident
from governance.ingress.models import Ingress
from governance.outputs.models import OutputRequest
from governance.people import accreditation
from governance.people.grants import owner_code, roles_on
from governance.people.models import User, local_day
from governance.people.roles import TEAM_ROLES, Role
from governance.people.standing import FETCHED
from governance.projects.boards import settled
from governance.projects.lifecycle import APPROVED, OWNERS, RETURNED
from governance.projects.models import Member, Project, Stage, votes_on
from governance.publications.models import Publication
from portal import application, application_page, deciding
from portal.records import allowed_actions, hindrances_of, reads_names
from portal.timeline import timeline, total
from portal.twins import SIZES

DECIDING = {"accept", "pass", "vote", "refuse", "return"}


def context_of(project: Project, person: User, catalogue: Catalogue, at: datetime) -> dict[str, Any]:
    """The variables of the record page."""
    roles = roles_on(project, person, at)
    actions = allowed_actions(project, person, at)
    return {
        **asked_context(project, person, roles, catalogue),
        **decided_context(project, person, roles, catalogue),
        **work_context(project, person, roles, at),
        "actions": actions,
        "change": "edit" in actions,
        "may_decide": may_decide(project, person, actions),
        "hindrances": hindrances_to_show(project, person, at),
        "timeline": (lines := timeline(project, at, with_extracts=bool(roles & Extract.VISIBLE_TO))),
        "altogether": total(lines),
        "gaps": application.gaps(project) if "edit" in actions else [],
        "members": team_of(project, local_day(at)),
        "on_team": bool(roles & TEAM_ROLES),
        "sizes": SIZES,
        "copies": Role.RESEARCHER in roles,
    }


def may_decide(project: Project, person: User, actions: Collection[str]) -> bool:
    """Whether it is this person's turn: to vote, or to declare interests before that."""
    return bool(set(actions) & DECIDING) or ("declare" in actions and project.interest_of(person) is None)


def asked_context(project: Project, person: User, roles: Collection[Role], catalogue: Catalogue) -> dict[str, Any]:
    """The application itself; a data owner finds their own tables first, marked as theirs."""
    own = owner_code(person) if Role.OWNER in roles else ""
    tables = application.asked(project.requested, catalogue)
    tables = application.own_first(tables, own) if own else tables
    own_tables = [table for table in tables if own and table.owner == own]
    chosen_by = tables_of(project.chosen_cohort, catalogue.cohort_frame)
    return {
        "project": project,
        "dataset": catalogue.dataset,
        "sections": application_page.sections_for(project, person, roles),
        "can_comment": application_page.can_comment(project, roles),
        "is_changed": project.round > 1,
        "tables": tables,
        "own": own,
        "own_tables": own_tables,
        "own_finer": [one for table in own_tables for one in table.variables if one.finer],
        "cohort": in_words(project.chosen_cohort, catalogue.cohort_frame),
        "chosen_by": [catalogue[name] for name in chosen_by],
        "own_chosen_by": [catalogue[name] for name in chosen_by if own and catalogue[name].owner == own],
        "own_decided": own_decision(project, own),
        "own_to_decide": bool(own) and project.state == OWNERS,
    }


def own_decision(project: Project, own: str) -> str:
    """What the owner `own` decided for its tables in this round, in words and small: "approved", or ""."""
    if not own or own not in project.quorums:
        return ""
    verdicts = [vote.verdict for vote in votes_on(project, Stage.OWNER) if vote.board == own]
    end = settled(verdicts, project.quorums[own])
    return deciding.GIVEN[end][0].lower() if end else ""


def decided_context(project: Project, person: User, roles: Collection[Role], catalogue: Catalogue) -> dict[str, Any]:
    """Decisions, newest first. The applicants read which board decided, never who sat on it."""
    decisions = list(project.decisions.select_related("person"))
    shown = deciding.shown(decisions, catalogue, named=reads_names(roles))
    return {
        "decisions": shown,
        "returned": next((one for one in shown if one.returns), None) if project.state == RETURNED else None,
    }


def work_context(project: Project, person: User, roles: Collection[Role], at: datetime) -> dict[str, Any]:
    """Agreements, extracts, outputs and publications, each for those who may see it, and what can be started."""
    held, approved = set(roles), project.state == APPROVED
    works_on_it = Role.RESEARCHER in held and approved
    return {
        "approved": approved,
        "agreements": list(project.agreements.all()) if held & Agreement.VISIBLE_TO else [],
        "amendments": list(project.amendments.all()) if held & Amendment.VISIBLE_TO else [],
        "extracts": list(project.extracts.select_related("release")) if held & Extract.VISIBLE_TO else [],
        "outputs": list(project.output_requests.select_related("author")) if held & OutputRequest.VISIBLE_TO else [],
        "ingresses": list(project.ingresses.all()) if held & Ingress.VISIBLE_TO else [],
        "publications": list(project.publications.all()) if held & Publication.VISIBLE_TO else [],
        "closures": list(project.closures.all()) if held & Closure.VISIBLE_TO else [],
        "closes": why_not_started(project, person, at) is None,
        "records_publications": works_on_it,
        "incidents": incidents_of(project, person, held),
        "reads_incidents": bool(held & Incident.VISIBLE_TO),
        "sees_extracts": bool(held & Extract.VISIBLE_TO),
        "sees_outputs": bool(held & OutputRequest.VISIBLE_TO),
        "works_on_it": works_on_it,
        "why_no_extract": why_no_extract(project, person, at) if works_on_it else "",
    }


def incidents_of(project: Project, person: User, roles: Collection[Role]) -> list[Incident]:
    """The project's incidents: all for the service's people who follow them up, assessed ones for its lead."""
    if set(roles) & Incident.VISIBLE_TO:
        return list(Incident.for_staff(person).filter(projects__project=project))
    return list(Incident.for_lead(project, person))


def why_no_extract(project: Project, person: User, at: datetime) -> str:
    """What an extract would be refused for at this moment, or "". The service looks again."""
    if reason := why_not_use(project, person, at):
        return reason
    if project.extracts.filter(state__in=UNFINISHED).exists():
        return "An extract of this project is being built: wait for it, or cancel it first."
    return extracts.why_no_release(project.dataset)


def hindrances_to_show(project: Project, person: User, at: datetime) -> list[str]:
    """Why this person cannot do what their role could do now, each reason once. The submit page tells its own."""
    found = hindrances_of(project, person, at)
    told_elsewhere = {"submit", "pause", "take up"}
    undeclared = "Say first whether"
    return list(
        dict.fromkeys(
            reason
            for action, reason in found.items()
            if action not in told_elsewhere and not reason.startswith(undeclared)
        )
    )


def team_of(project: Project, day: date) -> list[Member]:
    """The team, each with two last days or None: `ends_on` of the role, `accredited_until` of the standing."""
    last_days = dict(project.grants.filter(ended_at__isnull=True).values_list("user_id", "ends_on"))
    along = [f"person__{name}" for name in FETCHED]
    members = list(project.members.select_related("person__organisation").prefetch_related(*along))
    for member in members:
        member.ends_on = last_days.get(member.person_id)  # type: ignore[attr-defined]
        member.accredited_until = accreditation.ends_on(member.person.standing_on(day))  # type: ignore[attr-defined]
    return members
