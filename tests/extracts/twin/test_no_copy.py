"""No row of a twin is a real one but by chance; and nothing that makes it could have read a record."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from extracts.twin import make
from tests.extracts.twin import chance

pytestmark = pytest.mark.long

SEEDS = (1, 2, 3)
# Of these tables a row says so much that hardly any twin row equals one: there a copy would be seen.
TELLING = ("pol_crime", "pol_victim", "crt_case", "hmpps_custody", "hmpps_probation")


@pytest.fixture(scope="module")
def twins(linked, tmp_path_factory):
    """Twins of everything at default levels, by seed, as long as the release is."""
    root, spec = tmp_path_factory.mktemp("copies"), linked.spec("default", chance.whole_period(linked))
    return {seed: linked.twin(spec, root / f"twin-{seed}", seed=seed, rows=4420) for seed in SEEDS}


def described(linked):
    return [table for table in linked.catalogue.tables if chance.quasi_identifiers(table)]


def test_no_twin_row_equals_a_real_row_beyond_chance(linked, twins):
    period = chance.whole_period(linked)
    looked_at, few = 0, []
    for table in described(linked):
        real = set(chance.tuples_of(chance.real_rows(linked, table), table))
        for twin in twins.values():
            drawn = chance.tuples_of(twin.tables[table.name], table)
            mean = chance.expected(linked, table, real, len(drawn), period)
            equal = sum(row in real for row in drawn)
            assert equal <= chance.bound(mean), (table.name, equal, mean)
            looked_at += 1
            if mean < 0.05 * len(drawn):
                few.append(table.name)
    assert looked_at == 3 * 15
    assert set(TELLING) <= set(few), "the bound is far below the number of rows"


@pytest.mark.parametrize("name", TELLING)
def test_the_bound_would_show_a_twin_that_copies(linked, twins, name):
    """One row in ten taken from a record, the others as they are: more than chance makes."""
    table = linked.catalogue[name]
    real, drawn = (
        chance.tuples_of(chance.real_rows(linked, table), table),
        chance.tuples_of(twins[1].tables[name], table),
    )
    copying = [real[place % len(real)] if place % 10 == 0 else row for place, row in enumerate(drawn)]
    mean = chance.expected(linked, table, set(real), len(drawn), chance.whole_period(linked))
    assert sum(row in set(real) for row in copying) > chance.bound(mean)


WALLED = """
import sys
for name in ("extracts.store", "extracts.keys", "extracts.pipeline", "extracts.building", "django"):
    sys.modules[name] = None

import duckdb  # only for the names of what it raises: whoever connects fails
for name in ("connect", "sql", "query", "execute", "read_parquet", "from_parquet"):
    setattr(duckdb, name, None)

import json, pathlib
from datetime import UTC, datetime
from extracts.specification import ExtractSpec
from extracts.twin import Source, make
from governance.catalogue.catalogue import read_catalogue

order = json.load(sys.stdin)
catalogue = read_catalogue(pathlib.Path(order["catalogue"]))
into = pathlib.Path(order["into"])

def watch(event, arguments):
    if event in ("open", "os.open") and isinstance(arguments[0], str | bytes | pathlib.Path):
        opened = pathlib.Path(str(arguments[0]))
        if opened.suffix not in (".py", ".pyc", ".so") and into not in [opened, *opened.parents]:
            print("OPENED", opened)
    if event.startswith(("socket.", "subprocess.", "os.fork", "os.exec")):
        print("REACHED", event)

at = datetime(2026, 11, 1, 12, tzinfo=UTC)
source = Source(ExtractSpec.from_json(order["spec"]), catalogue, order["figures"], at)
make(source, into / "warm")  # what Python reads once, such as time zones, is read before anyone looks
sys.addaudithook(watch)
make(source, into / "twin")
print("MADE")
"""


def test_a_twin_is_made_where_no_record_can_be_reached(linked, tmp_path):
    """In a process without store, key ring or pipeline, seen to open nothing but its own files."""
    spec = linked.spec()
    for name in ("warm", "twin"):
        (tmp_path / name).mkdir()
    order = {
        "catalogue": str(linked.folder / "catalogue"), "into": str(tmp_path), "spec": spec.to_json(),
        "figures": linked.figures,
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-c", WALLED], input=json.dumps(order), capture_output=True, text=True, check=False,
        cwd=Path(settings.BASE_DIR),
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["MADE"]
    again = tmp_path / "here"
    again.mkdir()
    make(linked.source(spec), again)
    for path in again.rglob("*.csv"):
        assert path.read_bytes() == (tmp_path / "twin" / path.relative_to(again)).read_bytes()
