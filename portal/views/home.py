"""The first page, signed out and signed in, and the pages about the service itself."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from extracts.services import current_release
from governance.catalogue.catalogue import available
from governance.people.grants import projects_of, roles_everywhere
from governance.people.models import User
from governance.people.roles import Role
from governance.projects.models import Project
from portal import standing_page
from portal.inbox import NEWS_STAYS, waiting_for


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Gatehouse is; or, for who has signed in, what waits for them."""
    if isinstance(request.user, User):
        return your_work(request, request.user)
    return render(request, "home/welcome.html")


def your_work(request: HttpRequest, person: User) -> HttpResponse:
    """What waits, what is new, and the person's projects."""
    at = timezone.now()
    items = waiting_for(person, at)
    mine = person.memberships.filter(project__in=projects_of(person, Project.objects.all(), at))
    memberships = list(mine.select_related("project").order_by("-project__state_since", "-pk"))
    roles = roles_everywhere(person, at)
    researches = any(member.role == Role.RESEARCHER for member in memberships)
    return render(
        request,
        "home/your_work.html",
        {
            "to_do": [item for item in items if not item.news],
            "news": [item for item in items if item.news],
            "news_days": NEWS_STAYS.days,
            "memberships": memberships,
            "serves": bool(roles),
            "audits": Role.AUDITOR in roles,
            "standing": standing_page.in_short(person, at) if researches else "",
        },
    )


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "home/accessibility.html")


@login_not_required
@require_safe
def about_the_data(request: HttpRequest) -> HttpResponse:
    """Each dataset that is described here: whether it is synthetic, its source and its licence."""
    datasets = [(dataset, current_release(dataset.code)) for dataset in available(settings.GATEHOUSE_CATALOGUES)]
    return render(request, "home/about_the_data.html", {"datasets": datasets})


@login_not_required
@require_safe
def no_sign_up(request: HttpRequest) -> HttpResponse:
    return render(request, "account/no_sign_up.html")


@login_not_required
@require_safe
def inactive(request: HttpRequest) -> HttpResponse:
    return render(request, "account/inactive.html")
