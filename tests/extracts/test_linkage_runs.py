"""A linkage run from the inbox to a release: in stages, from queue to queue, and whatever becomes of it on the way."""

import json
import os
import shutil
import time
from dataclasses import replace
from datetime import timedelta

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import OperationalError

from extracts import delivery, linkage_runs, linked_release, publishing, tasks
from extracts.lifecycle.linkage import Stage
from extracts.linkage_runs import LINKAGE, RELEASES, carry_on
from extracts.models import ClericalPair, Delivery, LinkageRun
from extracts.providers import Finding, Refusal
from extracts.sealed import JobRefused
from extracts.services import jobs, linkage, releases
from extracts.synthetic.deliveries import write_deliveries
from extracts.zones import Zones
from governance.workflow import Refused
from portal.catalogues import described
from tests.builders import now
from tests.cast import person
from tests.extracts import a_delivery
from tests.extracts.small_linked import DESCRIPTION
from tests.linked import CLEAN, a_run
from tests.linked import a_delivery as a_delivery_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Made-up deliveries of all providers, and the truth."""
    folder = tmp_path_factory.mktemp("sources") / "made"
    write_deliveries(
        400, seed=11, codelists=DESCRIPTION / "codelists", providers=DESCRIPTION / "providers", into=folder
    )
    return folder


@pytest.fixture
def setting(zones):
    return replace(tasks.linkage_setting(), lease=timedelta(hours=1))


@pytest.fixture
def with_a_sixth_agency(sources, setting, tmp_path):
    """The setting of an installation that has added a provider by its file, and deliveries with that provider's."""
    description = tmp_path / "datasets" / "cjs_linked"
    shutil.copytree(DESCRIPTION, description)
    a_delivery.provider_file(description / "providers")
    shutil.copytree(sources / "deliveries", tmp_path / "sent")
    a_delivery.write_delivery(tmp_path / "sent" / "mental_health")
    return replace(setting, description=lambda code: description), tmp_path / "sent"


def requested(setting, folder, *, name="2026.1"):
    received = linkage_runs.receive(folder, dataset="cjs_linked", by=person("lin"), setting=setting)
    return linkage.request(dataset="cjs_linked", deliveries=received, name=name, by=person("lin"), at=now())


def failed(run):
    run.refresh_from_db()
    return run.reason, [one.findings for one in Delivery.objects.all() if one.findings]


def test_from_deliveries_to_a_release(sources, with_a_sixth_agency, zones):
    setting, sent = with_a_sixth_agency
    linkage_runs.keep_truth(sources / "truth", dataset="cjs_linked", setting=setting)
    run = requested(setting, sent)

    assert carry_on(run.pk, LINKAGE, setting) is not None, failed(run)
    run.refresh_from_db()
    assert linkage_runs.next_stage(run) is Stage.BUILDING
    assert carry_on(run.pk, LINKAGE, setting) == run, "the build is another worker's"
    run = carry_on(run.pk, RELEASES, setting)
    assert linkage_runs.next_stage(run) is Stage.SCANNING
    assert carry_on(run.pk, LINKAGE, setting) is None

    run = LinkageRun.objects.get(pk=run.pk)
    assert (run.state, run.reason) == ("built", "")
    folder = zones.release("cjs_linked", "2026.1")
    assert publishing.verify(folder) == []
    assert run.release.manifest_sha256 == delivery.sha256_of(folder / delivery.MANIFEST)
    assert run.release.quality == json.loads((folder / "quality.json").read_bytes())
    assert run.release.quality["basis"] == "truth"
    assert {one.state for one in Delivery.objects.all()} == {"accepted"}
    assert [path for path in zones.inbox.rglob("*") if path.is_file()] == [], "names do not stay in the inbox"
    assert list(zones.staging.iterdir()) == []
    assert ClericalPair.objects.count() == len(run.part(Stage.LINKING)["pairs"]) > 0
    assert run.charts and run.model_name == "cjs-1", "as the description of the dataset says"
    the_persons_are_the_linked_ones(folder, zones)
    assert run.release.tables["mht_referral"]["rows"] == a_delivery.PEOPLE
    a_withdrawn_release_is_locked(run.release, folder)


