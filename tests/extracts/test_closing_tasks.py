"""A project that is closed leaves no files and no keys, at whichever step the worker was killed; and a certificate."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from extracts import closing_tasks, delivery, services, tasks
from extracts.closing_tasks import destroy_project, open_closures, remove, sweep_closures
from extracts.ingress_tasks import bring_in
from extracts.keys import KeyDestroyed
from extracts.models import Extract
from extracts.services import closing, keys
from governance.agreements.models import Agreement
from governance.audit import trail
from governance.audit.models import Entry
from governance.closing import services as closures
from governance.closing.certificate import document, problems_of, sha256_of
from governance.closing.models import Closure
from governance.ingress.models import Ingress
from governance.people.models import local_day
from governance.workflow import Refused
from tests.builders import a_closure, an_ingress, catalogue, now
from tests.cast import person

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """As if the process had ended here."""


@pytest.fixture
def project(release, zones):
    """Ruth's project with an extract and a folder of areas in its workspace, and a file of her own beside them."""
    ingress = an_ingress("approved")
    bring_in(ingress.pk)
    extract = services.request(ingress.project, catalogue=catalogue(), by=person("ruth"), at=now())
    tasks.generate_extract(extract.pk)
    (zones.workspace(ingress.project.reference) / "notes.txt").write_text("Mine.")
    return ingress.project


def after(closure) -> Closure:
    return Closure.objects.select_related("project").get(pk=closure.pk)


def public_key():
    return load_pem_public_key(tasks.key_ring().public_key_pem())


def handed_out(closure: Closure) -> dict:
    return document(closure.certificate, closure.signature, trail.of(closure).filter(action="certify").get().seq)


def test_nothing_is_left_and_the_certificate_tells_what_there_was(project, zones):
    workspace = zones.workspace(project.reference)
    extract, ingress = Extract.objects.get(), Ingress.objects.get()
    manifests = {
        folder: delivery.sha256_of(workspace / folder / "manifest.json") for folder in (extract.folder, ingress.folder)
    }
    files = {folder: len(list((workspace / folder).rglob("*.*"))) for folder in manifests}
    fingerprint = tasks.key_ring().fingerprint(project.reference, 1)
    closure = a_closure("confirmed", project)
    destroy_project(closure.pk)

    closure = after(closure)
    assert closure.state == "destroyed"
    assert not workspace.exists()
    assert Extract.objects.get().state == "destroyed" and Ingress.objects.get().state == "removed"
    for ask in (tasks.key_ring().project_key, tasks.key_ring().workspace_key):
        with pytest.raises(KeyDestroyed):
            ask(project.reference, 1)
    assert [(key.version, key.state) for key in project.key_versions.all()] == [(1, "destroyed")]

    said = closure.certificate
    told = {one["folder"]: (one["files"], one["manifest_sha256"]) for one in said["extracts"] + said["brought_in"]}
    assert told == {folder: (files[folder], manifests[folder]) for folder in manifests}
    assert said["workspace"]["files"] == sum(files.values()) + 1, "her own file is counted too"
    assert said["keys"] == [{"version": 1, "fingerprint": fingerprint}]
    assert said["kept"][3:] == ["files that were uploaded to be brought in (1)"]
    assert said["trail_entries"]["confirm"] == trail.of(closure).filter(action="confirm").get().seq
    assert sha256_of(said) in trail.of(closure).filter(action="certify").get().note
    assert "Sam" not in json.dumps(said), "who confirmed is anonymous to the team; the entry leads to the name"


def test_an_outsider_checks_it_with_the_public_key_and_sees_any_change(project):
    closure = a_closure("confirmed", project)
    destroy_project(closure.pk)
    given = json.loads(json.dumps(handed_out(after(closure))))
    assert problems_of(given, public_key()) == []
    for name in given["certificate"]:
        changed = json.loads(json.dumps(given))
        changed["certificate"][name] = "something else"
        assert problems_of(changed, public_key()), name
    assert problems_of(given | {"sha256": "0" * 64}, public_key())
    for broken in ({}, given | {"signature": "???"}, given | {"certificate": None}):
        assert problems_of(broken, public_key())


def killed_before(monkeypatch, place: object, name: str):
    def die(*args: object, **kwargs: object) -> None:
        raise Killed

    monkeypatch.setattr(place, name, die)


STEPS = [
    (closing_tasks.closing, "stop_unfinished"),
    (closing_tasks.closing, "destroy_delivered"),
    (closing, "act"),  # between the removal of the first folder and its record
    (closing.ingresses, "record_removed"),  # the extracts are gone, the first folder of files too
    (closing_tasks, "_destroy_keys_and_certify"),
    (closing_tasks.keys, "note_destroyed"),  # the keys are gone, and nothing says so
    (closing_tasks.certificate, "signature_of"),
    (closing_tasks.services, "certify"),
]


