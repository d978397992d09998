"""An extract that is built with a seal: nothing in the clear at any moment, and the same content every time."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from extracts import delivery, engines, pipeline
from extracts.atrest import gatehouse_workspace as gw
from extracts.atrest.files import IN_THE_CLEAR
from extracts.atrest.seal import Seal
from extracts.disclosure.workspace import travelling
from extracts.pseudonyms import PseudonymCollision
from extracts.specification import compile_specification
from tests.extracts import small_dataset as small
from tests.extracts.atrest.an_extract import KEY, key_file

GRANTED = {
    "crime": [("recorded_on", "month"), ("force", "region"), "weapon"],
    "victim": ["number", ("age", "band"), "needs"],
}
FORMATS = ("parquet", "csv", "stata", "spss", "r")
CLEAR = IN_THE_CLEAR | {*travelling.DELIVERED}
VALUES = [b"North", b"South", b"2019-01", b"crime_id"]


@pytest.fixture
def root(tmp_path):
    small.published(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def keyed(tmp_path, monkeypatch):
    monkeypatch.setenv(gw.KEY_VARIABLE, str(key_file(tmp_path / "workspace.key", KEY)))


def build(root, name, *, seal, progress=lambda _: None, formats=FORMATS):
    catalogue = small.small_catalogue(root)
    spec = compile_specification(small.scope(**GRANTED), catalogue, "1", formats=formats)
    into = root / "staging" / name
    into.mkdir(parents=True)
    with small.open_small(root) as store:
        manifest = pipeline.build(
            spec, catalogue=catalogue, store=store, key=small.KEY, into=into, created_at=small.NOON,
            progress=progress, seal=seal,
        )  # fmt: skip
    return manifest, into


def held(folder):
    """File name to content, of the files as they are now."""
    return {name: (folder / name).read_bytes() for name in gw.names(folder)}


def test_only_what_tells_how_to_open_it_is_in_the_clear(root):
    manifest, folder = build(root, "sealed", seal=Seal(KEY))
    clear = {name for name, content in held(folder).items() if not content.startswith((gw.MAGIC, b"PARE"))}
    assert clear == CLEAR
    assert manifest.sealed_under == gw.key_id(KEY).hex()
    readme = (folder / "README.txt").read_text()
    assert "import gatehouse_workspace" in readme and gw.KEY_VARIABLE in readme
    files = held(folder)
    assert {name: files.pop(name).decode() for name in travelling.DELIVERED} == travelling.delivered()
    for name, content in files.items():
        told = VALUES[:2] if name in IN_THE_CLEAR else VALUES
        assert not any(value in content for value in told), name


def test_at_no_moment_of_the_build_is_a_value_in_the_clear(root):
    looked_at = set()

    def look(step):
        for path in filter(Path.is_file, (root / "staging" / "sealed").rglob("*")):
            looked_at.add(path.name)
            assert not any(value in path.read_bytes() for value in VALUES), path.name

    build(root, "sealed", seal=Seal(KEY), progress=look)
    assert {"crime.parquet", "crime.csv", "crime.dta", "crime.sav", "crime.rds"} <= looked_at


@pytest.mark.slow
def test_content_is_the_same_in_every_build_sealed_or_not_and_bytes_never(root):
    plain, _ = build(root, "plain", seal=None)
    one, first = build(root, "one", seal=Seal(KEY))
    two, second = build(root, "two", seal=Seal(KEY))
    assert delivery.content_of(one.to_json()) == delivery.content_of(two.to_json())
    contents = [{file.name: file.content_sha256 for file in manifest.files} for manifest in (plain, one)]
    both = contents[0].keys() & contents[1].keys() - {"README.txt", "datapackage.json"}  # they tell of the files
    assert {name for name in both if contents[0][name] != contents[1][name]} == set()
    assert contents[1].keys() - contents[0].keys() == IN_THE_CLEAR - {"manifest.json", "README.txt"}
    alike = {name for name, content in held(first).items() if held(second)[name] == content}
    assert alike == CLEAR - {"manifest.json"}
    by_bytes = [file for file in plain.files if not file.name.endswith(".parquet")]
    assert all(file.content_sha256 == file.sha256 for file in by_bytes)


def test_another_content_has_another_digest(root):
    one, _ = build(root, "one", seal=Seal(KEY), formats=("parquet",))
    assert delivery.content_of(one.to_json()) != delivery.content_of(build(root, "two", seal=Seal(KEY))[0].to_json())


def test_the_folder_is_verified_without_the_key_and_its_content_with_it(root):
    _, folder = build(root, "sealed", seal=Seal(KEY))
    assert delivery.verify(folder) == [] and gw.check(folder) == []
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "gatehouse_workspace.cpython-311.pyc").write_bytes(b"")
    (folder / "__pycache__" / "gatehouse_sdc.cpython-311.pyc").write_bytes(b"")
    assert delivery.verify(folder) == [], "importing from it leaves this"
    (folder / "__pycache__" / "other.pyc").write_bytes(b"")
    assert delivery.verify(folder) == ["__pycache__/other.pyc is not in the manifest."]


def test_every_format_is_opened_by_one_call(root):
    _, folder = build(root, "sealed", seal=Seal(KEY))
    crimes = gw.read("crime", folder)
    assert crimes["recorded_on"].tolist() == gw.arrow("crime", folder)["recorded_on"].to_pylist()
    for name in ("crime.csv", "crime.dta", "crime.sav", "crime.rds"):
        rows = gw.read(name, folder)
        assert list(rows.columns) == list(crimes.columns), name
        assert rows["crime_id"].astype("string").astype("Int64").tolist() == crimes["crime_id"].tolist(), name
    with gw.duckdb(folder=folder) as connection:
        joined = "SELECT count(*) FROM crime JOIN victim USING (crime_id) WHERE force = 'North'"
        assert connection.execute(joined).fetchall() == [(2,)]


@pytest.mark.slow
def test_a_build_that_was_stopped_leaves_nothing_that_passes_for_whole(root):
    class Stopped(Exception):
        pass

    def stop(step):
        if step.rows_done:
            raise Stopped

    with pytest.raises(Stopped):
        build(root, "sealed", seal=Seal(KEY), progress=stop)
    folder = root / "staging" / "sealed"
    for name in ("crime.csv", "crime.dta", "crime.sav", "crime.rds"):
        with pytest.raises(gw.Truncated):
            gw.open(name, folder)
    assert gw.MANIFEST not in gw.names(folder)


def test_pseudonyms_are_counted_in_sealed_files_too(root, monkeypatch):
    monkeypatch.setattr(engines, "pseudonymiser", lambda **_: lambda ids: pa.array([1] * len(ids), pa.int64()))
    with pytest.raises(PseudonymCollision):
        build(root, "sealed", seal=Seal(KEY))


@pytest.mark.slow
def test_a_folder_that_is_there_with_the_same_content_is_known(root):
    one, first = build(root, "one", seal=Seal(KEY))
    two, _ = build(root, "two", seal=Seal(KEY))
    assert delivery.manifest_there(first, two.to_json()) == json.loads(json.dumps(one.to_json()))
    assert delivery.manifest_there(root / "nowhere", two.to_json()) is None
    other, _ = build(root, "other", seal=Seal(bytes(32)))
    assert delivery.manifest_there(first, other.to_json()) is None, "sealed under another key"
    (first / "crime.csv").write_bytes(b"altered")
    assert delivery.manifest_there(first, two.to_json()) is None
