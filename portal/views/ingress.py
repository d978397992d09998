"""What projects bring into their workspaces: asked for by the team, looked at by a checker, taken out again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from governance.ingress import services
from governance.ingress.file_rules import most_bytes
from governance.ingress.lifecycle import APPROVED, REMOVING, SUBMITTED
from governance.ingress.models import Ingress, IngressFile, Verdict
from governance.people.grants import projects_of, roles_everywhere, roles_on
from governance.people.models import User
from governance.people.roles import TEAM_ROLES, Role
from governance.projects.models import Project
from governance.workflow import Refused
from portal import clamd, ingress_page
from portal.access import SignedIn, visible_or_404
from portal.entering import sent, status_of, turned_away
from portal.forms import ingress as forms
from portal.forms.outputs import Confirm
from portal.forms.projects import Reasons
from portal.records import allowed_actions, hindrances_of, reads_names

A_PAGE = 50


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """The checkers' queue; everybody else sees what their own projects bring in."""
    person, at = request.user, timezone.now()
    checker = Role.CHECKER in roles_everywhere(person, at)
    found = Ingress.objects.select_related("project", "author__organisation").prefetch_related("files")
    own = found.filter(project__in=projects_of(person, Project.objects.all(), at))
    context = {
        "is_checker": checker,
        "waiting": Paginator(found.filter(state=SUBMITTED).order_by("state_since", "pk"), A_PAGE).get_page(
            request.GET.get("page")
        )
        if checker
        else None,
        "own": list(own[: A_PAGE * 4]),
    }
    return render(request, "ingress/index.html", context)


def new(request: SignedIn, pk: int) -> HttpResponse:
    """Begin to bring something in."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    works_on_it = Role.RESEARCHER in roles_on(project, request.user, at)
    reason = services.why_not_started(project, request.user, at)
    if reason and not (works_on_it and request.method == "POST"):
        messages.error(request, reason)
        return redirect(project)
    form = forms.DescribeIngress(sent(request))
    if form.is_valid():
        try:
            made = services.start(project, form.wish, by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved. Add the files next.")
            return redirect(made)
    context = {"project": project, "form": form, "back": project.get_absolute_url()}
    return render(request, "ingress/describe.html", context, status=status_of(form))


def edit(request: SignedIn, pk: int) -> HttpResponse:
    """Say anew what it is."""
    ingress = visible_or_404(Ingress, pk, to=request.user, at=timezone.now())
    if away := turned_away(request, ingress, "edit", keeps=True):
        return away
    form = forms.DescribeIngress(sent(request), initial=forms.stored(ingress))
    if form.is_valid():
        try:
            services.edit(ingress, form.wish, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect(ingress)
    context = {"project": ingress.project, "ingress": ingress, "form": form, "back": ingress.get_absolute_url()}
    return render(request, "ingress/describe.html", context, status=status_of(form))


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    """What is to come in, what there is to look at, what was decided, what next."""
    at = timezone.now()
    ingress = visible_or_404(Ingress, pk, to=request.user, at=at)
    return render(request, "ingress/detail.html", context_of(ingress, request.user, at))


def context_of(ingress: Ingress, person: User, at: datetime) -> dict[str, Any]:
    roles, actions = roles_on(ingress.project, person, at), allowed_actions(ingress, person, at)
    files = [(file, ingress_page.to_look_at(file)) for file in ingress.files.all()]
    return {
        "ingress": ingress,
        "project": ingress.project,
        "files": files,
        "actions": actions,
        "hindrances": hindrances_of(ingress, person, at),
        "decides": bool({"approve", "return", "refuse"} & actions),
        "working": ingress.state in {APPROVED, REMOVING},
        "reviews": list(ingress.reviews.select_related("checker")),
        "named": reads_names(roles),
        "on_team": bool(roles & TEAM_ROLES),
        "reads": ingress_page.may_read(ingress, person, at),
    }


def add_file(request: SignedIn, pk: int) -> HttpResponse:
    """Upload files. Those that are taken are kept, of each other one the page says why it is not."""
    at = timezone.now()
    ingress = visible_or_404(Ingress, pk, to=request.user, at=at)
    if away := turned_away(request, ingress, "edit"):
        return away
    form = forms.AddIngressFiles(sent(request), request.FILES if request.method == "POST" else None, kind=ingress.kind)
    if form.is_valid():
        kept = [one.name for one in form.cleaned_data["chosen"] if _kept(ingress, one, form, request.user, at)]
        if kept:
            messages.success(request, f"{', '.join(kept)} added.")
        if not form.errors:
            return redirect(ingress)
    return render(request, "ingress/add_file.html", {"ingress": ingress, "form": form}, status=status_of(form))


def _kept(ingress: Ingress, file: Any, form: forms.AddIngressFiles, by: User, at: datetime) -> bool:
    content = file.read(most_bytes() + 1)
    try:
        services.add_file(ingress, name=file.name, content=content, scanner=clamd.scanner, by=by, at=at)
    except Refused as refusal:
        form.add_error("chosen", str(refusal))
        return False
    return True


@require_safe
def file(request: SignedIn, pk: int, file: int) -> HttpResponseBase:
    """One file as text, a page of lines at a time, for who reviews it and the project's researchers."""
    at = timezone.now()
    ingress = visible_or_404(Ingress, pk, to=request.user, at=at)
    stored = _file_or_404(ingress, file)
    if not (ingress_page.may_read(ingress, request.user, at) and stored.can_be_opened):
        raise Http404
    if "whole" in request.GET:
        return _whole(ingress, stored, request.user, at)
    page = Paginator(ingress_page.read_lines(stored), ingress_page.A_PAGE).get_page(request.GET.get("page"))
    ingress_page.record_opening(ingress, stored, f"page {page.number}", by=request.user, at=at)
    first = page.start_index()
    context = {
        "ingress": ingress,
        "file": stored,
        "page": page,
        "lines": ingress_page.shown(list(page), first=first, flagged=ingress_page.flagged_lines(stored)),
        "hints": ingress_page.to_look_at(stored),
        "decides": bool({"approve"} & allowed_actions(ingress, request.user, at)),
    }
    return render(request, "ingress/file.html", context)