@pytest.mark.parametrize(("place", "name"), STEPS, ids=[name for _, name in STEPS])
def test_killed_at_any_step_the_next_worker_ends_it_with_the_same_certificate(project, zones, monkeypatch, place, name):
    before = {one.folder for one in (*Extract.objects.all(), *Ingress.objects.all())}
    closure = a_closure("confirmed", project)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        killed_before(patch, place, name)
        destroy_project(closure.pk)
    assert after(closure).state == "destroying", "nothing says that it is done"
    destroy_project(closure.pk)
    destroy_project(closure.pk)
    closure = after(closure)
    assert closure.state == "destroyed"
    assert not zones.workspace(project.reference).exists()
    said = closure.certificate
    found = {one["folder"]: one["files"] for one in said["extracts"] + said["brought_in"]}
    assert set(found) == before and all(found.values()), "the inventory is of before anything was removed"
    assert said["keys"][0]["fingerprint"]
    assert problems_of(handed_out(closure), public_key()) == []
    for action in ("begin", "certify"):
        assert Entry.objects.filter(action=action, subject_type="closure").count() == 1
    assert Entry.objects.filter(action="destroy", subject_type="extract").count() == 1


@pytest.mark.parametrize("state", ["open", "answered", "submitted"])
def test_nothing_is_destroyed_before_it_is_confirmed(project, zones, state):
    closure = a_closure(state, project)
    destroy_project(closure.pk)
    sweep_closures()
    assert (zones.workspace(project.reference) / Extract.objects.get().folder).is_dir()
    assert tasks.key_ring().project_key(project.reference, 1)


def test_other_projects_keep_theirs(project, zones):
    other = zones.workspace("GH-1999-0001") / "extract-1-0000000000000000"
    other.mkdir(parents=True)
    key = tasks.key_ring().project_key("GH-1999-0001", 1)
    destroy_project(a_closure("confirmed", project).pk)
    assert other.is_dir() and tasks.key_ring().project_key("GH-1999-0001", 1) == key


def test_what_was_begun_in_time_does_not_come_in_afterwards(project, zones):
    """An extract that was asked for between the look and the confirmation, as another process might have."""
    extract = services.request(project, catalogue=catalogue(), by=person("ruth"), at=now())
    closure = a_closure("answered", project)
    with pytest.raises(Refused, match="being built"):
        closures.submit(closure, look=closing.look, by=person("ruth"), at=now())
    nothing = dict.fromkeys(closing.look(project), "")
    closure = closures.submit(closure, look=lambda _: nothing, by=person("ruth"), at=now())
    closure = closures.confirm(closure, look=lambda _: nothing, by=person("sam"), at=now())
    destroy_project(closure.pk)
    tasks.generate_extract(extract.pk)
    extract.refresh_from_db()
    assert extract.state == "lapsed" and "closed" in extract.reason
    assert not zones.workspace(project.reference).exists()
    with pytest.raises(Refused, match="closed"):
        services.request(project, catalogue=catalogue(), by=person("ruth"), at=now())


def test_a_closed_project_without_extracts_has_a_certificate_too(zones):
    closure = a_closure("confirmed")
    destroy_project(closure.pk)
    said = after(closure).certificate
    assert (said["extracts"], said["brought_in"], said["keys"]) == ([], [], [])
    assert problems_of(handed_out(after(closure)), public_key()) == []


def test_the_sweep_ends_what_was_left(project, monkeypatch):
    closure = a_closure("confirmed", project)
    Closure.objects.update(state_since=now() - timedelta(hours=1))
    sweep_closures()  # tasks run at once here
    assert after(closure).state == "destroyed"


def test_the_worker_opens_closures_of_agreements_that_have_ended(project):
    open_closures()
    assert not Closure.objects.exists(), "the agreement has not ended"
    agreement = project.agreements.get()
    Agreement.objects.filter(pk=agreement.pk).update(ends_on=local_day(now()))
    open_closures()
    assert not Closure.objects.exists(), "its last day has not passed"
    Agreement.objects.filter(pk=agreement.pk).update(ends_on=local_day(now()) - timedelta(days=1))
    for _ in range(2):
        open_closures()
    assert Closure.objects.get().why.startswith("The agreement ended on")


@pytest.mark.parametrize("name", ["..", "a/b", "", "../keys", "."])
def test_only_a_plain_folder_is_removed(tmp_path: Path, name: str):
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "keys").mkdir()
    with pytest.raises(delivery.BadName):
        remove(tmp_path / "workspaces", name)
    assert (tmp_path / "keys").is_dir()


def test_a_link_in_the_place_of_a_workspace_is_not_followed(tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "GH-1").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic link"):
        remove(tmp_path, "GH-1")
    assert (tmp_path / "elsewhere").is_dir()


def test_keys_on_record_tell_of_their_destruction_once(project):
    destroy_project(a_closure("confirmed", project).pk)
    assert keys.note_destroyed(project, fingerprints={}, at=now()) == []
