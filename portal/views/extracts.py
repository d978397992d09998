"""Pages of extracts: ask for one, follow its build, read what was delivered. Records are never shown here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from extracts import services
from extracts.formats.columns import column_of
from extracts.formats.known import FORMATS
from extracts.lifecycle import BUILDING, DELIVERED, UNFINISHED
from extracts.lifecycle.extract import CANCELLED, DESTROYED, RECALLED
from extracts.models import Extract, Release
from extracts.models.extract import REPLACED_DAYS
from extracts.pack.words import OPENED_BY, SEALED_OPENED_BY
from extracts.services import risk
from extracts.specification import BadSpecification, ExtractSpec, compile_specification
from governance.agreements.lifecycle import IN_FORCE
from governance.agreements.services import in_force
from governance.agreements.use import why_not_use
from governance.catalogue.catalogue import Catalogue
from governance.catalogue.cohort import in_words
from governance.people.grants import roles_on
from governance.people.models import User
from governance.people.roles import Role
from governance.projects.models import Project
from governance.workflow import Refused
from portal import extract_risk, linkage_quality
from portal.access import SignedIn, may_see, visible_or_404
from portal.catalogues import described_in
from portal.entering import sent, status_of, turned_away
from portal.forms import extracts as forms
from portal.records import allowed_actions, hindrances_of


@dataclass(frozen=True)
class Column:
    """One line of the data dictionary. `level` is "" for a variable with one level only."""

    name: str
    label: str
    level: str
    kind: str
    pseudonym: bool


@dataclass(frozen=True)
class ExtractedTable:
    name: str
    label: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Opening:
    """How a file of one format is opened: program and code."""

    format: str
    ways: tuple[tuple[str, str], ...]


def tables_of(spec: ExtractSpec, catalogue: Catalogue) -> Iterator[ExtractedTable]:
    """The data dictionary of an extract."""
    for table in spec.tables:
        columns = []
        for column in table.columns:
            variable = catalogue[table.name][column.name]
            level = catalogue.ladder(variable.ladder)[column.level].label if variable.ladder else ""
            kind = column_of(variable, column, catalogue, spec.pseudonyms).kind
            columns.append(Column(variable.name, variable.label, level, kind, variable.pseudonymised))
        yield ExtractedTable(table.name, catalogue[table.name].label, tuple(columns))


def request_extract(request: SignedIn, pk: int) -> HttpResponse:
    """Show what would be built, then ask for it."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if Role.RESEARCHER not in roles_on(project, request.user, at):
        raise Refused("Only researchers of the project request extracts.")
    if reason := why_not_use(project, request.user, at):
        raise Refused(reason)
    agreement = in_force(project, at)
    release = services.current_release(agreement.scope.dataset)
    if release is None:
        raise Refused(services.why_no_release(agreement.scope.dataset))
    catalogue = described_in(release)
    spec = _specification(agreement.scope, catalogue, release)
    rows = {table.name: release.tables[table.name]["rows"] for table in spec.tables if table.name in release.tables}
    form = forms.ChooseFormats(sent(request), rows=rows)
    if request.method == "POST" and form.is_valid():
        extract = services.request(project, catalogue=catalogue, by=request.user, at=at, **form.cleaned_data)
        messages.success(request, "Extract requested. This page follows the build.")
        return redirect(extract)
    context = {
        "project": project,
        "agreement": agreement,
        "release": release,
        "spec": spec,
        "form": form,
        "cohort": in_words(spec.cohort, catalogue.cohort_frame),
        "tables": list(tables_of(spec, catalogue)),
        "words": linkage_quality.words(release.quality),
        "earlier": list(project.extracts.select_related("release")[:10]),
        "unfinished": project.extracts.filter(state__in=UNFINISHED).first(),
    }
    return render(request, "extracts/request.html", context, status=status_of(form))


def _specification(scope: Any, catalogue: Catalogue, release: Release) -> ExtractSpec:
    """What the agreement comes to on this release. Raises Refused when they do not fit."""
    try:
        return compile_specification(scope, catalogue, release.version)
    except BadSpecification as problem:
        raise Refused(f"The agreement does not fit release {release.version}: {problem}") from problem


def detail(request: SignedIn, pk: int) -> HttpResponse:
    """Where the extract stands, what was agreed, and what was delivered."""
    at = timezone.now()
    extract = _visible(request, pk, at)
    spec = ExtractSpec.from_json(extract.specification)
    catalogue = described_in(extract.release)
    tables, roles = list(tables_of(spec, catalogue)), roles_on(extract.project, request.user, at)
    context = {
        "extract": extract,
        "risk": extract_risk.page_of(extract, request.user, roles, catalogue),
        "spec": spec,
        "cohort": in_words(spec.cohort, catalogue.cohort_frame),
        "tables": tables,
        "total": extract.tables_total or len(tables),
        "columns": sum(len(table.columns) for table in tables),
        "files": _files(extract),
        "openings": list(openings(extract)),
        "actions": allowed_actions(extract, request.user, at),
        "hindrances": hindrances_of(extract, request.user, at),
        "running": extract.state in UNFINISHED,
        "building": extract.state == BUILDING,
        "left": duration(left) if (left := extract.time_left(at)) is not None else "",
        "elapsed": duration(at - extract.state_since),
        "took": duration(extract.delivered_at - extract.created_at) if extract.delivered_at else "",
        "can_be_refreshed": can_be_refreshed(extract, request.user, at),
        "asks_anew": extract.state in {CANCELLED, RECALLED, DESTROYED},
        "user_can_request": Role.RESEARCHER in roles,
        "words": linkage_quality.words(extract.release.quality),
        "sees_agreement": may_see(extract.agreement, request.user, at),
    }
    return render(request, "extracts/detail.html", context)


