"""Celery's names for the work. Each takes one id, and each may run twice.

This file alone opens keys and record-level data; the thinking is in plain functions.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from celery import Task, shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from extracts import (
    delivery,
    failures,
    linkage_runs,
    linked_release,
    output_jobs,
    pipeline,
    publishing,
    services,
    store,
)
from extracts.atrest.files import Files
from extracts.atrest.seal import Seal, key_file
from extracts.differences import OTHER_KEYS, Written, compared_extracts
from extracts.intake import sweep_drafts
from extracts.keys import BadKeyRing, KeyRing, Place, open_key_ring, open_vault_ring, write_public_half
from extracts.lifecycle import ENDED_WITHOUT, RECALLED, UNFINISHED
from extracts.lifecycle.extract import FILES_ALTERED, FILES_MISSING
from extracts.lifecycle.linkage import UNFINISHED as UNFINISHED_RUNS
from extracts.lifecycle.release import WITHDRAWN
from extracts.linkage_runs import LINKAGE, RELEASES
from extracts.models import Extract, LinkageRun, Release, Withholding
from extracts.risk import Remedy, RiskReport
from extracts.sealed import kind_and_place, sweep_rooms
from extracts.services import jobs, keys, risk, withholding, workspaces
from extracts.services.withholding import ListWritten
from extracts.spark.opening import Cluster, engine_for
from extracts.specification import BadSpecification, ExtractSpec, missing_from
from extracts.withheld_list import extend, occurring
from extracts.zones import Zones
from governance.agreements.use import why_suspended
from governance.audit import chain, trail
from governance.catalogue.catalogue import Catalogue, catalogue_at, description_of
from governance.outputs.lifecycle import CHECKING, RELEASING
from governance.outputs.models import OutputRequest
from governance.people.grants import worker
from governance.people.models import User
from governance.projects.models import Project
from governance.workflow import Refused

log = logging.getLogger("gatehouse.tasks")
WORKSPACE_FOLDER = re.compile(r"extract-(\d+)-[0-9a-f]{16}")


def zones() -> Zones:
    return Zones(Path(settings.GATEHOUSE_DATA))


def lease() -> timedelta:
    return timedelta(seconds=settings.GATEHOUSE_LEASE_SECONDS)


def key_ring() -> KeyRing:
    """The key ring; only the demonstration makes one by itself. Raises BadKeyRing, and the log tells the reason."""
    try:
        return _opened(create=settings.DEMO)
    except BadKeyRing as problem:
        log.error("the key ring cannot be opened: %s", problem)
        raise


def _opened(*, create: bool) -> KeyRing:
    """The key ring in Vault where the settings name one, else in its folder."""
    if not settings.GATEHOUSE_VAULT:
        return open_key_ring(zones().keys, create=create)
    return open_vault_ring(Place(**settings.GATEHOUSE_VAULT), create=create)


def workspace_key_file(project: Project, *, by: User) -> str:
    """The text of the file that opens a project's workspace, for the operator who sets that up. It is on the trail.

    Raises Refused: to whoever is no operator, while the project's data may not be used, and when the key ring has none.
    """
    versions = workspaces.versions(project)
    try:
        ring = key_ring()
        found = {version: ring.workspace_key(project.reference, version) for version in versions}
    except BadKeyRing as problem:
        raise Refused(str(problem)) from None
    ids = {version: Seal(key).key_id for version, key in found.items()}
    workspaces.note_key_given(project, ids, by=by, at=timezone.now())
    return key_file(project.reference, found)


def make_key_ring() -> None:
    """Make the key ring of an installation, once; one that is there is left as it is.

    Raises Refused when it cannot be made, and where one has been in use and is not there now.
    """
    try:
        write_public_half(_ring_there_or_made(), zones().keys)
    except BadKeyRing as problem:
        raise Refused(str(problem)) from None


def _ring_there_or_made() -> KeyRing:
    try:
        return _opened(create=False)
    except BadKeyRing as problem:
        if Release.objects.exists() or Extract.objects.exists():
            raise Refused(f"{problem} {WAS_IN_USE}") from None
        return _opened(create=True)


WAS_IN_USE = (
    "Releases or extracts were made with a key ring already. Bring that one back, from its backup if need be: "
    "a new one would give every record another key."
)


@shared_task
def generate_extract(extract_id: int) -> None:
    """Build one extract and deliver it.

    Safe to repeat: only the holder of the job's lease works on it, a delivered extract is
    left alone, and a folder is moved into place whole, under a name made from what went into it.
    """
    extract = services.claim(extract_id, at=timezone.now(), lease=lease())
    if extract is None:
        return
    try:
        with jobs.kept_alive(extract, clock=timezone.now, lease=lease()):
            _build(extract)
    except services.Superseded:
        log.info("extract %s: attempt %s was superseded", extract.pk, extract.attempt)
    except risk.Held:
        log.info("extract %s is held: more identifying than its dataset allows", extract.pk)
    except Exception as problem:
        log.error("extract %s failed: %s", extract.pk, kind_and_place(problem))
        _unless_superseded(services.fail, extract, reason=failures.sentence(problem), at=timezone.now())


def _build(extract: Extract) -> None:
    """Gate, assess, build in a staging folder, gate again, move into the workspace, record."""
    place = zones().release(extract.release.code, extract.release.version)
    if found := _failing(extract, place):
        services.stop(extract, found, at=timezone.now())
        return
    catalogue = catalogue_at(place / "catalogue")
    spec = ExtractSpec.from_json(extract.specification)
    key, seal = _keys_of(extract)
    services.keep(extract, at=timezone.now(), lease=lease(), work_began=timezone.now())
    with delivery.going_on(zones().staging / f"extract-{extract.pk}", _of_the_same(extract)) as room:
        folder = room / "extract"
        folder.mkdir(exist_ok=True)
        cluster = Cluster(**settings.GATEHOUSE_SPARK)
        with (
            store.open_release(place, staging=room, withheld=_withheld(spec, catalogue)) as linked,
            engine_for(settings.GATEHOUSE_EXTRACT_ENGINE, cluster, release=place, room=room / "spark") as engine_of,
        ):
            note = partial(_note_progress, extract)
            _hold_if_above(extract, *pipeline.assessment(spec, catalogue=catalogue, store=linked, progress=note))
            made = pipeline.build(
                spec,
                catalogue=catalogue,
                store=linked,
                key=key,
                into=folder,
                created_at=extract.created_at,
                project=extract.project.reference,
                progress=note,
                engine_of=engine_of,
                seal=seal,
            )
        delivery.settle(folder)
        workspace = zones().workspace(extract.project.reference)
        manifest = json.loads((folder / delivery.MANIFEST).read_bytes())
        name = f"extract-{extract.pk}-{delivery.content_of(manifest)[:16]}"
        difference = _difference(extract, Files(folder, seal), spec, catalogue, room)
        if found := _failing(extract, place) or _not_as_built(folder, made):
            services.stop(extract, found, at=timezone.now())
            return
        # A worker that died after the move left the same content in other bytes: that folder stays.
        there = delivery.manifest_there(workspace / name, manifest)
        services.deliver(
            extract,
            folder=name,
            manifest=there or manifest,
            move=lambda: None if there else delivery.move_into_place(folder, workspace, name),
            catalogue=catalogue,
            difference=difference,
            at=timezone.now(),
        )


def _difference(extract: Extract, files: Files, spec: ExtractSpec, catalogue: Catalogue, room: Path) -> dict[str, Any]:
    """What changed against the extract that this one takes the place of; {} where there is none to compare with."""
    before = extract.replaces
    if before is None:
        return {}
    if before.key_version != extract.key_version:
        return {"against": before.pk, "lines": [OTHER_KEYS]}
    folder = zones().workspace(extract.project.reference) / before.folder
    if not (folder / delivery.MANIFEST).is_file():
        return {}
    old = ExtractSpec.from_json(before.specification)
    sealed = files.seal if before.manifest and before.manifest.get("sealed_under") else None
    report = compared_extracts(
        _written(Files(folder, sealed), old), _written(files, spec), catalogue, spill=room / "compared"
    )
    return {"against": before.pk, **report}


def _written(files: Files, spec: ExtractSpec) -> Written:
    names = [table.name for table in spec.tables]
    return Written(names, lambda connection, view, table: files.offer(connection, view, f"{table}.parquet"))


def _of_the_same(extract: Extract) -> str:
    """A name for everything that the files of a build follow from: only a build of the same goes on with them."""
    parts = (extract.specification, extract.release.code, extract.release.version, extract.release.manifest_sha256,
             extract.key_version, extract.created_at.isoformat(), settings.GATEHOUSE_EXTRACT_ENGINE)  # fmt: skip
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _failing(extract: Extract, place: Path) -> services.Failing | None:
    """What the gate finds: first of the approval, then of the release's files in the folder `place`."""
    broken = _broken(extract, place)
    catalogue = None if broken else catalogue_at(place / "catalogue")
    return services.failing(extract, catalogue=catalogue, at=timezone.now()) or broken


