"""Celery's names for the end of a project: opening closures by itself, destroying, certifying."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from celery import current_task, shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from extracts import delivery
from extracts.services import closing, keys
from extracts.tasks import key_ring, zones
from governance.agreements.lifecycle import IN_FORCE
from governance.agreements.models import Agreement
from governance.audit import trail
from governance.closing import certificate, services
from governance.closing.lifecycle import CONFIRMED, DESTROYING
from governance.closing.models import Closure
from governance.ingress.models import IngressFile
from governance.outputs.models import OutputFile
from governance.people.grants import worker
from governance.people.models import local_day
from governance.people.roles import Role

log = logging.getLogger("gatehouse.tasks")


@shared_task
def open_closures() -> None:
    """Begin to close every project whose agreement's last day has passed. Safe to repeat.

    The team was warned of that day, 90, 30 and 7 days before it, by `extracts.telling.warning`.
    """
    now = timezone.now()
    over = Agreement.objects.filter(state=IN_FORCE, ends_on__lt=local_day(now)).select_related("project")
    for agreement in over:
        ended = f"The agreement ended on {agreement.ends_on:%-d %B %Y}, and none has taken its place."
        services.start_by_itself(agreement.project, ended=ended, at=now)


@shared_task
def destroy_project(closure_id: int) -> None:
    """Destroy what a confirmed closure ends: what is being built, the workspace, the keys; then certify it.

    Safe to repeat, and to kill at any step: each looks at what is there still. Nothing is removed before the
    inventory of it is on record, and the certificate comes last, of that inventory.
    """
    closure = Closure.objects.select_related("project").get(pk=closure_id)
    workspace = zones().workspace(closure.project.reference)
    closure = services.begin_destruction(closure, inventory=lambda: inventory_of(closure, workspace), at=timezone.now())
    if closure.state != DESTROYING:
        return
    closing.stop_unfinished(closure.project, at=timezone.now())
    closing.destroy_delivered(closure.project, remove=lambda name: remove(workspace, name), at=timezone.now())
    remove(workspace.parent, workspace.name)
    _destroy_keys_and_certify(closure)


def _destroy_keys_and_certify(closure: Closure) -> None:
    project, ring = closure.project, key_ring()
    told = ring.destroy(project.reference, at=timezone.now())
    keys.note_destroyed(project, fingerprints=told.fingerprints, at=timezone.now())
    content = certificate_of(closure, told.fingerprints, at=timezone.now())
    services.certify(
        closure,
        certificate=content,
        sha256=certificate.sha256_of(content),
        signature=certificate.signature_of(content, ring.signing_key()),
        at=timezone.now(),
    )


def inventory_of(closure: Closure, workspace: Path) -> dict[str, Any]:
    """What there is to destroy: every extract that was ever delivered, what was brought in, the workspace as a whole.

    What had been destroyed before has a folder without files. Names of files stay in the workspace.
    """
    project = closure.project
    brought_in = project.ingresses.exclude(folder="").order_by("pk")
    extracts = [{"id": one.pk, **_folder(workspace, one.folder)} for one in closing.delivered_once(project)]
    return {
        "extracts": extracts,
        "brought_in": [{"id": one.pk, **_folder(workspace, one.folder)} for one in brought_in],
        "workspace": _folder(workspace.parent, workspace.name),
    }


def _folder(parent: Path, name: str) -> dict[str, Any]:
    files = [path for path in (parent / name).rglob("*") if path.is_file()]
    manifest = parent / name / delivery.MANIFEST
    told = {"folder": name, "files": len(files), "bytes": sum(path.lstat().st_size for path in files)}
    return told | ({"manifest_sha256": delivery.sha256_of(manifest)} if manifest.is_file() else {})


def remove(parent: Path, name: str) -> None:
    """Remove a folder of this plain name, and have it off the disk. Raises OSError for one that cannot be removed.

    One that is gone already is gone.
    """
    if not delivery.SAFE_NAME.fullmatch(name) or "/" in name:
        raise delivery.BadName("A folder in a workspace has a plain name.")
    if (parent / name).exists():
        shutil.rmtree(parent / name)
    if parent.is_dir():
        delivery.flush_entry(parent)


def certificate_of(closure: Closure, fingerprints: Mapping[int, str], *, at: datetime) -> dict[str, Any]:
    """What is certified. Who confirmed is told by role: the number of the entry leads an auditor to the name."""
    entries = {entry.action: entry.seq for entry in trail.of(closure).filter(action__in=["begin", "confirm"])}
    brought = IngressFile.objects.filter(ingress__project=closure.project)
    taken = OutputFile.objects.filter(request__project=closure.project)
    return certificate.content_of(
        project={"reference": closure.project.reference, "title": closure.project.title},
        inventory=closure.inventory or {},
        keys=[{"version": version, "fingerprint": fingerprints[version]} for version in sorted(fingerprints)],
        worker=(current_task.request.hostname if current_task else None) or worker().username,
        confirmed_by=Role.SUPPORT.label,
        confirmed_at=(closure.confirmed_at or at).astimezone(UTC),
        destroyed_at=at,
        trail=entries,
        stored={
            "files that were uploaded to be brought in": brought.count(),
            "files that were uploaded to be taken out": taken.count(),
        },
    )


@shared_task
def sweep_closures() -> None:
    """Queue again what a lost message, a killed worker or a key ring out of reach left. Safe to repeat."""
    waiting = Closure.objects.filter(state__in=[CONFIRMED, DESTROYING])
    late = timezone.now() - timedelta(seconds=settings.GATEHOUSE_LEASE_SECONDS)
    for pk in waiting.filter(state_since__lt=late).values_list("pk", flat=True):
        if cache.add(f"requeued:destroy:{pk}", True, timeout=settings.GATEHOUSE_LEASE_SECONDS):
            log.warning("queued again: closure %s", pk)
            destroy_project.delay(pk)
