"""The pages of boards: declare interests, decide; what applicants do with an offer; pausing and revoking."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from governance.agreements import services as agreements
from governance.catalogue.catalogue import Catalogue
from governance.people.grants import roles_on
from governance.people.models import local_day
from governance.projects import services
from governance.projects.lifecycle import ETHICS, OWNERS, TRIAGE
from governance.projects.models import Project
from governance.workflow import Refused
from portal import deciding, project_page
from portal.access import SignedIn, visible_or_404
from portal.catalogues import described
from portal.entering import sent, status_of, turned_away
from portal.forms import deciding as forms
from portal.forms.projects import Reasons


def interests(request: SignedIn, pk: int) -> HttpResponse:
    """Say whether there is a conflict of interest, before the first vote on this application."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if away := turned_away(request, project, "declare", keeps=True):
        return away
    form = forms.Interests(sent(request))
    if form.is_valid():
        conflict = form.cleaned_data["conflict"] == "yes"
        try:
            services.declare_interest(
                project, conflict=conflict, details=form.cleaned_data["details"], by=request.user, at=at
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if conflict:
                messages.success(request, "Your conflict of interest is on record: others decide.")
                return redirect(project)
            return redirect("project_decide", pk)
    context = {"project": project, "form": form, "members": project_page.team_of(project, local_day(at))}
    return render(request, "projects/interests.html", context, status=status_of(form))


def decide(request: SignedIn, pk: int) -> HttpResponse:
    """One form for the board that the person sits on: a vote, and reasons."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    roles, catalogue = roles_on(project, request.user, at), described(project.dataset)
    board = deciding.board_of(request.POST.get("board", project.state), roles)
    if board is None:
        messages.error(request, "There is nothing for you to decide on this application now.")
        return redirect(project)
    if project.interest_of(request.user) is None and board.state == project.state:
        return redirect("project_interests", pk)
    if away := turned_away(request, project, board.action, keeps=True):
        return away
    asked = project_page.asked_context(project, request.user, roles, catalogue)
    form = form_for(board, request, project, asked, catalogue, at)
    if form.is_valid():
        try:
            deciding.record(
                project,
                board,
                form.choice,
                reasons=form.cleaned_data["reasons"],
                round=form.cleaned_data["round"],
                questions=form.questions_to_change,
                more=form.more(),
                catalogue=catalogue,
                by=request.user,
                at=at,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, form.choice.done)
            return redirect(project)
    context = {
        **asked,
        **project_page.decided_context(project, request.user, roles, catalogue),
        "form": form,
        "board": board,
        "members": project_page.team_of(project, local_day(at)),
    }
    return render(request, "projects/decide.html", context, status=status_of(form))


def form_for(
    board: deciding.Board,
    request: SignedIn,
    project: Project,
    asked: dict[str, Any],
    catalogue: Catalogue,
    at: datetime,
) -> forms.Decide:
    """The form of this board."""
    given: dict[str, Any] = {
        "board": board,
        "project": project,
        "questions": [(question.key, question.label) for question in project.form.questions],
    }
    if board.state == TRIAGE:
        return forms.DecideInTriage(sent(request), **given)
    if board.state == OWNERS:
        return forms.DecideForOwner(sent(request), tables=asked["own_tables"], catalogue=catalogue, **given)
    if board.state == ETHICS:
        return forms.DecideOnEthics(sent(request), today=local_day(at), **given)
    return forms.Decide(sent(request), **given)


@require_POST
def take(request: SignedIn, pk: int) -> HttpResponse:
    """The applicants go on with the reduced project."""
    project = visible_or_404(Project, pk, to=request.user, at=timezone.now())
    catalogue = described(project.dataset)
    services.take(project, catalogue=catalogue, by=request.user, at=timezone.now())
    messages.success(request, "You took the reduced project. The accreditation panel decides next.")
    return redirect(project)


@require_POST
def revise(request: SignedIn, pk: int) -> HttpResponse:
    """The applicants change the application instead."""
    project = visible_or_404(Project, pk, to=request.user, at=timezone.now())
    services.revise(project, by=request.user, at=timezone.now())
    messages.success(request, "The application is yours to change. Every board decides anew once you submit it.")
    return redirect(project)


def pause(request: SignedIn, pk: int) -> HttpResponse:
    """Stop the clocks of an application, with a reason that its team reads."""
    return with_reasons(
        request,
        pk,
        "pause",
        services.pause,
        "projects/pause.html",
        "The application is paused. Its clocks stand still.",
    )


@require_POST
def take_up(request: SignedIn, pk: int) -> HttpResponse:
    """The clocks of a paused application go on."""
    project = visible_or_404(Project, pk, to=request.user, at=timezone.now())
    services.take_up(project, by=request.user, at=timezone.now())
    messages.success(request, "The application goes on.")
    return redirect(project)


def revoke(request: SignedIn, pk: int) -> HttpResponse:
    """End a project at once for all its members, with a reason, after a page that says so."""
    done = "The project is revoked: nobody can use its data any more."
    return with_reasons(request, pk, "revoke", agreements.revoke_project, "projects/revoke.html", done)


def with_reasons(request: SignedIn, pk: int, action: str, service: Any, template: str, done: str) -> HttpResponse:
    """A page that asks for reasons, takes one action on a project and goes back to it."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if away := turned_away(request, project, action, keeps=True):
        return away
    form = Reasons(sent(request))
    if form.is_valid():
        try:
            service(project, reasons=form.cleaned_data["reasons"], by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect(project)
    return render(request, template, {"project": project, "form": form}, status=status_of(form))
