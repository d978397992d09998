"""A release holds declared columns, declared types and surrogates, and never changes."""

import json
import stat

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from extracts import delivery
from extracts.conversion import BadDataset
from extracts.publishing import AlreadyPublished, is_locked, lock, verify
from extracts.store import ReleaseAltered
from tests.extracts import small_dataset as small


def released(root, table, version="1"):
    return parquet.read_table(root / "releases" / "small" / version / f"{table}.parquet")


def test_a_release_says_what_it_holds(tmp_path):
    release, reports = small.published(tmp_path)
    folder = tmp_path / "releases" / "small" / "1"
    assert {path.name for path in folder.iterdir()} == {
        "release.json", "manifest.json", "figures.json", "qi_profile.json", "catalogue",
        "crime.parquet", "victim.parquet",
    }  # fmt: skip
    assert {name: table.rows for name, table in release.tables.items()} == {"crime": 5, "victim": 7}
    assert reports == [("crime", 0, 2), ("victim", 1, 2), ("", 2, 2)]


def test_types_are_those_of_the_catalogue(tmp_path):
    small.published(tmp_path)
    rows = duckdb.sql(f"""
        SELECT recorded_on::VARCHAR, closed_on::VARCHAR, force, weapon, loss
        FROM read_parquet('{tmp_path}/releases/small/1/crime.parquet') ORDER BY closed_on
    """).fetchall()
    assert rows == [
        ("2019-01-05", "2019-01-31", "N", True, 10.5),
        (None, "2019-03-02", "N", True, 5000.0),
        ("2021-02-01", "2021-03-09", None, False, 0.0),
        ("2020-12-31", "2021-06-01", "E", None, None),
        # 3 o'clock in the source's universal time is the evening before, where it happened.
        ("2019-04-30", None, "S", False, 100.0),
    ]
    victim = released(tmp_path, "victim")
    assert [str(field.type) for field in victim.schema] == ["int64", "int64", "int64", "int64", "int64", "string"]
    assert set(victim["needs"].to_pylist()) == {"a;b", "", "c", None}


def test_direct_identifiers_and_source_keys_are_not_there(tmp_path):
    small.published(tmp_path)
    assert "name" not in released(tmp_path, "victim").column_names
    content = (tmp_path / "releases" / "small" / "1" / "victim.parquet").read_bytes()
    assert b"Ann" not in content and b"p1" not in content


def test_surrogates_join_as_the_source_keys_did(tmp_path):
    small.published(tmp_path)
    keys = small.surrogates("crime")
    assert all(0 < surrogate < 2**63 for surrogate in keys.values()) and len(set(keys.values())) == 5
    expected = sorted([keys[key] for key in ["c1", "c1", "c2", "c3", "c4", "c5"]])
    assert sorted(released(tmp_path, "victim")["crime_id"].drop_null().to_pylist()) == expected
    assert sorted(released(tmp_path, "crime")["crime_id"].to_pylist()) == sorted(keys.values())


def test_an_old_key_keeps_its_surrogate_in_a_later_version(tmp_path):
    small.published(tmp_path)
    before = set(released(tmp_path, "victim")["person"].drop_null().to_pylist())
    more = small.tables()
    another = (
        more["victim"]
        .slice(0, 1)
        .set_column(1, "number", [pa.array([9], pa.int32())])
        .set_column(2, "person", [["p9"]])
    )
    more["victim"] = pa.concat_tables([more["victim"], another])
    small.published(tmp_path, version="2", source=small.write_source(tmp_path / "more", **more))
    after = set(released(tmp_path, "victim", version="2")["person"].drop_null().to_pylist())
    assert before < after and after - before == {small.surrogate("p9", "person")}


def test_releases_under_two_keys_have_nothing_in_common(tmp_path):
    small.published(tmp_path / "one")
    small.published(tmp_path / "two", key=small.KEY[::-1])
    one, two = (released(tmp_path / name, "crime") for name in ("one", "two"))
    assert set(one["crime_id"].to_pylist()).isdisjoint(two["crime_id"].to_pylist())
    # Each is in the order of its own surrogates, whatever the other's order is.
    assert all(table["crime_id"].to_pylist() == sorted(table["crime_id"].to_pylist()) for table in (one, two))


def test_the_order_of_the_source_makes_no_difference(tmp_path):
    turned = {name: table.take(list(range(table.num_rows))[::-1]) for name, table in small.tables().items()}
    one, _ = small.published(tmp_path / "one")
    two, _ = small.published(tmp_path / "two", source=small.write_source(tmp_path / "turned", **turned))
    assert one.tables == two.tables


def test_files_are_read_only_and_no_source_key_is_kept_anywhere(tmp_path):
    small.published(tmp_path)
    files = [path for path in (tmp_path / "releases").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o440}
    assert {path.name for path in tmp_path.iterdir()} == {"source", "description", "releases"}


def test_the_manifest_names_what_was_changed(tmp_path):
    small.published(tmp_path)
    folder = tmp_path / "releases" / "small" / "1"
    assert verify(folder) == []
    table = folder / "crime.parquet"
    table.chmod(0o640)
    table.write_bytes(table.read_bytes()[:-1] + b"x")
    (folder / "catalogue" / "owners.csv").unlink()
    (folder / "more.csv").touch()
    assert verify(folder) == [
        "catalogue/owners.csv is missing.", "crime.parquet has changed.", "more.csv is not in the manifest.",
    ]  # fmt: skip
    (folder / "manifest.json").unlink()
    assert verify(folder) == ["manifest.json is missing or cannot be read."]