def _broken(extract: Extract, place: Path) -> services.Failing | None:
    """Which file of the release that the extract reads is missing or altered."""
    manifest = extract.release.manifest_sha256
    try:
        store.refuse_altered(place, manifest_sha256=manifest, tables=())
        read = missing_from(ExtractSpec.from_json(extract.specification), (), catalogue_at(place / "catalogue"))
        store.refuse_altered(place, manifest_sha256=manifest, tables=read)
    except store.ReleaseAltered as problem:
        state = FILES_MISSING if isinstance(problem, store.ReleaseMissing) else FILES_ALTERED
        return services.Failing(state, f"Release {extract.release}: {problem} The linkage team has to look at it.")
    except BadSpecification:
        return None  # the gate says so
    return _withheld_list_broken(extract)


def _withheld_list_broken(extract: Extract) -> services.Failing | None:
    """Whether the list of withheld records that the specification names is not the one that was written."""
    version = extract.specification.get("withheld", 0)
    on_record = Withholding.objects.filter(dataset=extract.release.code, version=version).first()
    if on_record is None:
        return None
    path = zones().withheld_list(extract.release.code, version)
    if not path.is_file():
        return services.Failing(FILES_MISSING, f"{on_record}: the list is not there. An operator has to look at it.")
    if delivery.sha256_of(path) != on_record.sha256:
        return services.Failing(FILES_ALTERED, f"{on_record}: the list was changed. An operator has to look at it.")
    return None