def _whole(ingress: Ingress, stored: IngressFile, person: User, at: datetime) -> FileResponse:
    """The file's bytes, to be looked at with tools of one's own."""
    services.content_of(stored)  # refuses bytes that are not those that were uploaded
    ingress_page.record_opening(ingress, stored, "the whole file", by=person, at=at)
    response = FileResponse(
        stored.content.open("rb"), as_attachment=True, filename=stored.name, content_type="application/octet-stream"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _file_or_404(ingress: Ingress, pk: int) -> IngressFile:
    return get_object_or_404(ingress.files.select_related("ingress__project"), pk=pk)


@require_POST
def remove_file(request: SignedIn, pk: int, file: int) -> HttpResponse:
    """Take a file off again; it can be uploaded anew."""
    at = timezone.now()
    ingress = visible_or_404(Ingress, pk, to=request.user, at=at)
    stored = _file_or_404(ingress, file)
    services.remove_file(stored, by=request.user, at=at)
    messages.success(request, f"{stored.name} removed.")
    return redirect(ingress)


@require_POST
def rescan(request: SignedIn, pk: int, file: int) -> HttpResponse:
    """Send a file to the malware scanner again."""
    at = timezone.now()
    ingress = visible_or_404(Ingress, pk, to=request.user, at=at)
    stored = services.rescan(_file_or_404(ingress, file), scanner=clamd.scanner, by=request.user, at=at)
    if stored.can_be_opened:
        messages.success(request, f"{stored.name} was scanned and can be opened.")
    else:
        messages.error(request, f"{stored.name} stays closed. {stored.scan_note}")
    return redirect(ingress)


def submit(request: SignedIn, pk: int) -> HttpResponse:
    """Say what will happen, then hand it in."""
    at = timezone.now()
    ingress = visible_or_404(Ingress, pk, to=request.user, at=at)
    if away := turned_away(request, ingress, "submit"):
        return away
    if request.method == "POST":
        services.submit(ingress, by=request.user, at=at)
        messages.success(request, "Submitted. A checker reads the files before they come in.")
        return redirect(ingress)
    return render(request, "ingress/submit.html", {"ingress": ingress, "files": ingress.files.all()})


def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Ask once more, then end it."""
    at = timezone.now()
    ingress = visible_or_404(Ingress, pk, to=request.user, at=at)
    if away := turned_away(request, ingress, "withdraw"):
        return away
    form = Confirm(sent(request), sentence="I do not want to bring these files in")
    if form.is_valid():
        services.withdraw(ingress, by=request.user, at=at)
        messages.success(request, "It is withdrawn.")
        return redirect(ingress)
    return render(request, "ingress/withdraw.html", {"ingress": ingress, "form": form}, status=status_of(form))


def decide(request: SignedIn, pk: int) -> HttpResponse:
    """A checker's decision on the files of this round."""
    at = timezone.now()
    ingress = visible_or_404(Ingress, pk, to=request.user, at=at)
    if away := turned_away(request, ingress, "approve", keeps=True):
        return away
    form = forms.DecideIngress(sent(request))
    if form.is_valid():
        given = form.cleaned_data
        try:
            ingress = services.decide(
                ingress,
                Verdict(given["verdict"]),
                reasons=given["reasons"],
                round=given["round"],
                by=request.user,
                at=at,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your decision is recorded.")
            return redirect(ingress)
    files = [(one, ingress_page.to_look_at(one)) for one in ingress.files.all()]
    context = {"ingress": ingress, "form": form, "files": files}
    return render(request, "ingress/decide.html", context, status=status_of(form))


@require_POST
def try_again(request: SignedIn, pk: int) -> HttpResponse:
    """Hand what was approved, and stopped, to the worker again."""
    at = timezone.now()
    ingress = visible_or_404(Ingress, pk, to=request.user, at=at)
    services.try_again(ingress, by=request.user, at=at)
    messages.success(request, "The worker tries again.")
    return redirect(ingress)


def remove(request: SignedIn, pk: int) -> HttpResponse:
    """Have it taken out of the workspace, with a reason."""
    at = timezone.now()
    ingress = visible_or_404(Ingress, pk, to=request.user, at=at)
    if away := turned_away(request, ingress, "remove", keeps=True):
        return away
    form = Reasons(sent(request))
    if form.is_valid():
        try:
            services.remove(ingress, reasons=form.cleaned_data["reasons"], by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The worker takes it out of the workspace.")
            return redirect(ingress)
    return render(request, "ingress/remove.html", {"ingress": ingress, "form": form}, status=status_of(form))
