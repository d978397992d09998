"""Pages of resetting a lost second factor: asked for by one person of the service, confirmed by another."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from governance.people.grants import roles_everywhere
from governance.people.models import FactorReset, User
from governance.people.roles import Role
from governance.standing import factor_resets as services
from governance.workflow import Refused
from portal.access import SignedIn, one_of_or_404, visible_or_404
from portal.entering import sent, status_of, turned_away
from portal.forms import factor_resets as forms
from portal.records import allowed_actions, hindrances_of
from portal.second_factor import factors_of, take_away


def ask(request: SignedIn, pk: int) -> HttpResponse:
    """Research support asks that somebody's second factor is reset, and says how they proved who they are."""
    one_of_or_404(request.user, {Role.SUPPORT})
    at, person = timezone.now(), get_object_or_404(User.objects.exclude(username="worker"), pk=pk)
    if reason := services.why_not_ask(person, by=request.user, at=at):
        raise Refused(reason)
    if not factors_of(person):
        raise Refused(f"{person} has no second factor: they set one up when they sign in next.")
    form = forms.Ask(sent(request))
    if form.is_valid():
        try:
            reset = services.ask(
                person, because=form.cleaned_data["because"], address=partial(_address, request), by=request.user, at=at
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"You asked for the reset. A second person confirms it; {person} is written to.")
            return redirect(reset)
    return render(request, "factor_resets/ask.html", {"person": person, "form": form}, status=status_of(form))


def _address(request: SignedIn, reset: FactorReset) -> str:
    return request.build_absolute_uri(reset.get_absolute_url())


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    """One reset: of whom, how they proved who they are, until when it can be confirmed."""
    at = timezone.now()
    reset = _reset(request, pk)
    own = reset.person_id == request.user.pk
    context = {
        "reset": reset,
        "own": own,
        "sees_people": bool({Role.SUPPORT, Role.AUDITOR} & roles_everywhere(request.user, at)),
        "actions": allowed_actions(reset, request.user, at),
        "hindrances": [] if own else list(dict.fromkeys(hindrances_of(reset, request.user, at).values())),
    }
    return render(request, "factor_resets/detail.html", context)


def _reset(request: SignedIn, pk: int) -> FactorReset:
    visible_or_404(FactorReset, pk, to=request.user, at=timezone.now())
    return FactorReset.objects.select_related("person__organisation", "asked_by", "confirmed_by").get(pk=pk)


def decide(request: SignedIn, pk: int) -> HttpResponse:
    """A second person has it done, or refuses it, with reasons."""
    at = timezone.now()
    reset = _reset(request, pk)
    if away := turned_away(request, reset, "confirm", keeps=True):
        return away
    form = forms.Decide(sent(request))
    if form.is_valid():
        confirms, reasons = form.cleaned_data["verdict"] == "confirm", form.cleaned_data["reasons"]
        try:
            if confirms:
                services.confirm(reset, reasons=reasons, remove=take_away, by=request.user, at=at)
            else:
                services.refuse(reset, reasons=reasons, by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            done = f"The second factor of {reset.person} is reset, and {reset.person} is signed out everywhere."
            messages.success(request, done if confirms else "You refused it. Nothing was removed.")
            return redirect(reset)
    return render(request, "factor_resets/decide.html", {"reset": reset, "form": form}, status=status_of(form))


@require_POST
def end(request: SignedIn, pk: int) -> HttpResponse:
    """Research support takes it back; or the person, who has lost nothing, stops it."""
    at = timezone.now()
    reset, answer = _reset(request, pk), request.POST.get("answer")
    if answer == "withdraw":
        services.withdraw(reset, by=request.user, at=at)
        messages.success(request, "The reset is taken back. Nothing was removed.")
    elif answer == "stop":
        services.stop(reset, by=request.user, at=at)
        messages.success(request, "You stopped the reset. Tell research support if you did not ask for it.")
    else:
        raise Http404
    return redirect(reset)