def _withheld(spec: ExtractSpec, catalogue: Catalogue) -> store.Withheld | None:
    if not spec.withheld:
        return None
    return store.Withheld(zones().withheld_list(spec.dataset, spec.withheld), catalogue)


def withhold(
    catalogue: Catalogue, *, kind: str, domain: str, source_keys: Iterable[str], reasons: str, by: User
) -> tuple[Withholding, int | None]:
    """Add source keys to the list of withheld records of a dataset.

    Returns the new version, and how many of all listed keys of that kind occur in the release that is published now
    (None where there is none). Raises Refused; the list is as it was then.
    """
    code = catalogue.dataset.code

    def write(version: int) -> ListWritten:
        before = zones().withheld_list(code, version - 1) if version > 1 else None
        into = zones().withheld_list(code, version)
        key = key_ring().dataset_key(code)
        return ListWritten(*extend(before, into, domain=domain, source_keys=source_keys, dataset_key=key))

    made = withholding.withhold(
        catalogue, kind=kind, domain=domain, write=write, reasons=reasons, by=by, at=timezone.now()
    )
    release = services.current_release(code)
    if release is None:
        return made, None
    folder = zones().release(code, release.version)
    columns = [
        (folder / f"{variable.table}.parquet", variable.name)
        for table in catalogue.tables
        for variable in table.variables
        if variable.key_domain == domain and (folder / f"{table.name}.parquet").is_file()
    ]
    return made, occurring(zones().withheld_list(code, made.version), domain, columns)


def _not_as_built(folder: Path, made: pipeline.Manifest) -> services.Failing | None:
    """Whether what was built changed on the disk before it could be delivered, its manifest among it."""
    if json.loads((folder / delivery.MANIFEST).read_bytes()) != json.loads(json.dumps(made.to_json())):
        return services.Failing(FILES_ALTERED, "The manifest of the extract was changed before it was delivered.")
    for entry in made.files:
        if not (folder / entry.name).is_file():
            return services.Failing(
                FILES_MISSING, f"{entry.name} of the extract was gone before it could be delivered."
            )
        if delivery.sha256_of(folder / entry.name) != entry.sha256:
            return services.Failing(FILES_ALTERED, f"{entry.name} of the extract was changed before it was delivered.")
    return None


def _hold_if_above(extract: Extract, report: RiskReport, remedies: Sequence[Remedy]) -> None:
    """Keep the report of an extract. Raises Held where it is above its dataset's ceiling and nobody let it through."""
    if not risk.may_go_on(extract, report=report, remedies=remedies, at=timezone.now()):
        raise risk.Held


