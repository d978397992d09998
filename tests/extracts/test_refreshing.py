"""A delivered extract is replaced by a newer one: refreshed by its researcher, or built again under another key."""

from datetime import timedelta

import pytest

from extracts import services, tasks
from extracts.atrest import gatehouse_workspace as gw
from extracts.models import Extract
from extracts.services import keys, rotation
from governance.audit.models import Entry
from governance.workflow import Refused
from tests.builders import an_agreement, catalogue, now
from tests.cast import person
from tests.extracts.second_release import second_release
from tests.workspaces import key_at_hand

pytestmark = pytest.mark.django_db


@pytest.fixture
def extract(release):
    extract = services.request(an_agreement().project, catalogue=catalogue(), by=person("ruth"), at=now())
    tasks.generate_extract(extract.pk)
    extract.refresh_from_db()
    assert extract.state == "delivered", extract.reason
    return extract


def folders(zones, extract):
    return sorted(path.name for path in zones.workspace(extract.project.reference).iterdir())


def keys_of(zones, extract):
    folder = zones.workspace(extract.project.reference) / extract.folder
    with key_at_hand(folder, extract.key_version):
        return set(gw.arrow("pol_crime", folder)["crime_id_hash"].to_pylist())


@pytest.mark.slow
def test_after_a_rotation_what_was_delivered_is_built_again_and_the_old_is_gone(extract, zones):
    before = keys_of(zones, extract)
    rotation.rotate(extract.project, reasons="A list was lost.", by=person("sam"), at=now())
    tasks.sweep()
    newer = Extract.objects.exclude(pk=extract.pk).get()
    assert newer.state == "requested"
    tasks.generate_extract(newer.pk)
    tasks.sweep()
    newer.refresh_from_db()
    extract.refresh_from_db()
    assert (newer.state, newer.key_version, newer.replaces, newer.requested_by) == (
        "delivered", 2, extract, extract.requested_by
    )  # fmt: skip
    assert extract.state == "destroyed" and folders(zones, extract) == [newer.folder]
    assert newer.difference["against"] == extract.pk and "by design" in newer.difference["lines"][0]
    after = keys_of(zones, newer)
    assert len(after) == len(before) and after.isdisjoint(before)
    assert Entry.objects.filter(action="destroy").count() == 1
    tasks.sweep()
    assert Extract.objects.count() == 2, "it is done once"


@pytest.mark.slow
def test_a_refresh_keeps_the_keys_and_the_old_extract_for_a_while(extract, zones):
    second_release(zones, change=lambda name, rows: rows.slice(5) if name == "pol_crime" else rows)
    newer = services.request_again(extract, catalogue=catalogue(), by=person("ruth"), at=now())
    tasks.generate_extract(newer.pk)
    newer.refresh_from_db()
    extract.refresh_from_db()
    assert (newer.state, extract.state) == ("delivered", "replaced")
    lost = newer.difference["tables"]["pol_crime"]
    assert (newer.difference["against"], lost["added"], lost["changed"]) == (extract.pk, 0, 0)
    assert lost["removed"] in (None, 0) and lost["rows"] <= lost["rows_before"], "five rows are too few to tell"
    assert "removed" not in newer.difference["tables"]["crt_case"], "a part of its key was not granted"
    old, new = (keys_of(zones, one) for one in (extract, newer))
    assert new < old and len(new) >= len(old) - 5, "the same crime has the same key"
    tasks.sweep()
    assert folders(zones, extract) == sorted([extract.folder, newer.folder])

    Extract.objects.filter(pk=extract.pk).update(state_since=now() - timedelta(days=31))
    tasks.sweep()
    extract.refresh_from_db()
    assert extract.state == "destroyed" and folders(zones, extract) == [newer.folder]


def test_only_researchers_refresh(extract, zones):
    second_release(zones)
    for who in ("sam", "coral", "olu", "ada"):
        with pytest.raises(Refused, match="researchers"):
            services.request_again(extract, catalogue=catalogue(), by=person(who), at=now())
    assert keys.current_key_version(extract.project) == 1


@pytest.mark.slow
def test_what_was_replaced_is_not_replaced_again(extract, zones):
    second_release(zones)
    newer = services.request_again(extract, catalogue=catalogue(), by=person("ruth"), at=now())
    tasks.generate_extract(newer.pk)
    with pytest.raises(Refused, match="Only a delivered extract"):
        services.request_again(extract, catalogue=catalogue(), by=person("ruth"), at=now())
