"""The pages of one's notices: all of them, and how they come by e-mail."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from governance.notices import services
from governance.notices.groups import Group, How
from governance.notices.models import Notice, Preference
from governance.people.grants import roles_everywhere
from portal.access import SignedIn
from portal.entering import status_of
from portal.forms import notices as forms

PAGE = 25


@require_safe
def index(request: SignedIn) -> HttpResponse:
    """One's notices, newest first; all of them or those that are unread."""
    unread = services.unread(request.user)
    only_unread = request.GET.get("show") == "unread"
    shown = unread if only_unread else Notice.objects.filter(person=request.user)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    newest = unread.order_by("-pk").values_list("pk", flat=True).first()
    context = {"page": page, "only_unread": only_unread, "unread": unread.count(), "newest": newest}
    return render(request, "notices/index.html", context)


@require_POST
def open_notice(request: SignedIn, pk: int) -> HttpResponse:
    """Mark a notice as read and go to what it is about."""
    notice = get_object_or_404(Notice, pk=pk, person=request.user)
    services.read(Notice.objects.filter(pk=notice.pk), at=timezone.now())
    return redirect(notice.address)


@require_POST
def read_all(request: SignedIn) -> HttpResponse:
    """Mark everything as read that had come when the page was opened."""
    form = forms.MarkAll(request.POST)
    if form.is_valid():
        services.read(services.unread(request.user).filter(pk__lte=form.cleaned_data["newest"]), at=timezone.now())
        messages.success(request, "Your notices are marked as read.")
    return redirect("notices")


def preferences(request: SignedIn) -> HttpResponse:
    """Choose, for each group of notices, how it comes by e-mail."""
    stored = dict(Preference.objects.filter(person=request.user).values_list("group", "how"))
    form = forms.Preferences(
        request.POST if request.method == "POST" else None,
        chosen={Group(group): How(how) for group, how in stored.items()},
        roles=roles_everywhere(request.user, timezone.now()),
    )
    if form.is_valid():
        services.choose(form.choices(), by=request.user)
        messages.success(request, "Your choice holds from the next notice on.")
        return redirect("notices")
    context = {"form": form, "email": request.user.email}
    return render(request, "notices/preferences.html", context, status=status_of(form))
