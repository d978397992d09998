"""Celery's names for bringing a project's own files into its workspace, and taking them out again.

They open no key and no record-level data. Each takes one id, and each may run twice.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from celery import Task, shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from extracts import delivery
from extracts.sealed import kind_and_place
from extracts.zones import Zones
from governance.ingress import services
from governance.ingress.lifecycle import APPROVED, MAY_LIE_THERE, REMOVING
from governance.ingress.models import Ingress, IngressFile

log = logging.getLogger("gatehouse.tasks")
FOLDER = re.compile(r"ingress-(\d+)-[0-9a-f]{16}")
NOT_AS_APPROVED = "Stored bytes are not those that were approved: {}. Upload them again."


def zones() -> Zones:
    return Zones(Path(settings.GATEHOUSE_DATA))


@shared_task
def bring_in(ingress_id: int) -> None:
    """Copy what was approved into the project's workspace, read-only.

    Safe to repeat: the folder is moved into place whole, under a name made from what is in it, and what is there
    already is left alone. What fails is queued again by the sweep, a few times.
    """
    ingress = Ingress.objects.select_related("project").get(pk=ingress_id)
    if ingress.state != APPROVED or not services.another_attempt(ingress, at=timezone.now()):
        return
    try:
        _bring_in(ingress)
    except delivery.WrongBytes as problem:
        services.withhold(ingress, reason=NOT_AS_APPROVED.format(problem), at=timezone.now())
    except Exception as problem:
        log.error("ingress %s: %s", ingress.pk, kind_and_place(problem))


def _bring_in(ingress: Ingress) -> None:
    """Gate, copy into a staging folder, gate again, move into the workspace, record."""
    if reason := ingress.why_not_brought_in(timezone.now()):
        services.stop(ingress, reason=reason, at=timezone.now())
        return
    own_staging = zones().staging / f"ingress-{ingress.pk}"
    delivery.sweep_staging(own_staging, older_than=datetime.now(UTC) - timedelta(hours=1))
    with delivery.staging(own_staging) as room:
        folder = copied(ingress, room / "ingress")
        name = f"ingress-{ingress.pk}-{delivery.digest_of(folder)[:16]}"
        workspace = zones().workspace(ingress.project.reference)
        services.bring_in(
            ingress,
            folder=name,
            move=lambda: delivery.move_into_place(folder, workspace, name),
            at=timezone.now(),
        )


def copied(ingress: Ingress, folder: Path) -> Path:
    """The approved files in a new folder, with a manifest. Raises WrongBytes, with a file's name, BadName likewise.

    The same files make the same folder.
    """
    folder.mkdir()
    files = list(ingress.files.all())
    for file in files:
        _copy(file, folder)
    told = [{"name": file.name, "bytes": file.size, "sha256": file.sha256} for file in files]
    manifest = {
        "project": ingress.project.reference,
        "ingress": ingress.pk,
        "title": ingress.title,
        "kind": ingress.get_kind_display(),
        "source": ingress.source,
        "licence": ingress.licence,
        "files": told,
    }
    (folder / delivery.MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False))
    delivery.settle(folder)
    return folder


def _copy(file: IngressFile, folder: Path) -> None:
    """Copy one file by its plain name, and look at what was written: that it is what was approved."""
    if not delivery.SAFE_NAME.fullmatch(file.name) or "/" in file.name or file.name == delivery.MANIFEST:
        raise delivery.BadName("A file that is brought in has a plain name.")
    target = folder / file.name
    try:
        with file.content.open("rb") as source, target.open("xb") as written:
            shutil.copyfileobj(source, written, delivery.CHUNK_BYTES)
    except FileNotFoundError:
        raise delivery.WrongBytes(file.name) from None
    if delivery.sha256_of(target) != file.sha256:
        raise delivery.WrongBytes(file.name)


@shared_task
def take_out(ingress_id: int) -> None:
    """Remove the folder from the workspace. Safe to repeat: one that is gone already is gone."""
    ingress = Ingress.objects.select_related("project").get(pk=ingress_id)
    if ingress.state != REMOVING or not FOLDER.fullmatch(ingress.folder):
        return
    place = zones().workspace(ingress.project.reference) / ingress.folder
    if place.exists():
        shutil.rmtree(place)
    services.record_removed(ingress, at=timezone.now())


@shared_task
def sweep_ingress() -> None:
    """Queue again what a lost message or a killed worker left, and remove folders that nobody has on record.

    Safe to repeat: both tasks look at the record before they work.
    """
    late = timezone.now() - timedelta(seconds=settings.GATEHOUSE_LEASE_SECONDS)
    for state, task in ((APPROVED, bring_in), (REMOVING, take_out)):
        for ingress in Ingress.objects.filter(state=state, state_since__lt=late):
            _requeue(task, ingress.pk)
    for folder in zones().workspaces.glob("*/ingress-*"):
        _remove_unless_on_record(folder)


def _requeue(task: Task[[int], None], pk: int) -> None:
    if cache.add(f"requeued:{task.name}:{pk}", True, timeout=settings.GATEHOUSE_LEASE_SECONDS):
        log.warning("queued again: %s %s", task.name, pk)
        task.delay(pk)


def _remove_unless_on_record(folder: Path) -> None:
    """Remove what a worker moved into a workspace and died before it could say so, once the record went another way."""
    found = FOLDER.fullmatch(folder.name)
    ingress = Ingress.objects.filter(pk=int(found[1]), project__reference=folder.parent.name).first() if found else None
    if ingress and (ingress.state not in MAY_LIE_THERE or ingress.folder not in ("", folder.name)):
        log.warning("removed %s: its record is %s", folder.name, ingress.state)
        shutil.rmtree(folder)
