"""Synthetic twins to download: of one table for anyone, and of what an application asks for."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.catalogue.catalogue import UnknownName
from governance.projects.models import Project
from portal import twins
from portal.access import SignedIn, visible_or_404
from portal.catalogues import described_and_published


@login_not_required
@require_safe
def of_table(request: HttpRequest, code: str, table: str) -> HttpResponseBase:
    """The default variables of a table that is offered to projects."""
    try:
        catalogue, release = described_and_published(code)
        chosen = catalogue[table]
    except UnknownName:
        raise Http404 from None
    if not chosen.requestable:
        raise Http404
    at = timezone.now()
    if not twins.allowed(request, at):
        return too_often(request)
    source = twins.source_of_table(chosen, catalogue, release, rows=twins.size_asked(request), at=at)
    return twins.download(source, f"{code}-{table}-twin")


@require_safe
def of_project(request: SignedIn, pk: int) -> HttpResponseBase:
    """The tables and variables that a project asks for now, for who may see it: a draft is the team's alone."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    source = twins.source_of_project(project, rows=twins.size_asked(request), at=at)
    if source is None:
        messages.error(request, "Choose tables and variables first. A synthetic twin is of what you ask for.")
        return redirect(project)
    if not twins.allowed(request, at):
        return too_often(request)
    return twins.download(source, f"{project.reference}-twin")


def too_often(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)
