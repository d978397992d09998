"""Incidents: reported by anybody who is signed in, followed up by research support, read by auditors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from governance.audit import trail
from governance.incidents import services
from governance.incidents.clock import left_in_words
from governance.incidents.models import Incident, IncidentPerson, IncidentProject, Regulator
from governance.people.grants import roles_everywhere
from governance.people.models import User
from governance.people.models.standing import Level
from governance.people.roles import Role
from governance.projects.models import Project
from governance.workflow import Refused
from portal.access import SignedIn, note_view, one_of_or_404, visible_or_404
from portal.downloads import as_file
from portal.entering import sent, status_of, turned_away
from portal.forms import incidents as forms
from portal.forms.projects import Reasons
from portal.records import allowed_actions, hindrances_of

A_PAGE = 50
STAFF = frozenset({Role.SUPPORT, Role.AUDITOR})
COLUMNS = (
    "reference", "kind", "state", "level", "noticed_at", "reported_at", "reported_by", "projects", "people",
    "regulator", "regulator_due_at", "regulator_told_at", "institution_told_on", "contained_at", "what_happened",
    "reasons", "actions", "lessons",
)  # fmt: skip


def _is_staff(person: User, at: datetime) -> bool:
    return bool(roles_everywhere(person, at) & STAFF)


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """The register for research support and auditors; everybody else reads their own reports."""
    person = request.user
    staff = _is_staff(person, timezone.now())
    found = Incident.for_staff(person) if staff else Incident.objects.filter(person=person)
    shown = found.defer("text", "about", "because", "actions", "lessons").select_related("person__organisation")
    context = {"page": Paginator(shown, A_PAGE).get_page(request.GET.get("page")), "staff": staff}
    return render(request, "incidents/index.html", context)


@require_safe
def export(request: SignedIn) -> HttpResponse:
    """The register as CSV. The download is on the trail."""
    one_of_or_404(request.user, STAFF)
    trail.append(actor=request.user, action="download incidents", at=timezone.now())
    return as_file("csv", "gatehouse-incidents", COLUMNS, rows_for(request.user))


def rows_for(person: User) -> Iterator[tuple[Any, ...]]:
    """A row for each incident that the person may read of, in the order of COLUMNS. Times are in UTC."""
    found = Incident.for_staff(person).select_related("person")
    for one in found.prefetch_related("projects__project", "people__person"):
        yield (
            one.reference, one.get_kind_display(), one.state, one.level, one.noticed_at.isoformat(),
            one.created_at.isoformat(), one.person.username,
            " ".join(link.project.reference for link in one.projects.all()),
            " ".join(link.person.username for link in one.people.all()),
            one.regulator, one.regulator_due_at.isoformat() if one.regulator == Regulator.NEEDED else "",
            one.regulator_told_at.isoformat() if one.regulator_told_at else "", one.institution_told_on,
            one.contained_at.isoformat() if one.contained_at else "", one.text, one.because, one.actions, one.lessons,
        )  # fmt: skip


def report(request: SignedIn) -> HttpResponse:
    """Report something. Anybody who is signed in can, whatever else is closed to them."""
    at = timezone.now()
    form = forms.ReportIncident(sent(request), now=at)
    if form.is_valid():
        given = form.cleaned_data
        said = {"kind": given["kind"], "text": given["text"], "about": given["about"]}
        try:
            incident = services.report(noticed_at=given["moment"], **said, by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Thank you. Research support follows it up as {incident.reference}.")
            return redirect(incident)
    return render(request, "incidents/report.html", {"form": form}, status=status_of(form))


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    """All of it for research support and auditors; their own report, and how far it is, for who reported it."""
    at, person = timezone.now(), request.user
    incident = visible_or_404(Incident, pk, to=person, at=at)
    if not _is_staff(person, at) or incident.names(person):
        return render(request, "incidents/own.html", {"incident": incident})
    people = list(incident.people.select_related("person__organisation", "sanction"))
    context = {
        "incident": incident,
        "level": incident.what_level,
        "projects": list(incident.projects.select_related("project")),
        "people": people,
        "without_sanction": incident.is_serious and any(link.sanction_id is None for link in people),
        "left": left_in_words(incident.noticed_at, at),
        "late": at > incident.regulator_due_at,
        "actions": allowed_actions(incident, person, at),
        "hindrances": hindrances_of(incident, person, at),
        "may_sanction": Role.SUPPORT in roles_everywhere(person, at),
    }
    return render(request, "incidents/detail.html", context)


def _step(
    request: SignedIn,
    pk: int,
    action: str,
    form_of: Callable[[Incident, datetime], BaseForm],
    take: Callable[[Incident, dict[str, Any], datetime], object],
    template: str,
    told: str,
) -> HttpResponse:
    """One page of research support's: say what, keep it, go back to the incident."""
    at = timezone.now()
    incident = visible_or_404(Incident, pk, to=request.user, at=at)
    if away := turned_away(request, incident, action, keeps=True):
        return away
    form = form_of(incident, at)
    if form.is_valid():
        try:
            take(incident, form.cleaned_data, at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, told)
            return redirect(incident)
    context = {"incident": incident, "form": form, "left": left_in_words(incident.noticed_at, at)}
    return render(request, f"incidents/{template}.html", context, status=status_of(form))


