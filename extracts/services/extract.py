"""Request an extract, follow its job, deliver it, stop it where the approval no longer holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from extracts.lifecycle import UNFINISHED
from extracts.lifecycle.release import WITHDRAWN
from extracts.models import Extract
from extracts.services import jobs
from extracts.services.keys import current_key_version
from extracts.services.releases import current_release, why_no_release
from extracts.specification import ExtractSpec, compile_specification, missing_from, problems_of, within
from governance.act import act, begin
from governance.agreements.models import Agreement
from governance.agreements.services import in_force
from governance.agreements.use import why_not_use
from governance.catalogue.catalogue import Catalogue
from governance.people.grants import roles_on, worker
from governance.people.models import User
from governance.people.roles import Role
from governance.projects.models import Project
from governance.workflow import Refused


@transaction.atomic
def request(project: Project, *, catalogue: Catalogue, by: User, at: datetime) -> Extract:
    """Ask for what the agreement in force allows, from the newest release.

    Raises Refused with the condition of use that fails, or that no release serves it.
    """
    if Role.RESEARCHER not in roles_on(project, by, at):
        raise Refused("Only researchers of the project request extracts.")
    if reason := why_not_use(project, by, at):
        raise Refused(reason)
    agreement = in_force(Project.objects.select_for_update().get(pk=project.pk), at)
    release = current_release(agreement.scope.dataset)
    if release is None:
        raise Refused(why_no_release(agreement.scope.dataset))
    if problems := problems_of(agreement.scope, catalogue):
        raise Refused(" ".join(problems))
    if missing := missing_from(agreement.scope, release.tables, catalogue):
        raise Refused(f"Release {release} does not hold {', '.join(missing)}: the linkage team must publish them.")
    if project.extracts.filter(state__in=UNFINISHED).exists():
        raise Refused("An extract of this project is being built: wait for it, or cancel it first.")
    extract = Extract(
        project=project,
        agreement=agreement,
        release=release,
        requested_by=by,
        specification=compile_specification(agreement.scope, catalogue, release.version).to_json(),
        key_version=current_key_version(project),
    )
    return begin(extract, "request", by=by, at=at, details={"release": str(release), "agreement": agreement.version})


def cancel(extract: Extract, *, by: User, at: datetime) -> Extract:
    """Stop a build; what was made so far is thrown away by the worker."""
    return act(extract, "cancel", by=by, at=at, lease_until=None)


def retry(extract: Extract, *, by: User, at: datetime) -> Extract:
    """Queue a failed extract again."""
    return jobs.again(extract, by=by, at=at)


def why_not_build(extract: Extract, *, catalogue: Catalogue, at: datetime) -> str | None:
    """Which condition of the approval no longer holds at this moment, or None. Looked at before and after building."""
    agreement = extract.agreement
    agreement.refresh_from_db()
    if reason := agreement.why_not_in_force(at):
        return reason
    if Role.RESEARCHER not in roles_on(extract.project, extract.requested_by, at):
        return "The person who requested it is no longer a researcher of this project."
    if reason := why_not_use(Project.objects.get(pk=extract.project_id), extract.requested_by, at):
        return f"{extract.requested_by}: {reason}"
    extract.release.refresh_from_db()
    if extract.release.state == WITHDRAWN:
        return f"Release {extract.release} was withdrawn."
    problems = within(ExtractSpec.from_json(extract.specification), agreement.scope, catalogue)
    return "The specification is outside the agreement: " + "; ".join(problems) if problems else None


@transaction.atomic
def claim(extract_id: int, *, at: datetime, lease: timedelta) -> Extract | None:
    """Take the job, or None when it has ended or another worker holds it."""
    return jobs.claim(Extract, extract_id, at=at, lease=lease)


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

    Project, extract and agreement stay locked meanwhile, so that nobody cancels or revokes between the look
    and the move. Raises Superseded when the job is no longer this attempt's.
    """
    Project.objects.select_for_update().get(pk=extract.project_id)
    jobs.lock_as_mine(extract)
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
    jobs.lock_as_mine(extract)
    return jobs.end(extract, "stop", reason=reason, at=at)


@transaction.atomic
def fail(extract: Extract, *, reason: str, at: datetime) -> Extract:
    """The build cannot be done. The reason names the kind of error, never a value from a record."""
    jobs.lock_as_mine(extract)
    return jobs.end(extract, "fail", reason=reason, at=at)
