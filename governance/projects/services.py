"""What people do with an application. Each change goes through `act` and leaves its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from governance.act import act, begin
from governance.audit import trail
from governance.catalogue.catalogue import Catalogue, UnknownName
from governance.people.grants import give_on, owner_code, take_on, worker
from governance.people.models import User, local_day
from governance.people.roles import Role
from governance.projects.boards import Verdict, outcome, owners_of
from governance.projects.models import Decision, Member, Project, Stage, Submission, verdicts
from governance.workflow import Refused


@transaction.atomic
def start(*, title: str, catalogue: Catalogue, by: User, at: datetime) -> Project:
    """Begin a draft on one dataset. Whoever starts it leads it."""
    year = local_day(at).year
    project = Project(reference=_next_reference(year), title=title, dataset=catalogue.dataset.code, lead=by)
    begin(project, "start", by=by, at=at)
    _join(project, by, Role.RESEARCHER, at)
    return project


def _next_reference(year: int) -> str:
    """The next free reference of the year. The trail's head row is locked, so that two can't take one."""
    trail.lock()
    prefix = f"GH-{year}-"
    last = Project.objects.filter(reference__startswith=prefix).order_by("-reference").first()
    return f"{prefix}{int(last.reference.removeprefix(prefix)) + 1 if last else 1:04d}"


def _join(project: Project, person: User, role: Role, at: datetime) -> None:
    Member.objects.create(project=project, person=person, role=role, since=at)
    give_on(project, person, role)


ANSWERED = frozenset({"title", "lay_summary", "public_benefit", "period_from", "period_to", "ends_on"})


@transaction.atomic
def edit(
    project: Project,
    *,
    answers: Mapping[str, Any] | None = None,
    revision: int | None = None,
    by: User,
    at: datetime,
    **fields: Any,
) -> Project:
    """Save answers, and those fields of the project that hold one: the title, the period, the last day.

    With `revision`, the one that the page was made from, Refused when somebody saved one of the same
    answers meanwhile. Raises TypeError for anything but answers: the rest of a project has doors of its own.
    """
    if unknown := fields.keys() - ANSWERED:
        raise TypeError(f"Not an answer: {', '.join(sorted(unknown))}.")
    project, answers = _locked(project), answers or {}
    names = sorted({*fields, *answers})
    if revision is not None and project.revision_of(names) > revision:
        raise Refused("Other answers were saved since you opened this page: compare them with yours, then save again.")
    stored = project.entered(answers, fields, by=by, at=at)
    note = f"Answered: {', '.join(names)}."
    return act(project, "edit", by=by, at=at, note=note, revision=project.revision + 1, answers=stored, **fields)


@transaction.atomic
def use_form(project: Project, version: str, *, answers: Mapping[str, Any], by: User, at: datetime) -> Project:
    """Go over to another version of the form, with the stored answers arranged for it."""
    project = _locked(project)
    note = f"Moved from form {project.form_version} to form {version}."
    fields = {"form_version": version, "answers": dict(answers), "revision": project.revision + 1}
    return act(project, "edit", by=by, at=at, note=note, **fields)


@transaction.atomic
def choose_table(
    project: Project,
    table: str,
    *,
    reason: str,
    variables: Mapping[str, Mapping[str, str]],
    catalogue: Catalogue,
    by: User,
    at: datetime,
) -> Project:
    """Ask for variables of one table: name -> {"level", "reason"}. What was chosen of it before is replaced.

    Raises Refused for a name or level that the catalogue does not offer.
    """
    for name, wish in variables.items():
        _offered(catalogue, table, name, wish["level"])
    chosen = {
        name: {"level": wish["level"], "reason": wish["reason"].strip()} for name, wish in sorted(variables.items())
    }
    project = _locked(project)
    requested = {**project.requested, table: {"reason": reason.strip(), "variables": chosen}}
    return act(project, "edit", by=by, at=at, note=f"Chose {len(chosen)} variables of {table}.", requested=requested)


def _offered(catalogue: Catalogue, table: str, name: str, level: str) -> None:
    """Raises Refused unless the catalogue offers this variable at this level."""
    try:
        variable = catalogue[table][name]
    except UnknownName as unknown:
        raise Refused(f"The catalogue has no variable {table}.{name}.") from unknown
    if not catalogue[table].requestable or not variable.selectable:
        raise Refused(f"{table}.{name} is never offered to projects.")
    levels = [step.name for step in catalogue.levels(variable)]
    if level not in levels and (levels or level):
        raise Refused(f"{table}.{name} is not offered at that level of detail.")


def _locked(project: Project) -> Project:
    """The project as it is stored now, so that two windows open on one draft don't undo one another."""
    return Project.objects.select_for_update().get(pk=project.pk)


@transaction.atomic
def drop_table(project: Project, table: str, *, by: User, at: datetime) -> Project:
    """Ask for a table no longer."""
    project = _locked(project)
    requested = {name: wish for name, wish in project.requested.items() if name != table}
    return act(project, "edit", by=by, at=at, note=f"No longer asks for {table}.", requested=requested)


