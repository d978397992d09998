"""A twin of every table opens with the loader of the real extract, and holds what that could hold."""

from __future__ import annotations

import re
from datetime import date

import pyarrow as pa
import pytest

from extracts.specification import ColumnSpec, ExtractSpec, TableSpec
from extracts.twin import Source, make, of_table
from governance.catalogue.catalogue import Sensitivity
from tests.builders import catalogue
from tests.extracts.twin.conftest import LEVELS, NOON
from tests.extracts.twin.pack import load

pytestmark = pytest.mark.long

TWINS_OWN = {"twin-report.csv", "twin-report.html"}
OF_LINKS = {"linkage-quality.csv", "linkage-quality.txt", "linkage-of-this-extract.csv"}
MADE_UP = re.compile(r"X\d+|made-up value \d+")
FORMS = {"month": r"\d{4}-\d{2}", "quarter": r"\d{4}Q[1-4]"}


@pytest.fixture(scope="module", params=LEVELS)
def both(linked, tmp_path_factory, request):
    """The real extract and the twin of everything, at one level of detail."""
    root, spec = tmp_path_factory.mktemp("both"), linked.spec(request.param)
    return spec, linked.extract(spec, root), linked.twin(spec, root / "twin")


def test_files_columns_types_and_dictionary_are_those_of_the_extract(both):
    spec, extract, twin = both
    assert len(spec.tables) == 17 and twin.tables.keys() == extract.tables.keys()
    for name, table in extract.tables.items():
        assert twin.tables[name].schema == table.schema, name
    assert twin.files - TWINS_OWN == extract.files - OF_LINKS
    assert twin.described == extract.described
    assert twin.manifest["spec"] == extract.manifest["spec"]
    assert extract.manifest.keys() <= twin.manifest.keys()


def allowed(variable, level, known):
    """What the catalogue lets a column hold at a level: a set of values, a pattern, or None for anything."""
    step = known.ladder(variable.ladder)[level] if variable.ladder else None
    if step and step.method == "codelist":
        return {value for value in known.code_list(variable.codelist).mapping(step.argument).values() if value}
    if step and step.method == "band":
        return {band.label for band in step.bands}
    if step and step.method in FORMS:
        return re.compile(FORMS[step.method])
    if step and step.method != "source":
        return None
    if variable.codelist:
        return set(known.code_list(variable.codelist).codes)
    return set(variable.choices) if variable.choices and variable.duckdb_type == "VARCHAR" else None


def test_every_code_is_one_of_its_list_and_every_band_one_of_its_ladder(both, linked):
    spec, _, twin = both
    looked_at = 0
    for table in spec.tables:
        for column in table.columns:
            variable = linked.catalogue[table.name][column.name]
            may = allowed(variable, column.level, linked.catalogue)
            values = set(twin.tables[table.name][column.name].drop_null().to_pylist())
            if variable.dtype == "list":
                values = {part for value in values for part in value.split("|") if part}
            if may is None or not values:
                continue
            looked_at += 1
            if isinstance(may, re.Pattern):
                assert all(may.fullmatch(value) for value in values), (table.name, column.name)
            else:
                assert values <= may, (table.name, column.name)
    assert looked_at > 60


def test_free_text_is_a_told_code_or_made_up(both, linked):
    """Where the catalogue has no list, a value is one that the release publishes or says itself that it is none."""
    _, _, twin = both
    for table in linked.catalogue.tables:
        for one in table.variables:
            if one.duckdb_type == "VARCHAR" and not one.codelist and not one.choices and one.selectable:
                told = linked.figures["tables"][table.name]["variables"][one.name].get("codes", ())
                told = {code["code"] for code in told}
                values = set(twin.tables[table.name][one.name].drop_null().to_pylist())
                assert all(MADE_UP.fullmatch(value) for value in values - told), (table.name, one.name)


# Child, parent and what they join on: every key that leads from a table of the linked data to the list of its kind.
JOINS = [
    ("pol_victim", "pol_crime", ["crime_id_hash"]),
    ("pol_suspect", "pol_crime", ["crime_id_hash"]),
    ("cps_pcd", "pol_crime", ["crime_id_hash"]),
    ("case_link", "pol_crime", ["crime_id_hash"]),
    ("drv_victim_journey", "pol_crime", ["crime_id_hash"]),
    ("drv_victim_journey", "pol_victim", ["crime_id_hash", "victim_seq"]),
    ("cps_pcd", "cps_prosecution", ["cps_case_id_hash"]),
    ("case_link", "cps_prosecution", ["cps_case_id_hash"]),
    ("crt_offence", "crt_case", ["case_id_hash", "defendant_seq"]),
    ("crt_hearing", "crt_case", ["case_id_hash", "defendant_seq"]),
]


def rows(table, columns):
    """The rows of some columns as tuples, those without a value in any of them left out."""
    lists = [table[name].to_pylist() for name in columns]
    return [row for row in zip(*lists, strict=True) if None not in row]