def _keys_of(extract: Extract) -> tuple[bytes, Seal]:
    """The pseudonym key of the extract's version, and what seals its files under the workspace key of that version.

    That the version was used is put on record, with its fingerprint.
    """
    which = (extract.project.reference, extract.key_version)
    ring = key_ring()
    key = ring.project_key(*which)
    keys.note_key(extract.project, extract.key_version, fingerprint=ring.fingerprint(*which), at=timezone.now())
    return key, Seal(ring.workspace_key(*which))


def _note_progress(extract: Extract, step: Any) -> None:
    services.keep(
        extract,
        at=timezone.now(),
        lease=lease(),
        table_now=step.table,
        tables_done=step.tables_done,
        tables_total=step.tables,
        rows_done=step.rows_done,
        rows_expected=step.rows_expected,
        all_done=step.all_done,
        all_expected=step.all_expected,
        all_kept=step.all_kept,
    )


def _unless_superseded(step: Any, *args: Any, **kwargs: Any) -> None:
    try:
        step(*args, **kwargs)
    except services.Superseded:
        return


@shared_task
def remove_recalled(extract_id: int) -> None:
    """Take the folder of a recalled extract out of its workspace.

    Safe to repeat: an extract that was not recalled, or whose folder is gone, is left alone.
    """
    extract = Extract.objects.select_related("project").get(pk=extract_id)
    if extract.state == RECALLED:
        _remove_folder(extract)


def _remove_folder(extract: Extract) -> None:
    if WORKSPACE_FOLDER.fullmatch(extract.folder):
        shutil.rmtree(zones().workspace(extract.project.reference) / extract.folder, ignore_errors=True)


def _rekey() -> None:
    """Ask for what was delivered under an earlier key version to be built anew, one of a project at a time.

    Each is asked for once under a version: one that fails is people's to try again. One whose approval no longer
    holds stays as it is: the workspace is closed to its people, and it goes with it.
    """
    for project in keys.projects_to_rekey():
        if why_suspended(project):  # it would be stopped, and not asked for again once the project is open
            continue
        extract = keys.not_asked_again().filter(project=project).order_by("pk")[0]
        release = services.current_release(extract.release.code)
        if release is None:
            continue
        catalogue = catalogue_at(zones().release(release.code, release.version) / "catalogue")
        try:
            services.request_again(extract, catalogue=catalogue, by=worker(), at=timezone.now())
        except Refused as refusal:
            if cache.add(f"not-rekeyed:{extract.pk}", True, timeout=24 * 3600):
                log.info("extract %s is not re-keyed now: %s", extract.pk, refusal)


def linkage_setting(**more: Any) -> linkage_runs.Setting:
    """What linkage runs need of this installation. Only the demonstration goes on without walls, and says so."""
    return linkage_runs.Setting(
        zones=zones(),
        description=lambda code: description_of(code, settings.GATEHOUSE_CATALOGUES),
        key=lambda code: key_ring().dataset_key(code),
        now=timezone.now,
        lease=lease(),
        unsealed_allowed=settings.DEMO,
        **more,
    )


@shared_task
def link_deliveries(run_id: int) -> None:
    """Accept, link and measure; later, scan what was built. Safe to repeat: a stage that reported is not done again."""
    send_on(linkage_runs.carry_on(run_id, LINKAGE, linkage_setting()))


@shared_task
def build_release(run_id: int) -> None:
    """Build the release of a linkage run that has been measured. Safe to repeat, like `link_deliveries`."""
    send_on(linkage_runs.carry_on(run_id, RELEASES, linkage_setting()))


def send_on(run: LinkageRun | None) -> None:
    """Queue a run where its next stage is done."""
    if run is not None:
        next_task(run).delay(run.pk)


def next_task(run: LinkageRun) -> Task[[int], None]:
    """The task that does the run's next stage."""
    return {LINKAGE: link_deliveries, RELEASES: build_release}[linkage_runs.queue_of(run)]


@shared_task
def clear_run(run_id: int) -> None:
    """Throw away what a cancelled linkage had built apart. Safe to repeat; a run that goes on is left alone."""
    linkage_runs.clear(run_id, linkage_setting())


@shared_task
def lock_release(release_id: int) -> None:
    """Take the folder of a withdrawn release away from where extracts open it.

    Safe to repeat: a release that was not withdrawn, or is locked already, is left alone.
    """
    release = Release.objects.get(pk=release_id)
    folder = zones().release(release.code, release.version)
    if release.state == WITHDRAWN and folder.is_dir():
        publishing.lock(folder)


