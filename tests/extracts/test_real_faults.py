"""A full disk, another disk, a table that cannot be read: each ends in a sentence, and can be tried again."""

import hashlib
import json
import os
import subprocess
from contextlib import contextmanager

import pytest

from extracts import apps, services, tasks
from extracts.failures import APART, DISK_FULL, UNREADABLE
from extracts.models import Release
from tests.builders import an_agreement, catalogue, now
from tests.cast import person

pytestmark = pytest.mark.django_db
FEW, MANY = 32, 128  # KiB: less than the extract, which fits into 256


@pytest.fixture
def extract(release):
    return services.request(an_agreement().project, catalogue=catalogue(), by=person("ruth"), at=now())


@contextmanager
def small_disk(folder, kib):
    """A real file system of that size at `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    asked = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(asked, capture_output=True).returncode:
        pytest.skip("NOT RUN: only root may mount a small disk, and not everywhere")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def built(extract, zones):
    """State and reason after a build, and the files that it left in staging and in the workspace."""
    tasks.generate_extract(extract.pk)
    extract.refresh_from_db()
    places = zones.staging / f"extract-{extract.pk}", zones.workspace(extract.project.reference)
    return extract.state, extract.reason, [path.name for place in places for path in place.rglob("*") if path.is_file()]


def tried_again(extract, zones):
    services.retry(extract, catalogue=catalogue(), by=person("ruth"), at=now())
    return built(extract, zones)[0]


@pytest.mark.slow
@pytest.mark.parametrize("kib", [FEW, MANY])
def test_a_full_disk(extract, zones, kib):
    with small_disk(zones.staging, kib):
        assert built(extract, zones) == ("failed", DISK_FULL, [])
    assert tried_again(extract, zones) == "delivered"


@pytest.mark.slow
def test_a_workspace_on_another_disk(extract, zones):
    zones.staging.mkdir(exist_ok=True)
    assert apps.places_are_on_one_file_system(None) == []
    with small_disk(zones.workspaces, 1024):
        (warning,) = apps.places_are_on_one_file_system(None)
        assert "different file systems" in warning.msg
        assert built(extract, zones) == ("failed", APART, [])
    assert tried_again(extract, zones) == "delivered"


def published_as_it_is(folder):
    """The release as if it had been published with the files that lie there."""
    manifest = folder / "manifest.json"
    described = json.loads(manifest.read_bytes())
    for file in described["files"]:
        file["sha256"] = hashlib.sha256((folder / file["name"]).read_bytes()).hexdigest()
    manifest.chmod(0o600)
    manifest.write_text(json.dumps(described))
    Release.objects.update(manifest_sha256=hashlib.sha256(manifest.read_bytes()).hexdigest())


@pytest.mark.slow
@pytest.mark.parametrize("spoilt", ["a page", "the end"])
def test_a_table_that_cannot_be_read(extract, zones, spoilt):
    """Its hash is the one on record, so that no gate finds it: the file was bad when it was published."""
    folder = zones.release("cjs_linked", "2026.1")
    table = folder / "pol_crime.parquet"
    whole = table.read_bytes()
    half = len(whole) // 2
    table.chmod(0o600)
    table.write_bytes(whole[:half] if spoilt == "the end" else whole[:4] + b"\xff" * half + whole[4 + half :])
    published_as_it_is(folder)
    assert built(extract, zones) == ("failed", UNREADABLE, [])

    table.write_bytes(whole)
    published_as_it_is(folder)
    assert tried_again(extract, zones) == "delivered"
