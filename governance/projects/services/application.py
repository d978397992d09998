"""What applicants do with an application: write it, gather a team, hand it in, withdraw it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from governance.act import act, begin
from governance.audit import trail
from governance.catalogue import cohort as cohorts
from governance.catalogue.catalogue import Catalogue, UnknownName
from governance.catalogue.cohort import Cohort
from governance.people.grants import give_on, take_on
from governance.people.models import User, local_day
from governance.people.roles import Role
from governance.projects.boards import owners_of, quorums_of, tables_used
from governance.projects.models import Member, Project, Submission
from governance.workflow import Refused


@transaction.atomic
def start(*, title: str, catalogue: Catalogue, by: User, at: datetime) -> Project:
    """Begin a draft on one dataset. Whoever starts it leads it."""
    year = local_day(at).year
    project = Project(reference=_next_reference(year), title=title, dataset=catalogue.dataset.code, lead=by)
    begin(project, "start", by=by, at=at)
    admit(project, by, Role.RESEARCHER, because="Began the project.", by=by, at=at)
    return project


def _next_reference(year: int) -> str:
    """The next free reference of the year. The trail's head row is locked, so that two can't take one."""
    trail.lock()
    prefix = f"GH-{year}-"
    last = Project.objects.filter(reference__startswith=prefix).order_by("-reference").first()
    return f"{prefix}{int(last.reference.removeprefix(prefix)) + 1 if last else 1:04d}"


def admit(
    project: Project, person: User, role: Role, *, because: str, ends_on: date | None = None, by: User, at: datetime
) -> None:
    """Put a person on the team, also again. The grant names the newest entry of the trail, which is what caused it."""
    Member.objects.update_or_create(project=project, person=person, defaults={"role": role, "since": at})
    give_on(project, person, role, because=because, entry=trail.head().seq, ends_on=ends_on, by=by, at=at)


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
    project, answers = locked(project), answers or {}
    names = sorted({*fields, *answers})
    if revision is not None and project.revision_of(names) > revision:
        raise Refused("Other answers were saved since you opened this page: compare them with yours, then save again.")
    stored = project.entered(answers, fields, by=by, at=at)
    note = f"Answered: {', '.join(names)}."
    return act(project, "edit", by=by, at=at, note=note, revision=project.revision + 1, answers=stored, **fields)


@transaction.atomic
def use_form(project: Project, version: str, *, answers: Mapping[str, Any], by: User, at: datetime) -> Project:
    """Go over to another version of the form, with the stored answers arranged for it."""
    project = locked(project)
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
        check_offered(catalogue, table, name, wish["level"])
    chosen = {
        name: {"level": wish["level"], "reason": wish["reason"].strip()} for name, wish in sorted(variables.items())
    }
    project = locked(project)
    requested = {**project.requested, table: {"reason": reason.strip(), "variables": chosen}}
    return act(project, "edit", by=by, at=at, note=f"Chose {len(chosen)} variables of {table}.", requested=requested)


def check_offered(catalogue: Catalogue, table: str, name: str, level: str) -> None:
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


def locked(project: Project) -> Project:
    """The project as it is stored now, so that two windows open on one draft don't undo one another."""
    return Project.objects.select_for_update().get(pk=project.pk)


@transaction.atomic
def choose_cohort(project: Project, cohort: Cohort, *, catalogue: Catalogue, by: User, at: datetime) -> Project:
    """Ask for the records of a cohort alone. Raises Refused for a condition that the dataset does not offer."""
    if problems := cohorts.problems_of(cohort, catalogue.cohort_frame):
        raise Refused(" ".join(problems))
    project = locked(project)
    note = f"Chose the cohort: {cohorts.in_words(cohort, catalogue.cohort_frame)}"
    return act(project, "edit", by=by, at=at, note=note, cohort=cohort.to_json())


@transaction.atomic
def drop_table(project: Project, table: str, *, by: User, at: datetime) -> Project:
    """Ask for a table no longer."""
    project = locked(project)
    requested = {name: wish for name, wish in project.requested.items() if name != table}
    return act(project, "edit", by=by, at=at, note=f"No longer asks for {table}.", requested=requested)


@transaction.atomic
def add_member(
    project: Project, person: User, *, role: Role, ends_on: date | None = None, by: User, at: datetime
) -> Project:
    """Put a person on the team while the application is being written, to a last day if one is given. Twice is once."""
    if person.organisation_id is None:
        raise Refused(f"{person} belongs to no organisation yet, so cannot join a project.")
    if ends_on and ends_on < local_day(at):
        raise Refused("The last day on the team is over already: give a later one, or none.")
    until = f" until {ends_on:%-d %B %Y}" if ends_on else ""
    note = f"Added {person} as {role.label.lower()}{until}."
    project = act(project, "edit", by=by, at=at, note=note)
    if not project.has_member(person):
        admit(project, person, role, because="Added to the team.", ends_on=ends_on, by=by, at=at)
    return project


@transaction.atomic
def remove_member(project: Project, person: User, *, by: User, at: datetime) -> Project:
    """Take a person off the team. The lead stays."""
    if person == project.lead:
        raise Refused("The lead researcher cannot leave the project.")
    project = act(project, "edit", by=by, at=at, note=f"Removed {person}.")
    take_off(project, person, because="Removed from the team.", at=at)
    return project


def take_off(project: Project, person: User, *, because: str, at: datetime) -> None:
    """End a person's grant and place on the team; the caller has checked the rights, and writes the trail."""
    take_on(project, person, because=because, at=at)
    project.members.filter(person=person).delete()


@transaction.atomic
def submit(project: Project, *, catalogue: Catalogue, by: User, at: datetime) -> Project:
    """Hand the application in. A new round begins, in which every board decides anew."""
    project = locked(project)
    owners = owners_of(tables_used(project.requested, project.chosen_cohort, catalogue), catalogue)
    project = act(
        project,
        "submit",
        by=by,
        at=at,
        round=project.round + 1,
        owners=list(owners),
        quorums=quorums_of(owners, catalogue),
        panel_quorum=None,
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
