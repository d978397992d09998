"""Rotating a project's key: a new version in place of the one in use."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from extracts.models import ProjectKey
from extracts.services.keys import first_version
from governance.act import act, begin
from governance.people.models import User
from governance.projects.models import Project
from governance.workflow import Refused


@transaction.atomic
def rotate(project: Project, *, reasons: str, by: User, at: datetime) -> ProjectKey:
    """Research support brings in a new key version. What is being built under the old one is stopped by its worker.

    Raises Refused.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    newest = project.key_versions.first() or first_version(project, at)
    before = act(newest, "retire", by=by, at=at, note=reasons.strip())
    if not reasons.strip():
        raise Refused("Say why the key is rotated: the team will read it.")
    key = ProjectKey(project=project, version=before.version + 1, made_by=by, reasons=reasons.strip())
    return begin(key, "rotate", by=by, at=at, details={"version": key.version})
