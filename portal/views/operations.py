"""The operator's page: what waits to be told and sent, what was given up, which jobs are stuck. No record is read."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from governance.notices import services
from governance.notices.models import Message
from governance.people.roles import Role
from governance.workflow import Refused
from portal import backlog
from portal.access import SignedIn, one_of_or_404
from portal.entering import sent, status_of
from portal.forms.notices import Discard

PAGE = 25
OPERATORS = frozenset({Role.OPERATOR})


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """Backlogs and messages that were given up."""
    one_of_or_404(request.user, OPERATORS)
    dead = Message.objects.filter(state=Message.State.DEAD).order_by("made_at", "pk")
    page = Paginator(dead, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "outbox": backlog.outbox(), "jobs": backlog.jobs()}
    return render(request, "operations/index.html", context)


@require_POST
def retry(request: SignedIn, pk: int) -> HttpResponse:
    """Try a message again that was given up."""
    one_of_or_404(request.user, OPERATORS)
    message = services.retry(get_object_or_404(Message, pk=pk), by=request.user, at=timezone.now())
    messages.success(request, f"{message} will be tried again.")
    return redirect("operations")


def discard(request: SignedIn, pk: int) -> HttpResponse:
    """Send a message no more, with reasons."""
    one_of_or_404(request.user, OPERATORS)
    message = get_object_or_404(Message, pk=pk)
    form = Discard(sent(request))
    if form.is_valid():
        try:
            services.discard(message, reasons=form.cleaned_data["reasons"], by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{message} is discarded.")
            return redirect("operations")
    return render(request, "operations/discard.html", {"message": message, "form": form}, status=status_of(form))
