"""Tasks may run twice, late, or after somebody changed their mind: the end is the same."""

import json
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache

from extracts import delivery, services, tasks
from extracts.apps import policies_of_datasets_are_read
from extracts.atrest import gatehouse_workspace as gw
from extracts.disclosure.policies import POLICY_FILE
from extracts.disclosure.policy import Policy
from extracts.models import Extract
from extracts.output_policy import policy_for
from extracts.services import releases
from governance.agreements import services as agreements
from governance.audit import chain
from governance.audit.models import Entry
from governance.catalogue.catalogue import description_of
from governance.outputs import services as outputs
from governance.outputs.models import OutputRequest
from tests.builders import an_agreement, an_output, catalogue, now
from tests.cast import person
from tests.workspaces import key_at_hand

pytestmark = pytest.mark.django_db


@pytest.fixture
def extract(release):
    return services.request(an_agreement().project, catalogue=catalogue(), by=person("ruth"), at=now())


def folders(zones, extract):
    workspace = zones.workspace(extract.project.reference)
    return sorted(path.name for path in workspace.iterdir()) if workspace.exists() else []


@pytest.mark.slow
def test_building_twice_delivers_once(extract, zones):
    tasks.generate_extract(extract.pk)
    tasks.generate_extract(extract.pk)

    extract.refresh_from_db()
    assert extract.state == "delivered", extract.reason
    assert folders(zones, extract) == [extract.folder]
    assert delivery.verify(zones.workspace(extract.project.reference) / extract.folder) == []
    assert Entry.objects.filter(action="deliver").count() == 1
    assert not any((zones.staging / f"extract-{extract.pk}").iterdir())


@pytest.mark.slow
def test_a_recalled_extract_leaves_the_workspace(extract, zones):
    tasks.generate_extract(extract.pk)
    tasks.remove_recalled(extract.pk)
    extract.refresh_from_db()
    assert folders(zones, extract) == [extract.folder], "what is delivered stays"

    releases.withdraw(extract.release, reasons="Wrong links.", by=person("rae"), at=now())
    for _ in range(2):
        tasks.remove_recalled(extract.pk)
    assert folders(zones, extract) == []


@pytest.mark.slow
def test_the_sweep_takes_away_what_a_lost_message_left(extract, zones):
    tasks.generate_extract(extract.pk)
    releases.withdraw(extract.release, reasons="Wrong links.", by=person("rae"), at=now())
    tasks.sweep()  # tasks run at once here
    assert folders(zones, extract) == []
    assert not zones.release("cjs_linked", "2026.1").exists()


def move_and_die(extract, *, move, **kwargs):
    move()
    raise SystemExit


@pytest.mark.slow
def test_a_worker_that_died_after_moving_the_folder_leaves_one_folder(extract, zones, monkeypatch):
    with monkeypatch.context() as patch:
        # Dies inside the transaction, after the rename and before the commit.
        patch.setattr(services, "deliver", move_and_die)
        with pytest.raises(SystemExit):
            tasks.generate_extract(extract.pk)
    assert len(folders(zones, extract)) == 1
    Extract.objects.update(lease_until=now() - timedelta(seconds=1))

    tasks.generate_extract(extract.pk)
    extract.refresh_from_db()
    assert (extract.state, extract.attempt) == ("delivered", 2)
    assert folders(zones, extract) == [extract.folder]


@pytest.mark.slow
def test_only_what_was_agreed_is_delivered(extract, zones):
    tasks.generate_extract(extract.pk)
    extract.refresh_from_db()
    folder = zones.workspace(extract.project.reference) / extract.folder
    with key_at_hand(folder):
        crimes = gw.arrow("pol_crime", folder)
    assert set(crimes.column_names) == {"crime_id_hash", "offence_subgroup", "recorded_date"}
    assert {len(str(month)) for month in crimes["recorded_date"].to_pylist()} == {7}
    assert sorted(path.stem for path in folder.glob("*.parquet")) == ["crt_case", "pol_crime"]


@pytest.mark.slow
def test_the_quality_of_the_links_travels_with_the_extract(extract, zones):
    tasks.generate_extract(extract.pk)
    extract.refresh_from_db()
    folder = zones.workspace(extract.project.reference) / extract.folder
    said = json.loads((zones.release("cjs_linked", "2026.1") / "quality.json").read_bytes())
    with key_at_hand(folder), gw.open("linkage-quality.txt", folder) as file:
        statement = file.read().decode()
    assert all(sentence in statement for sentence in (*said["statement"]["summary"], *said["statement"]["worst"]))
    with key_at_hand(folder):
        rates = gw.read("linkage-quality.csv", folder).query("by == 'overall' and ids == 'person_id'")
    (everyone,) = [row for row in said["measures"] if (row["by"], row["ids"]) == ("overall", "person_id")]
    assert rates["recall"].item() == pytest.approx(everyone["recall"]["value"], abs=1e-4)
    assert "linkage-quality.txt" in (folder / "README.txt").read_text()


