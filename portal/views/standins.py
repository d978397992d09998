"""Who stands in for oneself, and for whom one stands in; naming a colleague for it."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.people.grants import held_by_oneself
from governance.people.models import RoleGrant, local_day
from governance.people.roles import DECIDING, Role
from governance.permissions import services
from governance.workflow import Refused
from portal.access import SignedIn
from portal.entering import sent, status_of
from portal.forms import standins as forms


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """Every stand-in that one has or had, and is or was, newest first."""
    at, person = timezone.now(), request.user
    about_me = RoleGrant.objects.filter(Q(stands_in_for=person) | Q(person=person, stands_in_for__isnull=False))
    grants = about_me.select_related("person", "stands_in_for").prefetch_related("stands_in_for__role_grants")
    listed = [(grant, grant.counts(at)) for grant in grants]
    context = {"listed": listed, "may_name": bool(held_by_oneself(person, at) & DECIDING)}
    return render(request, "standins/index.html", context)


def name(request: SignedIn) -> HttpResponse:
    """Name a colleague who stands in for oneself from a day to a day; the auditor confirms it."""
    at, person = timezone.now(), request.user
    roles = sorted(held_by_oneself(person, at) & DECIDING)
    if not roles:
        raise Http404
    first = {"begins_on": local_day(at), "role": roles[0] if len(roles) == 1 else None}
    form = forms.NameStandIn(sent(request), principal=person, roles=roles, initial=first)
    if form.is_valid():
        given = form.cleaned_data
        try:
            grant = services.name_stand_in(
                given["person"], Role(given["role"]), because=given["because"], begins_on=given["begins_on"],
                ends_on=given["ends_on"], by=person, at=at,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "You named a stand-in. It counts once the auditor has confirmed it.")
            return redirect(grant)
    return render(request, "standins/name.html", {"form": form}, status=status_of(form))
