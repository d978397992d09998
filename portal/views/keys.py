"""The keys of a project: its versions, as they are told of, and rotating the one in use. Nobody is shown a key."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from extracts.lifecycle import DELIVERED
from extracts.models import ProjectKey
from extracts.services import rotation
from extracts.services.keys import to_rekey
from governance.people.grants import roles_on
from governance.people.models import User
from governance.projects.models import Project
from governance.workflow import Refused
from portal.access import SignedIn, may_see, note_view, visible_or_404
from portal.entering import sent, status_of, turned_away
from portal.forms.projects import Reasons
from portal.records import allowed_actions, hindrances_of, reads_names


def index(request: SignedIn, pk: int) -> HttpResponse:
    """The versions, newest first, and the delivered extracts that were built under an earlier one."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    newest = newest_or_404(project, request.user, at)
    if newest.pk:
        note_view(newest, by=request.user, at=at)
    context = {
        "project": project,
        "versions": list(project.key_versions.select_related("made_by")),
        "earlier": list(to_rekey(project).select_related("release")),
        "named": reads_names(roles_on(project, request.user, at)),
        "rotates": "retire" in allowed_actions(newest, request.user, at),
        "why_not": hindrances_of(newest, request.user, at).get("retire", ""),
    }
    return render(request, "projects/keys.html", context)


def rotate(request: SignedIn, pk: int) -> HttpResponse:
    """Research support rotates the key, with reasons, after a page that says what follows."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if away := turned_away(request, newest_or_404(project, request.user, at), "retire", keeps=True):
        return away
    form = Reasons(sent(request))
    if form.is_valid():
        try:
            key = rotation.rotate(project, reasons=form.cleaned_data["reasons"], by=request.user, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Key version {key.version} is in use from now on. The team is told.")
            return redirect(key)
    delivered = project.extracts.filter(state=DELIVERED).count()
    context = {"project": project, "form": form, "delivered": delivered}
    return render(request, "projects/rotate.html", context, status=status_of(form))


def newest_or_404(project: Project, person: User, at: datetime) -> ProjectKey:
    """The newest version, or the first one before it is on record; 404 for who may see none."""
    key = project.key_versions.first() or ProjectKey(project=project)
    if not may_see(key, person, at):
        raise Http404
    return key
