"""The workspace of a project: whether this person may use it now, and what was delivered into it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from extracts.lifecycle import DELIVERED
from governance.agreements.use import conditions_of_use
from governance.ingress.lifecycle import BROUGHT_IN
from governance.people.models import local_day
from governance.projects.models import Project
from portal.access import SignedIn, team_or_404, visible_or_404
from portal.standing_page import lines


def workspace(request: SignedIn, pk: int) -> HttpResponse:
    """Every condition of use as it stands at this moment; and the delivered extracts, while all of them hold."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    team_or_404(project, request.user, at)
    found = conditions_of_use(project, request.user, at)
    open_to = all(condition.holds for condition in found)
    delivered = project.extracts.filter(state=DELIVERED).select_related("release").order_by("-delivered_at")
    context = {
        "project": project,
        "lines": lines(found, local_day(at)),
        "failing": [condition for condition in found if not condition.holds],
        "open_to": open_to,
        "extracts": list(delivered) if open_to else [],
        "ingresses": list(project.ingresses.filter(state=BROUGHT_IN)) if open_to else [],
    }
    return render(request, "projects/workspace.html", context, status=200 if open_to else 403)
