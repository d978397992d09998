"""The key of a workspace is given to operators, while its data may be used, and opens what was delivered."""

import stat
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from extracts import services, tasks
from extracts.atrest import gatehouse_workspace as gw
from extracts.models import Extract
from extracts.services import keys, rotation
from governance.agreements import services as agreements
from governance.audit.models import Entry
from governance.projects.models import Project
from tests.builders import an_agreement, catalogue, now
from tests.cast import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(release):
    return an_agreement().project


def given(project, out, *, by="otto"):
    call_command("workspace_key", project.reference, "--out", str(out), "--by", person(by).username)
    return out


def test_the_file_opens_what_was_delivered(project, zones, tmp_path, monkeypatch):
    extract = services.request(project, catalogue=catalogue(), by=person("ruth"), at=now())
    tasks.generate_extract(extract.pk)
    extract.refresh_from_db()
    out = given(project, tmp_path / "workspace.key")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    monkeypatch.setenv(gw.KEY_VARIABLE, str(out))
    folder = zones.workspace(project.reference) / extract.folder
    assert gw.read("pol_crime", folder).shape[0] > 0 and gw.check(folder) == []
    assert extract.manifest["sealed_under"] in [one.hex() for one in set(gw.keys())]


def test_it_is_on_the_trail_by_its_id_alone(project, tmp_path):
    secret = given(project, tmp_path / "workspace.key").read_text().split()[-1]
    entry = Entry.objects.get(action="give workspace key")
    assert (entry.actor, entry.project) == ("otto", project.reference)
    assert entry.details == {"keys": {"1": gw.key_id(bytes.fromhex(secret)).hex()}}
    assert secret not in str(entry.as_hashed())


def test_after_a_rotation_the_file_holds_the_version_in_use_and_those_delivered(project, zones, tmp_path):
    keys.note_key(project, 1, fingerprint="f" * 64, at=now())
    rotation.rotate(project, reasons="A laptop was lost.", by=person("sam"), at=now())
    assert [line.split()[0] for line in given(project, tmp_path / "a").read_text().splitlines()[1:]] == ["2"]
    extract = services.request(project, catalogue=catalogue(), by=person("ruth"), at=now())
    Extract.objects.filter(pk=extract.pk).update(
        key_version=1, folder="extract-1-0000000000000000", state="delivered", delivered_at=now()
    )
    lines = given(project, tmp_path / "b").read_text().splitlines()[1:]
    assert [line.split()[0] for line in lines] == ["1", "2"] and len({line.split()[1] for line in lines}) == 2


def refused(project, out, **who):
    with pytest.raises(CommandError) as refusal:
        given(project, out, **who)
    assert not out.exists() and not Entry.objects.filter(action="give workspace key").exists()
    return str(refusal.value)


@pytest.mark.parametrize("name", ["ruth", "sam", "rae", "ada"])
def test_nobody_but_an_operator_is_given_it(project, tmp_path, name):
    assert "Only operators" in refused(project, tmp_path / "key", by=name)


def test_it_is_given_only_while_the_data_may_be_used(project, tmp_path):
    agreements.revoke(project.agreements.get(), reasons="Breach.", by=person("sam"), at=now())
    assert "No agreement of this project is in force" in refused(project, tmp_path / "key")


def test_it_is_not_given_after_the_last_day(project, tmp_path):
    yesterday = now().date() - timedelta(days=1)
    project.agreements.update(ends_on=yesterday)
    assert "The agreement ended on" in refused(project, tmp_path / "key")


def test_it_is_not_given_once_the_keys_were_destroyed(project, tmp_path):
    tasks.key_ring().destroy(project.reference, at=now())
    assert "destroyed" in refused(project, tmp_path / "key")


def test_mistakes_of_the_operator_are_said_in_a_sentence(project, tmp_path):
    (tmp_path / "there").write_text("mine")
    with pytest.raises(CommandError, match="cannot be made"):
        given(project, tmp_path / "there")
    assert (tmp_path / "there").read_text() == "mine"
    with pytest.raises(CommandError, match="no project"):
        call_command("workspace_key", "NO-1", "--out", str(tmp_path / "new"), "--by", "otto")
    with pytest.raises(CommandError, match="Nobody"):
        call_command("workspace_key", project.reference, "--out", str(tmp_path / "new"), "--by", "nobody")
    assert Project.objects.count() == 1 and not (tmp_path / "new").exists()
