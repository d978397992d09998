"""Rotating a project's key: a new version in place of the one in use, and delivered extracts built again under it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from extracts.lifecycle import DELIVERED, UNFINISHED
from extracts.lifecycle.key import CURRENT
from extracts.models import Extract, ProjectKey
from extracts.services.extract import request_again
from extracts.services.keys import first_version, to_rekey
from governance.act import act, begin
from governance.catalogue.catalogue import Catalogue
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


def rekey(key: ProjectKey, *, catalogue: Catalogue, at: datetime) -> Extract | None:
    """Ask again for the oldest delivered extract of an earlier version, on behalf of whoever rotated the key.

    catalogue  that of the release that is published now
    Safe to repeat: each extract is asked for once under a version, so that one that fails is people's to try again.
    None when none is left. Raises Refused while another one is built, or while it cannot be.
    """
    if key.state != CURRENT:
        return None
    asked = Extract.objects.filter(replaces=OuterRef("pk"), key_version=key.version)
    extract = to_rekey(key.project).filter(~Exists(asked)).order_by("pk").first()
    return extract and request_again(extract, catalogue=catalogue, by=key.made_by, at=at)


def waiting_for_rekey() -> QuerySet[ProjectKey]:
    """The versions in use for which `rekey` has something to ask for, and no extract is being built."""
    asked = Extract.objects.filter(replaces=OuterRef("pk"), key_version=OuterRef(OuterRef("version")))
    earlier = Extract.objects.filter(
        project=OuterRef("project"), state=DELIVERED, key_version__lt=OuterRef("version")
    ).filter(~Exists(asked))
    busy = Extract.objects.filter(project=OuterRef("project"), state__in=UNFINISHED)
    return ProjectKey.objects.filter(Exists(earlier), ~Exists(busy), state=CURRENT)
