"""Pages of the request itself: queue, begin, change, record, submit, withdraw."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from django.contrib import messages
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from extracts.disclosure.report import Report as FullReport
from governance.outputs import services
from governance.outputs.lifecycle import (
    AUTHORS_TURN,
    CHECKERS_TURN,
    CHECKING,
    CLEARED,
    RELEASED,
    RELEASING,
)
from governance.outputs.models import Check, Clearance, FileRole, OutputRequest, Report
from governance.people.grants import projects_of, roles_everywhere, roles_on
from governance.people.models import User
from governance.people.roles import TEAM_ROLES, Role
from governance.projects.models import Member, Project
from governance.workflow import Refused
from portal.access import SignedIn, visible_or_404
from portal.entering import refuse_unless_allowed, sent, status_of
from portal.forms import outputs as forms
from portal.output_files import ON_THE_RECORD, parts, rehearse, repairs_of, report_of
from portal.records import allowed_actions, hindrances_of, reads_names
from portal.sight import Sight, record_opening, sight_of

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

GRAVITY = Case(
    When(verdict="fail", then=Value(0)),
    When(verdict="review", then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)
# How many requests a list shows, and how many files a record shows in full.
MOST_LISTED = 200
MOST_IN_FULL = 10


def index(request: SignedIn) -> HttpResponse:
    """The checkers' queue; everybody else sees the requests of their own projects."""
    person, at = request.user, timezone.now()
    checker = Role.CHECKER in roles_everywhere(person, at)
    context: dict[str, Any] = {"is_checker": checker}
    if checker:
        waiting = list(queue(person).filter(state__in=CHECKERS_TURN)[:MOST_LISTED])
        context["waiting"] = waiting
        context["to_decide"] = sum(not (output.mine or output.too_close) for output in waiting)
        context["cleared"] = list(queue(person).filter(state=CLEARED)[:MOST_LISTED])
    own = OutputRequest.objects.filter(project__in=projects_of(person, Project.objects.all(), at))
    context["own"] = list(own.select_related("project", "author")[:MOST_LISTED])
    return render(request, "outputs/index.html", context)


class Queued(TypedDict):
    """What the queue shows of a request beside its own fields. `verdict` and `waiting_since` come of its report."""

    verdict: str | None
    waiting_since: datetime | None
    mine: bool
    on_team: bool
    of_own_organisation: bool
    to_release: int
    evidence: int
    too_close: bool


def queue(person: User) -> QuerySet[WithAnnotations[OutputRequest, Queued]]:
    """Requests with what the queue shows of each: the gravest first, of these the one that waits longest.

    Of decisions it says only whether this person has taken theirs.
    """
    reports = Report.objects.filter(request=OuterRef("pk"), round=OuterRef("round"))
    checks = Check.objects.filter(request=OuterRef("pk"), round=OuterRef("round"), checker=person)
    team = Member.objects.filter(project=OuterRef("project"), person=person)
    colleagues = Member.objects.filter(project=OuterRef("project"), person__organisation=person.organisation_id)
    close = Q(on_team=True) | Q(author=person)
    if person.organisation_id:
        close |= Q(of_own_organisation=True) | Q(author__organisation=person.organisation_id)
    else:
        close = Q(pk__isnull=False)  # whoever belongs to no organisation on record checks nothing
    return (
        OutputRequest.objects.select_related("project", "author__organisation")
        .annotate(
            verdict=Subquery(reports.values("verdict")[:1]),
            waiting_since=Subquery(reports.values("made_at")[:1]),
            mine=Exists(checks),
            on_team=Exists(team),
            of_own_organisation=Exists(colleagues),
            to_release=Count("files", filter=Q(files__role=FileRole.OUTPUT)),
            evidence=Count("files", filter=Q(files__role=FileRole.EVIDENCE)),
        )
        .annotate(too_close=Case(When(close, then=Value(True)), default=Value(False)))
        .order_by(GRAVITY, "waiting_since", "pk")
    )


