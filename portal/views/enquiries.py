"""Enquiries: asked by anybody of an organisation, answered by research support."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from governance.catalogue.catalogue import available
from governance.people.grants import roles_everywhere
from governance.people.roles import Role
from governance.projects.enquiries import services
from governance.projects.enquiries.lifecycle import EnquiryState
from governance.projects.enquiries.models import Enquiry
from governance.workflow import Refused
from portal.access import SignedIn, visible_or_404
from portal.catalogues import described, described_or_none
from portal.entering import sent, status_of, turned_away
from portal.forms import enquiries as forms
from portal.records import allowed_actions

A_PAGE = 25


def index(request: SignedIn) -> HttpResponse:
    """One's own enquiries; everybody's for research support and auditors."""
    everybodys = bool(roles_everywhere(request.user, timezone.now()) & {Role.SUPPORT, Role.AUDITOR})
    found = Enquiry.objects.select_related("person__organisation").defer("question", "answer")
    page = Paginator(found if everybodys else found.filter(person=request.user), A_PAGE)
    context = {"page": page.get_page(request.GET.get("page")), "everybodys": everybodys}
    return render(request, "enquiries/index.html", context)


def new(request: SignedIn) -> HttpResponse:
    """Ask."""
    form = forms.AskEnquiry(sent(request), datasets=available(settings.GATEHOUSE_CATALOGUES))
    if form.is_valid():
        given = form.cleaned_data
        try:
            enquiry = services.ask(
                title=given["title"],
                question=given["question"],
                catalogue=described(given["dataset"]),
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The enquiry is with research support.")
            return redirect(enquiry)
    return render(request, "enquiries/new.html", {"form": form}, status=status_of(form))


def detail(request: SignedIn, pk: int) -> HttpResponse:
    """What was asked and answered; research support answers here."""
    at = timezone.now()
    enquiry = visible_or_404(Enquiry, pk, to=request.user, at=at)
    if request.method == "POST" and (away := turned_away(request, enquiry, "redirect", keeps=True)):
        return away
    form = forms.AnswerEnquiry(sent(request))
    if form.is_valid():
        finding, reasons = EnquiryState(form.cleaned_data["finding"]), form.cleaned_data["reasons"]
        try:
            services.answer(enquiry, finding, reasons=reasons, by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your answer is recorded.")
            return redirect(enquiry)
    context = {
        "enquiry": enquiry,
        "catalogue": described_or_none(enquiry.dataset),
        "form": form,
        "actions": allowed_actions(enquiry, request.user, at),
        "own": enquiry.person_id == request.user.pk,
    }
    return render(request, "enquiries/detail.html", context, status=status_of(form))


@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take it back."""
    at = timezone.now()
    enquiry = visible_or_404(Enquiry, pk, to=request.user, at=at)
    services.withdraw(enquiry, by=request.user, at=at)
    messages.success(request, "The enquiry is withdrawn.")
    return redirect(enquiry)
