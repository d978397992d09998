"""Everything on which an approval rests is looked at before the build and before the delivery, in every mode.

Each fault is put into the real database or the real files, and the real worker's task runs into it.
"""

import json
import shutil
from datetime import timedelta

import pytest

from extracts import pipeline, services, tasks
from extracts.lifecycle.extract import STOPS
from extracts.models import Extract
from extracts.services import releases, rotation
from governance.agreements import services as agreements
from governance.agreements.terms import sha256_of
from governance.incidents import services as incidents
from governance.people.grants import take_on
from governance.standing import services as standing
from tests.builders import an_agreement, an_incident, catalogue, everybody_signs, now
from tests.cast import person

pytestmark = pytest.mark.django_db
LEASE = timedelta(seconds=60)


@pytest.fixture
def extract(release):
    return services.request(an_agreement().project, catalogue=catalogue(), by=person("ruth"), at=now())


def revoke(extract, zones):
    agreements.revoke(extract.agreement, reasons="Breach.", by=person("sam"), at=now())


def revoke_project(extract, zones):
    agreements.revoke_project(extract.project, reasons="Breach.", by=person("sam"), at=now())


def rotate(extract, zones):
    rotation.rotate(extract.project, reasons="A list was lost.", by=person("sam"), at=now())


def amend(extract, zones):
    """A newer agreement of the project is drawn up, signed and countersigned."""
    scope = extract.agreement.scope
    newer = agreements.draw_up(extract.project, scope=scope, conditions=[], at=now())
    agreements.countersign(everybody_signs(newer), sha256=newer.sha256, by=person("sam"), at=now())


def lapse(extract, zones):
    extract.agreement.ends_on = now().date() - timedelta(days=1)
    extract.agreement.save()


def training_ends(extract, zones):
    extract.requested_by.trainings.update(valid_until=now().date() - timedelta(days=1))


def ethics_end(extract, zones):
    extract.project.ethics_until = now().date() - timedelta(days=1)
    extract.project.save()


def sanction(extract, zones):
    standing.impose(person("ruth"), level=2, months=6, reasons="Copied by hand.", by=person("sam"), at=now())


def incident(extract, zones):
    incidents.link_project(an_incident("assessed", level=2), extract.project, by=person("sam"), at=now())


def withdraw(extract, zones):
    release = extract.release
    release.state, release.withdrawn_at, release.withdrawn_because = "withdrawn", now(), "Wrong links."
    release.save()


def leave(extract, zones):
    take_on(extract.project, extract.requested_by, because="Left.", at=now())


def widen(extract, zones):
    extract.specification["tables"][0]["columns"].append({"name": "knife_flag"})
    extract.save()


def finer(extract, zones):
    columns = extract.specification["tables"][0]["columns"]
    next(column for column in columns if column["name"] == "recorded_date")["level"] = "day"
    extract.save()


def other_scope(extract, zones):
    """Somebody writes a wider scope into the database, past the signatures."""
    extract.agreement.scope_json["tables"]["pol_crime"]["knife_flag"] = ""
    extract.agreement.save()


def other_terms(extract, zones):
    extract.agreement.terms["scope"]["tables"]["pol_crime"]["knife_flag"] = ""
    extract.agreement.scope_json = extract.agreement.terms["scope"]
    extract.agreement.save()


def other_cohort(extract, zones):
    extract.specification |= {"cohort": {"force": {"in": ["E12000007"]}}}
    extract.save()


def unbounded(extract, zones):
    """A rule of the catalogue for the values of a column is left out."""
    extract.specification["tables"][0]["columns"][-1]["top"] = 5
    extract.save()


def withhold(extract, zones):
    tasks.withhold(
        catalogue(), kind="opt_out", domain="person_record", source_keys=["nobody"], reasons="Asked.", by=person("rae")
    )


def place(zones):
    return zones.release("cjs_linked", "2026.1")