def test_a_manifest_that_fits_other_tables_than_release_json_is_noticed(tmp_path):
    """Somebody replaces a table and mends its line of the manifest."""
    small.published(tmp_path)
    folder = tmp_path / "releases" / "small" / "1"
    for name in ("crime.parquet", "manifest.json"):
        (folder / name).chmod(0o640)
    (folder / "crime.parquet").write_bytes((folder / "victim.parquet").read_bytes())
    manifest = json.loads((folder / "manifest.json").read_text())
    for file in manifest["files"]:
        if file["name"] == "crime.parquet":
            file["sha256"] = delivery.sha256_of(folder / "victim.parquet")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert verify(folder) == [
        "The digest of the content is not that of the files.", "crime.parquet is not the file that release.json names.",
    ]  # fmt: skip


def test_a_withdrawn_release_cannot_be_opened_or_published_again(tmp_path):
    small.published(tmp_path)
    folder = tmp_path / "releases" / "small" / "1"
    assert not is_locked(folder)
    place = lock(folder)
    assert is_locked(folder) and lock(folder) == place
    with pytest.raises(ReleaseAltered, match="no release"), small.open_small(tmp_path):
        pass
    assert verify(place) == [] and stat.S_IMODE(place.stat().st_mode) == 0o500
    with pytest.raises(AlreadyPublished, match="withdrawn"):
        small.published(tmp_path, catalogue=tmp_path / "description" / "1")
    with pytest.raises(FileNotFoundError):
        lock(tmp_path / "releases" / "small" / "7")


def test_the_same_content_once_more_is_left_alone(tmp_path):
    first, _ = small.published(tmp_path)
    inode = (tmp_path / "releases" / "small" / "1").stat().st_ino
    again, _ = small.published(tmp_path, catalogue=tmp_path / "description" / "1")
    assert again == first
    assert (tmp_path / "releases" / "small" / "1").stat().st_ino == inode
    assert list((tmp_path / "releases" / ".staging").iterdir()) == []


def test_other_content_under_the_same_version_is_refused(tmp_path):
    small.published(tmp_path)
    less = {name: table.slice(1) for name, table in small.tables().items()}
    with pytest.raises(AlreadyPublished):
        small.published(
            tmp_path,
            source=small.write_source(tmp_path / "less", **less),
            catalogue=tmp_path / "description" / "1",
        )
    assert released(tmp_path, "crime").num_rows == 5


def test_a_table_without_a_file_is_not_in_the_release(tmp_path):
    source = small.write_source(tmp_path / "half", crime=small.tables()["crime"])
    release, _ = small.published(tmp_path, source=source)
    assert list(release.tables) == ["crime"]


def replaced(table, column, values, kind=None):
    """The source tables with one column changed; without values, dropped."""
    found = small.tables()
    position = found[table].schema.get_field_index(column)
    found[table] = (
        found[table].remove_column(position)
        if values is None
        else found[table].set_column(position, column, pa.array(values, kind))
    )
    return found


@pytest.mark.parametrize(
    ("table", "column", "values", "problem"),
    [
        ("crime",  "loss",        None,                           "crime lacks the declared columns: loss"),
        ("crime",  "loss",        ["1"] * 5,                      "crime.loss is declared decimal"),
        ("crime",  "force",       [1] * 5,                        "crime.force is declared category"),
        ("crime",  "recorded_on", ["2019-01-05"] * 5,             "crime.recorded_on is declared date"),
        ("crime",  "closed_on",   ["2019-01-05"] * 5,             "crime.closed_on has 5 values that cannot be read"),
        ("crime",  "weapon",      ["true"] * 4 + ["maybe"],       "crime.weapon has 1 values that cannot be read"),
        ("victim", "age",         [1.5] * 7,                      "victim.age is declared integer"),
        ("victim", "person",      [1.5] * 7,                      "victim.person is declared string"),
    ],
)  # fmt: skip
def test_a_source_that_is_not_as_declared_is_refused(tmp_path, table, column, values, problem):
    source = small.write_source(tmp_path / "bad", **replaced(table, column, values))
    with pytest.raises(BadDataset, match=problem):
        small.published(tmp_path, source=source)
    assert not (tmp_path / "releases" / "small").exists()


def test_two_rows_of_one_primary_key_are_refused(tmp_path):
    more = small.tables()
    more["victim"] = pa.concat_tables([more["victim"], more["victim"].slice(0, 1)])
    with pytest.raises(BadDataset, match="victim has 1 rows with the primary key of another row"):
        small.published(tmp_path, source=small.write_source(tmp_path / "more", **more))
    assert not list((tmp_path / "releases").glob("*/*"))


def test_an_undeclared_column_is_refused(tmp_path):
    extra = small.tables()["crime"].append_column("postcode", [["AB1"] * 5])
    with pytest.raises(BadDataset, match="undeclared columns: postcode"):
        small.published(tmp_path, source=small.write_source(tmp_path / "bad", crime=extra))


def test_an_empty_release_is_refused(tmp_path):
    nothing = {name: table.slice(0, 0) for name, table in small.tables().items()}
    for source in ({}, nothing):
        with pytest.raises(BadDataset, match="no row"):
            small.published(
                tmp_path,
                version=f"v{len(source)}",
                source=small.write_source(tmp_path / f"{len(source)}", **source),
            )
