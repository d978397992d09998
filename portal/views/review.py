"""Clerical review: two records side by side, one decision, the next pair. For linkage analysts, each by themselves.

No page says how probable the link is, nor what anybody else decided.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from extracts.models import ClericalPair
from extracts.services import clerical as services
from governance.people.roles import Role
from governance.workflow import Refused
from portal import clerical_files
from portal.access import SignedIn, one_of_or_404, visible_or_404
from portal.entering import sent, status_of
from portal.forms.review import ANSWERS, Decide


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """How many pairs wait for this reviewer, and where to begin."""
    one_of_or_404(request.user, {Role.LINKER})
    waiting = services.waiting_for(request.user)
    context = {
        "next": waiting.first(),
        "left": waiting.count(),
        "decided": request.user.clerical_decisions.count(),
        "queue": services.progress(),
        "last": services.last_of(request.user),
    }
    return render(request, "review/index.html", context)


def pair(request: SignedIn, token: str) -> HttpResponse:
    """One pair: look, decide, go on to the next."""
    at = timezone.now()
    found = _visible(request, token)
    if found.decided_by(request.user) or not services.waiting_for(request.user).filter(pk=found.pk).exists():
        messages.info(request, "You have decided on that pair, or it is settled.")
        return redirect("review")
    form = Decide(sent(request))
    if form.is_valid():
        try:
            services.decide(found, **form.cleaned_data, by=request.user, at=at)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("review")
        return _onwards(request, found)
    try:
        records = clerical_files.opened(found, by=request.user, at=at)
    except clerical_files.Unavailable:
        passed = {"pair": found, "after": services.after(found, request.user)}
        return render(request, "review/unavailable.html", passed, status=404)
    context: dict[str, Any] = {
        "pair": found,
        "records": records,
        "form": form,
        "answers": ANSWERS,
        "left": services.waiting_for(request.user).count(),
        "decided": request.user.clerical_decisions.count(),
        "last": services.last_of(request.user),
        "after": services.after(found, request.user),
    }
    return render(request, "review/pair.html", context, status=status_of(form))


@require_POST
def undo(request: SignedIn, token: str) -> HttpResponse:
    """Take one's own last decision back, and look at the pair again."""
    found = _visible(request, token)
    services.undo(found, by=request.user, at=timezone.now())
    messages.success(request, "Your decision is taken back. Decide again.")
    return redirect(found)


def _visible(request: SignedIn, token: str) -> ClericalPair:
    one_of_or_404(request.user, {Role.LINKER})
    found = get_object_or_404(ClericalPair.objects.select_related("run"), token=token)
    visible_or_404(ClericalPair, found.pk, to=request.user, at=timezone.now())
    if not clerical_files.TOKEN.fullmatch(token):
        raise Http404
    return found


def _onwards(request: SignedIn, done: ClericalPair) -> HttpResponse:
    """The next pair at once, or the queue when there is none."""
    following = services.after(done, request.user)
    if following:
        return redirect(following)
    messages.success(request, "That was the last pair that waits for you.")
    return redirect("review")
