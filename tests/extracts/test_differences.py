"""What changed between two releases, by hand-made changes, and no small count among it."""

import json
import random

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from extracts.differences import compared
from extracts.differences.counts import told
from tests.builders import catalogue

ROWS = 3000


def suspects(rows=ROWS, seed=1):
    """Suspects with a key, a code, a number, an answer; the rest is missing."""
    rng = random.Random(seed)
    kinds = {"BIGINT": pa.int64(), "DATE": pa.date32(), "BOOLEAN": pa.bool_(), "VARCHAR": pa.string()}
    columns = {v.name: pa.nulls(rows, kinds[v.duckdb_type]) for v in catalogue()["pol_suspect"].variables}
    columns |= {
        "crime_id_hash": pa.array(range(1, rows + 1), pa.int64()),
        "suspect_seq": pa.array([1] * rows, pa.int64()),
        "row_id_hash": pa.array(range(10**6, 10**6 + rows), pa.int64()),
        "sex": pa.array([rng.choice("MMMF") for _ in range(rows)]),
        "age_at_offence": pa.array([rng.randrange(10, 80) for _ in range(rows)], pa.int64()),
        "referred_to_cps": pa.array([rng.random() < 0.5 for _ in range(rows)]),
    }
    return pa.table(columns)


def persons(groups):
    """xjs_link of records 0, 1, 2 ... that belong to these persons."""
    count = len(groups)
    return pa.table({
        "row_id_hash": pa.array(range(count), pa.int64()), "source_dataset": ["pnc"] * count,
        "estimated_xjs_id": pa.array(groups, pa.int64()), "match_probability": pa.nulls(count, pa.float64()),
        "cluster_medium": pa.array(groups, pa.int64()), "cluster_low": pa.array(groups, pa.int64()),
        "person_role": ["offender"] * count, "link_run": [f"run {sum(groups)}"] * count,
    })  # fmt: skip


def a_release(folder, version, **tables):
    folder.mkdir()
    (folder / "release.json").write_text(json.dumps({"version": version}))
    for name, table in tables.items():
        parquet.write_table(table, folder / f"{name}.parquet")
    return folder


def changed(table, query):
    with duckdb.connect(":memory:") as connection:
        connection.register("rows", table)
        return connection.sql(query).to_arrow_table()


def reported(tmp_path, before, after):
    old, new = a_release(tmp_path / "old", "1", **before), a_release(tmp_path / "new", "2", **after)
    return compared(old, new, catalogue(), {}, spill=tmp_path)


def test_the_first_release_has_nothing_to_be_compared_with(tmp_path):
    report = compared(None, tmp_path, catalogue(), {}, spill=tmp_path)
    assert report["against"] == "" and "none to compare it with" in report["lines"][0]


def test_an_equal_release_changes_nothing(tmp_path):
    tables = {"pol_suspect": suspects(), "xjs_link": persons([1, 1, 2])}
    report = reported(
        tmp_path, tables, {**tables, "xjs_link": tables["xjs_link"].set_column(7, "link_run", [["x"] * 3])}
    )
    assert report["lines"] == ["No row, column or code is different."]
    assert report["against"] == "1"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("FROM rows WHERE crime_id_hash > 120",                                (0, 120, 0)),
        ("FROM rows WHERE crime_id_hash > 7",                                  (0, None, 0)),
        ("FROM rows UNION ALL SELECT * REPLACE (crime_id_hash + 10000 AS crime_id_hash) FROM rows LIMIT 3055",
                                                                               (60, 0, 0)),
        ("SELECT * REPLACE (CASE WHEN crime_id_hash <= 44 THEN 'X' ELSE sex END AS sex) FROM rows", (0, 0, 40)),
        ("SELECT * REPLACE (CASE WHEN crime_id_hash <= 30 THEN NULL ELSE sex END AS sex) FROM rows", (0, 0, 30)),
        ("SELECT * REPLACE (suspect_seq + 1 AS suspect_seq) FROM rows",        (3000, 3000, 0)),
    ],
)  # fmt: skip
def test_rows_are_compared_by_their_primary_key(tmp_path, query, expected):
    report = reported(tmp_path, {"pol_suspect": suspects()}, {"pol_suspect": changed(suspects(), query)})
    found = report["tables"]["pol_suspect"]
    assert (found["added"], found["removed"], found["changed"]) == expected