def _visible(request: SignedIn, pk: int, at: datetime) -> Extract:
    """The extract with everything that its page reads in one query, once it is known to be visible."""
    visible_or_404(Extract, pk, to=request.user, at=at)
    return Extract.objects.select_related(
        "project", "agreement__project", "release", "requested_by", "replaces__project"
    ).get(pk=pk)


def duration(span: timedelta) -> str:
    """A length of time in words: "3 minutes 20 seconds"."""
    seconds = max(0, int(span.total_seconds()))
    units = (("hour", seconds // 3600), ("minute", seconds // 60 % 60), ("second", seconds % 60))
    said = [f"{number} {unit}{'' if number == 1 else 's'}" for unit, number in units if number]
    return " ".join(said[:2]) or "less than a second"


def _files(extract: Extract) -> dict[str, list[dict[str, Any]]]:
    """The delivered files: tables first, then what describes them."""
    data = [file for file in extract.files if file["rows"] is not None]
    return {"data": data, "papers": [file for file in extract.files if file["rows"] is None]}


def openings(extract: Extract) -> Iterator[Opening]:
    """How to open one table in each format in which it was delivered."""
    names = [file["name"] for file in extract.files if file["rows"] is not None]
    stem = names[-1].rpartition(".")[0] if names else ""
    sealed = bool((extract.manifest or {}).get("sealed_under"))
    place, ways = ("", SEALED_OPENED_BY) if sealed else (f"{extract.folder}/", OPENED_BY)
    for one in FORMATS.values():
        if stem + one.suffix in names:
            path = f"{place}{stem}{one.suffix}"
            yield Opening(one.label, tuple((by, code.format(path)) for by, code in ways[one.name]))


def cancel(request: SignedIn, pk: int) -> HttpResponse:
    """Ask once more, then stop the build."""
    at = timezone.now()
    extract = visible_or_404(Extract, pk, to=request.user, at=at)
    if request.method == "POST":
        services.cancel(extract, by=request.user, at=at)
        messages.success(request, "The extract is cancelled. What was built so far is thrown away.")
        return redirect(extract)
    if "cancel" not in allowed_actions(extract, request.user, at):
        raise Refused("This extract cannot be cancelled by you now.")
    return render(request, "extracts/cancel.html", {"extract": extract})


@require_POST
def retry(request: SignedIn, pk: int) -> HttpResponse:
    """Queue an extract that failed or was stopped again, compiled anew."""
    at = timezone.now()
    extract = visible_or_404(Extract, pk, to=request.user, at=at)
    services.retry(extract, catalogue=_present_catalogue(extract), by=request.user, at=at)
    messages.success(request, "The extract is queued again.")
    return redirect(extract)


def refresh(request: SignedIn, pk: int) -> HttpResponse:
    """Say what a newer extract would be built from, then ask for it in place of a delivered one."""
    at = timezone.now()
    extract = _visible(request, pk, at)
    if not can_be_refreshed(extract, request.user, at):
        raise Refused("A researcher of the project refreshes a delivered extract when there is something newer.")
    if request.method == "POST":
        newer = services.request_again(extract, catalogue=_present_catalogue(extract), by=request.user, at=at)
        messages.success(request, "The newer extract is requested. This page follows its build.")
        return redirect(newer)
    release = services.current_release(extract.release.code)
    return render(request, "extracts/refresh.html", {"extract": extract, "release": release, "days": REPLACED_DAYS})


def can_be_refreshed(extract: Extract, person: User, at: datetime) -> bool:
    """Whether this person may ask for a newer extract, and anything newer is there: a release or an agreement."""
    if extract.state != DELIVERED or Role.RESEARCHER not in roles_on(extract.project, person, at):
        return False
    release = services.current_release(extract.release.code)
    agreement = extract.project.agreements.filter(state=IN_FORCE).first()
    newer = release is not None and release.pk != extract.release_id
    return newer or (agreement is not None and agreement.pk != extract.agreement_id)


def _present_catalogue(extract: Extract) -> Catalogue:
    """The catalogue of the release that is published now. Raises Refused when none is."""
    release = services.current_release(extract.release.code)
    if release is None:
        raise Refused(services.why_no_release(extract.release.code))
    return described_in(release)


def decide(request: SignedIn, pk: int) -> HttpResponse:
    """Research support reads how identifying a held extract is, and lets it through or refuses it, with reasons."""
    at = timezone.now()
    extract = _visible(request, pk, at)
    if away := turned_away(request, extract, "let through", keeps=True):
        return away
    page = extract_risk.page_of(
        extract, request.user, roles_on(extract.project, request.user, at), described_in(extract.release)
    )
    if page is None:
        raise Refused("There is nothing to decide on this extract now.")
    form = forms.DecideOnRisk(sent(request), initial={"basis": page.assessment.basis})
    if form.is_valid():
        lets_through = form.cleaned_data["verdict"] == "let_through"
        said = {"basis": form.cleaned_data["basis"], "reasons": form.cleaned_data["reasons"]}
        try:
            (risk.let_through if lets_through else risk.refuse)(extract, **said, by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            done = "You let it through: it is queued." if lets_through else "You refused it. The project reads why."
            messages.success(request, done)
            return redirect(extract)
    context = {"extract": extract, "risk": page, "form": form}
    return render(request, "extracts/decide.html", context, status=status_of(form))