def the_persons_are_the_linked_ones(folder, zones):
    """Records are together that were linked, and the ids are neither those of the crosswalk nor the true ones."""
    counted = "SELECT count(*), count(DISTINCT {id}) FROM read_parquet('{file}')"
    crosswalk = zones.run("cjs_linked", "2026.1") / "persons.parquet"
    released = counted.format(id="estimated_xjs_id", file=folder / "xjs_link.parquet")
    assert duckdb.sql(released).fetchall() == duckdb.sql(counted.format(id="person_id", file=crosswalk)).fetchall()
    shared = f"""
        SELECT count(*) FROM read_parquet('{folder}/xjs_link.parquet')
        WHERE estimated_xjs_id::VARCHAR IN (SELECT person_id::VARCHAR FROM read_parquet('{crosswalk}'))
    """
    assert duckdb.sql(shared).fetchall() == [(0,)]


def a_withdrawn_release_is_locked(release, folder):
    assert "mht_referral" not in described("cjs_linked")
    releases.publish(release, reasons="Quality is good.", by=person("rae"), at=now())
    assert "mht_referral" in described("cjs_linked"), "researchers can ask for what the release holds"
    tasks.lock_release(release.pk)
    assert folder.is_dir(), "published"
    releases.withdraw(release, reasons="Wrong links.", by=person("rae"), at=now())
    for _ in range(2):
        tasks.lock_release(release.pk)
    assert not folder.exists()
    assert publishing.is_locked(folder)


def with_a_name_in_the_payload(deliveries, into):
    """The police's delivery alone, with somebody's name among the attributes."""
    shutil.copytree(deliveries / "police", into / "police")
    path = into / "police" / "payload" / "pol_crime.parquet"
    table = pq.read_table(path)
    pq.write_table(table.append_column("victim_surname", pa.array(["Okonkwo"] * len(table))), path)
    return into


def test_a_refused_delivery_ends_the_run_and_can_be_sent_again(sources, setting, zones, tmp_path):
    run = requested(setting, with_a_name_in_the_payload(sources / "deliveries", tmp_path / "wrong"))
    assert carry_on(run.pk, LINKAGE, setting) is None

    run.refresh_from_db()
    (sent,) = Delivery.objects.all()
    assert (run.state, sent.state) == ("failed", "refused")
    assert "police 2025-12" in run.reason
    assert any("column" in finding["reason"] for finding in sent.findings)
    assert "Okonkwo" not in json.dumps(sent.findings) + run.reason
    kept = [path for zone in (zones.inbox, zones.identifiers, zones.payload) for path in zone.rglob("*")]
    assert [path for path in kept if path.is_file()] == []

    linkage.retry(run, by=person("lin"), at=now())
    assert carry_on(run.pk, LINKAGE, setting) is None
    run.refresh_from_db()
    assert run.state == "failed", "it is not linked without the delivery that it was asked for"

    shutil.copytree(sources / "deliveries" / "police", tmp_path / "mended" / "police")
    linkage_runs.receive(tmp_path / "mended", dataset="cjs_linked", by=person("lin"), setting=setting)
    linkage.retry(run, by=person("lin"), at=now())
    assert linkage_runs.next_stage(carry_on(run.pk, LINKAGE, setting)) is Stage.BUILDING


@pytest.mark.parametrize("wrong", ["nothing", "a stranger", "no delivery.json", "a name that leads elsewhere"])
def test_what_is_no_delivery_is_not_received(sources, setting, zones, tmp_path, wrong):
    folder = tmp_path / "sent"
    if wrong != "nothing":
        shutil.copytree(sources / "deliveries" / "police", folder / ("mi5" if wrong == "a stranger" else "police"))
    if wrong == "no delivery.json":
        (folder / "police" / "delivery.json").unlink()
    if wrong == "a name that leads elsewhere":
        about = {"provider": "police", "delivery": "../../x", "cut": "2025-12-31"}
        (folder / "police" / "delivery.json").write_text(json.dumps(about))
    with pytest.raises(Refusal):
        linkage_runs.receive(folder, dataset="cjs_linked", by=person("lin"), setting=setting)
    assert not Delivery.objects.exists()
    assert not zones.inbox.exists()


@pytest.fixture
def work(monkeypatch):
    """Stages that do nothing but count, in place of jobs."""
    done = []

    def stage(name, report):
        def do(plan, walls):
            done.append(name)
            walls.progress("Working", 0.5)
            if name is Stage.BUILDING:
                (linked_release.staged(walls.zones, plan.code, plan.version) / "release").mkdir(parents=True)
            return report

        return do

    reports = {Stage.MEASURING: {}, Stage.BUILDING: {"tables": {}}, Stage.SCANNING: CLEAN | {"clean": False}}
    monkeypatch.setattr(linkage_runs, "WORK", {name: stage(name, report) for name, report in reports.items()})
    return done


