"""The public register: approved projects, their data and what they published; and who is accredited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.agreements.lifecycle import REVOKED, AgreementState
from governance.agreements.models import Agreement
from governance.catalogue.catalogue import Catalogue
from governance.catalogue.cohort import in_words
from governance.outputs.models import OutputRequest
from governance.people.models import Accreditation, local_day
from governance.projects.models import Project
from governance.publications.models import Publication
from governance.register import decided_by, public_projects, public_researchers
from portal.catalogues import described_or_none
from portal.downloads import FORMATS, as_file
from portal.turns import owner_label

PAGE = 25
OF_A_PROJECT = (
    "reference", "title", "lead", "organisation", "lay_summary", "public_benefit", "dataset", "tables",
    "cohort", "data_from", "data_to", "approved_on", "agreement", "agreement_ends_on",
    "owners_decisions", "conditions", "amendments", "closed_on",
)  # fmt: skip
OF_A_RELEASE = ("release_title", "released_on", "release_sha256")
OF_A_PUBLICATION = (
    "publication_kind", "publication_title", "publication_authors", "publication_appeared_in", "published_on",
    "publication_doi", "publication_link", "publication_rests_on", "publication_rests_on_sha256",
    "publication_rests_on_none_because",
)  # fmt: skip
COLUMNS = OF_A_PROJECT + OF_A_RELEASE + OF_A_PUBLICATION
RESEARCHER_COLUMNS = ("name", "organisation", "number", "kind", "accredited_from", "accredited_until")


@dataclass(frozen=True)
class RegisterEntry:
    """What anyone may read of one project. `tables` are labels of the approved ones, `cohort` says whose records.

    decisions   (data owner, what it decided), in the catalogue's words
    amendments  the agreed ones, each as its kind, and the day on which it was agreed
    closed_on   the day on which its closure was confirmed, if it was
    """

    project: Project
    agreement: Agreement | None
    standing: str
    dataset: str
    tables: tuple[str, ...]
    cohort: str
    decisions: tuple[tuple[str, str], ...]
    amendments: tuple[tuple[str, date], ...]
    closed_on: date | None
    releases: tuple[OutputRequest, ...]
    publications: tuple[Publication, ...]


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Projects, newest first, with a search; `?format=csv` or `json` gives all that match as a file.

    The file has one row for each release and for each publication; a project with neither has one row.
    """
    words = request.GET.get("q", "").strip()
    projects, at = public_projects(words), timezone.now()
    if request.GET.get("format") in FORMATS:
        rows = (row for entry in entries(projects, at) for row in rows_of(entry))
        return as_file(request.GET["format"], "gatehouse-register", COLUMNS, rows)
    page = Paginator(projects, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "entries": list(entries(page.object_list, at)), "words": words}
    return render(request, "register/index.html", context)


@login_not_required
@require_safe
def researchers(request: HttpRequest) -> HttpResponse:
    """Everybody who is accredited today, by name, with a search; the same as a file."""
    words = request.GET.get("q", "").strip()
    found = public_researchers(words, on=local_day(timezone.now()))
    if request.GET.get("format") in FORMATS:
        rows = (researcher_row(one) for one in found)
        return as_file(request.GET["format"], "gatehouse-researchers", RESEARCHER_COLUMNS, rows)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "register/researchers.html", {"page": page, "words": words})


def researcher_row(one: Accreditation) -> tuple[Any, ...]:
    organisation = one.person.organisation
    return (one.person.name, organisation.name if organisation else "", one.number, one.kind,
            one.accredited_from, one.accredited_until)  # fmt: skip


@login_not_required
@require_safe
def project(request: HttpRequest, reference: str) -> HttpResponse:
    """One project's public entry."""
    found = get_object_or_404(public_projects(), reference=reference)
    (entry,) = entries([found], timezone.now())
    return render(request, "register/project.html", {"entry": entry, "project": found})


def entries(projects: Iterable[Any], at: datetime) -> Iterator[RegisterEntry]:
    """The public part of each project. A dataset's description is read once."""
    known: dict[str, Catalogue | None] = {}
    for project in projects:
        if project.dataset not in known:
            known[project.dataset] = described_or_none(project.dataset)
        yield entry_of(project, known[project.dataset], at)


def entry_of(project: Any, catalogue: Catalogue | None, at: datetime) -> RegisterEntry:
    agreement = next(iter(project.agreements.all()), None)
    names = [table.name for table in agreement.scope.tables] if agreement else list(project.requested)
    labels = tuple(catalogue[name].label if catalogue and name in catalogue else name for name in names)
    title = catalogue.dataset.title if catalogue else project.dataset
    cohort = agreement.scope.cohort if agreement else project.chosen_cohort
    words = in_words(cohort, catalogue.cohort_frame if catalogue else None)
    said = decided_by(project, project.votes_of_owners)
    return RegisterEntry(
        project, agreement, standing_of(agreement, at), title, labels, words,
        decisions=tuple((owner_label(owner, catalogue), decision) for owner, decision in said.items()),
        amendments=tuple((one.get_kind_display(), local_day(one.state_since)) for one in reversed(project.agreed)),
        closed_on=next((local_day(one.confirmed_at) for one in project.ended_by), None),
        releases=tuple(project.published), publications=tuple(project.listed_publications),
    )  # fmt: skip


def standing_of(agreement: Agreement | None, at: datetime) -> str:
    """Where the agreement stands, in a word or two."""
    if agreement is None:
        return "Not drawn up yet"
    ended = agreement.state != REVOKED and agreement.why_ended(at)
    return "Ended" if ended else AgreementState(agreement.state).label


def rows_of(entry: RegisterEntry) -> Iterator[tuple[Any, ...]]:
    """The rows of one project in the file, each with the project's own columns first."""
    project, no_release, no_publication = project_row(entry), len(OF_A_RELEASE) * ("",), len(OF_A_PUBLICATION) * ("",)
    for release in entry.releases:
        yield (*project, *release_row(release), *no_publication)
    for publication in entry.publications:
        yield (*project, *no_release, *publication_row(publication))
    if not entry.releases and not entry.publications:
        yield (*project, *no_release, *no_publication)


def project_row(entry: RegisterEntry) -> tuple[Any, ...]:
    project: Any = entry.project
    agreement = entry.agreement
    return (
        project.reference, project.title, project.lead.name, project.lead.organisation,
        project.lay_summary, project.public_benefit, project.dataset, "; ".join(entry.tables),
        entry.cohort, project.period_from, project.period_to, local_day(project.state_since),
        entry.standing, agreement.ends_on if agreement else project.ends_on,
        "; ".join(f"{owner}: {decision}" for owner, decision in entry.decisions), project.conditions_set,
        "; ".join(f"{kind}, {day}" for kind, day in entry.amendments), entry.closed_on or "",
    )  # fmt: skip


def release_row(release: OutputRequest) -> tuple[Any, ...]:
    return release.title, local_day(release.released_at) if release.released_at else "", release.package_sha256


def publication_row(publication: Any) -> tuple[Any, ...]:
    return (
        publication.get_kind_display(), publication.title, publication.authors, publication.appeared_in,
        publication.published_on, publication.doi, publication.link,
        "; ".join(one.title for one in publication.rests_on),
        "; ".join(one.package_sha256 for one in publication.rests_on),
        publication.no_outputs_because,
    )  # fmt: skip
