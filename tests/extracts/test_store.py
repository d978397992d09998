"""A store opens one release, shows nothing else, and notices what was changed."""

import json
import os

import duckdb
import pytest

from extracts.store import ReleaseAltered
from tests.extracts import small_dataset as small


@pytest.fixture
def root(tmp_path):
    small.published(tmp_path)
    (tmp_path / "elsewhere.csv").write_text("a\n1\n")
    return tmp_path


def test_the_tables_of_a_release_can_be_read(root):
    with small.open_small(root, verify=True) as store:
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


def test_a_changed_table_is_noticed(root):
    table = root / "releases" / "small" / "1" / "crime.parquet"
    table.chmod(0o644)
    with table.open("r+b") as file:
        file.seek(10)
        byte = file.read(1)
        file.seek(10)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(ReleaseAltered, match=r"crime\.parquet"), small.open_small(root, verify=True):
        pass


@pytest.mark.parametrize("verify", [True, False])
def test_a_missing_table_is_noticed(root, verify):
    os.remove(root / "releases" / "small" / "1" / "crime.parquet")
    with pytest.raises(ReleaseAltered, match="missing"), small.open_small(root, verify=verify):
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
