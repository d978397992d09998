"""The R script, run by R. Its package duckdb is on CRAN alone: what it would be told is told to DuckDB by Python."""

import json
import shutil
import subprocess

import duckdb
import pytest

from tests.extracts.atrest.an_extract import BIG, KEY, OLD, key_file, r, sealed_extract


def r_with(*packages):
    """Whether there is R with these packages."""
    if not shutil.which("Rscript"):
        return False
    code = f"stopifnot({', '.join(f'requireNamespace({name!r}, quietly = TRUE)' for name in packages)})"
    return subprocess.run(["Rscript", "--vanilla", "-e", code], capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not r_with("openssl", "jsonlite"), reason="needs R with openssl and jsonlite")


@pytest.fixture
def folder(tmp_path):
    return sealed_extract(tmp_path / "extract-7")


@pytest.fixture
def key(tmp_path):
    return key_file(tmp_path / "workspace.key", OLD, KEY)


def said(run):
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.slow
def test_files_in_chunks_are_read(folder, key, tmp_path):
    run = r(
        """
        crimes <- gh_read("crime.csv")
        long <- gh_bytes("long.txt")
        cat(jsonlite::toJSON(list(
            ids = crimes$id, places = crimes$place, codes = gh_read("codelists/places")$label,
            long = length(long), middle = rawToChar(long[1048572:1048581]), empty = length(gh_bytes("empty.txt"))
        ), auto_unbox = TRUE, na = "null"))
        """,
        folder=folder, key=key, cwd=tmp_path,
    )  # fmt: skip
    assert said(run) == {
        "ids": [str(BIG), str(BIG + 1), None],
        "places": ["Nörth", None, "South"],
        "codes": "North",
        "long": 2_500_000,
        "middle": "1234567890",
        "empty": 0,
    }


def statements(folder, key, tmp_path):
    code = 'cat(jsonlite::toJSON(gh_statements(c("crime", "victim")), auto_unbox = TRUE))'
    return said(r(code, folder=folder, key=key, cwd=tmp_path))


@pytest.mark.slow
def test_what_duckdb_is_told_makes_the_tables_views(folder, key, tmp_path):
    with duckdb.connect() as connection:
        connection.execute("CALL enable_logging('QueryLog')")
        for one in statements(folder, key, tmp_path):
            connection.execute(one["sql"], one["params"])
        asked = "SELECT id, place, age FROM crime JOIN victim USING (id) WHERE age > 5 AND place = 'Nörth' ORDER BY age"
        assert connection.execute(asked).fetchall() == [(BIG, "Nörth", 10), (BIG, "Nörth", 70)]
        logged = str(connection.execute("SELECT message FROM duckdb_logs()").fetchall())
        logged += str(connection.execute("SELECT sql FROM duckdb_views()").fetchall())
        logged += str(connection.execute("FROM duckdb_variables()").fetchall())
    secrets = [one["params"][0] for one in statements(folder, key, tmp_path) if one["params"]]
    assert len(secrets) == 2 and "add_parquet_key" in logged
    assert not any(secret in logged for secret in secrets)


@pytest.mark.skipif(not r_with("DBI", "duckdb", "bit64"), reason="needs R's duckdb, which is on CRAN")
def test_tables_are_read_through_duckdb(folder, key, tmp_path):
    run = r("cat(as.character(gh_read('crime')$id))", folder=folder, key=key, cwd=tmp_path)
    assert run.stdout.split() == [str(BIG), str(BIG + 1), "NA"], run.stderr


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda path: path.unlink(), "Set GATEHOUSE_WORKSPACE_KEY"),
        (lambda path: path.chmod(0o644), "Others can read the key"),
        (lambda path: path.write_text("secret\n"), "is not a key file"),
        (lambda path: key_file(path, OLD), "was sealed under the key"),
    ],
)
def test_without_the_right_key_it_says_what_to_do(folder, key, tmp_path, spoil, problem):
    spoil(key)
    run = r("gh_bytes('long.txt')", folder=folder, key=key, cwd=tmp_path)
    assert run.returncode == 1 and problem in run.stderr, run.stderr


@pytest.mark.slow
def test_a_file_that_was_altered_or_cut_is_found(folder, key, tmp_path):
    content = bytearray((folder / "long.txt").read_bytes())
    (folder / "long.txt").write_bytes(content[:-1])
    run = r("gh_bytes('long.txt')", folder=folder, key=key, cwd=tmp_path)
    assert "ends early or goes on" in run.stderr
    content[2_000_000] ^= 1
    (folder / "long.txt").write_bytes(content)
    run = r("gh_bytes('long.txt')", folder=folder, key=key, cwd=tmp_path)
    assert "is not what was delivered" in run.stderr