@shared_task
def check_outputs(output_id: int) -> None:
    """Apply the disclosure rules to every file of a request.

    Safe to repeat: a round has one report, and a request that is not being checked is left alone.
    A file that cannot be read is never passed: the report asks people to look.
    """
    output_jobs.attempt(output_id, CHECKING, output_jobs.checked)


@shared_task
def pack_release(output_id: int) -> None:
    """Pack and sign what two checkers approved.

    Safe to repeat: the package is written under a name of the request, whole, with the same
    bytes each time, and a released request is left alone.
    """
    output_jobs.attempt(
        output_id,
        RELEASING,
        lambda output: output_jobs.packed(output, into=zones().released, signing_key=lambda: key_ring().signing_key()),
    )


@shared_task
def sweep() -> None:
    """Queue again what a lost message or a killed worker left behind, and clear old staging folders.

    Safe to repeat: every task looks at its record before it works. A record is queued again once a lease.
    """
    now = timezone.now()
    late = now - lease()
    waiting = Extract.objects.filter(state__in=UNFINISHED, lease_until__isnull=True, state_since__lt=late)
    silent = Extract.objects.filter(state__in=UNFINISHED, lease_until__lt=now)
    for extract in waiting | silent:
        _requeue(generate_extract, extract.pk)
    runs = LinkageRun.objects.filter(state__in=UNFINISHED_RUNS)
    for run in runs.filter(lease_until__isnull=True, state_since__lt=late) | runs.filter(lease_until__lt=now):
        _requeue(next_task(run), run.pk)
    for state, task in ((CHECKING, check_outputs), (RELEASING, pack_release)):
        for output in OutputRequest.objects.filter(state=state, state_since__lt=late):
            _requeue(task, output.pk)
    if zones().staging.exists():
        for root in [path for path in zones().staging.iterdir() if path.is_dir()]:
            delivery.sweep_staging(root, older_than=now - timedelta(days=1))
    _clear_undelivered()
    _take_away_withdrawn()
    _rekey()
    services.destroy_replaced(remove=_remove_folder, at=now)


@shared_task
def sweep_leftovers() -> None:
    """Remove what killed jobs left in the zones a day ago or earlier: a look through all of them, so not every minute.

    Safe to repeat: whoever goes on with such a job makes its own anew.
    """
    yesterday = timezone.now() - timedelta(days=1)
    left_behind = [*linked_release.sweep(zones(), yesterday), *sweep_drafts(zones(), yesterday)]
    for zone in (zones().identifiers, zones().payload, zones().crosswalk, zones().staging):
        left_behind += sweep_rooms(zone, yesterday)
    for left in left_behind:
        log.warning("removed %s: a job that was killed left it", left)


def _take_away_withdrawn() -> None:
    """Do what a lost message did not: lock withdrawn releases, remove recalled folders."""
    for release in Release.objects.filter(state=WITHDRAWN):
        if zones().release(release.code, release.version).is_dir():
            _requeue(lock_release, release.pk)
    for extract in Extract.objects.filter(state=RECALLED).select_related("project"):
        if (zones().workspace(extract.project.reference) / extract.folder).is_dir():
            _requeue(remove_recalled, extract.pk)


def _clear_undelivered() -> None:
    """Remove a folder that was moved into a workspace by a worker that died before it could say so,

    when the extract has ended otherwise meanwhile. While it may still be delivered, the folder is left.
    """
    for folder in zones().workspaces.glob("*/extract-*"):
        if found := WORKSPACE_FOLDER.fullmatch(folder.name):
            extract = Extract.objects.filter(pk=int(found[1]), project__reference=folder.parent.name).first()
            if extract and extract.state in ENDED_WITHOUT and extract.folder != folder.name:
                log.warning("removed %s: its extract is %s", folder.name, extract.state)
                shutil.rmtree(folder)


def _requeue(task: Any, pk: int) -> None:
    if cache.add(f"requeued:{task.name}:{pk}", True, timeout=settings.GATEHOUSE_LEASE_SECONDS):
        log.warning("queued again: %s %s", task.name, pk)
        task.delay(pk)


@shared_task
def sign_trail_head() -> None:
    """Sign the present head of the audit trail into a file that operators copy off the machine.

    Safe to repeat: a head that was signed before is left alone.
    """
    head = trail.head()
    path = zones().trail_heads / f"{head.seq:012d}.json"
    if head.seq == 0 or path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    statement = chain.signed_head(
        head.seq, head.digest, at=timezone.now().astimezone(UTC).isoformat(), key=key_ring().signing_key()
    )
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(statement, indent=2))
    draft.rename(path)
