"""What is delivered beside the files opens them, in a process that knows nothing of Gatehouse."""

import json
import re
import shutil
from importlib import metadata
from pathlib import Path

import pytest

from extracts.atrest import gatehouse_workspace as gw
from tests.extracts.atrest.an_extract import BIG, KEY, OLD, key_file, python, sealed_extract


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
def test_everything_is_opened_without_gatehouse(folder, key, tmp_path):
    run = python(
        """
import json
JOINED = "SELECT place, age FROM crime JOIN victim USING (id) WHERE age > 5 ORDER BY age"
crimes = gw.read("crime")
with gw.path_of("codelists/places.csv") as path, open(path) as file:
    through_a_path = file.read()
with gw.open("long.txt") as file:
    file.seek(1_048_571)
    across_chunks = file.read(10).decode()
print(json.dumps({
    "names": gw.names(),
    "crimes": crimes.astype(object).where(crimes.notna(), None).values.tolist(),
    "from csv": [None if value is gw.read("crime.csv")["id"].array.dtype.na_value else int(value)
                 for value in gw.read("crime.csv")["id"]],
    "arrow": gw.arrow("victim", columns=["age"]).to_pydict(),
    "duckdb": gw.duckdb().sql(JOINED).fetchall(),
    "path": through_a_path,
    "seek": across_chunks,
    "check": gw.check(),
    "modules": sorted(name for name in sys.modules if name.split(".")[0] in ("extracts", "governance", "django")),
}))
""",
        folder=folder, key=key, cwd=tmp_path,
    )  # fmt: skip
    assert said(run) == {
        "names": sorted([
            "codelists/places.csv", "crime.csv", "crime.parquet", "empty.txt", "gatehouse_workspace.R",
            "gatehouse_workspace.py", "long.txt", "manifest.json", "victim.parquet",
        ]),
        "crimes": [[BIG, "Nörth"], [BIG + 1, None], [None, "South"]],
        "from csv": [BIG, BIG + 1, None],
        "arrow": {"age": [10, 70]},
        "duckdb": [["Nörth", 10], ["Nörth", 70]],
        "path": "code,label\nN,North\n",
        "seek": "1234567890",
        "check": [],
        "modules": [],
    }  # fmt: skip


def test_it_needs_what_it_says_and_nothing_else():
    source = Path(gw.__file__).read_text()
    imported = set(re.findall(r"^\s*(?:import|from) (\w+)", source, re.MULTILINE))
    distributions = metadata.packages_distributions()
    assert {name for name in imported if name in distributions} == {
        "cryptography", "duckdb", "numpy", "pandas", "pyarrow", "rdata",
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda path: path.unlink(), "NoKey: .*GATEHOUSE_WORKSPACE_KEY"),
        (lambda path: path.chmod(0o640), "NoKey: Others can read the key"),
        (lambda path: path.write_text("secret"), "NoKey: .*not a key file"),
        (lambda path: path.write_text("1 abcd\n"), "NoKey: .*not a key file"),
        (lambda path: path.write_text(""), "NoKey: .*not a key file"),
        (lambda path: key_file(path, OLD), "WrongKey: crime.parquet was sealed under the key"),
    ],
)
def test_without_the_right_key_it_says_what_to_do(folder, key, tmp_path, spoil, problem):
    spoil(key)
    run = python('gw.read("crime")', folder=folder, key=key, cwd=tmp_path)
    assert run.returncode == 1
    assert re.search(problem, run.stderr), run.stderr
    assert OLD.hex() not in run.stderr


@pytest.mark.slow
def test_without_the_variable_the_mounted_key_is_looked_for(folder, tmp_path):
    run = python('gw.read("crime")', folder=folder, cwd=tmp_path)
    assert f"NoKey: {gw.KEY_MOUNTED} cannot be read" in run.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["crime.parquet", "long.txt", "crime.csv"])
def test_a_file_that_was_altered_is_found(folder, key, tmp_path, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    (problem,) = said(python("import json; print(json.dumps(gw.check()))", folder=folder, key=key, cwd=tmp_path))
    assert problem.startswith(f"{name} cannot be read")


@pytest.mark.slow
def test_a_file_that_was_exchanged_for_another_with_the_same_key_is_found(folder, key, tmp_path):
    older = sealed_extract(tmp_path / "older")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][0]["content_sha256"] = "0" * 64
    (folder / "manifest.json").write_text(json.dumps(manifest))
    shutil.copy(older / "crime.parquet", folder / "crime.parquet")
    run = python("import json; print(json.dumps(gw.check()))", folder=folder, key=key, cwd=tmp_path)
    assert said(run) == ["crime.parquet has changed."]


@pytest.mark.slow
def test_names_that_lead_elsewhere_or_nowhere_are_refused(folder, key, tmp_path):
    for name in ("../workspace.key", "nothing"):
        run = python(f"gw.open({name!r})", folder=folder, key=key, cwd=tmp_path)
        assert "NoSuchFile: There is no" in run.stderr


def test_folders_that_are_not_sealed_open_the_same_way(tmp_path):
    """Extracts delivered before encryption, and what a person puts beside."""
    (tmp_path / "notes.csv").write_text("a\n1\n")
    assert gw.read("notes", tmp_path)["a"].tolist() == [1]
    with gw.open("notes.csv", tmp_path) as file:
        assert file.read() == b"a\n1\n"
