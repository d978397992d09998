"""What anyone may read of projects and releases: a view of the records, not a copy that could drift."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet

from governance.outputs.lifecycle import RELEASED
from governance.outputs.models import Clearance, OutputRequest
from governance.projects.lifecycle import APPROVED
from governance.projects.models import Project


def public_releases() -> QuerySet[OutputRequest]:
    """Released outputs that were cleared for publication, newest first."""
    return OutputRequest.objects.filter(state=RELEASED, clearance=Clearance.PUBLICATION).order_by("-released_at")


def public_projects(words: str = "") -> QuerySet[Project]:
    """Approved projects with their published releases, newest first; `words` must all occur in the public part."""
    projects = Project.objects.filter(state=APPROVED).select_related("lead__organisation")
    for word in words.split():
        projects = projects.filter(
            Q(title__icontains=word)
            | Q(lay_summary__icontains=word)
            | Q(public_benefit__icontains=word)
            | Q(reference__icontains=word)
        )
    return projects.prefetch_related(
        Prefetch("output_requests", queryset=public_releases(), to_attr="published"), "agreements"
    ).order_by("-state_since")