def test_columns_tables_and_codes_come_and_go(tmp_path):
    after = changed(
        suspects(),
        "SELECT * EXCLUDE (referred_to_cps) REPLACE (CASE WHEN sex = 'F' THEN 'W' WHEN crime_id_hash < 5 THEN 'RARE' "
        "ELSE sex END AS sex), true AS released FROM rows",
    )
    report = reported(tmp_path, {"pol_suspect": suspects(), "gone": suspects()}, {"pol_suspect": after, "fresh": after})
    found = report["tables"]["pol_suspect"]
    assert (report["new_tables"], report["gone_tables"]) == (["fresh"], ["gone"])
    assert (found["new_columns"], found["gone_columns"]) == (["released"], ["referred_to_cps"])
    assert (found["new_codes"], found["gone_codes"]) == ({"sex": ["W"]}, {"sex": ["F"]})
    assert "pol_suspect.sex has the new codes W." in report["lines"]
    assert "RARE" not in json.dumps(report), "a code that few rows have is not named"


def test_what_moved_by_more_than_the_bounds_is_named(tmp_path):
    after = changed(
        suspects(),
        "SELECT * REPLACE (CASE WHEN crime_id_hash % 10 = 0 THEN NULL ELSE sex END AS sex, age_at_offence + "
        "CASE WHEN crime_id_hash % 5 = 0 THEN 100 ELSE 0 END AS age_at_offence, "
        "CASE WHEN crime_id_hash % 50 = 0 THEN NOT referred_to_cps ELSE referred_to_cps END AS referred_to_cps) "
        "FROM rows",
    )
    found = reported(tmp_path, {"pol_suspect": suspects()}, {"pol_suspect": after})["tables"]["pol_suspect"]
    assert found["missing_moved"] == {"sex": {"before": 0, "after": 10}}
    assert found["distribution_moved"] == {"age_at_offence": 20}


def test_small_tables_say_nothing_of_distributions(tmp_path):
    after = changed(suspects(100), "SELECT * REPLACE (NULL::VARCHAR AS sex, 12 AS age_at_offence) FROM rows")
    found = reported(tmp_path, {"pol_suspect": suspects(100)}, {"pol_suspect": after})["tables"]["pol_suspect"]
    assert found["missing_moved"] == {} and found["distribution_moved"] == {}


def test_what_became_of_persons(tmp_path):
    """Twenty kept, fifteen pairs merged, twelve split, ten new, three gone."""
    kept, merged, split, gone = range(20), range(100, 130), range(200, 212), range(300, 303)
    before = [*kept, *merged, *(person for person in split for _ in range(2)), *gone]
    after = [
        *kept, *(100 + (person - 100) // 2 for person in merged),
        *(person + 50 * part for person in split for part in range(2)), *range(400, 410),
    ]  # fmt: skip
    old = persons(before)
    places = [place for place in range(len(before)) if before[place] not in gone] + list(range(500, 510))
    new = persons(after).set_column(0, "row_id_hash", pa.array(places, pa.int64()))
    report = reported(tmp_path, {"xjs_link": old}, {"xjs_link": new})
    assert report["persons"] == {"kept": 20, "merged": 20, "split": 10, "new": 10, "gone": None}
    assert report["lines"][-1] == (
        "Persons: 20 are as they were, 20 put several together, 10 were taken apart, 10 are new, "
        "fewer than 10 are gone."
    )


def test_persons_by_a_second_computation(tmp_path):
    rng = random.Random(4)
    before, after = ([rng.randrange(300) for _ in range(900)] for _ in range(2))
    after = [old if rng.random() < 0.9 else new + 1000 for old, new in zip(before, after, strict=True)]
    pairs = set(zip(before, after, strict=True))
    parts_old = {person: {b for a, b in pairs if a == person} for person in before}
    parts_new = {person: {a for a, b in pairs if b == person} for person in after}
    report = reported(tmp_path, {"xjs_link": persons(before)}, {"xjs_link": persons(after)})
    kept = sum(len(parts_old[a]) == len(parts_new[b]) == 1 for a, b in pairs)
    assert report["persons"] == {
        "kept": told(kept), "merged": told(sum(len(parts) > 1 for parts in parts_new.values())),
        "split": told(sum(len(parts) > 1 for parts in parts_old.values())), "new": 0, "gone": 0,
    }  # fmt: skip


def test_counts_as_they_are_told():
    assert [told(count) for count in (0, 1, 9, 10, 14, 16, 1234)] == [0, None, None, 10, 10, 20, 1230]
