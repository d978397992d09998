"""Pages of permissions: who holds which role of the service, what each may do, an auditor's look at a draft."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.people.lifecycle import GIVEN, PROPOSED
from governance.people.models import RoleGrant, local_day
from governance.people.roles import Role
from governance.permissions import services
from governance.workflow import Refused
from portal import matrix, project_page
from portal.access import SignedIn, auditor_or_404, one_of_or_404, visible_or_404
from portal.catalogues import described
from portal.entering import sent, status_of, turned_away
from portal.forms import permissions as forms
from portal.records import allowed_actions, hindrances_of

PAGE = 50
SEES_ROLES = frozenset({Role.SUPPORT, Role.AUDITOR})
ALONG = ("person__organisation", "proposed_by", "confirmed_by", "stands_in_for")


@login_not_required
@require_safe
def permission_matrix(request: HttpRequest) -> HttpResponse:
    """Which role may do what in which state, of every kind of record, as the code reads it."""
    return render(request, "roles/matrix.html", {"tables": matrix.tables()})


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """Proposals first, then who holds which role since when, until when and why."""
    at = timezone.now()
    held = one_of_or_404(request.user, SEES_ROLES)
    grants = RoleGrant.objects.select_related(*ALONG).exclude(role=Role.WORKER)
    grants = grants.prefetch_related("stands_in_for__role_grants")
    if not request.GET.get("ended"):
        grants = grants.filter(state=GIVEN)
    page = Paginator(grants.exclude(state=PROPOSED).order_by("role", "person__name", "-pk"), PAGE)
    shown = page.get_page(request.GET.get("page"))
    context = {
        "page": shown,
        "listed": [(grant, grant.counts(at)) for grant in shown.object_list],
        "waiting": list(RoleGrant.objects.select_related(*ALONG).filter(state=PROPOSED)),
        "may_propose": Role.SUPPORT in held,
        "ended": bool(request.GET.get("ended")),
    }
    return render(request, "roles/index.html", context)


def propose(request: SignedIn) -> HttpResponse:
    """Research support proposes a role for somebody else."""
    at = timezone.now()
    if Role.SUPPORT not in one_of_or_404(request.user, SEES_ROLES):
        raise Refused("Only research support proposes roles of the service.")
    form = forms.Propose(sent(request), initial={"begins_on": local_day(at)})
    if form.is_valid():
        given = form.cleaned_data
        try:
            grant = services.propose(
                given["person"], Role(given["role"]), because=given["because"], begins_on=given["begins_on"],
                ends_on=given["ends_on"], by=request.user, at=at,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "You proposed the role. The auditor confirms or refuses it.")
            return redirect(grant)
    return render(request, "roles/propose.html", {"form": form}, status=status_of(form))


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    """One role of one person: why, from when until when, who proposed and confirmed it."""
    at = timezone.now()
    visible_or_404(RoleGrant, pk, to=request.user, at=at)
    grant = RoleGrant.objects.select_related(*ALONG).get(pk=pk)
    context = {
        "grant": grant,
        "counts": grant.counts(at),
        "named": request.user.pk not in (grant.person_id, grant.stands_in_for_id),
        "actions": allowed_actions(grant, request.user, at),
        "hindrances": list(dict.fromkeys(hindrances_of(grant, request.user, at).values())),
    }
    return render(request, "roles/detail.html", context)


def decide(request: SignedIn, pk: int) -> HttpResponse:
    """The auditor confirms or refuses, with reasons."""
    at = timezone.now()
    grant = visible_or_404(RoleGrant, pk, to=request.user, at=at)
    if away := turned_away(request, grant, "refuse", keeps=True):
        return away
    form = forms.DecideOnRole(sent(request))
    if form.is_valid():
        confirms = form.cleaned_data["verdict"] == "confirm"
        try:
            decided = services.confirm if confirms else services.refuse
            decided(grant, reasons=form.cleaned_data["reasons"], by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The role is given." if confirms else "You refused it.")
            return redirect(grant)
    context = {"grant": grant, "form": form, "apart": grant.why_not_together(at) or grant.why_not_standing_in(at)}
    return render(request, "roles/decide.html", context, status=status_of(form))


def end(request: SignedIn, pk: int) -> HttpResponse:
    """Take a role back, or the proposal of one, with reasons."""
    at = timezone.now()
    grant = visible_or_404(RoleGrant, pk, to=request.user, at=at)
    proposed = grant.state == PROPOSED
    if away := turned_away(request, grant, "withdraw" if proposed else "take back", keeps=True):
        return away
    form = forms.EndRole(sent(request))
    if form.is_valid():
        try:
            ended = services.withdraw if proposed else services.take_back
            ended(grant, reasons=form.cleaned_data["reasons"], by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "It has ended and counts for nothing from now on.")
            return redirect(grant)
    return render(request, "roles/end.html", {"grant": grant, "form": form}, status=status_of(form))


@never_cache
def look(request: SignedIn) -> HttpResponse:
    """An auditor reads a draft: the reason is on the trail before anything of it is shown, every time."""
    auditor_or_404(request.user)
    form = forms.LookAtDraft(sent(request))
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        project = services.look_at_draft(
            form.cleaned_data["reference"], reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
        )
        context |= project_page.asked_context(project, request.user, frozenset(), described(project.dataset))
    return render(request, "roles/look.html", context, status=status_of(form))