@transaction.atomic
def add_member(project: Project, person: User, *, role: Role, by: User, at: datetime) -> Project:
    """Put a person on the team while the application is being written. Twice is once."""
    if person.organisation_id is None:
        raise Refused(f"{person} belongs to no organisation yet, so cannot join a project.")
    project = act(project, "edit", by=by, at=at, note=f"Added {person} as {role.label.lower()}.")
    if not project.has_member(person):
        _join(project, person, role, at)
    return project


@transaction.atomic
def remove_member(project: Project, person: User, *, by: User, at: datetime) -> Project:
    """Take a person off the team. The lead stays."""
    if person == project.lead:
        raise Refused("The lead researcher cannot leave the project.")
    project = act(project, "edit", by=by, at=at, note=f"Removed {person}.")
    for member in project.members.filter(person=person):
        take_on(project, person, Role(member.role))
        member.delete()
    return project


@transaction.atomic
def submit(project: Project, *, catalogue: Catalogue, by: User, at: datetime) -> Project:
    """Hand the application in. A new round begins, in which every board decides anew."""
    project = _locked(project)
    project = act(
        project,
        "submit",
        by=by,
        at=at,
        round=project.round + 1,
        owners=list(owners_of(project.requested, catalogue)),
        submitted_at=at,
    )
    Submission.objects.create(
        project=project,
        round=project.round,
        form_version=project.form_version,
        answers=project.as_submitted(),
        submitted_by=by,
        submitted_at=at,
    )
    return project


def withdraw(project: Project, *, reasons: str, by: User, at: datetime) -> Project:
    """End the application."""
    return act(project, "withdraw", by=by, at=at, note=reasons)


def _in_round(project: Project, round: int) -> Project:
    """The project, locked, if it is still in the round that the decider looked at. Raises Refused."""
    project = _locked(project)
    if project.round != round:
        raise Refused("The application has changed since you opened it: look at it again.")
    return project


@transaction.atomic
def accept(project: Project, *, reasons: str, round: int, by: User, at: datetime) -> Project:
    """Triage finds it complete and feasible: the owners decide next."""
    project = _in_round(project, round)
    project = act(project, "accept", by=by, at=at, note=reasons)
    _record(project, Stage.TRIAGE, Verdict.APPROVE, reasons, by, at)
    return project


STAGE_IN = {"triage": Stage.TRIAGE, "owners": Stage.OWNER, "panel": Stage.PANEL}  # state -> who decides in it


@transaction.atomic
def send_back(project: Project, *, reasons: str, round: int, by: User, at: datetime) -> Project:
    """Return it to the applicant with reasons. Decisions of this round end with it."""
    project = _in_round(project, round)
    before = project.state
    project = act(project, "return", by=by, at=at, note=reasons)
    _record(project, STAGE_IN[before], Verdict.RETURN, reasons, by, at)
    return project


@transaction.atomic
def decide(project: Project, *, verdict: Verdict, reasons: str, round: int, by: User, at: datetime) -> Project:
    """An owner approves or refuses its own tables. The last owner's decision moves the project on:

    to the panel with the tables that were approved, or to its end when every owner refused.
    """
    verdict, project = Verdict(verdict), _in_round(project, round)
    project = act(project, "decide", by=by, at=at, note=f"{verdict.value.capitalize()}: {reasons}")
    _record(project, Stage.OWNER, verdict, reasons, by, at)
    result = outcome(project.owners, verdicts(project))
    if result.all_refused:
        return act(project, "refuse", by=worker(), at=at, note="Every data owner refused.")
    if result.complete:
        return act(project, "refer", by=worker(), at=at, note="Every data owner has decided.")
    return project


@transaction.atomic
def approve(project: Project, *, reasons: str, round: int, by: User, at: datetime) -> Project:
    """The panel approves the project with the tables that their owners approved."""
    project = act(_in_round(project, round), "approve", by=by, at=at, note=reasons)
    _record(project, Stage.PANEL, Verdict.APPROVE, reasons, by, at)
    return project


@transaction.atomic
def refuse(project: Project, *, reasons: str, round: int, by: User, at: datetime) -> Project:
    """The panel refuses the project."""
    project = act(_in_round(project, round), "refuse", by=by, at=at, note=reasons)
    _record(project, Stage.PANEL, Verdict.REFUSE, reasons, by, at)
    return project


def _record(project: Project, stage: Stage, verdict: Verdict, reasons: str, by: User, at: datetime) -> None:
    if not reasons.strip():
        raise Refused("Please give reasons: the applicant and the trail need them.")
    Decision.objects.create(
        project=project,
        round=project.round,
        stage=stage,
        owner=owner_code(by) if stage == Stage.OWNER else "",
        person=by,
        verdict=verdict.value,
        reasons=reasons.strip(),
        decided_at=at,
    )
