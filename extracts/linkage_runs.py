"""A linkage run on its way: each worker takes it a few stages on, keeps what they report, and hands it over.

Linkage and the build of a release wait in queues of their own, so that they can have workers of their own; whatever a
worker runs is walled in (`extracts.sealed`).
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from django.db import transaction

from extracts import delivery, linked_release, publishing
from extracts.conversion import text
from extracts.intake import NotKept
from extracts.lifecycle.delivery import ACCEPTED, RECEIVED, REFUSED
from extracts.lifecycle.linkage import CANCELLED, FAILED, Stage
from extracts.linked_release import Plan, Report, Walls
from extracts.models import Delivery, LinkageRun, Release
from extracts.providers import BadProvider
from extracts.sealed import Cancelled, JobFailed, JobRefused, SealUnavailable, kind_and_place, make_private
from extracts.services import Superseded, clerical, deliveries, jobs, linkage, releases
from extracts.zones import Zones
from governance.catalogue.catalogue import read_catalogue
from governance.people.models import User

log = logging.getLogger("gatehouse.linkage")

LINKAGE, RELEASES = "linkage", "releases"
QUEUES = {
    Stage.ACCEPTING: LINKAGE,
    Stage.LINKING: LINKAGE,
    Stage.MEASURING: LINKAGE,
    Stage.BUILDING: RELEASES,
    Stage.SCANNING: LINKAGE,
}
WORK: dict[Stage, Callable[[Plan, Walls], Report]] = {
    Stage.LINKING: linked_release.link,
    Stage.MEASURING: linked_release.measure,
    Stage.BUILDING: linked_release.build,
    Stage.SCANNING: linked_release.scan,
}


FOUND = "The scanner found identifiers in the release, which is thrown away. Its findings are kept with the run."


class _Stopped(Exception):
    """The run cannot go on; the reason is for its page."""


@dataclass(frozen=True)
class Setting:
    """What the worker brings: where things lie, its keys, its clock, how long a job may be silent.

    description  folder of the dataset's description, by its code
    key          the dataset's key, by its code
    tell         called with stage, what is being done and the share done, beside what is kept on the run's row
    """

    zones: Zones
    description: Callable[[str], Path]
    key: Callable[[str], bytes]
    now: Callable[[], datetime]
    lease: timedelta
    unsealed_allowed: bool = False
    tell: Callable[[Stage, str, float], None] = lambda stage, what, share: None


def receive(folder: Path, *, dataset: str, by: User, setting: Setting) -> list[Delivery]:
    """Bring the deliveries of a folder into the inbox and make them known; the folder stays as it is.

    folder  a folder for each provider, each with `delivery.json`; those accepted before are left alone

    Raises Refusal when something in the folder is no delivery, and changes nothing then; BadProvider too. Raises
    Refused for a delivery that a linkage has in hand, and for one that was accepted with other content; those before
    it, by name of the provider, are received.
    """
    found = linked_release.deliveries_in(folder, setting.description(dataset))
    received = []
    for provider, name, source in found:
        with transaction.atomic():
            one = deliveries.receive(
                dataset=dataset, provider=provider, name=name, sha256=delivery.digest_of(source), by=by,
                at=setting.now(),
            )  # fmt: skip
            if one.state == RECEIVED:
                linked_release.bring_in(source, inbox(setting.zones, one))
        received.append(one)
    return received


def keep_truth(folder: Path, *, dataset: str, setting: Setting) -> None:
    """Put what is known of made-up records where, of all jobs, measuring alone reads it, beside what was known.

    Raises OSError when the folder cannot be read; what was there stays then.
    """
    place = setting.zones.truth / dataset
    make_private(place.parent)
    draft = place.with_name(f".{dataset}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(folder, draft)
    draft.chmod(0o700)
    if place.is_dir():
        _add_truth(place, to=draft)
    shutil.rmtree(place, ignore_errors=True)
    draft.rename(place)


def _add_truth(known: Path, *, to: Path) -> None:
    """Add what `known` says of records that `to` does not have. Persons of one are nobody of the other."""
    with closing(duckdb.connect()) as connection:
        for name in ("persons", "events"):
            old, new, both = known / f"{name}.parquet", to / f"{name}.parquet", to / f".{name}.parquet"
            if not old.is_file():
                continue
            if not new.is_file():
                shutil.copy2(old, new)
                continue
            columns = "*"
            if name == "persons":
                last = connection.execute(f"SELECT coalesce(max(person), 0) FROM {_file(new)}").fetchall()[0][0]
                columns = f"* REPLACE (person + {last + 1} AS person)"
            theirs = f"(source, row_id) NOT IN (SELECT (source, row_id) FROM {_file(new)})"
            rows = f"SELECT * FROM {_file(new)} UNION ALL BY NAME SELECT {columns} FROM {_file(old)} WHERE {theirs}"
            connection.execute(f"COPY ({rows}) TO {text(both)} (FORMAT parquet)")
            both.replace(new)


def _file(path: Path) -> str:
    return f"read_parquet({text(path)})"


def inbox(zones: Zones, delivered: Delivery) -> Path:
    """Where a delivery lies until it is accepted or refused; gone afterwards, whatever became of it."""
    return zones.inbox / delivered.dataset / delivered.provider / delivered.name


def next_stage(run: LinkageRun) -> Stage | None:
    """The first stage that has not reported yet."""
    return next((stage for stage in Stage if stage.value not in run.report), None)


def queue_of(run: LinkageRun) -> str:
    """Where the run waits for its next stage."""
    return QUEUES[next_stage(run) or Stage.SCANNING]


def carry_on(run_id: int, queue: str, setting: Setting) -> LinkageRun | None:
    """Take the run as far as this queue's work goes. Returns the run when another queue has to go on, else None.

    Safe to repeat: only the holder of the job's lease works on it, and a stage that has reported is not done again.
    """
    waiting = LinkageRun.objects.get(pk=run_id)
    if queue_of(waiting) != queue:
        return waiting if waiting.is_unfinished and waiting.lease_until is None else None
    run = linkage.claim(run_id, at=setting.now(), lease=setting.lease)
    if run is None:
        return None
    try:
        with jobs.kept_alive(run, clock=setting.now, lease=setting.lease) as lost:
            run = _build_again_if_gone(run, setting)
            while (stage := next_stage(run)) and QUEUES[stage] == queue:
                run = _do(run, stage, setting, lost)
        if next_stage(run):
            jobs.hand_over(run)
            return run
    except (Superseded, Cancelled):
        log.info("linkage run %s: attempt %s was superseded", run_id, run.attempt)
        clear(run_id, setting)
    except JobRefused as refusal:
        _fail(run, " ".join(finding.reason for finding in refusal.findings), setting)
    except (_Stopped, JobFailed, NotKept, SealUnavailable, BadProvider) as problem:
        _fail(run, str(problem), setting)
    except Exception as problem:
        log.error("linkage run %s failed: %s", run_id, kind_and_place(problem))
        _fail(run, f"It failed ({type(problem).__name__}).", setting)
    return None


def _build_again_if_gone(run: LinkageRun, setting: Setting) -> LinkageRun:
    """What is to be scanned may be gone: moved into place by a worker that died before it could say so."""
    staged = linked_release.staged(setting.zones, run.dataset, run.name)
    if next_stage(run) is Stage.SCANNING and not staged.is_dir():
        return linkage.forget_stage(run, Stage.BUILDING)
    return run


def clear(run_id: int, setting: Setting) -> None:
    """Throw away what a failed or cancelled run had built, also what its worker had moved before it died.

    Safe to repeat. Another run of the same name, which a cancelled one leaves free, keeps what it has built.
    """
    run = LinkageRun.objects.get(pk=run_id)
    named_alike = LinkageRun.objects.filter(dataset=run.dataset, name=run.name).exclude(pk=run.pk)
    if run.state not in (FAILED, CANCELLED) or named_alike.exclude(state=CANCELLED).exists():
        return
    linked_release.tidy(setting.zones, run.dataset, run.name)
    if not Release.objects.filter(code=run.dataset, version=run.name).exists():
        shutil.rmtree(setting.zones.release(run.dataset, run.name), ignore_errors=True)


def _fail(run: LinkageRun, reason: str, setting: Setting) -> None:
    try:
        linkage.fail(run, reason=reason[:300], at=setting.now())
    except Superseded:
        return
    clear(run.pk, setting)


def _do(run: LinkageRun, stage: Stage, setting: Setting, lost: Callable[[], bool]) -> LinkageRun:
    """One stage: do it, keep what it reports."""
    linkage.start_stage(run, stage, at=setting.now(), lease=setting.lease)
    walls = Walls(setting.zones, _progress(run, stage, setting), lost, setting.unsealed_allowed)
    if stage is Stage.ACCEPTING:
        return linkage.record_stage(run, stage, _accept(run, walls, setting))
    plan = plan_of(run, setting)
    report = WORK[stage](plan, walls)
    if stage is Stage.SCANNING:
        return _finish(run, plan, report, setting)
    if stage is not Stage.LINKING:
        return linkage.record_stage(run, stage, report)
    more = _after_linking(run, plan, report, setting)
    # What was linked is what is built, whatever is accepted meanwhile.
    return linkage.record_stage(run, stage, {**report, "deliveries": [list(one) for one in plan.deliveries]}, **more)


def _progress(run: LinkageRun, stage: Stage, setting: Setting) -> Callable[[str, float], None]:
    def progress(what: str, share: float) -> None:
        linkage.keep(run, at=setting.now(), lease=setting.lease, what=what[:120], share=share)
        setting.tell(stage, what, share)

    return progress


def _accept(run: LinkageRun, walls: Walls, setting: Setting) -> Report:
    """Look at every delivery that waits, so that all findings are known at once. Raises _Stopped for a refused one."""
    refused, description = [], setting.description(run.dataset)
    for one in run.deliveries.order_by("provider", "name"):
        place = inbox(setting.zones, one)
        if one.state == RECEIVED:
            try:
                accepted = linked_release.accept(
                    place, one.provider, code=run.dataset, description=description, walls=walls
                )
            except JobRefused as refusal:
                findings = [finding.to_json() for finding in refusal.findings]
                refused.append(deliveries.refuse(one, findings=findings, at=setting.now()))
            else:
                deliveries.accept(one, counts=accepted.counts, at=setting.now())
        elif one.state == REFUSED:
            refused.append(one)
        shutil.rmtree(place, ignore_errors=True)
    if refused:
        names = ", ".join(map(str, refused))
        raise _Stopped(f"Refused: {names}. The linkage page shows the findings; it can be sent again, mended.")
    return {str(one): one.counts for one in run.deliveries.all()}


def plan_of(run: LinkageRun, setting: Setting) -> Plan:
    """What the run builds, from its row. A run links all that was accepted so far: it adds to the standing spine."""
    before = releases.current_release(run.dataset)
    key = setting.key(run.dataset)
    standing = Delivery.objects.filter(dataset=run.dataset, state=ACCEPTED).order_by("state_since", "pk")
    linked = run.part(Stage.LINKING).get("deliveries")
    return Plan(
        code=run.dataset,
        version=run.name,
        seed=run.seed,
        description=setting.description(run.dataset),
        deliveries=tuple((provider, name) for provider, name in linked)
        if linked
        else tuple((one.provider, one.name) for one in standing),
        key=key,
        created_at=run.created_at.isoformat(),
        decisions=[
            {"token": row["token"], "reviewer_hash": row["reviewer"], "verdict": row["verdict"]}
            for row in clerical.export_decisions(run.dataset, key=key)
        ],
        previous=before.version if before and before.run else "",
    )


def _after_linking(run: LinkageRun, plan: Plan, report: Mapping[str, Any], setting: Setting) -> dict[str, Any]:
    """Put the pairs of the grey zone up for review; keep what the charts are drawn from."""
    clerical.queue(run, report["pairs"], at=setting.now())
    charts = setting.zones.run(plan.code, plan.version) / "charts.json"
    return {
        "charts": json.loads(charts.read_bytes()),
        "model_name": report["model"]["name"],
        "model_version": report["model"]["version"],
    }


def _finish(run: LinkageRun, plan: Plan, scan: Report, setting: Setting) -> LinkageRun:
    """Make the release known and move it into place, if no identifier was found in it."""
    if scan["clean"] is not True:
        with transaction.atomic():
            run = linkage.record_stage(run, Stage.SCANNING, scan)
            linkage.fail(run, reason=FOUND, at=setting.now())
        clear(run.pk, setting)
        return run
    folder = linked_release.staged(setting.zones, plan.code, plan.version) / "release"
    built = run.part(Stage.BUILDING)
    if publishing.verify(folder) or delivery.sha256_of(folder / delivery.MANIFEST) != built["manifest_sha256"]:
        raise _Stopped("The release is not the one that was built: something changed its files. Try again.")
    said = {name: json.loads((folder / f"{name}.json").read_bytes()) for name in ("release", "quality", "difference")}
    tables = said["release"]["tables"]
    with transaction.atomic():
        run = linkage.record_stage(run, Stage.SCANNING, scan)
        releases.register_built_release(
            run,
            title=read_catalogue(folder / "catalogue").dataset.title,
            tables={name: {"rows": table["rows"], "sha256": table["sha256"]} for name, table in tables.items()},
            manifest_sha256=built["manifest_sha256"],
            quality=said["quality"],
            difference=said["difference"],
            scan=scan,
            move=lambda: linked_release.put_in_place(plan, setting.zones),
            at=setting.now(),
        )
    return run