def assess(request: SignedIn, pk: int) -> HttpResponse:
    """Set the level, and say whether the regulator has to be told."""

    def form(incident: Incident, at: datetime) -> BaseForm:
        level = "" if incident.level is None else str(incident.level)
        first = {"level": level, "regulator": incident.regulator, "because": incident.because}
        return forms.Assess(sent(request), initial=first)

    def take(incident: Incident, given: dict[str, Any], at: datetime) -> object:
        level, regulator = Level(given["level"]), Regulator(given["regulator"])
        because = given["because"]
        return services.assess(incident, level=level, regulator=regulator, because=because, by=request.user, at=at)

    return _step(request, pk, "assess", form, take, "assess", "The incident is assessed.")


def follow_up(request: SignedIn, pk: int) -> HttpResponse:
    """Keep what was done and learned, and when the institution was informed."""
    return _step(
        request,
        pk,
        "record",
        lambda incident, at: forms.FollowUp(sent(request), initial=forms.kept(incident)),
        lambda incident, given, at: services.record(incident, **given, by=request.user, at=at),
        "follow_up",
        "Saved.",
    )


def add_project(request: SignedIn, pk: int) -> HttpResponse:
    """Link a project."""
    return _step(
        request,
        pk,
        "record",
        lambda incident, at: forms.LinkProject(sent(request)),
        lambda incident, given, at: services.link_project(incident, given["project"], by=request.user, at=at),
        "add_project",
        "The project is linked.",
    )


def add_person(request: SignedIn, pk: int) -> HttpResponse:
    """Link a person, who reads nothing of the incident from then on."""

    def take(incident: Incident, given: dict[str, Any], at: datetime) -> object:
        return services.link_person(incident, given["person"], part=given["part"], by=request.user, at=at)

    def form(incident: Incident, at: datetime) -> BaseForm:
        return forms.LinkPerson(sent(request))

    return _step(request, pk, "record", form, take, "add_person", "The person is linked.")


@require_POST
def remove_project(request: SignedIn, pk: int, link: int) -> HttpResponse:
    """Take the link to a project away."""
    at = timezone.now()
    incident = visible_or_404(Incident, pk, to=request.user, at=at)
    stored = get_object_or_404(
        IncidentProject.objects.select_related("project", "incident"), pk=link, incident=incident
    )
    services.unlink_project(stored, by=request.user, at=at)
    messages.success(request, f"{stored.project.reference} is no longer linked.")
    return redirect(incident)


@require_POST
def remove_person(request: SignedIn, pk: int, link: int) -> HttpResponse:
    """Take the link to a person away."""
    at = timezone.now()
    incident = visible_or_404(Incident, pk, to=request.user, at=at)
    stored = get_object_or_404(IncidentPerson.objects.select_related("person", "incident"), pk=link, incident=incident)
    services.unlink_person(stored, by=request.user, at=at)
    messages.success(request, f"{stored.person} is no longer linked.")
    return redirect(incident)


def regulator(request: SignedIn, pk: int) -> HttpResponse:
    """Keep that the regulator was told."""

    def take(incident: Incident, given: dict[str, Any], at: datetime) -> object:
        said = {"told_at": given["moment"], "note": given["note"]}
        return services.tell_regulator(incident, **said, by=request.user, at=at)

    def form(incident: Incident, at: datetime) -> BaseForm:
        return forms.TellRegulator(sent(request), now=at)

    return _step(request, pk, "tell regulator", form, take, "regulator", "That the regulator was told is on record.")


def contain(request: SignedIn, pk: int) -> HttpResponse:
    """Keep that it is contained, since when and how."""

    def take(incident: Incident, given: dict[str, Any], at: datetime) -> object:
        said = {"contained_at": given["moment"], "how": given["how"]}
        return services.contain(incident, **said, by=request.user, at=at)

    def form(incident: Incident, at: datetime) -> BaseForm:
        return forms.Contain(sent(request), now=at)

    return _step(request, pk, "contain", form, take, "contain", "The incident is contained.")


@require_POST
def close(request: SignedIn, pk: int) -> HttpResponse:
    """End it."""
    at = timezone.now()
    incident = visible_or_404(Incident, pk, to=request.user, at=at)
    services.close(incident, by=request.user, at=at)
    messages.success(request, "The incident is closed.")
    return redirect(incident)


def reopen(request: SignedIn, pk: int) -> HttpResponse:
    """Take it up again, with a reason."""
    return _step(
        request,
        pk,
        "reopen",
        lambda incident, at: Reasons(sent(request)),
        lambda incident, given, at: services.reopen(incident, reasons=given["reasons"], by=request.user, at=at),
        "reopen",
        "The incident is open again.",
    )


@require_safe
def of_project(request: SignedIn, pk: int, incident: int) -> HttpResponse:
    """What the lead of a project is told of an incident in it: no names, and nothing that anybody wrote."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    one = Incident.for_lead(project, request.user).filter(pk=incident).first()
    if one is None:
        raise Http404
    note_view(one, by=request.user, at=at)
    context = {"project": project, "incident": one, "level": one.what_level}
    return render(request, "incidents/of_project.html", context)
