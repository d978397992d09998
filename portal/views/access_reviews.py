"""Pages of a review of access: every grant that it lists, whether it is kept, and why not."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from governance.people.roles import Role
from governance.permissions import services
from governance.permissions.lifecycle import OPEN
from governance.permissions.models import RoleReview, TeamReview
from governance.workflow import Refused
from portal.access import SignedIn, visible_or_404
from portal.entering import sent, status_of, turned_away
from portal.forms.access_reviews import Review
from portal.records import allowed_actions, hindrances_of

Lines = list[tuple[Any, str, str]]
LEAD_STAYS = "The lead stays while the project has no other lead."


def team(request: SignedIn, pk: int) -> HttpResponse:
    """Who of a project's team still needs it: its lead says, and research support once it is late."""
    review = visible_or_404(TeamReview, pk, to=request.user, at=timezone.now())
    lines = [(grant, str(grant.user), Role(grant.permission.codename).label) for grant in review.listed()]
    staying = {grant.pk: LEAD_STAYS for grant, _, _ in lines if grant.user_id == review.project.lead_id}
    return _page(request, review, lines, staying)


def roles(request: SignedIn, pk: int) -> HttpResponse:
    """Which roles of the service a person still needs: an auditor says, and not of themselves."""
    review = visible_or_404(RoleReview, pk, to=request.user, at=timezone.now())
    return _page(request, review, [(grant, grant.label, grant.because) for grant in review.listed()], {})


def _page(request: SignedIn, review: TeamReview | RoleReview, lines: Lines, staying: dict[int, str]) -> HttpResponse:
    at = timezone.now()
    if request.method == "POST" and (away := turned_away(request, review, "confirm", keeps=True)):
        return away
    form = Review([grant for grant, _, _ in lines], sent(request), staying=staying)
    if form.is_valid():
        try:
            services.confirm_review(review, kept=form.kept, ended=form.ended, by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The review is confirmed. What was kept counts; what ended counts for nothing.")
            return redirect(review)
    context = {
        "review": review,
        "is_open": review.state == OPEN,
        "late": review.is_late(at),
        "form": form,
        "rows": [(name, more, *row) for (_, name, more), row in zip(lines, form.rows(), strict=True)],
        "may": "confirm" in allowed_actions(review, request.user, at),
        "hindrances": list(dict.fromkeys(hindrances_of(review, request.user, at).values())),
    }
    return render(request, "reviews/access.html", context, status=status_of(form))
