"""Make releases known, publish them, withdraw them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from extracts.lifecycle import DELIVERED
from extracts.lifecycle.extract import OPEN, RELEASE_WITHDRAWN, REPLACED, stop_action
from extracts.lifecycle.linkage import UNFINISHED as UNFINISHED_RUNS
from extracts.lifecycle.release import BUILT, PUBLISHED
from extracts.models import Extract, LinkageRun, Release
from extracts.services import jobs
from governance.act import act, begin
from governance.people.grants import worker
from governance.people.models import User
from governance.projects.models import Project
from governance.workflow import Refused


def current_release(code: str) -> Release | None:
    """The published release of a dataset, or None. There is never more than one."""
    return Release.objects.filter(code=code, state=PUBLISHED).first()


def why_no_release(code: str) -> str:
    """What to tell somebody who needs a release of a dataset that has none published; "" when there is one."""
    if current_release(code):
        return ""
    if LinkageRun.objects.filter(dataset=code, state__in=UNFINISHED_RUNS).exists():
        return "No release of this dataset is published yet. One is being built: look again in a few minutes."
    return "No release of this dataset is published: the linkage team must publish one."


@transaction.atomic
def register_release(
    *, code: str, version: str, title: str, tables: Mapping[str, Any], by: User, at: datetime
) -> Release:
    """Make known, as published, what an operator loaded from elsewhere. It supersedes the release before.

    Safe to repeat: a version is registered once.
    """
    if known := Release.objects.filter(code=code, version=version).first():
        return known
    _supersede(code, version, at)
    release = Release(
        code=code, version=version, title=title, tables=dict(tables), state=PUBLISHED.value, published_at=at
    )
    return begin(release, "publish", by=by, at=at, details={"tables": dict(tables)})


@transaction.atomic
def register_built_release(
    run: LinkageRun,
    *,
    title: str,
    tables: Mapping[str, Any],
    manifest_sha256: str,
    quality: Mapping[str, Any],
    difference: Mapping[str, Any],
    scan: Mapping[str, Any],
    move: Callable[[], object],
    at: datetime,
) -> Release:
    """Move the folder that a run built into place, make the release known and end the run: all or nothing.

    The release waits for a second person to publish it. Raises Refused when the scanner found an identifier, and
    Superseded when the job is no longer this attempt's; nothing is moved then.
    """
    jobs.lock_as_mine(run)
    if scan.get("clean") is not True:
        raise Refused("The scanner has not found the release free of identifiers.")
    release = Release(
        code=run.dataset,
        version=run.name,
        title=title,
        tables=dict(tables),
        run=run,
        manifest_sha256=manifest_sha256,
        quality=dict(quality),
        difference=dict(difference),
        scan=dict(scan),
    )
    release = begin(release, "build", by=worker(), at=at, details={"manifest_sha256": manifest_sha256})
    move()
    act(run, "finish", by=worker(), at=at, note=f"Release {release}.", lease_until=None, what="", share=1.0)
    return release


@transaction.atomic
def publish(release: Release, *, reasons: str, by: User, at: datetime) -> Release:
    """Publish it: from now on extracts are built from it. The release before is superseded.

    A superseded release is published again only when none is published, that is, after a withdrawal.
    """
    if release.state == BUILT:
        _supersede(release.code, release.version, at)
    return act(release, "publish", by=by, at=at, note=reasons, published_at=at)


@transaction.atomic
def withdraw(release: Release, *, reasons: str, by: User, at: datetime) -> Release:
    """Withdraw it for good: builds from it stop at once, nothing new begins, what was delivered is recalled."""
    if not reasons.strip():
        raise Refused("Say why it is withdrawn: the projects that use it will read it.")
    using = Extract.objects.filter(release=release).values("project")
    list(Project.objects.select_for_update().filter(pk__in=using).order_by("pk"))  # held before anything is written
    release = act(release, "withdraw", by=by, at=at, note=reasons, withdrawn_at=at, withdrawn_because=reasons.strip())
    reason = f"Release {release} was withdrawn."
    for extract in Extract.objects.select_for_update().filter(release=release, state__in=OPEN):
        jobs.end(extract, stop_action(RELEASE_WITHDRAWN), reason=reason, at=at)
    for extract in Extract.objects.select_for_update().filter(release=release, state__in=(DELIVERED, REPLACED)):
        jobs.end(extract, "recall", reason=reason, at=at)
    return release


def _supersede(code: str, version: str, at: datetime) -> None:
    for before in Release.objects.select_for_update().filter(code=code, state=PUBLISHED):
        act(before, "supersede", by=worker(), at=at, note=f"{version} takes its place.")
