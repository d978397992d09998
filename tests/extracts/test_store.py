"""A store opens one release, shows nothing else, and notices what was changed."""

import hashlib
import json
import os
import shutil

import duckdb
import pytest

from extracts.store import ReleaseAltered, ReleaseMissing, refuse_altered
from tests.extracts import small_dataset as small


@pytest.fixture
def root(tmp_path):
    small.published(tmp_path)
    (tmp_path / "elsewhere.csv").write_text("a\n1\n")
    return tmp_path


def test_the_tables_of_a_release_can_be_read(root):
    with small.open_small(root) as store:
        assert store.release.version == "1"
        assert store.connection.execute("SELECT count(*) FROM crime").fetchall() == [(5,)]


@pytest.mark.parametrize(
    "attempt",
    [
        "FROM read_csv('{root}/elsewhere.csv')",
        "FROM read_parquet('{root}/source/crime.parquet')",
        "FROM read_csv('{root}/staging/../elsewhere.csv')",
        "COPY (SELECT 1) TO '{root}/out.csv'",
        "ATTACH '{root}/new.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET threads = 64",
        "FROM secret_in_python",
    ],
)
def test_a_sealed_store_reaches_nothing_else(root, attempt):
    secret_in_python = duckdb.sql("SELECT 1").to_arrow_table()
    assert secret_in_python.num_rows == 1
    with small.open_small(root) as store, pytest.raises(duckdb.Error):
        store.connection.execute(attempt.format(root=root)).fetchall()
    assert not (root / "out.csv").exists() and not (root / "new.db").exists()


def test_the_staging_folder_can_be_written_to(root):
    with small.open_small(root) as store:
        store.connection.execute(f"COPY (SELECT 1) TO '{root}/staging/out.csv'")
    assert (root / "staging" / "out.csv").exists()


def test_limits_are_set(root):
    with small.open_small(root, threads=1, memory_limit="300MB") as store:
        settings = store.connection.execute(
            "SELECT current_setting('threads'), current_setting('memory_limit')"
        ).fetchall()
    assert settings == [(1, "286.1 MiB")]


def flip(path, place=10):
    """Change one bit of a file."""
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)
        file.seek(place)
        file.write(bytes([byte[0] ^ 1]))


def look(root, *, tables=("crime", "victim"), manifest_sha256=""):
    refuse_altered(root / "releases" / "small" / "1", manifest_sha256=manifest_sha256, tables=tables)


def test_an_untouched_release_is_as_it_was_published(root):
    manifest = root / "releases" / "small" / "1" / "manifest.json"
    look(root, manifest_sha256=hashlib.sha256(manifest.read_bytes()).hexdigest())


@pytest.mark.parametrize("name", ["crime.parquet", "release.json", "catalogue/variables.csv", "catalogue/ladders.csv"])
def test_a_changed_file_is_noticed(root, name):
    flip(root / "releases" / "small" / "1" / name)
    with pytest.raises(ReleaseAltered, match=f"{name} was changed"):
        look(root)


@pytest.mark.parametrize("name", ["crime.parquet", "release.json", "catalogue/variables.csv", "manifest.json"])
def test_a_missing_file_is_noticed(root, name):
    os.remove(root / "releases" / "small" / "1" / name)
    with pytest.raises(ReleaseMissing, match=f"{name} is not there"):
        look(root)


def test_a_release_that_is_gone_is_noticed(root):
    shutil.rmtree(root / "releases" / "small" / "1")
    with pytest.raises(ReleaseMissing):
        look(root)


def test_a_table_that_is_not_read_is_not_looked_at(root):
    flip(root / "releases" / "small" / "1" / "victim.parquet")
    look(root, tables=["crime"])
    with pytest.raises(ReleaseAltered):
        look(root)


def test_a_manifest_that_was_written_anew_is_noticed(root):
    """Whoever changes a file can change its manifest along; not the hash that is on record elsewhere."""
    folder = root / "releases" / "small" / "1"
    recorded = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    flip(folder / "crime.parquet")
    stated = json.loads((folder / "manifest.json").read_text())
    for file in stated["files"]:
        file["sha256"] = hashlib.sha256((folder / file["name"]).read_bytes()).hexdigest()
    (folder / "manifest.json").chmod(0o644)
    (folder / "manifest.json").write_text(json.dumps(stated))
    look(root)
    with pytest.raises(ReleaseAltered, match=r"manifest\.json was changed"):
        look(root, manifest_sha256=recorded)


def test_a_table_that_goes_missing_later_is_noticed(root):
    os.remove(root / "releases" / "small" / "1" / "crime.parquet")
    with pytest.raises(ReleaseMissing, match="missing"), small.open_small(root):
        pass


@pytest.mark.parametrize("content", [None, "{", "[]", '{"code": "small"}'])
def test_a_damaged_release_file_is_noticed(root, content):
    path = root / "releases" / "small" / "1" / "release.json"
    path.unlink()
    if content is not None:
        path.write_text(content)
    with pytest.raises(ReleaseAltered), small.open_small(root):
        pass


def test_a_release_cannot_name_a_file_elsewhere(root):
    path = root / "releases" / "small" / "1" / "release.json"
    stored = json.loads(path.read_text())
    stored["tables"]["crime"]["file"] = "../../../source/crime.parquet"
    path.chmod(0o644)
    path.write_text(json.dumps(stored))
    with pytest.raises(ReleaseAltered, match="not named for its table"), small.open_small(root):
        pass
