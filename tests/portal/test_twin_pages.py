"""Synthetic twins to download: who may, what is in them, how big they are in memory, and how often."""

from __future__ import annotations

import io
import json
import time
import zipfile
from datetime import date

import pyarrow as pa
import pytest
from django.urls import reverse
from pyarrow import parquet

from portal import twins
from tests import builders
from tests.portal.pages import read, signed_in

pytestmark = pytest.mark.django_db

WISH = {"recorded_date": "month", "knife_flag": ""}


def opened(page):
    """The files of a downloaded ZIP, by their names without the folder that holds them all."""
    assert page.status_code == 200 and page["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(b"".join(page.streaming_content))) as packed:
        (folder,) = {name.partition("/")[0] for name in packed.namelist()}
        assert f"{folder}.zip" in page["Content-Disposition"]
        return {name.partition("/")[2]: packed.read(name) for name in packed.namelist()}


def table_of(files, name):
    return parquet.read_table(io.BytesIO(files[f"{name}.parquet"]))


def twin_of_table(client, table, code="cjs_linked", **query):
    return client.get(reverse("catalogue_twin", args=[code, table]), query)


@pytest.fixture
def ruth_asks():
    """Ruth's draft, which asks for a little of two tables, and her browser."""
    project = builders.a_project()
    project.requested = {
        "pol_victim": {"reason": "For code.", "variables": {"age_at_offence": {"level": "band", "reason": "Age."}}},
        "pol_crime": {
            "reason": "For code.",
            "variables": {name: {"level": level, "reason": "For code."} for name, level in WISH.items()},
        },
    }
    project.period_from = project.period_to = None
    project.save()
    return project, signed_in("ruth")


def test_anybody_may_have_the_twin_of_a_table(client):
    files = opened(twin_of_table(client, "pol_crime"))
    assert {"pol_crime.parquet", "pol_crime.csv", "README.txt", "twin-report.html", "manifest.json"} <= files.keys()
    table = table_of(files, "pol_crime")
    default = [one.name for one in builders.catalogue()["pol_crime"].variables if one.in_default]
    assert table.num_rows == 1000 and table.column_names == default
    assert "No figures are published" in files["README.txt"].decode()


@pytest.mark.parametrize("table", [table.name for table in builders.catalogue().requestable])
def test_every_table_that_is_offered_has_one(client, table):
    assert table_of(opened(twin_of_table(client, table)), table).num_rows == 1000


def test_a_table_that_is_not_offered_or_not_there_has_none(client):
    assert twin_of_table(client, "pnc_index").status_code == 404
    assert twin_of_table(client, "nothing").status_code == 404
    assert twin_of_table(client, "pol_crime", code="nothing").status_code == 404


@pytest.mark.parametrize(("asked", "rows"), [("10000", 10_000), ("1000", 1000), ("999999999", 1000), ("-1", 1000)])
def test_it_has_one_of_two_sizes(client, asked, rows):
    assert table_of(opened(twin_of_table(client, "pol_crime", rows=asked)), "pol_crime").num_rows == rows


@pytest.mark.long
def test_it_follows_the_published_release_and_is_the_same_on_every_day(client, release):
    first = opened(twin_of_table(client, "pol_victim"))
    assert "release 2026.1" in first["README.txt"].decode()
    assert json.loads(first["manifest.json"])["created_at"] == release.published_at.isoformat(timespec="seconds")
    assert opened(twin_of_table(client, "pol_victim")) == first


def test_it_is_not_made_too_often(client, monkeypatch):
    monkeypatch.setattr(twins, "MOST_A_MINUTE", 2)
    at = builders.now()
    monkeypatch.setattr("portal.views.twins.timezone.now", lambda: at)
    made = [twin_of_table(client, "pol_crime").status_code for _ in range(3)]
    assert made == [200, 200, 429]
    other = client.get(reverse("catalogue_twin", args=["cjs_linked", "pol_crime"]), REMOTE_ADDR="192.0.2.7")
    assert other.status_code == 200


def test_the_team_has_a_twin_of_its_draft(ruth_asks):
    project, ruth = ruth_asks
    files = opened(ruth.get(reverse("project_twin", args=[project.pk])))
    victims, crimes = table_of(files, "pol_victim"), table_of(files, "pol_crime")
    assert victims.column_names == ["crime_id_hash", "row_id_hash", "age_at_offence"]
    assert crimes.column_names == ["crime_id_hash", "recorded_date", "knife_flag"]
    assert set(victims["crime_id_hash"].to_pylist()) <= set(crimes["crime_id_hash"].to_pylist())
    assert victims.schema.field("age_at_offence").type == pa.string()
    spec = json.loads(files["manifest.json"])["spec"]
    assert {table["name"] for table in spec["tables"]} == {"pol_victim", "pol_crime"}


def test_a_twin_of_a_draft_lies_in_its_period(ruth_asks):
    project, ruth = ruth_asks
    project.period_from, project.period_to = date(2024, 3, 1), date(2024, 8, 31)
    project.save()
    crimes = table_of(opened(ruth.get(reverse("project_twin", args=[project.pk]))), "pol_crime")
    months = set(crimes["recorded_date"].to_pylist())
    assert months == {f"2024-{month:02}" for month in range(3, 9)}


@pytest.mark.parametrize("who", ["olu", "petra"])
def test_nobody_else_has_a_twin_of_a_draft(ruth_asks, who):
    """What a draft asks for is the team's own until it is submitted."""
    project, _ = ruth_asks
    assert signed_in(who).get(reverse("project_twin", args=[project.pk])).status_code == 404


def test_a_draft_that_asks_for_nothing_has_none_and_says_so():
    project, ruth = builders.a_project(), signed_in("ruth")
    project.requested = {}
    project.save()
    page = ruth.get(reverse("project_twin", args=[project.pk]), follow=True)
    assert "Choose tables and variables first." in page.content.decode()
    assert "twin.zip" not in read(ruth, "project_data", project.pk)


def test_the_pages_offer_it(client, ruth_asks):
    project, ruth = ruth_asks
    for name in ("project_data", "project"):
        text = read(ruth, name, project.pk)
        assert f"/projects/{project.pk}/twin.zip?rows=1000" in text and "nothing in it is copied from a record" in text
    text = client.get(reverse("catalogue_table", args=["cjs_linked", "pol_crime"])).content.decode()
    assert "/catalogue/cjs_linked/pol_crime/twin.zip?rows=10000" in text
    assert "twin.zip" not in client.get(reverse("catalogue_table", args=["cjs_linked", "pnc_index"])).content.decode()


@pytest.mark.long
def test_a_twin_of_everything_is_quick_and_small_in_memory(release):
    """Every table with every variable: under two seconds of this process at the usual size, a few MB at the largest."""
    project = builders.a_project()
    known = builders.catalogue()
    project.requested = {
        table.name: {"variables": {one.name: {"level": one.default_level} for one in table.variables if one.selectable}}
        for table in known.requestable
    }
    for rows, seconds in ((1000, 2.0), (10_000, 6.0)):
        source = twins.source_of_project(project, rows=rows, at=builders.now())
        began, before = time.process_time(), pa.total_allocated_bytes()
        answer = twins.download(source, "twin")
        assert time.process_time() - began < seconds
        assert pa.total_allocated_bytes() - before < 1 << 20
        assert sum(map(len, answer.streaming_content)) > 100_000
    assert pa.default_memory_pool().max_memory() < 64 << 20
