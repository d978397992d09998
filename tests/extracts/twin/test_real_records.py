"""Twins of the real Cook County records: the same loader, the same keys, and no row copied."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from extracts import publishing
from extracts.twin import of_table
from tests.extracts.twin import chance
from tests.extracts.twin.conftest import NOON, real
from tests.extracts.twin.test_same_loader import OF_LINKS, TWINS_OWN, rows

SOURCE = Path(settings.BASE_DIR).parent / "shared" / "data" / "cook_county_2019"
DESCRIPTION = Path(settings.BASE_DIR) / "governance" / "catalogue" / "datasets" / "cook_county_2019"

pytestmark = [
    pytest.mark.long,
    # CI must have them: there their absence fails the test.
    pytest.mark.skipif(
        not SOURCE.exists() and "CI" not in os.environ, reason="the Cook County records are not beside this repository"
    ),
]


@pytest.fixture(scope="module")
def cook(tmp_path_factory):
    root = tmp_path_factory.mktemp("cook")
    publishing.publish(
        SOURCE, catalogue_folder=DESCRIPTION, releases=root / "releases", key=bytes(32), created_at=NOON,
        progress=lambda *_: None,
    )  # fmt: skip
    (folder,) = (root / "releases" / "cook_county_2019").iterdir()
    return real(folder)


@pytest.fixture(scope="module")
def both(cook, tmp_path_factory):
    """The default variables of every table, as an extract and as a twin."""
    root, period = tmp_path_factory.mktemp("both"), chance.whole_period(cook)
    alone = [of_table(table, cook.catalogue, cook.folder.name, period) for table in cook.catalogue.tables]
    spec = replace(alone[0], tables=tuple(one.tables[0] for one in alone))
    return spec, cook.extract(spec, root), cook.twin(spec, root / "twin", rows=10_000)


def test_the_pack_is_that_of_the_extract(both):
    _, extract, twin = both
    assert len(extract.tables) == 4 and twin.tables.keys() == extract.tables.keys()
    for name, table in extract.tables.items():
        assert twin.tables[name].schema == table.schema, name
    assert twin.files - TWINS_OWN == extract.files - OF_LINKS
    assert twin.described == extract.described


def test_charges_and_participants_join_as_they_do_in_the_records(both):
    _, _, twin = both
    people = ["case_id", "case_participant_id"]
    charges = ["charge_version_id", "case_participant_id"]
    of = {name: set(rows(table, people)) for name, table in twin.tables.items()}
    assert of["sentencing"] <= of["dispositions"] <= of["initiation"] <= of["intake"]
    of = {name: set(rows(table, charges)) for name, table in twin.tables.items() if name != "intake"}
    assert of["sentencing"] <= of["dispositions"] <= of["initiation"]


def test_no_row_of_the_twin_equals_a_record_beyond_chance(cook, tmp_path):
    """At default levels, in all that a person could be known by. All dates but one are left out, so it is generous."""
    period = chance.whole_period(cook)
    twin = cook.twin(cook.spec("default", period), tmp_path / "twin", rows=10_000)
    for table in cook.catalogue.tables:
        records = set(chance.tuples_of(chance.real_rows(cook, table), table))
        drawn = chance.tuples_of(twin.tables[table.name], table)
        mean = chance.expected(cook, table, records, len(drawn), period)
        assert sum(row in records for row in drawn) <= chance.bound(mean), table.name
