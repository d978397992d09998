"""Files come into a workspace as they were approved, whole, once, and only while the project may be used."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from extracts import delivery, ingress_tasks
from extracts.ingress_tasks import bring_in, sweep_ingress, take_out
from governance.agreements import services as agreements
from governance.audit.models import Entry
from governance.ingress import services
from governance.ingress.models import Ingress, IngressFile
from governance.standing import services as standing
from governance.workflow import Refused
from tests.builders import AREAS, an_ingress, now
from tests.cast import person

pytestmark = pytest.mark.django_db


def folders(zones, ingress) -> list[str]:
    return sorted(path.name for path in zones.workspace(ingress.project.reference).glob("*"))


def after(task, ingress: Ingress) -> Ingress:
    task(ingress.pk)
    return Ingress.objects.get(pk=ingress.pk)


def test_what_was_approved_lies_in_the_workspace_read_only(zones):
    ingress = after(bring_in, an_ingress("approved"))
    assert ingress.state == "brought_in", ingress.reason
    folder = zones.workspace(ingress.project.reference) / ingress.folder
    assert folders(zones, ingress) == [ingress.folder]
    assert ingress.folder == f"ingress-{ingress.pk}-{delivery.digest_of(folder)[:16]}"
    assert (folder / "areas.csv").read_bytes() == AREAS
    assert delivery.verify(folder) == []
    assert {oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {"0o440"}
    assert json.loads((folder / "manifest.json").read_text())["licence"] == "Open Government Licence v3.0"
    assert not list((zones.staging / f"ingress-{ingress.pk}").iterdir())


def test_twice_is_once(zones):
    ingress = an_ingress("approved")
    for _ in range(2):
        ingress = after(bring_in, ingress)
    assert folders(zones, ingress) == [ingress.folder]
    assert Entry.objects.filter(action="bring in").count() == 1


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "refused"])
def test_what_was_not_approved_does_not_come_in(zones, state):
    ingress = after(bring_in, an_ingress(state))
    assert (ingress.state, folders(zones, ingress)) == (state, [])


def changed(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(AREAS.replace(b"Northshire", b"Somewhere"))


def replaced_by_a_link(path: Path) -> None:
    (path.parent / "other").write_bytes(b"secret")
    path.unlink()
    os.symlink(path.parent / "other", path)


@pytest.mark.parametrize("what", [changed, replaced_by_a_link, Path.unlink])
def test_bytes_that_are_not_those_approved_go_back(zones, what):
    ingress = an_ingress("approved")
    what(Path(ingress.files.get().content.path))
    ingress = after(bring_in, ingress)
    assert (ingress.state, folders(zones, ingress)) == ("returned", [])
    assert "areas.csv" in ingress.reason and "not those that were approved" in ingress.reason


@pytest.mark.parametrize("name", ["../../out.csv", "a/b.csv", "manifest.json", ".hidden"])
def test_a_name_that_was_changed_in_the_database_reaches_out_of_no_folder(zones, name):
    ingress = an_ingress("approved")
    IngressFile.objects.update(name=name)
    ingress = after(bring_in, ingress)
    assert (ingress.state, folders(zones, ingress)) == ("approved", [])
    assert not list(zones.root.rglob("out.csv"))


def test_what_fails_each_time_is_stopped_in_the_end(zones):
    ingress = an_ingress("approved")
    IngressFile.objects.update(name="a/b.csv")
    for _ in range(services.MOST_ATTEMPTS + 1):
        ingress = after(bring_in, ingress)
    assert ingress.state == "stopped" and "tried 5 times" in ingress.reason


def test_a_revoked_agreement_stops_it_with_its_reason(zones):
    ingress = an_ingress("approved")
    agreement = ingress.project.agreements.get()
    agreements.revoke(agreement, reasons="Breach.", by=person("sam"), at=now())
    ingress = after(bring_in, ingress)
    assert (ingress.state, folders(zones, ingress)) == ("stopped", [])
    assert "No agreement of this project is in force" in ingress.reason
    with pytest.raises(Refused, match="No agreement"):
        services.try_again(ingress, by=person("ruth"), at=now())


def test_a_sanction_stops_it_and_it_comes_in_once_that_is_lifted(zones):
    ingress = an_ingress("approved")
    sanction = standing.impose(person("ruth"), level=2, months=6, reasons="A breach.", by=person("sam"), at=now())
    ingress = after(bring_in, ingress)
    assert (ingress.state, folders(zones, ingress)) == ("stopped", [])
    standing.lift(sanction, reasons="An appeal.", by=person("sam"), at=now())
    services.try_again(ingress, by=person("ruth"), at=now())
    ingress = after(bring_in, ingress)
    assert ingress.state == "brought_in" and folders(zones, ingress) == [ingress.folder]


@pytest.mark.slow
def test_a_revocation_while_the_files_are_copied_stops_the_move(zones, monkeypatch):
    ingress = an_ingress("approved")
    whole = ingress_tasks.copied

    def slow(record, folder):
        agreements.revoke(record.project.agreements.get(), reasons="Breach.", by=person("sam"), at=now())
        return whole(record, folder)

    monkeypatch.setattr(ingress_tasks, "copied", slow)
    ingress = after(bring_in, ingress)
    assert (ingress.state, folders(zones, ingress)) == ("stopped", [])


def move_and_die(ingress, *, move, **kwargs):
    move()
    raise SystemExit


def test_a_worker_that_dies_after_the_move_leaves_one_folder(zones, monkeypatch):
    ingress = an_ingress("approved")
    with monkeypatch.context() as patch:
        patch.setattr(services, "bring_in", move_and_die)
        with pytest.raises(SystemExit):
            bring_in(ingress.pk)
    assert len(folders(zones, ingress)) == 1
    sweep_ingress()
    assert len(folders(zones, ingress)) == 1, "it may still come in"
    ingress = after(bring_in, ingress)
    assert ingress.state == "brought_in" and folders(zones, ingress) == [ingress.folder]


def test_a_folder_that_nobody_has_on_record_is_swept_away(zones, monkeypatch):
    ingress = an_ingress("approved")
    with monkeypatch.context() as patch:
        patch.setattr(services, "bring_in", move_and_die)
        with pytest.raises(SystemExit):
            bring_in(ingress.pk)
    services.stop(ingress, reason="The test says so.", at=now())
    services.withdraw(ingress, by=person("ruth"), at=now())
    sweep_ingress()
    assert folders(zones, ingress) == []


@pytest.mark.parametrize("who", ["ruth", "sam"])
def test_it_is_taken_out_again(zones, who):
    ingress = after(bring_in, an_ingress("approved"))
    services.remove(ingress, reasons="No longer needed.", by=person(who), at=now())
    for _ in range(2):
        ingress = after(take_out, ingress)
    assert (ingress.state, folders(zones, ingress)) == ("removed", [])


def test_what_was_not_asked_to_go_stays(zones):
    ingress = after(take_out, after(bring_in, an_ingress("approved")))
    assert folders(zones, ingress) == [ingress.folder]


def test_the_sweep_does_what_a_lost_message_did_not(zones, settings):
    settings.GATEHOUSE_LEASE_SECONDS = 0
    ingress = an_ingress("approved")
    sweep_ingress()  # tasks run at once here
    ingress.refresh_from_db()
    assert ingress.state == "brought_in"
    services.remove(ingress, reasons="No longer needed.", by=person("ruth"), at=now())
    sweep_ingress()
    ingress.refresh_from_db()
    assert (ingress.state, folders(zones, ingress)) == ("removed", [])
