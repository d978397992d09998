"""Publications of a project: recorded, corrected and withdrawn by its team, hidden by research support."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from governance.people.grants import roles_on
from governance.people.roles import Role
from governance.projects.models import Project
from governance.publications import services
from governance.publications.models import Publication
from governance.workflow import Refused
from portal.access import SignedIn, visible_or_404
from portal.entering import sent, status_of, turned_away
from portal.forms import publications as forms
from portal.forms.projects import Reasons
from portal.records import allowed_actions, hindrances_of


def new(request: SignedIn, pk: int) -> HttpResponse:
    """Record one."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    works_on_it = Role.RESEARCHER in roles_on(project, request.user, at)
    reason = services.why_not_recorded(project, request.user, at)
    if reason and not (works_on_it and request.method == "POST"):
        messages.error(request, reason)
        return redirect(project)
    form = forms.DescribePublication(sent(request), project=project, at=at)
    if form.is_valid():
        try:
            made = services.record(project, form.citation, outputs=form.chosen, by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The publication is in the public register.")
            return redirect(made)
    context = {"project": project, "form": form, "back": project.get_absolute_url()}
    return render(request, "publications/describe.html", context, status=status_of(form))


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    """What is on record of it, and what this person can do with it."""
    at = timezone.now()
    publication = visible_or_404(Publication, pk, to=request.user, at=at)
    context = {
        "publication": publication,
        "project": publication.project,
        "outputs": services.can_rest_on(publication.project).filter(publications=publication),
        "actions": allowed_actions(publication, request.user, at),
        "hindrances": dict.fromkeys(hindrances_of(publication, request.user, at).values()),
    }
    return render(request, "publications/detail.html", context)


def correct(request: SignedIn, pk: int) -> HttpResponse:
    """Say it anew."""
    at = timezone.now()
    publication = visible_or_404(Publication, pk, to=request.user, at=at)
    if away := turned_away(request, publication, "correct", keeps=True):
        return away
    form = forms.DescribePublication(sent(request), project=publication.project, at=at, publication=publication)
    if form.is_valid():
        try:
            services.correct(publication, form.citation, outputs=form.chosen, by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The publication is corrected.")
            return redirect(publication)
    context = {
        "project": publication.project,
        "publication": publication,
        "form": form,
        "back": publication.get_absolute_url(),
    }
    return render(request, "publications/describe.html", context, status=status_of(form))


def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take it out of the register for good, with a reason, after a page that says so."""
    return _taken_out(request, pk, "withdraw", services.withdraw, "The publication is withdrawn.")


def hide(request: SignedIn, pk: int) -> HttpResponse:
    """Research support takes it out of the register, with a reason that the team reads."""
    return _taken_out(request, pk, "hide", services.hide, "The register does not show the publication any more.")


def _taken_out(request: SignedIn, pk: int, action: str, take: Callable[..., Publication], told: str) -> HttpResponse:
    at = timezone.now()
    publication = visible_or_404(Publication, pk, to=request.user, at=at)
    if away := turned_away(request, publication, action, keeps=True):
        return away
    form = Reasons(sent(request))
    if form.is_valid():
        try:
            take(publication, reasons=form.cleaned_data["reasons"], by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, told)
            return redirect(publication)
    context = {"publication": publication, "project": publication.project, "form": form}
    return render(request, f"publications/{action}.html", context, status=status_of(form))


@require_POST
def show_again(request: SignedIn, pk: int) -> HttpResponse:
    """Research support puts it into the register again."""
    at = timezone.now()
    publication = visible_or_404(Publication, pk, to=request.user, at=at)
    services.show_again(publication, by=request.user, at=at)
    messages.success(request, "The publication is in the public register again.")
    return redirect(publication)
