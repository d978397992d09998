"""Pages of organisations: which domains are verified to be theirs, and who vouches for their people."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.people.models import Organisation
from governance.people.roles import Role
from governance.standing import invitations as services
from governance.workflow import Refused
from portal.access import SignedIn, one_of_or_404
from portal.entering import sent, status_of
from portal.forms import invitations as forms

PAGE = 25
SEES = frozenset({Role.SUPPORT, Role.AUDITOR})


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """Every organisation by name."""
    roles = one_of_or_404(request.user, SEES)
    found = Organisation.objects.select_related("contact").prefetch_related("email_domains")
    page = Paginator(found.annotate(size=Count("people")).order_by("name"), PAGE).get_page(request.GET.get("page"))
    return render(request, "organisations/index.html", {"page": page, "may_edit": Role.SUPPORT in roles})


def edit(request: SignedIn, pk: int) -> HttpResponse:
    """Research support records what it has verified of an organisation."""
    one_of_or_404(request.user, {Role.SUPPORT})
    one = get_object_or_404(Organisation.objects.select_related("contact"), pk=pk)
    domains = "\n".join(one.email_domains.values_list("domain", flat=True))
    first = {"domains": domains, "contact": one.contact.username if one.contact else ""}
    form = forms.Record(sent(request), initial=first)
    if form.is_valid():
        try:
            services.record_organisation(one, **form.cleaned_data, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"What is known of {one} is on record.")
            return redirect("organisations")
    return render(request, "organisations/edit.html", {"organisation": one, "form": form}, status=status_of(form))