def test_cancelling_during_the_build_leaves_nothing(extract, zones, monkeypatch):
    keep = services.keep

    def cancel_then_keep(job, **kwargs):
        if Extract.objects.get().state == "building":
            services.cancel(job, by=person("ruth"), at=now())
        return keep(job, **kwargs)

    monkeypatch.setattr(services, "keep", cancel_then_keep)
    tasks.generate_extract(extract.pk)
    assert Extract.objects.get().state == "cancelled"
    assert folders(zones, extract) == []


@pytest.mark.slow
def test_the_sweep_queues_again_what_was_left_behind(extract, zones, django_capture_on_commit_callbacks):
    Extract.objects.update(state_since=now() - timedelta(hours=1))
    tasks.sweep()
    extract.refresh_from_db()
    assert extract.state == "delivered", "the message of the request was never sent in this test"


def test_the_sweep_leaves_a_living_worker_alone(extract, zones):
    services.claim(extract.pk, at=now(), lease=timedelta(minutes=5))
    tasks.sweep()
    assert Extract.objects.get().attempt == 1


def test_the_sweep_does_not_flood_the_queue(extract, zones, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.generate_extract, "delay", sent.append)
    Extract.objects.update(state_since=now() - timedelta(hours=1))
    tasks.sweep()
    tasks.sweep()
    assert sent == [extract.pk]
    cache.clear()
    tasks.sweep()
    assert sent == [extract.pk, extract.pk]


@pytest.mark.slow
def test_checking_twice_reports_once(zones):
    output = an_output("checking")
    tasks.check_outputs(output.pk)
    tasks.check_outputs(output.pk)
    output.refresh_from_db()
    assert (output.state, output.reports.count()) == ("submitted", 1)
    assert output.report_now().verdict == "pass"


@pytest.mark.slow
def test_small_cells_are_found(zones):
    output = an_output("checking", content=b"offence,cases,withdrawn\nViolence,120,40\nTheft,300,9\n")
    tasks.check_outputs(output.pk)
    report = OutputRequest.objects.get().report_now()
    assert report.verdict == "fail"
    [finding] = [finding for file in report.content["files"] for finding in file["findings"] if finding["cell"]]
    assert (finding["rule"], finding["cell"]["column"], finding["cell"]["row"]) == ("threshold", "withdrawn", 3)


@pytest.mark.slow
def test_outputs_are_checked_by_the_policy_of_their_dataset_and_its_owners(zones, tmp_path, settings):
    """Fourteen withdrawals are enough for anybody but an owner that asks for fifteen."""
    folder = copied_description(tmp_path, "cjs_linked")
    settings.GATEHOUSE_CATALOGUES = [folder.parent]
    for controller, verdict in (("dfe", "pass"), ("police", "fail")):
        written = {"name": "ours", "version": "7", "controllers": {controller: {"threshold": 15}}}
        (folder / POLICY_FILE).write_text(json.dumps(written))
        output = an_output("checking", content=b"offence,cases,withdrawn\nViolence,120,40\nTheft,300,14\n")
        tasks.check_outputs(output.pk)
        output.refresh_from_db()
        assert output.report_now().verdict == verdict


def test_a_variable_that_is_sensitive_by_context_has_the_stricter_threshold(zones):
    project = an_agreement().project
    policy = policy_for(project)
    assert policy.threshold_for(["withdrawal reason"], sensitive=False) == policy.sensitive_threshold == 20
    assert policy.threshold_for(["offence"], sensitive=False) == 10


def test_a_dataset_whose_policy_is_none_stops_the_deployment(tmp_path, settings):
    folder = copied_description(tmp_path, "cjs_linked")
    settings.GATEHOUSE_CATALOGUES = [folder.parent]
    assert policies_of_datasets_are_read(None) == []
    (folder / POLICY_FILE).write_text('{"name": "ours", "treshold": 5}')
    (error,) = policies_of_datasets_are_read(None)
    assert "treshold" in error.msg and POLICY_FILE in error.msg
    written = {
        "name": "ours",
        "version": "1",
        "controllers": {"cps": {"rounding": "base5"}, "dfe": {"rounding": "base10"}},
    }
    (folder / POLICY_FILE).write_text(json.dumps(written))
    (error,) = policies_of_datasets_are_read(None)
    assert "choose one of them" in error.msg


def copied_description(into: Path, code: str) -> Path:
    return Path(shutil.copytree(description_of(code, settings.GATEHOUSE_CATALOGUES), into / "datasets" / code))