def lose_table(extract, zones):
    (place(zones) / "pol_crime.parquet").unlink()


def lose_release(extract, zones):
    shutil.rmtree(place(zones))


def lose_description(extract, zones):
    (place(zones) / "catalogue" / "variables.csv").unlink()


def alter(path):
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b" ")


def alter_table(extract, zones):
    alter(place(zones) / "crt_case.parquet")


def alter_description(extract, zones):
    alter(place(zones) / "catalogue" / "ladders.csv")


FAULTS = [
    (revoke, "revoked", "was revoked"),
    (revoke_project, "revoked", "approval was revoked"),
    (amend, "amended", "replaced by a newer one"),
    (lapse, "lapsed", "agreement ended"),
    (training_ends, "lapsed", "training ended"),
    (ethics_end, "lapsed", "ethics decision ended"),
    (sanction, "sanctioned", "suspended since"),
    (incident, "suspended", "The project is suspended"),
    (withdraw, "release_withdrawn", "was withdrawn"),
    (leave, "stopped", "not a researcher"),
    (widen, "specification_changed", "knife_flag was not granted"),
    (finer, "specification_changed", "coarser than day"),
    (unbounded, "specification_changed", "not bounded or merged"),
    (other_scope, "specification_changed", "scope of Agreement 1"),
    (other_terms, "specification_changed", "terms of Agreement 1"),
    (other_cohort, "cohort_changed", "cohort"),
    (rotate, "key_rotated", "version 2 is in use"),
    (withhold, "records_withheld", "version 1 counts now"),
    (lose_table, "files_missing", "pol_crime.parquet is not there"),
    (lose_release, "files_missing", "manifest.json is not there"),
    (lose_description, "files_missing", "catalogue/variables.csv is not there"),
    (alter_table, "files_altered", "crt_case.parquet was changed"),
    (alter_description, "files_altered", "catalogue/ladders.csv was changed"),
]
faults = pytest.mark.parametrize(("fault", "state", "says"), FAULTS, ids=[fault.__name__ for fault, *_ in FAULTS])


def stopped(extract, zones, state, says):
    """It ended in that state with that reason, and nothing lies in the workspace or in staging."""
    extract.refresh_from_db()
    assert (extract.state, extract.delivered_at) == (state, None)
    assert says.lower() in extract.reason.lower()
    workspace = zones.workspace(extract.project.reference)
    assert not workspace.exists() or not any(workspace.iterdir())
    staging = zones.staging / f"extract-{extract.pk}"
    assert not staging.exists() or not any(staging.iterdir())


@faults
def test_before_the_build(extract, zones, fault, state, says):
    fault(extract, zones)
    tasks.generate_extract(extract.pk)
    stopped(extract, zones, state, says)


@pytest.mark.long
@faults
def test_before_the_delivery(extract, zones, monkeypatch, fault, state, says):
    """The fault comes while the extract is being built: it is built whole, and not delivered."""
    build, built = pipeline.build, []

    def build_then_fault(*args, **kwargs):
        built.append(build(*args, **kwargs))
        fault(Extract.objects.get(pk=extract.pk), zones)
        return built[0]

    monkeypatch.setattr(pipeline, "build", build_then_fault)
    tasks.generate_extract(extract.pk)
    assert len(built) == 1
    stopped(extract, zones, state, says)


@pytest.mark.long
@faults
def test_when_it_is_resumed(extract, zones, fault, state, says):
    """A worker dies while it builds; when another takes the job up, the fault is there."""
    assert services.claim(extract.pk, at=now() - 2 * LEASE, lease=LEASE)
    fault(Extract.objects.get(pk=extract.pk), zones)
    tasks.generate_extract(extract.pk)
    assert Extract.objects.get().attempt == 2
    stopped(extract, zones, state, says)