def a_linked_run():
    """A run whose records were linked by an earlier attempt, which died."""
    run = a_run("running")
    for stage in (Stage.ACCEPTING, Stage.LINKING):
        run = linkage.record_stage(run, stage, {"done": True})
    LinkageRun.objects.filter(pk=run.pk).update(lease_until=now() - timedelta(seconds=1))
    return run


def through(run, setting):
    going = run
    while going is not None:
        going = carry_on(run.pk, linkage_runs.queue_of(going), setting)
    run.refresh_from_db()
    return run


def test_an_identifier_in_the_release_ends_the_run(setting, work, zones):
    run = through(a_linked_run(), setting)
    assert (run.state, work) == ("failed", [Stage.MEASURING, Stage.BUILDING, Stage.SCANNING])
    assert run.part(Stage.SCANNING)["clean"] is False, "the page shows the findings"
    assert "identifiers" in run.reason
    assert list(zones.staging.iterdir()) == []
    assert not zones.releases.exists()

    linkage.retry(run, by=person("lin"), at=now())
    run.refresh_from_db()
    assert linkage_runs.next_stage(run) is Stage.LINKING, "all is done anew, with what was accepted by then"


def test_what_was_built_and_is_gone_is_built_again(setting, work, zones):
    run = a_linked_run()
    run = carry_on(run.pk, LINKAGE, setting)
    run = carry_on(run.pk, RELEASES, setting)
    linked_release.tidy(zones, run.dataset, run.name)
    run = carry_on(run.pk, LINKAGE, setting)
    assert linkage_runs.queue_of(run) == RELEASES
    assert work == [Stage.MEASURING, Stage.BUILDING]


def test_a_cancelled_run_stops_and_leaves_nothing_built(setting, work, zones, monkeypatch):
    run = carry_on(a_linked_run().pk, LINKAGE, setting)
    build = linkage_runs.WORK[Stage.BUILDING]

    def cancelled_meanwhile(plan, walls):
        build(plan, walls)
        linkage.cancel(run, by=person("lin"), at=now())
        walls.progress("Writing", 0.7)

    monkeypatch.setitem(linkage_runs.WORK, Stage.BUILDING, cancelled_meanwhile)
    assert carry_on(run.pk, RELEASES, setting) is None
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert list(zones.staging.iterdir()) == []


def test_what_was_linked_is_what_is_built(setting, work, zones):
    """Whatever is accepted between the two."""
    run = a_linked_run()
    LinkageRun.objects.filter(pk=run.pk).update(
        report=run.report | {"linking": {"deliveries": [["police", "2026-11"]]}}
    )
    a_delivery_of("cps")
    run.refresh_from_db()
    assert linkage_runs.plan_of(run, setting).deliveries == (("police", "2026-11"),)


def test_a_delivery_in_the_hands_of_a_linkage_is_not_received_again(sources, setting, zones):
    requested(setting, sources / "deliveries")
    before = sorted(zones.inbox.rglob("*"))
    with pytest.raises(Refused, match="in the hands of a linkage"):
        linkage_runs.receive(sources / "deliveries", dataset="cjs_linked", by=person("lin"), setting=setting)
    assert sorted(zones.inbox.rglob("*")) == before


def test_a_folder_that_was_moved_by_a_run_that_ended_otherwise_is_removed(setting, work, zones):
    run = a_linked_run()
    folder = zones.release(run.dataset, run.name)
    folder.mkdir(parents=True)
    linkage_runs.clear(run.pk, setting)
    assert folder.is_dir(), "it may still be registered"
    linkage.cancel(run, by=person("lin"), at=now())
    another = a_run("running", name=run.name)
    linkage_runs.clear(run.pk, setting)
    assert folder.is_dir(), "it may be that of another run of the name, which is free again"
    linkage.cancel(another, by=person("lin"), at=now())
    linkage_runs.clear(run.pk, setting)
    assert not folder.exists()


def test_a_truth_that_cannot_be_read_leaves_the_one_before(sources, setting, zones, tmp_path):
    linkage_runs.keep_truth(sources / "truth", dataset="cjs_linked", setting=setting)
    with pytest.raises(OSError):
        linkage_runs.keep_truth(tmp_path / "nowhere", dataset="cjs_linked", setting=setting)
    assert (zones.truth / "cjs_linked" / "persons.parquet").is_file()


