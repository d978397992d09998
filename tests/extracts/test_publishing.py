"""A release holds declared columns, declared types and surrogates, and never changes."""

import stat

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from extracts.conversion import BadDataset
from extracts.publishing import AlreadyPublished
from tests.extracts import small_dataset as small


def released(root, table, version="1"):
    return parquet.read_table(root / "releases" / "small" / version / f"{table}.parquet")


def dictionary(root, domain):
    table = parquet.read_table(root / "identifiers" / "small" / f"{domain}.parquet")
    return dict(zip(*(table[name].to_pylist() for name in ("source_key", "surrogate")), strict=True))


def test_a_release_says_what_it_holds(tmp_path):
    release, reports = small.published(tmp_path)
    folder = tmp_path / "releases" / "small" / "1"
    assert {path.name for path in folder.iterdir()} == {"release.json", "catalogue", "crime.parquet", "victim.parquet"}
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
    keys = dictionary(tmp_path, "crime")
    assert set(keys) == {"c1", "c2", "c3", "c4", "c5"}
    assert all(0 < surrogate < 2**63 for surrogate in keys.values()) and len(set(keys.values())) == 5
    expected = sorted([keys[key] for key in ["c1", "c1", "c2", "c3", "c4", "c5"]])
    assert sorted(released(tmp_path, "victim")["crime_id"].drop_null().to_pylist()) == expected
    assert sorted(released(tmp_path, "crime")["crime_id"].to_pylist()) == sorted(keys.values())


def test_an_old_key_keeps_its_surrogate_in_a_later_version(tmp_path):
    small.published(tmp_path)
    before = dictionary(tmp_path, "person")
    more = small.tables()
    more["victim"] = pa.concat_tables([more["victim"], more["victim"].slice(0, 1).set_column(2, "person", [["p9"]])])
    small.published(tmp_path, version="2", source=small.write_source(tmp_path / "more", **more))
    after = dictionary(tmp_path, "person")
    assert before.items() < after.items() and after.keys() - before.keys() == {"p9"}


def test_surrogates_of_two_places_have_nothing_in_common(tmp_path):
    small.published(tmp_path / "one")
    small.published(tmp_path / "two")
    one, two = (set(dictionary(tmp_path / name, "crime").values()) for name in ("one", "two"))
    assert one.isdisjoint(two)


def test_files_are_read_only_and_identifiers_private(tmp_path):
    small.published(tmp_path)
    rights = {
        path.relative_to(tmp_path).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in [*(tmp_path / "releases").rglob("*.*"), *(tmp_path / "identifiers").rglob("*")]
        if path.name not in (".staging", ".lock")
    }
    assert rights.pop("identifiers/small") == 0o700
    private = {name: mode for name, mode in rights.items() if name.startswith("identifiers")}
    assert set(private) == {"identifiers/small/crime.parquet", "identifiers/small/person.parquet"}
    assert set(private.values()) == {0o600}
    assert {mode for name, mode in rights.items() if name.startswith("releases")} == {0o440}


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
