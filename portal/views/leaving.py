"""Pages of leaving: closing an account, and handing the lead of projects over."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from governance.people.models import User
from governance.people.roles import Role
from governance.projects import leaving as services
from governance.projects.models import Handover, Project
from governance.workflow import Refused
from portal.access import SignedIn, may_see, one_of_or_404, visible_or_404
from portal.entering import sent, status_of
from portal.forms import leaving as forms
from portal.records import allowed_actions, hindrances_of


def leave(request: SignedIn, pk: int) -> HttpResponse:
    """Research support records that somebody has left; the page says what that does, and what they lead."""
    one_of_or_404(request.user, {Role.SUPPORT})
    person = get_object_or_404(User, pk=pk)
    form = forms.Leave(sent(request))
    if form.is_valid():
        try:
            services.leave(person, reasons=form.cleaned_data["reasons"], by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            for session in UserSession.objects.filter(user=person):
                session.end()
            messages.success(request, f"The account of {person} is closed, and {person} is signed out everywhere.")
            return redirect("person", person.pk)
    context = {"person": person, "form": form, "led": services.led_by(person)}
    return render(request, "leaving/leave.html", context, status=status_of(form))


def back(request: SignedIn, pk: int) -> HttpResponse:
    """Research support opens the account of somebody who has left again, after a question."""
    one_of_or_404(request.user, {Role.SUPPORT})
    person = get_object_or_404(User, pk=pk)
    if request.method == "POST":
        services.come_back(person, by=request.user, at=timezone.now())
        messages.success(request, f"The account of {person} is open again.")
        return redirect("person", person.pk)
    return render(request, "leaving/back.html", {"person": person})


def propose(request: SignedIn, pk: int) -> HttpResponse:
    """The lead, or research support, proposes who of the team leads the project next."""
    at, project = timezone.now(), get_object_or_404(Project.objects.select_related("lead"), pk=pk)
    if not services.may_propose(request.user, project, at):
        raise Http404
    form = forms.Propose(sent(request), people=services.could_lead(project, at))
    if form.is_valid():
        try:
            made = services.propose(project, successor=form.successor(), by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{made.successor} is proposed, and reads of it on their first page.")
            return redirect(made if may_see(made, request.user, at) else "home")
    context = {"project": project, "form": form, "seen": may_see(project, request.user, at)}
    return render(request, "leaving/propose.html", context, status=status_of(form))


@require_safe
def handover(request: SignedIn, pk: int) -> HttpResponse:
    """One proposal: from whom to whom, and what can be answered."""
    at = timezone.now()
    one = visible_or_404(Handover, pk, to=request.user, at=at)
    return render(
        request,
        "leaving/handover.html",
        {
            "handover": one,
            "actions": allowed_actions(one, request.user, at),
            "hindrances": hindrances_of(one, request.user, at) if one.successor_id == request.user.pk else {},
        },
    )


ANSWERS = {
    "accept": (services.accept, "You lead the project now."),
    "decline": (services.decline, "You declined. The lead stays who it was."),
    "withdraw": (services.withdraw, "The proposal is taken back."),
}


@require_POST
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """Whoever is proposed accepts or declines; the lead or research support takes it back."""
    at = timezone.now()
    one = visible_or_404(Handover, pk, to=request.user, at=at)
    if (chosen := request.POST.get("answer")) not in ANSWERS:
        raise Http404
    act, told = ANSWERS[chosen]
    act(one, by=request.user, at=at)
    messages.success(request, told)
    return redirect(one)
