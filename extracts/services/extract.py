"""Request an extract, follow its job, deliver it, stop it where the approval no longer holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from extracts.lifecycle import DELIVERED, UNFINISHED
from extracts.lifecycle.extract import REPLACED, stop_action
from extracts.models import Extract
from extracts.models.extract import REPLACED_DAYS
from extracts.services import jobs
from extracts.services.gate import Failing, failing
from extracts.services.keys import current_key_version
from extracts.services.releases import current_release, why_no_release
from extracts.services.withholding import withheld_version
from extracts.specification import (
    DEFAULT_FORMATS,
    FORMATS,
    INT63,
    PARQUET,
    compile_specification,
    missing_from,
    problems_of,
)
from governance.act import act, begin, locked
from governance.agreements.models import Agreement
from governance.agreements.services import in_force
from governance.agreements.use import why_not_use
from governance.catalogue.catalogue import Catalogue
from governance.people.grants import roles_on, worker
from governance.people.models import User
from governance.people.roles import Role
from governance.projects.models import Project
from governance.workflow import Refused


@dataclass(frozen=True)
class Chosen:
    """What is for whoever asks to choose: it changes how an extract is written, not what it holds."""

    formats: Collection[str]
    pseudonyms: str

    @classmethod
    def of(cls, extract: Extract) -> Chosen:
        """What was chosen for an extract, whatever has become of the formats since."""
        stored = extract.specification
        formats = [name for name in stored.get("formats", DEFAULT_FORMATS) if name in FORMATS]
        return cls(formats, stored.get("pseudonyms", INT63))


@transaction.atomic
def request(
    project: Project,
    *,
    catalogue: Catalogue,
    by: User,
    at: datetime,
    formats: Collection[str] = DEFAULT_FORMATS,
    pseudonyms: str = INT63,
) -> Extract:
    """Ask for what the agreement in force allows, from the newest release.

    formats     of FORMATS, besides Parquet, which is always written
    pseudonyms  one of PSEUDONYMS
    Raises Refused with the condition of use that fails, or that no release serves it.
    """
    if Role.RESEARCHER not in roles_on(project, by, at):
        raise Refused("Only researchers of the project request extracts.")
    if reason := why_not_use(project, by, at):
        raise Refused(reason)
    return _begin(project, catalogue=catalogue, requested_by=by, by=by, at=at, chosen=Chosen(formats, pseudonyms))


@transaction.atomic
def request_again(extract: Extract, *, catalogue: Catalogue, by: User, at: datetime) -> Extract:
    """Ask for an extract that takes the place of a delivered one: from the newest release, under the present key.

    By a researcher who refreshes it; or by the worker, on behalf of whoever asked for the first, when the project's
    key was changed: the gate looks at that person's standing when it is built. Raises Refused.
    """
    extract = locked(extract)
    if extract.state != DELIVERED:
        raise Refused("Only a delivered extract can be replaced by a newer one.")
    if by == worker():
        requested_by = extract.requested_by
    else:
        if Role.RESEARCHER not in roles_on(extract.project, by, at):
            raise Refused("Only researchers of the project refresh its extracts.")
        if reason := why_not_use(extract.project, by, at):
            raise Refused(reason)
        requested_by = by
    return _begin(
        extract.project,
        catalogue=catalogue,
        requested_by=requested_by,
        by=by,
        at=at,
        chosen=Chosen.of(extract),
        replaces=extract,
    )


def _begin(
    project: Project,
    *,
    catalogue: Catalogue,
    requested_by: User,
    by: User,
    at: datetime,
    chosen: Chosen,
    replaces: Extract | None = None,
) -> Extract:
    project = Project.objects.select_for_update().get(pk=project.pk)
    if project.extracts.filter(state__in=UNFINISHED).exists():
        raise Refused("An extract of this project is being built: wait for it, or cancel it first.")
    compiled = _compiled(project, catalogue, at, chosen)
    extract = Extract(project=project, requested_by=requested_by, replaces=replaces, **compiled)
    said = {"release": str(extract.release), "agreement": extract.agreement.version}
    if replaces:
        said["replaces"] = replaces.pk
    return begin(extract, "request", by=by, at=at, details=said)


def _compiled(project: Project, catalogue: Catalogue, at: datetime, chosen: Chosen) -> dict[str, Any]:
    """What the agreement in force comes to on the release that is published. Raises Refused when it cannot be built."""
    agreement = in_force(project, at)
    release = current_release(agreement.scope.dataset)
    if release is None:
        raise Refused(why_no_release(agreement.scope.dataset))
    if problems := problems_of(agreement.scope, catalogue):
        raise Refused(" ".join(problems))
    if missing := missing_from(agreement.scope, release.tables, catalogue):
        raise Refused(f"Release {release} does not hold {', '.join(missing)}: the linkage team must publish them.")
    withheld = withheld_version(agreement.scope.dataset)
    spec = compile_specification(
        agreement.scope,
        catalogue,
        release.version,
        formats={PARQUET, *chosen.formats},
        pseudonyms=chosen.pseudonyms,
        withheld=withheld,
    )
    return {
        "agreement": agreement,
        "release": release,
        "specification": spec.to_json(),
        "key_version": current_key_version(project),
    }


def cancel(extract: Extract, *, by: User, at: datetime) -> Extract:
    """Stop a build; what was made so far is thrown away by the worker."""
    return act(extract, "cancel", by=by, at=at, lease_until=None)


@transaction.atomic
def retry(extract: Extract, *, catalogue: Catalogue, by: User, at: datetime) -> Extract:
    """Queue an extract that failed or was stopped again, compiled anew from what holds now.

    catalogue  that of the release that is published now
    Raises Refused with the condition of use that fails, as `request` does.
    """
    if Role.RESEARCHER in roles_on(extract.project, by, at) and (reason := why_not_use(extract.project, by, at)):
        raise Refused(reason)
    extract = locked(extract)  # the project is held too: of two that are tried again at once, one waits
    others = extract.project.extracts.filter(state__in=UNFINISHED).exclude(pk=extract.pk)
    if others.exists():
        raise Refused("Another extract of this project is being built: wait for it, or cancel it first.")
    compiled = _compiled(extract.project, catalogue, at, Chosen.of(extract))
    return jobs.again(extract, by=by, at=at, requested_by=by, **compiled)


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
    difference: Mapping[str, Any] | None = None,
    at: datetime,
) -> Extract:
    """Look at the approval once more, move the folder into the workspace, and say so: all or nothing.

    Project, extract and agreement stay locked meanwhile, so that nobody cancels or revokes between the look
    and the move. Raises Superseded when the job is no longer this attempt's.
    """
    Project.objects.select_for_update().get(pk=extract.project_id)
    jobs.lock_as_mine(extract)
    Agreement.objects.select_for_update().get(pk=extract.agreement_id)
    if found := failing(extract, catalogue=catalogue, at=at):
        return stop(extract, found, at=at)
    move()
    delivered = act(
        extract,
        "deliver",
        by=worker(),
        at=at,
        note=f"{len(manifest['files'])} files.",
        folder=folder,
        manifest=dict(manifest),
        difference=dict(difference or {}),
        delivered_at=at,
        lease_until=None,
    )
    for older in Extract.objects.filter(replaced_by=delivered, state=DELIVERED):
        act(older, "replace", by=worker(), at=at, note=f"{delivered} takes its place.")
    return delivered


@transaction.atomic
def stop(extract: Extract, found: Failing, *, at: datetime) -> Extract:
    """The approval no longer holds: refuse, in the state that is named for what fails."""
    jobs.lock_as_mine(extract)
    return jobs.end(extract, stop_action(found.state), reason=found.reason, at=at)


@transaction.atomic
def fail(extract: Extract, *, reason: str, at: datetime) -> Extract:
    """The build cannot be done. The reason names the kind of error, never a value from a record."""
    jobs.lock_as_mine(extract)
    return jobs.end(extract, "fail", reason=reason, at=at)


def destroy_replaced(*, remove: Callable[[Extract], object], at: datetime) -> int:
    """Remove what was replaced longer ago than it is kept, say so on the trail; returns how many there were.

    What was replaced because the project's key was changed is not kept at all.
    remove  takes the folder of one extract out of its workspace; called again for one whose removal was not recorded
    """
    long_ago = Q(state_since__lt=at - timedelta(days=REPLACED_DAYS))
    old = Extract.objects.filter(long_ago | Q(replaced_by__key_version__gt=F("key_version")), state=REPLACED)
    due = list(old.select_related("project").distinct())
    for extract in due:
        remove(extract)
        act(extract, "destroy", by=worker(), at=at, note=f"{extract.folder} was removed from the workspace.")
    return len(due)