@pytest.mark.parametrize(("child", "parent", "on"), JOINS, ids=lambda value: value if isinstance(value, str) else "")
def test_every_key_finds_its_parent(both, child, parent, on):
    _, _, twin = both
    of_child, of_parent = rows(twin.tables[child], on), set(rows(twin.tables[parent], on))
    assert of_child and set(of_child) <= of_parent


def test_every_record_finds_its_person_and_belongs_to_one_source(both, linked):
    _, _, twin = both
    persons = set(twin.tables["xjs_link"]["row_id_hash"].to_pylist())
    held = {}
    for table in linked.catalogue.tables:
        if table.name != "xjs_link" and "row_id_hash" in table:
            held[table.name] = set(twin.tables[table.name]["row_id_hash"].drop_null().to_pylist())
            assert held[table.name] <= persons, table.name
    assert len(held) == 11
    assert sum(map(len, held.values())) == len(set().union(*held.values())), "no record is in two sources"


def test_court_cases_of_the_case_link_are_court_cases(both):
    _, _, twin = both
    cases = set(twin.tables["crt_case"]["case_id_hash"].to_pylist())
    for column in ("mc_case_id_hash", "cc_case_id_hash"):
        assert set(twin.tables["case_link"][column].drop_null().to_pylist()) <= cases


def test_primary_keys_tell_rows_apart(both, linked):
    _, _, twin = both
    for table in linked.catalogue.tables:
        found = rows(twin.tables[table.name], table.primary_key)
        assert len(found) == twin.tables[table.name].num_rows == len(set(found)), table.name


def test_tables_are_in_proportion_to_the_release(both, linked):
    _, _, twin = both
    published = {name: linked.figures["tables"][name]["rows"] for name in twin.tables}
    largest = max(published.values())
    assert max(table.num_rows for table in twin.tables.values()) == 1000
    for name, table in twin.tables.items():
        assert table.num_rows <= max(20, round(1000 * published[name] / largest))
        assert table.num_rows >= 0.9 * min(1000 * published[name] / largest, 1000) - 1, name


def test_rows_lie_in_the_period(linked, tmp_path):
    period = date(2024, 2, 10), date(2024, 11, 20)
    twin = linked.twin(linked.spec("finest", period), tmp_path / "twin")
    dated = [table for table in linked.catalogue.tables if table.period_column]
    assert len(dated) == 10
    for table in dated:
        days = twin.tables[table.name][table.period_column].to_pylist()
        assert all(period[0] <= day <= period[1] for day in days), table.name


def test_dates_of_a_row_follow_one_another(linked, tmp_path):
    """In the order in which the columns lie in time as published, whatever the rows that have no date."""
    twin = linked.twin(linked.spec("finest"), tmp_path / "twin", rows=5000)
    crimes = twin.tables["pol_crime"].select(["committed_from_date", "recorded_date", "outcome_date"]).to_pylist()
    for row in crimes:
        days = [day for day in row.values() if day is not None]
        assert days == sorted(days)
    spells = rows(twin.tables["dwp_hmrc_spell"], ["start_date", "end_date"])
    assert spells and all(start <= end for start, end in spells)


@pytest.mark.parametrize("code", ["cjs_linked", "cook_county_2019"])
def test_there_is_a_twin_of_each_table_alone_before_any_release(code, tmp_path):
    """From the catalogue alone: as long as the largest, in the period, with types as they would be delivered."""
    known, period = catalogue(code), (date(2024, 1, 1), date(2024, 6, 30))
    for table in known.tables:
        into = tmp_path / table.name
        into.mkdir()
        spec = of_table(table, known, known.dataset.version, period)
        made = make(Source(spec, known, {}, NOON, rows=60), into)
        pack = load(into)
        assert made.rows == {table.name: 60}
        keys = [one for one in table.variables if one.pseudonymised]
        assert all(pack.tables[table.name].schema.field(one.name).type == pa.int64() for one in keys)
        assert not {one.name for one in table.variables if one.sensitivity is Sensitivity.DI} & set(
            pack.tables[table.name].column_names
        )


def test_a_number_inside_its_parent_begins_where_the_catalogue_says(linked, tmp_path):
    twin = linked.twin(linked.spec(), tmp_path / "twin")
    assert min(twin.tables["pol_victim"]["victim_seq"].to_pylist()) == 1
    assert min(twin.tables["hmpps_probation"]["rqmnt_seq"].to_pylist()) == 0


def test_tables_without_a_list_of_their_keys_still_join(linked, tmp_path):
    """Victims and suspects without the crimes that they are of: they share crimes with one another."""
    wanted = [
        TableSpec(name, (ColumnSpec("crime_id_hash"), ColumnSpec("row_id_hash")))
        for name in ("pol_victim", "pol_suspect")
    ]
    spec = ExtractSpec("cjs_linked", "2026.1", tuple(wanted), date(2023, 1, 1), date(2025, 12, 31))
    twin = linked.twin(spec, tmp_path / "twin")
    victims, suspects = (set(twin.tables[name]["crime_id_hash"].to_pylist()) for name in ("pol_victim", "pol_suspect"))
    assert suspects <= victims
    people = [twin.tables[name]["row_id_hash"].to_pylist() for name in ("pol_victim", "pol_suspect")]
    assert not set(people[0]) & set(people[1])
