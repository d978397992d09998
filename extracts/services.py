"""Request an extract, and keep the job's row true: claim, progress, deliver, stop, fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from extracts.lifecycle import BUILDING, REQUESTED, UNFINISHED
from extracts.models import Extract, Release
from extracts.specification import ExtractSpec, compile_specification, missing_from, problems_of, within
from governance.act import act, begin
from governance.agreements.models import Agreement
from governance.agreements.services import in_force
from governance.audit import trail
from governance.catalogue.catalogue import Catalogue
from governance.people import accreditation
from governance.people.grants import roles_on, worker
from governance.people.models import User, local_day
from governance.people.roles import Role
from governance.projects.models import Project
from governance.workflow import Refused

MOST_ATTEMPTS = 5


class Superseded(Exception):
    """The job is another attempt's now, or has ended: stop and leave everything alone."""


def current_release(code: str) -> Release | None:
    """The newest release of a dataset that was not withdrawn, or None."""
    return Release.objects.filter(code=code, withdrawn_at__isnull=True).order_by("-loaded_at", "-pk").first()


@transaction.atomic
def register_release(
    *, code: str, version: str, title: str, tables: Mapping[str, Any], by: User, at: datetime
) -> Release:
    """Make a published release known. Safe to repeat: a version is registered once."""
    release, made = Release.objects.get_or_create(
        code=code, version=version, defaults={"title": title, "tables": dict(tables), "loaded_at": at}
    )
    if made:
        trail.append(actor=by, action="publish", subject=release, details={"tables": dict(tables)}, at=at)
    return release


@transaction.atomic
def request(project: Project, *, catalogue: Catalogue, by: User, at: datetime) -> Extract:
    """Ask for what the agreement in force allows, from the newest release.

    Raises Refused with the condition that fails: role, accreditation, agreement, release.
    """
    if Role.RESEARCHER not in roles_on(project, by):
        raise Refused("Only researchers of the project request extracts.")
    if reason := accreditation.why_not(by.standing, on=local_day(at)):
        raise Refused(reason)
    agreement = in_force(Project.objects.select_for_update().get(pk=project.pk), at)
    release = current_release(agreement.scope.dataset)
    if release is None:
        raise Refused("No release of this dataset is available: the linkage team must publish one.")
    if problems := problems_of(agreement.scope, catalogue):
        raise Refused(" ".join(problems))
    if missing := missing_from(agreement.scope.tables, release.tables, catalogue):
        raise Refused(f"Release {release} does not hold {', '.join(missing)}: the linkage team must publish them.")
    if project.extracts.filter(state__in=UNFINISHED).exists():
        raise Refused("An extract of this project is being built: wait for it, or cancel it first.")
    extract = Extract(
        project=project,
        agreement=agreement,
        release=release,
        requested_by=by,
        specification=compile_specification(agreement.scope, catalogue, release.version).to_json(),
    )
    return begin(extract, "request", by=by, at=at, details={"release": str(release), "agreement": agreement.version})


def cancel(extract: Extract, *, by: User, at: datetime) -> Extract:
    """Stop a build; what was made so far is thrown away by the worker."""
    return act(extract, "cancel", by=by, at=at, lease_until=None)


def retry(extract: Extract, *, by: User, at: datetime) -> Extract:
    """Queue a failed extract again."""
    return act(extract, "retry", by=by, at=at, attempt=0, lease_until=None, reason="")


def why_not_build(extract: Extract, *, catalogue: Catalogue, at: datetime) -> str | None:
    """Which condition of the approval no longer holds at this moment, or None. Looked at before and after building."""
    agreement = extract.agreement
    agreement.refresh_from_db()
    if reason := agreement.why_not_in_force(at):
        return reason
    if Role.RESEARCHER not in roles_on(extract.project, extract.requested_by):
        return "The person who requested it is no longer a researcher of this project."
    if reason := accreditation.why_not(extract.requested_by.standing, on=local_day(at)):
        return f"{extract.requested_by}: {reason}"
    extract.release.refresh_from_db()
    if extract.release.withdrawn_at is not None:
        return f"Release {extract.release} was withdrawn."
    problems = within(ExtractSpec.from_json(extract.specification), agreement.scope, catalogue)
    return "The specification is outside the agreement: " + "; ".join(problems) if problems else None


@transaction.atomic
def claim(extract_id: int, *, at: datetime, lease: timedelta) -> Extract | None:
    """Take the job, or None when it has ended or another worker holds it.

    One conditional UPDATE decides, so that of two workers only one gets it.
    """
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    rows = Extract.objects.filter(free, pk=extract_id, state__in=UNFINISHED)
    if not rows.update(attempt=F("attempt") + 1, lease_until=at + lease, rows_done=0, tables_done=0):
        return None
    extract = Extract.objects.select_related("project", "agreement", "release", "requested_by").get(pk=extract_id)
    if extract.attempt > MOST_ATTEMPTS:
        reason = f"It was tried {MOST_ATTEMPTS} times and did not finish."
        act(extract, "fail", by=worker(), at=at, note=reason, reason=reason, lease_until=None)
        return None
    action = "start" if extract.state == REQUESTED else "resume"
    act(extract, action, by=worker(), at=at, note=f"Attempt {extract.attempt}.")
    extract.state = BUILDING.value
    return extract


def keep(extract: Extract, *, at: datetime, lease: timedelta, **progress: int | str) -> None:
    """Renew the lease and note progress. Raises Superseded when the job is no longer this attempt's."""
    mine = Extract.objects.filter(pk=extract.pk, attempt=extract.attempt, state=BUILDING)
    if not mine.update(lease_until=at + lease, **progress):
        raise Superseded


@transaction.atomic
def deliver(
    extract: Extract,
    *,
    folder: str,
    manifest: Mapping[str, Any],
    move: Callable[[], object],
    catalogue: Catalogue,
    at: datetime,
) -> Extract:
    """Look at the approval once more, move the folder into the workspace, and say so: all or nothing.

    Extract and agreement stay locked meanwhile, so that nobody cancels or revokes between the look and
    the move. Raises Superseded when the job is no longer this attempt's.
    """
    _still_mine(extract)
    Agreement.objects.select_for_update().get(pk=extract.agreement_id)
    if reason := why_not_build(extract, catalogue=catalogue, at=at):
        return stop(extract, reason=reason, at=at)
    move()
    return act(
        extract,
        "deliver",
        by=worker(),
        at=at,
        note=f"{len(manifest['files'])} files.",
        folder=folder,
        manifest=dict(manifest),
        delivered_at=at,
        lease_until=None,
    )


@transaction.atomic
def stop(extract: Extract, *, reason: str, at: datetime) -> Extract:
    """The approval no longer holds: refuse, with the failing condition."""
    _still_mine(extract)
    return act(extract, "stop", by=worker(), at=at, note=reason, reason=reason[:300], lease_until=None)


@transaction.atomic
def fail(extract: Extract, *, reason: str, at: datetime) -> Extract:
    """The build cannot be done. The reason names the kind of error, never a value from a record."""
    _still_mine(extract)
    return act(extract, "fail", by=worker(), at=at, note=reason, reason=reason[:300], lease_until=None)


def _still_mine(extract: Extract) -> None:
    if not Extract.objects.select_for_update().filter(pk=extract.pk, attempt=extract.attempt, state=BUILDING).exists():
        raise Superseded
