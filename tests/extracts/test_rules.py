"""Rules for values and rows: bounds, merging, row rules, and records that are withheld, against naive computations."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from extracts import query
from extracts.selection import quoted_table
from extracts.specification import ColumnSpec, compile_specification
from extracts.store import Withheld, open_release
from extracts.withheld_list import extend, occurring
from governance.catalogue.catalogue import catalogue_at
from tests.extracts import small_dataset as small


def rows_of(root, spec, catalogue, table, **options):
    """The rows of one table, without pseudonyms, as dicts."""
    chosen = next(one for one in spec.tables if one.name == table)
    sql = query.unordered(chosen, spec=spec, catalogue=catalogue, pseudonymised=False).sql("duckdb")
    with small.open_small(root, **options) as store:
        return store.connection.sql(sql).to_arrow_table().to_pylist()


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("rules")
    small.published(root)
    return root


AGES = [9, 10, 11, 95]  # of the victims of crimes in the period that have an age


@pytest.mark.slow
@settings(deadline=None, max_examples=25)
@given(st.none() | st.integers(-5, 120), st.none() | st.integers(-5, 120))
def test_top_and_bottom_coding_are_as_one_would_count_by_hand(root, bottom, top):
    if bottom is not None and top is not None and bottom >= top:
        return
    catalogue = small.small_catalogue(root)
    spec = compile_specification(small.scope(victim=["number", ("age", "single_year")]), catalogue, "1")
    columns = tuple(
        replace(column, bottom=bottom, top=top) if column.name == "age" else column for column in spec.tables[0].columns
    )
    spec = replace(spec, tables=(replace(spec.tables[0], columns=columns),))
    found = [row["age"] for row in rows_of(root, spec, catalogue, "victim")]
    low, high = (-1000 if bottom is None else bottom), (1000 if top is None else top)
    assert sorted(found) == sorted(min(max(age, low), high) for age in AGES)


@pytest.mark.slow
@settings(deadline=None, max_examples=20)
@given(st.integers(1, 5))
def test_values_that_too_few_rows_have_are_merged(root, least):
    catalogue = small.small_catalogue(root)
    spec = compile_specification(small.scope(victim=["number", ("age", "band"), "needs"]), catalogue, "1")
    plain = [row["needs"] for row in rows_of(root, spec, catalogue, "victim")]
    columns = tuple(
        replace(column, merge_below=least) if column.name == "needs" else column for column in spec.tables[0].columns
    )
    merging = replace(spec, tables=(replace(spec.tables[0], columns=columns),))
    rows = rows_of(root, merging, catalogue, "victim")
    enough = {value for value, count in Counter(plain).items() if value is not None and count >= least}
    expected = [value if value is None or value in enough else query.MERGED for value in plain]
    assert Counter(row["needs"] for row in rows) == Counter(expected)
    assert len(rows) == len(plain) and {"needs", "age"} < set(rows[0])
    assert columns[0] == ColumnSpec("crime_id")


def test_only_rows_that_meet_the_row_rules_are_given(tmp_path):
    rules = {"tables": {"victim": {"only": "number: 2 | 7"}}}
    small.published(tmp_path, catalogue=small.describe(tmp_path / "with-rules", **rules))
    catalogue = small.small_catalogue(tmp_path, **rules)
    spec = compile_specification(small.scope(victim=["number", ("age", "single_year")]), catalogue, "1")
    assert [(row["number"], row["age"]) for row in rows_of(tmp_path, spec, catalogue, "victim")] == [(2, 10)]


def listed(root, domain, *keys, before=None, name="list.parquet"):
    path = root / name
    found = extend(before, path, domain=domain, source_keys=keys, dataset_key=small.KEY)
    return path, found


def test_withheld_keys_are_in_no_table(root, tmp_path):
    """A person's key takes out their rows alone; a crime's key whatever carries it."""
    catalogue = small.small_catalogue(root)
    granted = {"crime": ["crime_id"], "victim": ["number"]}
    spec = replace(compile_specification(small.scope(**granted), catalogue, "1"), withheld=1)
    crime, person = small.surrogates("crime"), small.surrogates("person")

    path, _ = listed(tmp_path, "person", "p1")
    withheld = Withheld(path, catalogue)
    rows = rows_of(root, spec, catalogue, "victim", withheld=withheld)
    assert {row["person"] for row in rows} == {person["p2"], person["p3"]}
    assert len(rows_of(root, spec, catalogue, "crime", withheld=withheld)) == 3

    path, _ = listed(tmp_path, "crime", "c1", name="crimes.parquet")
    withheld = Withheld(path, catalogue)
    assert {row["crime_id"] for row in rows_of(root, spec, catalogue, "crime", withheld=withheld)} == {
        crime["c2"], crime["c3"]
    }  # fmt: skip
    assert {row["crime_id"] for row in rows_of(root, spec, catalogue, "victim", withheld=withheld)} == {
        crime["c2"], crime["c3"]
    }  # fmt: skip


@pytest.mark.parametrize("withheld", [None, ("person", "p1"), ("crime", "c1")], ids=str)
@pytest.mark.parametrize("crimes", [True, False], ids=["with crimes", "without"])
@pytest.mark.parametrize("rule", ["", "force: N"], ids=["all crimes", "crimes of one force"])
def test_a_row_is_kept_by_its_own_conditions_whatever_else_is_asked_for(tmp_path, rule, crimes, withheld):
    """Those that `scope_of` says, though rows of a child are found by the keys of parents in scope where that is the
    same: a rule on the rows of the parent, or a parent that is withheld for itself, takes no child away."""
    rules = {"tables": {"crime": {"only": rule}}}
    small.published(tmp_path, catalogue=small.describe(tmp_path / "with-rules", **rules))
    catalogue = small.small_catalogue(tmp_path, **rules)
    granted = {"victim": ["number"]} | ({"crime": ["crime_id"]} if crimes else {})
    spec = compile_specification(small.scope(**granted), catalogue, "1")
    options = {}
    if withheld:
        path, _ = listed(tmp_path, *withheld)
        spec, options = replace(spec, withheld=1), {"withheld": Withheld(path, catalogue)}
    scope = query.scope_of(catalogue["victim"], spec=spec, catalogue=catalogue)
    plain = exp.select("person").from_(quoted_table("victim", query.ROWS)).where(*scope).sql("duckdb")
    with small.open_small(tmp_path, **options) as store:
        expected = sorted(store.connection.execute(plain).fetchall(), key=str)
    found = rows_of(tmp_path, spec, catalogue, "victim", **options)
    assert sorted(((row["person"],) for row in found), key=str) == expected
    assert len(expected) == (4 if withheld is None else 2)
    kept = query.count_rows(spec.tables[-1], spec=spec, catalogue=catalogue).sql("duckdb")
    with small.open_small(tmp_path, **options) as store:
        assert store.connection.execute(kept).fetchall() == [(len(expected),)]


def test_the_list_grows_and_holds_no_source_key(tmp_path):
    path, found = listed(tmp_path, "person", "p1", " p1 ", "", "p2")
    assert found[:2] == (2, 2)
    longer, found = listed(tmp_path, "person", "p2", "p3", before=path, name="longer.parquet")
    assert found[:2] == (1, 3)
    content = longer.read_bytes()
    assert b"p1" not in content and b"p3" not in content
    same, _ = listed(tmp_path, "person", "p3", "p2", before=path, name="same.parquet")
    assert same.read_bytes() == content, "the order in which keys are given says nothing"


def test_how_many_listed_keys_occur_is_counted(root, tmp_path):
    path, _ = listed(tmp_path, "person", "p1", "p2", "stranger")
    victims = root / "releases" / "small" / "1" / "victim.parquet"
    assert occurring(path, "person", [(victims, "person")]) == 2


def test_all_records_of_a_person_are_withheld_with_one_of_them(published, tmp_path):
    """On the linked release: whoever has one record on the list is in no table, in whatever source."""
    folder = published / "releases" / "cjs_linked" / "2026.1"
    catalogue = catalogue_at(folder / "catalogue")
    with open_release(folder, staging=tmp_path) as store:
        person, records = store.connection.execute(
            "SELECT estimated_xjs_id, list(row_id_hash) FROM xjs_link GROUP BY 1 "
            "ORDER BY count(DISTINCT source_dataset) DESC, 1 LIMIT 1"
        ).fetchall()[0]
    listed = tmp_path / "list.parquet"
    extend(None, listed, domain="person_record", source_keys=["none of these"], dataset_key=small.KEY)
    append(listed, "person_record", records[0])
    with open_release(folder, staging=tmp_path, withheld=Withheld(listed, catalogue)) as store:
        held = store.connection.execute("SELECT id FROM withheld WHERE domain = 'person_record'").fetchall()
        assert {key for (key,) in held} >= set(records) and len(records) > 1
        persons = store.connection.execute("SELECT id FROM withheld WHERE domain = 'person'").fetchall()
        assert persons == [(person,)]


def append(path, domain, number):
    """Put one surrogate on a list as it is."""
    import pyarrow as pa
    from pyarrow import parquet

    known = parquet.read_table(path)
    more = pa.table({"domain": [domain], "id": pa.array([number], pa.int64())}, schema=known.schema)
    path.chmod(0o600)
    parquet.write_table(pa.concat_tables([known, more]), path)
