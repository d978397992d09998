"""What a project's team does with its publications, and research support with those that should not be there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from governance.act import act, begin, locked
from governance.outputs.models import OutputRequest
from governance.people.grants import roles_on
from governance.people.models import User, local_day
from governance.people.roles import Role
from governance.projects.lifecycle import APPROVED
from governance.projects.models import Project
from governance.publications.citation import (
    Citation,
    NotADoi,
    in_words,
    normalised,
    why_not_linked,
    why_not_on,
    why_not_resting,
)
from governance.publications.lifecycle import NOT_WITHDRAWN
from governance.publications.models import Kind, Publication
from governance.workflow import Refused

NEEDED = {
    "title": "Enter the title",
    "authors": "Enter the authors",
    "appeared_in": "Enter where it appeared",
}


@transaction.atomic
def record(
    project: Project, citation: Citation, *, outputs: Collection[OutputRequest], by: User, at: datetime
) -> Publication:
    """Put a publication into the project's entry in the register. Raises Refused."""
    project = Project.objects.select_for_update().get(pk=project.pk)
    if reason := why_not_recorded(project, by, at):
        raise Refused(reason)
    said = checked(project, citation, outputs, at=at)
    details = {"kind": said.kind, "outputs": sorted(output.pk for output in outputs)}
    publication = begin(Publication(project=project, **asdict(said)), "record", by=by, at=at, details=details)
    publication.outputs.set(outputs)
    return publication


@transaction.atomic
def correct(
    publication: Publication, citation: Citation, *, outputs: Collection[OutputRequest], by: User, at: datetime
) -> Publication:
    """Say it anew; the trail tells which parts changed. Raises Refused."""
    publication = locked(publication)
    said = asdict(checked(publication.project, citation, outputs, at=at, besides=publication))
    changed = [name for name, value in said.items() if getattr(publication, name) != value]
    if set(publication.outputs.values_list("pk", flat=True)) != {output.pk for output in outputs}:
        changed.append("outputs")
    words = ", ".join(name.replace("_", " ") for name in changed) or "nothing"
    publication = act(publication, "correct", by=by, at=at, note=f"Changed: {words}.", **said)
    publication.outputs.set(outputs)
    return publication


def withdraw(publication: Publication, *, reasons: str, by: User, at: datetime) -> Publication:
    """The team takes it out of the register for good. It stays on record, with the reasons."""
    return _take_out(publication, "withdraw", reasons, by=by, at=at)


def hide(publication: Publication, *, reasons: str, by: User, at: datetime) -> Publication:
    """Research support takes it out of the register, and says why."""
    return _take_out(publication, "hide", reasons, by=by, at=at)


def show_again(publication: Publication, *, by: User, at: datetime) -> Publication:
    """Research support puts what it has hidden into the register again."""
    return act(publication, "show again", by=by, at=at, reasons="")


def _take_out(publication: Publication, action: str, reasons: str, *, by: User, at: datetime) -> Publication:
    if not reasons.strip():
        raise Refused("Please give reasons: they stay on record.")
    return act(publication, action, by=by, at=at, note=reasons.strip(), reasons=reasons.strip())


def why_not_recorded(project: Project, person: User, at: datetime) -> str | None:
    """Why this person may record no publication of this project now, or None. That its use is over does not matter."""
    if Role.RESEARCHER not in roles_on(project, person, at):
        return "Only researchers of the project record its publications."
    if project.state != APPROVED:
        return "Publications are recorded of approved projects: this one is not, so it has no entry in the register."
    return None


def can_rest_on(project: Project) -> QuerySet[OutputRequest]:
    """The outputs that a publication of the project can rest on, newest first."""
    return OutputRequest.published().filter(project=project).order_by("-released_at")


def approved_on(project: Project) -> date:
    """The day on which an approved project was approved."""
    return local_day(project.state_since)


def checked(
    project: Project,
    citation: Citation,
    outputs: Collection[OutputRequest],
    *,
    at: datetime,
    besides: Publication | None = None,
) -> Citation:
    """The citation as it is stored: stripped, with a bare DOI. Raises Refused with everything that is wrong with it.

    besides  the publication that is corrected: it is no duplicate of itself
    """
    stripped: dict[str, Any] = {
        name: value.strip() for name, value in asdict(citation).items() if isinstance(value, str)
    }
    said = replace(citation, **stripped)
    wrong: list[str | None] = [f"{words}." for name, words in NEEDED.items() if not stripped[name]]
    if said.kind not in Kind.values:
        wrong.append("Select what kind of publication it is.")
    try:
        said = replace(said, doi=normalised(said.doi))
    except NotADoi as mistake:
        wrong.append(str(mistake))
    wrong += [
        why_not_on(said.published_on, approved_on=approved_on(project), today=local_day(at)),
        why_not_twice(project, said.doi, besides=besides),
        why_not_linked(said.address),
        why_not_resting(len(outputs), said.no_outputs_because),
    ]
    if {output.pk for output in outputs} - set(can_rest_on(project).values_list("pk", flat=True)):
        wrong.append("A publication rests on outputs of this project that were released for publication.")
    if reasons := [one for one in wrong if one]:
        raise Refused(" ".join(reasons))
    return said


def why_not_twice(project: Project, doi: str, *, besides: Publication | None = None) -> str | None:
    """Why a DOI cannot be recorded of the project once more, or None; the sentence names what has it already."""
    if not doi:
        return None
    on_record = project.publications.filter(doi=doi, state__in=NOT_WITHDRAWN)
    there = (on_record.exclude(pk=besides.pk) if besides else on_record).first()
    if there is None:
        return None
    where = "" if there.state == Publication.STATES.LISTED else ", hidden by research support"
    return (
        f"This DOI is on record already: “{there.title}”, {there.get_kind_display().lower()} "
        f"of {in_words(there.published_on)}{where}."
    )