def test_truths_are_added_to_one_another(sources, setting, zones, tmp_path):
    """One that is sent again changes nothing; other records' persons are other persons."""

    def known():
        return pq.read_table(zones.truth / "cjs_linked" / "persons.parquet").to_pandas()

    for _ in range(2):
        linkage_runs.keep_truth(sources / "truth", dataset="cjs_linked", setting=setting)
    first = known()
    assert len(first) == pq.read_metadata(sources / "truth" / "persons.parquet").num_rows
    shutil.copytree(sources / "truth", tmp_path / "other")
    other = first.assign(row_id="other " + first["row_id"])
    other.to_parquet(tmp_path / "other" / "persons.parquet")
    (tmp_path / "other" / "events.parquet").unlink()  # none of these comes from an arrest
    linkage_runs.keep_truth(tmp_path / "other", dataset="cjs_linked", setting=setting)
    assert len(known()) == 2 * len(first)
    assert known()["person"].nunique() == 2 * first["person"].nunique()
    events = (folder / "events.parquet" for folder in (sources / "truth", zones.truth / "cjs_linked"))
    assert len({pq.read_metadata(path).num_rows for path in events}) == 1


def test_a_refusal_of_a_job_is_said_on_the_page(setting, work, monkeypatch):
    def refuse(plan, walls):
        raise JobRefused([Finding("", "The spine has gone on since run 2026.2: it cannot be run again.")])

    monkeypatch.setitem(linkage_runs.WORK, Stage.MEASURING, refuse)
    run = through(a_linked_run(), setting)
    assert (run.state, run.reason) == ("failed", "The spine has gone on since run 2026.2: it cannot be run again.")
    linkage.cancel(run, by=person("lin"), at=now())  # which frees its name


def test_one_error_of_the_database_does_not_lose_a_job(setting, monkeypatch):
    run = a_run("running")
    problems = iter([OperationalError("locked"), None, jobs.Superseded()])

    def keep(job, **more):
        if problem := next(problems):
            raise problem

    monkeypatch.setattr(jobs, "LONGEST_BEAT_SECONDS", 0.01)
    monkeypatch.setattr(jobs, "keep", keep)
    with jobs.kept_alive(run, clock=now, lease=timedelta(minutes=1)) as lost:
        wait_until(lost)
    assert next(problems, "none left") == "none left", "it was tried again, and then told that it was superseded"


def test_a_lease_that_could_not_be_renewed_is_lost(setting, monkeypatch):
    def keep(job, **more):
        raise OperationalError("gone")

    monkeypatch.setattr(jobs, "keep", keep)
    with jobs.kept_alive(a_run("running"), clock=now, lease=timedelta(seconds=0.03)) as lost:
        wait_until(lost)
        assert lost()


def wait_until(holds):
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_lost_run_is_queued_where_it_has_to_go_on(setting, work, monkeypatch):
    run = carry_on(a_linked_run().pk, LINKAGE, setting)
    LinkageRun.objects.filter(pk=run.pk).update(state_since=now() - timedelta(hours=1))
    queued = []
    monkeypatch.setattr(tasks.build_release, "delay", queued.append)
    tasks.sweep()
    assert queued == [run.pk]


def test_what_a_killed_job_left_is_swept_after_a_day(zones):
    left = [zones.root / path for path in (
        "identifiers/cjs_linked/.drafts/police-1", "identifiers/cjs_linked/spine/.2026.2.draft",
        "identifiers/cjs_linked/.scan/build-1", "payload/cjs_linked/.drafts/police-1",
        "crosswalk/cjs_linked/.row-ids/police-1", "crosswalk/cjs_linked/.2026.2.draft",
        "identifiers/cjs_linked/.sealed-999999999-x",
    )]  # fmt: skip
    kept = zones.root / "identifiers" / "cjs_linked" / "identities" / "police" / "2026"
    for folder in (*left, kept):
        folder.mkdir(parents=True)
        (folder / "x.parquet").write_bytes(b"x")
    tasks.sweep_leftovers()
    assert all(folder.is_dir() for folder in left), "somebody may be at work there"
    yesterday = time.time() - 90_000
    for folder in (*left, kept):
        os.utime(folder / "x.parquet", (yesterday, yesterday))
        os.utime(folder, (yesterday, yesterday))
    tasks.sweep_leftovers()
    assert [folder for folder in left if folder.exists()] == []
    assert kept.is_dir()


def test_zones_of_a_run_are_for_one_account(sources, setting, zones):
    linkage_runs.receive(sources / "deliveries", dataset="cjs_linked", by=person("lin"), setting=setting)
    linkage_runs.keep_truth(sources / "truth", dataset="cjs_linked", setting=setting)
    for folder in (zones.inbox, *zones.inbox.glob("*/*/*"), zones.truth / "cjs_linked"):
        assert folder.stat().st_mode & 0o077 == 0, folder
    assert isinstance(setting.zones, Zones)
