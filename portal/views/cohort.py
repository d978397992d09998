"""The cohort builder of an application: whose records it asks for, with a safe count while choosing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from governance.projects import services
from governance.projects.models import Project
from governance.workflow import Refused
from portal import choosing
from portal.access import SignedIn, visible_or_404
from portal.catalogues import described
from portal.entering import sent, status_of, turned_away
from portal.forms.cohort import PickCohort, stored


def choose(request: SignedIn, pk: int) -> HttpResponse:
    """Choose whose records. "Work out the count" (`look`) shows what a choice comes to and saves nothing."""
    at = timezone.now()
    project = visible_or_404(Project, pk, to=request.user, at=at)
    if away := turned_away(request, project, "edit", keeps=True):
        return away
    catalogue = described(project.dataset)
    frame, cohort, looks = catalogue.cohort_frame, project.chosen_cohort, "look" in request.POST
    if frame is None:
        return render(request, "projects/no_cohort.html", {"project": project, "dataset": catalogue.dataset})
    form = PickCohort(sent(request), initial=stored(cohort), frame=frame)
    if form.is_bound and form.is_valid():
        cohort = form.cohort
        if not looks:
            try:
                services.choose_cohort(project, cohort, catalogue=catalogue, by=request.user, at=at)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, "The cohort is saved.")
                return redirect("project_cohort", pk)
    context = {
        "project": project,
        "form": form,
        "looks": looks,
        "choosing": choosing.of(project, project.requested, cohort, catalogue, at),
    }
    return render(request, "projects/cohort.html", context, status=status_of(form))