def new(request: SignedIn, pk: int) -> HttpResponse:
    """Begin a request on a project."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if Role.RESEARCHER not in roles_on(project, request.user, at):
        raise Refused("Only researchers of the project ask for outputs.")
    form = forms.Request(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            output = services.start(project, **form.cleaned_data, by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Request started. Add the files that you want to take out.")
            return redirect(output)
    context = {"project": project, "form": form, "earlier": earlier_releases(project)}
    return render(request, "outputs/new.html", context, status=status_of(form))


def edit(request: SignedIn, pk: int) -> HttpResponse:
    """Change title, context or clearance."""
    at = timezone.now()
    output = visible_or_404(OutputRequest, pk, to=request.user, at=at)
    refuse_unless_allowed(output, "edit", request.user, at)
    before = {"title": output.title, "context": output.context, "clearance": output.clearance}
    form = forms.Request(sent(request), initial=before)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit(output, **form.cleaned_data, by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect(output)
    return render(request, "outputs/edit.html", {"output": output, "form": form}, status=status_of(form))


def detail(request: SignedIn, pk: int) -> HttpResponse:
    """The record: what is asked, its files, what the rules found, what checkers decided, what next.

    Posted, it applies the rules to the files as they are now, and stores nothing.
    """
    at = timezone.now()
    person = request.user
    output = visible_or_404(OutputRequest, pk, to=person, at=at)
    if request.method != "POST":
        return render(request, "outputs/detail.html", context_of(output, person, None, at))
    refuse_unless_allowed(output, "edit", person, at)
    try:
        rehearsal = rehearse(output)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(output)
    return render(request, "outputs/detail.html", context_of(output, person, rehearsal, at))


def context_of(output: OutputRequest, person: User, rehearsal: FullReport | None, at: datetime) -> dict[str, Any]:
    """The variables of the record page. Each file whose content it shows is put on the trail as opened."""
    files, actions = list(output.files.all()), allowed_actions(output, person, at)
    roles, working = roles_on(output.project, person, at), output.state in {CHECKING, RELEASING}
    shown = rehearsal or report_of(output)
    # The page asks for itself again and again while the worker is at it: nobody reads cells from that.
    sight = Sight.NOTHING if working else sight_of(output, person, at)
    judged = parts(files, shown, sight, ON_THE_RECORD)[:MOST_IN_FULL] if shown else []
    opened = [part.file for part in judged if part.is_opened and part.file]
    record_opening(output, opened, sight.value, by=person, at=at)
    checks = list(output.checks_visible_to(person).select_related("checker").order_by("-round", "decided_at"))
    return {
        "output": output,
        "clearance": Clearance(output.clearance).label,
        "files": files,
        "to_release": [file for file in files if file.role == FileRole.OUTPUT],
        "evidence": [file for file in files if file.role == FileRole.EVIDENCE],
        "described": all(file.is_described for file in files if file.role == FileRole.OUTPUT),
        "actions": actions,
        "hindrances": hindrances_of(output, person, at),
        "is_draft": output.state in AUTHORS_TURN,
        "working": working,
        "report": shown,
        "rehearsal": rehearsal is not None,
        "parts": judged,
        "repairs": repairs_of(output, sight) if not rehearsal else [],
        "more_parts": max(0, len(shown.files) - MOST_IN_FULL) if shown else 0,
        "now": [one for one in checks if one.round == output.round],
        "before": [one for one in checks if one.round < output.round],
        "disagree": disagree(output, checks),
        "decided": any(one.checker_id == person.pk and one.round == output.round for one in checks),
        "on_team": bool(roles & TEAM_ROLES),
        # Deciders are anonymous to applicants, here as in the history.
        "named": reads_names(roles),
        "earlier": earlier_releases(output.project, but=output),
    }


def disagree(output: OutputRequest, checks: list[Check]) -> bool:
    """Whether both checkers of this round have decided, one way and the other. Never said while it is blind."""
    now = [one.verdict for one in checks if one.round == output.round]
    return output.state not in CHECKERS_TURN and len(now) > 1 and len(set(now)) > 1


def earlier_releases(project: Project, *, but: OutputRequest | None = None, most: int = 10) -> list[OutputRequest]:
    """What the project has taken out already, newest first: new results must not undo what was hidden there."""
    released = project.output_requests.filter(state=RELEASED)
    if but is not None:
        released = released.exclude(pk=but.pk)
    return list(released.prefetch_related("files").order_by("-released_at")[:most])


def submit(request: SignedIn, pk: int) -> HttpResponse:
    """Say what will happen, then hand the request in."""
    at = timezone.now()
    output = visible_or_404(OutputRequest, pk, to=request.user, at=at)
    if request.method == "POST":
        output = services.submit(output, by=request.user, at=at)
        messages.success(request, "Submitted. The disclosure rules are applied first, then two people check.")
        return redirect(output)
    refuse_unless_allowed(output, "submit", request.user, at)
    return render(request, "outputs/submit.html", {"output": output, "files": list(output.files.all())})


def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Ask once more, then end the request."""
    at = timezone.now()
    output = visible_or_404(OutputRequest, pk, to=request.user, at=at)
    refuse_unless_allowed(output, "withdraw", request.user, at)
    form = forms.Confirm(sent(request), sentence="I want to end this request for good")
    if request.method == "POST" and form.is_valid():
        output = services.withdraw(output, by=request.user, at=at)
        messages.success(request, "The request is withdrawn.")
        return redirect(output)
    context = {"output": output, "form": form}
    return render(request, "outputs/withdraw.html", context, status=status_of(form))
