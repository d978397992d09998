"""Ask for a linkage, and keep its job's row true. What it builds is made known by `releases.register_built_release`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from extracts.lifecycle.delivery import REFUSED
from extracts.lifecycle.linkage import UNFINISHED, Stage
from extracts.models import Delivery, LinkageRun, Release
from extracts.services import jobs
from governance.act import act, begin
from governance.people.grants import roles_everywhere
from governance.people.models import User
from governance.people.roles import Role
from governance.workflow import Refused

UNDER_WAY = "A linkage of this dataset is under way: wait for it, or cancel it first."
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")


@transaction.atomic
def request(
    *, dataset: str, deliveries: Collection[Delivery], name: str, by: User, at: datetime, seed: int = 1
) -> LinkageRun:
    """Ask for a linkage over these deliveries; `name` is the version of the release that it builds.

    Raises Refused with the condition that fails. Operators ask as the worker.
    """
    if not roles_everywhere(by, at) & {Role.LINKER, Role.WORKER}:
        raise Refused("Only linkage analysts start a linkage.")
    # Locked, so that none of them is received again meanwhile.
    list(Delivery.objects.select_for_update().filter(pk__in=[one.pk for one in deliveries]))
    if reason := why_not_request(dataset=dataset, deliveries=deliveries, name=name):
        raise Refused(reason)
    run = LinkageRun(dataset=dataset, name=name, requested_by=by, seed=seed)
    try:
        with transaction.atomic():
            begin(run, "request", by=by, at=at, details={"deliveries": sorted(map(str, deliveries)), "seed": seed})
    except IntegrityError:  # somebody else's began at the same moment
        raise Refused(UNDER_WAY) from None
    run.deliveries.set(deliveries)
    return run


def why_not_request(*, dataset: str, deliveries: Collection[Delivery], name: str) -> str:
    """The condition that stands against such a linkage, or ""."""
    if not PLAIN_NAME.fullmatch(name):
        return "Name the release with up to 20 letters, digits, dots and hyphens, such as 2026.2."
    if not deliveries:
        return "Choose at least one delivery."
    if other := [one for one in deliveries if one.dataset != dataset]:
        return f"{other[0]} is a delivery of another dataset."
    if refused := [one for one in deliveries if one.state == REFUSED]:
        return f"{refused[0]} was refused: it must be sent again, mended."
    if LinkageRun.objects.filter(dataset=dataset, state__in=UNFINISHED).exists():
        return UNDER_WAY
    runs = LinkageRun.objects.filter(dataset=dataset, name=name).exclude(state="cancelled")
    if runs.exists() or Release.objects.filter(code=dataset, version=name).exists():
        return f"There is a release or a linkage named {name} already: choose another name."
    return ""


@transaction.atomic
def claim(run_id: int, *, at: datetime, lease: timedelta) -> LinkageRun | None:
    """Take the job, or None when it has ended or another worker holds it."""
    return jobs.claim(LinkageRun, run_id, at=at, lease=lease)


def keep(run: LinkageRun, *, at: datetime, lease: timedelta, **progress: float | str) -> None:
    """Renew the lease; `what` is being done and its `share` (0 to 1). Raises Superseded."""
    jobs.keep(run, at=at, lease=lease, **progress)


def start_stage(run: LinkageRun, stage: Stage, *, at: datetime, lease: timedelta) -> None:
    """The run begins a stage. Raises Superseded."""
    jobs.keep(run, at=at, lease=lease, stage=stage.value, what="", share=0.0)


@transaction.atomic
def record_stage(run: LinkageRun, stage: Stage, report: Mapping[str, Any], **fields: Any) -> LinkageRun:
    """Keep what a stage wrote when it was done. Safe to repeat; a later attempt's report takes its place.

    `fields`: charts, model_name, model_version. Raises Superseded.
    """
    jobs.lock_as_mine(run)
    fresh = LinkageRun.objects.get(pk=run.pk)
    fresh.report = {**fresh.report, stage.value: dict(report)}
    for name, value in fields.items():
        setattr(fresh, name, value)
    fresh.save(update_fields=["report", *fields])
    return fresh


@transaction.atomic
def forget_stage(run: LinkageRun, stage: Stage) -> LinkageRun:
    """What a stage made is gone: it has to be done again. Raises Superseded."""
    jobs.lock_as_mine(run)
    fresh = LinkageRun.objects.get(pk=run.pk)
    fresh.report = {name: part for name, part in fresh.report.items() if name != stage.value}
    fresh.save(update_fields=["report"])
    return fresh


@transaction.atomic
def fail(run: LinkageRun, *, reason: str, at: datetime) -> LinkageRun:
    """It cannot be done. The reason names the kind of error, never a value from a record. Raises Superseded."""
    jobs.lock_as_mine(run)
    return jobs.end(run, "fail", reason=reason, at=at)


def cancel(run: LinkageRun, *, by: User, at: datetime) -> LinkageRun:
    """Stop a linkage; what was made so far is thrown away by the worker."""
    return act(run, "cancel", by=by, at=at, lease_until=None)


@transaction.atomic
def retry(run: LinkageRun, *, by: User, at: datetime) -> LinkageRun:
    """Queue a failed linkage again. All but the acceptance is done anew, with all deliveries accepted by then."""
    if LinkageRun.objects.filter(dataset=run.dataset, state__in=UNFINISHED).exists():
        raise Refused(UNDER_WAY)
    kept = {name: part for name, part in run.report.items() if name == Stage.ACCEPTING.value}
    try:
        with transaction.atomic():
            return jobs.again(run, by=by, at=at, report=kept)
    except IntegrityError:  # somebody else's began at the same moment
        raise Refused(UNDER_WAY) from None
