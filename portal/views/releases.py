"""Pages of releases: what was published and how good it is, for anyone; what waits, for those who decide."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from extracts.lifecycle.release import BUILT
from extracts.models import Release
from extracts.services import releases as services
from governance.people.grants import roles_everywhere
from governance.people.models import User
from governance.people.roles import Role
from governance.workflow import Refused
from portal import linkage_quality, release_page
from portal.access import SignedIn, visible_or_404
from portal.entering import sent, status_of, turned_away
from portal.forms.releases import Publish, Withdraw
from portal.records import allowed_actions, hindrances_of

PAGE = 20


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every release that was published; for the service's people also those that wait or never went out."""
    serves = bool(roles_of(request) & Release.VISIBLE_TO)
    releases = Release.objects.all() if serves else Release.objects.filter(published_at__isnull=False)
    page = Paginator(releases.defer("difference", "scan"), PAGE).get_page(request.GET.get("page"))
    listed = [(release, linkage_quality.short_headline(release.quality, "person_id")) for release in page.object_list]
    waiting = list(releases.filter(state=BUILT).defer("difference", "quality")) if serves else []
    return render(request, "releases/index.html", {"page": page, "listed": listed, "waiting": waiting})


def roles_of(request: HttpRequest) -> frozenset[Role]:
    """The roles that the visitor holds everywhere; none for who has not signed in."""
    return roles_everywhere(request.user, timezone.now()) if isinstance(request.user, User) else frozenset()


@login_not_required
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One release: what is in it and how good its links are. What was not published only its makers see."""
    at = timezone.now()
    release = get_object_or_404(Release.objects.select_related("run__requested_by"), pk=pk)
    serves = bool(roles_of(request) & Release.VISIBLE_TO)
    if not release.is_public and not serves:
        raise Http404
    ids, quality = linkage_quality.ids_asked(request.GET.get("ids", "")), release.quality
    context: dict[str, Any] = {
        "release": release,
        "serves": serves,
        "ids": ids,
        "tables": release_page.tables_of(release),
        "words": linkage_quality.words(quality),
        "headlines": linkage_quality.headlines(quality),
        "everyone": linkage_quality.everyone(quality, ids),
        "grouped": linkage_quality.grouped(quality, ids),
        "link_rates": linkage_quality.link_rates(quality),
        "agency_pairs": linkage_quality.agency_pairs(quality),
        "overall_link_rate": linkage_quality.overall_link_rate(quality),
        "kinds": [kind for kind in linkage_quality.IDS.items() if linkage_quality.everyone(quality, kind[0])],
        "before": release.before(),
        "difference": release_page.difference_of(release),
        "scanned": release_page.scanned(release),
    }
    if serves and isinstance(request.user, User):
        visible_or_404(Release, pk, to=request.user, at=at)
        context |= {
            "actions": allowed_actions(release, request.user, at),
            "hindrances": hindrances_of(release, request.user, at) if release.state == BUILT else {},
            "uses": release_page.uses_of(release),
        }
    return render(request, "releases/detail.html", context)


def publish(request: SignedIn, pk: int) -> HttpResponse:
    """Say why it can be published, and that one has looked."""
    at = timezone.now()
    release = visible_or_404(Release, pk, to=request.user, at=at)
    if away := turned_away(request, release, "publish", keeps=True):
        return away
    form = Publish(sent(request))
    if form.is_valid():
        try:
            services.publish(release, reasons=form.cleaned_data["reasons"], by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{release} is published. Extracts are built from it from now on.")
            return redirect(release)
    context = {"release": release, "form": form, "current": release.published_instead()}
    context["measured"] = linkage_quality.measured(release.quality)
    return render(request, "releases/publish.html", context, status=status_of(form))


def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Say what is wrong with it, after a page that shows what will stop."""
    at = timezone.now()
    release = visible_or_404(Release, pk, to=request.user, at=at)
    if away := turned_away(request, release, "withdraw", keeps=True):
        return away
    form = Withdraw(sent(request))
    if form.is_valid():
        try:
            services.withdraw(release, reasons=form.cleaned_data["reasons"], by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{release} is withdrawn. Builds from it are stopped, deliveries recalled.")
            return redirect(release)
    context = {"release": release, "form": form, "stopped": release_page.stopped_by_withdrawal(release)}
    return render(request, "releases/withdraw.html", context, status=status_of(form))