def test_what_was_built_is_looked_at_before_it_is_delivered(extract, zones, monkeypatch):
    build = pipeline.build

    def build_then_alter(*args, into, **kwargs):
        made = build(*args, into=into, **kwargs)
        alter(into / "pol_crime.csv")
        return made

    monkeypatch.setattr(pipeline, "build", build_then_alter)
    tasks.generate_extract(extract.pk)
    stopped(extract, zones, "files_altered", "pol_crime.csv of the extract was changed")


@pytest.mark.slow
def test_a_manifest_that_was_changed_is_not_delivered(extract, zones, monkeypatch):
    build = pipeline.build

    def build_then_alter(*args, into, **kwargs):
        made = build(*args, into=into, **kwargs)
        stated = json.loads((into / "manifest.json").read_bytes())
        (into / "manifest.json").write_text(json.dumps({**stated, "release": "2031.1"}))
        return made

    monkeypatch.setattr(pipeline, "build", build_then_alter)
    tasks.generate_extract(extract.pk)
    stopped(extract, zones, "files_altered", "manifest of the extract was changed")


def test_a_file_that_was_built_and_is_gone_is_not_delivered(extract, zones, monkeypatch):
    build = pipeline.build

    def build_then_lose(*args, into, **kwargs):
        made = build(*args, into=into, **kwargs)
        (into / "crt_case.parquet").unlink()
        return made

    monkeypatch.setattr(pipeline, "build", build_then_lose)
    tasks.generate_extract(extract.pk)
    stopped(extract, zones, "files_missing", "crt_case.parquet of the extract was gone")


def test_a_release_that_is_withdrawn_while_building_ends_the_job(extract, zones, monkeypatch):
    """By the service, which ends the job at once: the worker finds that it is no longer its own."""
    build = pipeline.build

    def withdraw_then_build(*args, **kwargs):
        releases.withdraw(extract.release, reasons="Wrong links.", by=person("rae"), at=now())
        return build(*args, **kwargs)

    monkeypatch.setattr(pipeline, "build", withdraw_then_build)
    tasks.generate_extract(extract.pk)
    stopped(extract, zones, "release_withdrawn", "was withdrawn")


def test_everything_holds_where_nothing_was_done(extract, zones):
    assert services.failing(extract, catalogue=catalogue(), at=now()) is None
    assert sha256_of(extract.agreement.terms) == extract.agreement.sha256
    assert json.dumps(extract.agreement.terms["scope"]) == json.dumps(extract.agreement.scope_json)


def test_of_two_faults_the_graver_names_the_state(extract, zones):
    training_ends(extract, zones)
    sanction(extract, zones)
    tasks.generate_extract(extract.pk)
    stopped(extract, zones, "sanctioned", "training ended")


@pytest.mark.slow
def test_when_the_fault_is_mended_it_can_be_tried_again(extract, zones):
    path = place(zones) / "pol_crime.parquet"
    aside = path.rename(path.with_suffix(".aside"))
    tasks.generate_extract(extract.pk)
    stopped(extract, zones, "files_missing", "pol_crime.parquet")
    aside.rename(path)
    extract = services.retry(extract, catalogue=catalogue(), by=person("ruth"), at=now())
    tasks.generate_extract(extract.pk)
    extract.refresh_from_db()
    assert (extract.state, extract.reason) == ("delivered", "")


@pytest.mark.slow
def test_trying_again_compiles_anew(extract, zones):
    """An amended agreement: what is built then is what the newer one allows."""
    amend(extract, zones)
    tasks.generate_extract(extract.pk)
    stopped(extract, zones, "amended", "newer")
    extract = services.retry(extract, catalogue=catalogue(), by=person("ruth"), at=now())
    assert extract.agreement.version == 2
    tasks.generate_extract(extract.pk)
    extract.refresh_from_db()
    assert extract.state == "delivered", extract.reason


def test_every_state_of_the_gate_is_reached_by_a_fault():
    assert {state for _, state, _ in FAULTS} == {state.value for state in STOPS}