def test_bytes_that_changed_after_upload_are_not_checked(zones):
    output = an_output("checking")
    path = zones.root / "outputs" / output.files.get().content.name
    path.chmod(0o600)
    path.write_bytes(b"offence,cases\nTheft,500\n")
    tasks.check_outputs(output.pk)
    assert OutputRequest.objects.get().state == "returned"


@pytest.mark.slow
def test_bytes_that_changed_after_the_checks_are_not_released(zones):
    output = outputs.release(an_output("cleared"), round=1, by=person("cass"), at=now())
    path = zones.root / "outputs" / output.files.get().content.name
    path.chmod(0o600)
    path.write_bytes(b"offence,cases\nTheft,5\n")
    tasks.pack_release(output.pk)
    output = OutputRequest.objects.get()
    assert (output.state, output.package) == ("returned", "")
    assert not list(zones.released.rglob("*.zip"))


@pytest.mark.slow
def test_packing_twice_gives_the_same_package(zones):
    output = outputs.release(an_output("cleared"), round=1, by=person("cass"), at=now())
    tasks.pack_release(output.pk)
    first = OutputRequest.objects.get().package_sha256
    OutputRequest.objects.update(state="releasing", released_at=None, package_sha256="", package="")
    tasks.pack_release(output.pk)
    assert OutputRequest.objects.get().package_sha256 == first


@pytest.mark.slow
def test_a_package_holds_the_figures_that_it_was_checked_by(zones):
    output = an_output("cleared")
    outputs.release(OutputRequest.objects.get(), round=1, by=person("cass"), at=now())
    tasks.pack_release(output.pk)
    (package,) = zones.released.rglob("*.zip")
    with zipfile.ZipFile(package) as packed:
        rules = json.loads(packed.read("manifest.json"))["rules"]
    assert Policy.from_json(rules["criteria"]) == policy_for(output.project)


def test_the_head_of_the_trail_is_signed(zones):
    an_agreement()
    tasks.sign_trail_head()
    tasks.sign_trail_head()
    [head] = chain.read_heads(zones.trail_heads)
    assert head["seq"] == Entry.objects.count()
    assert chain.signature_holds(head, chain.read_key(zones.keys / "signing.pub.pem"))
    assert not chain.signature_holds(
        json.loads(json.dumps(head)) | {"seq": 1}, chain.read_key(zones.keys / "signing.pub.pem")
    )


@pytest.mark.slow
def test_a_folder_that_will_never_be_delivered_is_removed(extract, zones, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(services, "deliver", move_and_die)
        with pytest.raises(SystemExit):
            tasks.generate_extract(extract.pk)
    tasks.sweep()
    assert len(folders(zones, extract)) == 1, "it may still be delivered"
    services.cancel(Extract.objects.get(), by=person("ruth"), at=now())
    tasks.sweep()
    assert folders(zones, extract) == []


def test_work_that_fails_each_time_goes_back_to_the_author(zones):
    output = an_output("checking")
    (zones.root / "outputs" / output.files.get().content.name).unlink()
    for _ in range(6):
        tasks.check_outputs(output.pk)
    output.refresh_from_db()
    assert output.state == "returned"
    assert "tried 5 times" in Entry.objects.filter(action="withhold").get().note


def test_a_report_of_an_earlier_round_is_dropped(zones):
    output = an_output("checking")
    OutputRequest.objects.update(round=2)
    outputs.record_report(output, round=1, verdict="pass", content={}, at=now())
    output.refresh_from_db()
    assert (output.state, output.reports.count()) == ("checking", 0)


@pytest.mark.slow
def test_nothing_is_packed_once_the_agreement_is_revoked(zones):
    output = outputs.release(an_output("cleared"), round=1, by=person("cass"), at=now())
    agreements.revoke(output.project.agreements.get(), reasons="Breach.", by=person("sam"), at=now())
    tasks.pack_release(output.pk)
    output.refresh_from_db()
    assert (output.state, output.package) == ("returned", "")
    assert not list(zones.released.rglob("*.zip"))


@pytest.mark.slow
def test_the_package_does_not_name_the_checkers(zones):
    output = outputs.release(an_output("cleared"), round=1, by=person("cass"), at=now())
    tasks.pack_release(output.pk)
    [package] = zones.released.rglob("*.zip")
    with zipfile.ZipFile(package) as content:
        text = content.read("manifest.json").decode()
    assert "cass" not in text.lower() and "devi" not in text.lower()
    entries = [one["trail_entry"] for one in json.loads(text)["checks"]]
    assert list(Entry.objects.filter(pk__in=entries).values_list("actor", flat=True)) == ["cass", "devi"]


def test_errors_are_told_without_their_text():
    try:
        raise ValueError("a name, a date of birth")
    except ValueError as problem:
        told = tasks.kind_and_place(problem)
    assert told.startswith("ValueError at test_tasks.py:")
    assert "birth" not in told
