"""The versions of projects' keys on record: which one is in use, and what became of it. Keys are in the key ring."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from extracts.lifecycle import DELIVERED
from extracts.lifecycle.extract import OPEN
from extracts.lifecycle.key import CURRENT, DESTROYED
from extracts.models import Extract, ProjectKey
from governance.act import act, begin
from governance.people.grants import worker
from governance.projects.models import Project


def current_key_version(project: Project) -> int:
    """The version under which extracts of the project are built: the newest one, or 1 before there is any.

    Of a project whose keys were destroyed it is the last there was; the key ring refuses it.
    """
    return project.key_versions.values_list("version", flat=True).order_by("-version").first() or 1


@transaction.atomic
def note_key(project: Project, version: int, *, fingerprint: str, at: datetime) -> ProjectKey | None:
    """A worker has used a key version: put it on record with its fingerprint.

    Safe to repeat: what is on record stays as it is. None for a version that nobody brought in.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    known = project.key_versions.filter(version=version).first()
    if known is None:
        return first_version(project, at, fingerprint=fingerprint) if version == current_key_version(project) else None
    if known.fingerprint or known.state != CURRENT:
        return known
    return act(known, "make", by=worker(), at=at, fingerprint=fingerprint)


def to_rekey(project: Project) -> QuerySet[Extract]:
    """The delivered extracts that were built under an earlier key version than that in use."""
    return project.extracts.filter(state=DELIVERED, key_version__lt=current_key_version(project))


def projects_to_rekey() -> QuerySet[Project]:
    """The projects of which something has to be built again under the key in use, and nothing is being built."""
    busy = Extract.objects.filter(state__in=OPEN)
    return Project.objects.filter(pk__in=not_asked_again().values("project")).exclude(pk__in=busy.values("project"))


def not_asked_again() -> QuerySet[Extract]:
    """Of all projects the delivered extracts of an earlier key version that were not asked for under that in use."""
    versions = ProjectKey.objects.filter(project=OuterRef("project"), state=CURRENT).values("version")[:1]
    behind = (
        Extract.objects.filter(state=DELIVERED).alias(in_use=Subquery(versions)).filter(key_version__lt=F("in_use"))
    )
    return behind.filter(~Exists(Extract.objects.filter(replaces=OuterRef("pk"), key_version=OuterRef("in_use"))))


@transaction.atomic
def note_destroyed(project: Project, *, fingerprints: Mapping[int, str], at: datetime) -> list[ProjectKey]:
    """The key ring has destroyed a project's keys: say so of every version. `fingerprints` are those it told of.

    Safe to repeat: what is on record as destroyed stays as it is.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    if fingerprints and not project.key_versions.exists():
        first_version(project, at)
    left = project.key_versions.exclude(state=DESTROYED).order_by("version")
    return [
        act(key, "destroy", by=worker(), at=at, fingerprint=key.fingerprint or fingerprints.get(key.version, ""))
        for key in left
    ]


def first_version(project: Project, at: datetime, *, fingerprint: str = "") -> ProjectKey:
    """Version 1 on record, which nobody had to bring in."""
    key = ProjectKey(project=project, version=1, made_by=worker(), fingerprint=fingerprint)
    return begin(key, "make", by=worker(), at=at, details={"version": 1})
