"""Queries read what they should, coarsened as agreed, in an order that tells nothing."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from extracts import query
from extracts.specification import ColumnSpec, ExtractSpec, TableSpec, compile_specification
from governance.agreements.scope import GrantedTable, GrantedVariable, Scope
from governance.catalogue.catalogue import read_catalogue
from tests.extracts import small_dataset as small

CJS_LINKED = Path(query.__file__).parents[1] / "governance" / "catalogue" / "datasets" / "cjs_linked"


@pytest.fixture
def root(tmp_path):
    small.published(tmp_path)
    return tmp_path


def spec_of(table, *columns, first=date(2019, 1, 1), last=date(2020, 12, 31)):
    chosen = tuple(ColumnSpec(*(entry if isinstance(entry, tuple) else (entry,))) for entry in columns)
    return ExtractSpec("small", "1", (TableSpec(table, chosen),), first, last)


def rows(root, spec):
    """The rows that the first table of a specification gives, in their order, keys left as surrogates."""
    catalogue, table = small.small_catalogue(root), spec.tables[0]
    selection = query.unordered(table, spec=spec, catalogue=catalogue, pseudonymised=False)
    selection = query.in_order(table, selection.subquery(query.EXTRACT), catalogue)
    with small.open_small(root) as store:
        return store.connection.execute(selection.sql("duckdb")).fetchall()


@pytest.mark.parametrize(
    ("variable", "level", "expected"),
    [
        ("recorded_on", "month",   ["2019-01", "2019-04", "2020-12"]),
        ("recorded_on", "quarter", ["2019Q1", "2019Q2", "2020Q4"]),
        ("recorded_on", "year",    [2019, 2019, 2020]),
        ("recorded_on", "day",     [date(2019, 1, 5), date(2019, 4, 30), date(2020, 12, 31)]),
        ("closed_on",   "month",   ["2019-01", "2021-06", None]),
        ("closed_on",   "quarter", ["2019Q1", "2021Q2", None]),
        ("closed_on",   "year",    [2019, 2021, None]),
        ("force",       "force",   ["E", "N", "S"]),
        ("force",       "region",  ["North", "South", None]),
        ("loss",        "steps",   ["0.00 to under 50.00", "100.00 to under 150.00", None]),
        ("loss",        "band",    ["0.00 to under 100.00", "100.00 to under 200.00", None]),
        ("weapon",      "",        [False, True, None]),
    ],
)  # fmt: skip
def test_each_level_of_detail_of_a_crime(root, variable, level, expected):
    assert [row[0] for row in rows(root, spec_of("crime", (variable, level)))] == expected


@pytest.mark.parametrize(
    ("variable", "level", "expected"),
    [
        ("age",   "single_year", [9, 10, 11, 95]),
        ("age",   "band",        ["0-9", "10-11", "10-11", "70+"]),
        ("age",   "group",       ["0-9", "10-17", "10-17", "21+"]),
        ("score", "any",         [False, True, True, None]),
        ("needs", "",            ["", "a;b", "c", None]),
    ],
)  # fmt: skip
def test_each_level_of_detail_of_a_victim_whose_crime_is_in_the_period(root, variable, level, expected):
    assert [row[0] for row in rows(root, spec_of("victim", (variable, level)))] == expected


def test_the_period_holds_both_of_its_end_days(root):
    def found(first, last):
        return len(rows(root, spec_of("crime", "crime_id", first=first, last=last)))

    assert found(date(2019, 1, 5), date(2020, 12, 31)) == 3
    assert found(date(2019, 1, 6), date(2020, 12, 30)) == 1
    assert found(date(2000, 1, 1), date(2030, 1, 1)) == 4


def test_the_count_is_the_number_of_rows(root):
    spec = spec_of("victim", "number")
    counted = query.count_rows(spec.tables[0], spec=spec, catalogue=small.small_catalogue(root)).sql("duckdb")
    with small.open_small(root) as store:
        assert store.connection.execute(counted).fetchall() == [(len(rows(root, spec)),)] == [(4,)]


def test_rows_are_ordered_by_their_keys_and_then_by_everything(root):
    found = rows(root, spec_of("victim", ("age", "single_year"), "crime_id", "number"))
    assert found == sorted(found, key=lambda row: (row[1], row[0]))
    assert len({row[1] for row in found}) == 3


@pytest.mark.parametrize(
    ("table", "columns", "order"),
    [
        ("victim", [("age", "band"), "number", "person", "crime_id"], ["crime_id", "number"]),
        ("crime", [("loss", "exact"), ("recorded_on", "month"), "crime_id"], ["crime_id"]),
        ("victim", ["number", "person", "crime_id"], ["crime_id", "number"]),
        ("victim", [("age", "band"), "person", "crime_id"], ["person", "crime_id", "age"]),
    ],
    ids=["its primary key", "a key alone", "keys first", "all columns, as the primary key is not there"],
)
def test_rows_are_ordered_by_what_tells_them_apart(tmp_path, table, columns, order):
    spec = spec_of(table, *columns)
    built = query.select_table(spec.tables[0], spec=spec, catalogue=small.small_catalogue(tmp_path))
    assert [one.this.name for one in built.args["order"].expressions] == order


def test_a_part_of_the_primary_key_that_is_bounded_tells_no_rows_apart(tmp_path):
    spec = spec_of("victim", "number", "person", "crime_id")
    number, *keys = spec.tables[0].columns
    bounded = replace(spec.tables[0], columns=(replace(number, top=1), *keys))
    built = query.select_table(bounded, spec=spec, catalogue=small.small_catalogue(tmp_path))
    assert [one.this.name for one in built.args["order"].expressions] == ["person", "crime_id", "number"]


def test_keys_go_through_the_function_of_their_domain(tmp_path):
    spec = spec_of("victim", "crime_id", "person", "number")
    built = query.select_table(spec.tables[0], spec=spec, catalogue=small.small_catalogue(tmp_path))
    calls = {call.name: call.expressions[0].name for call in built.find_all(exp.Anonymous)}
    assert calls == {"pseudonym_crime": "crime_id", "pseudonym_person": "person"}


@pytest.mark.parametrize(("column", "level"), [("name", ""), ("age", "decade"), ("age", ""), ("number", "month")])
def test_identifiers_and_unknown_levels_are_never_built(tmp_path, column, level):
    spec = spec_of("victim", (column, level))
    with pytest.raises(query.UnknownLevel):
        query.select_table(spec.tables[0], spec=spec, catalogue=small.small_catalogue(tmp_path))


def test_every_name_is_quoted_and_every_value_escaped(tmp_path):
    folder = small.describe(tmp_path / "description")
    (folder / "codelists" / "forces.csv").write_text("code,label,cj_region,source\nN,x,\"O'Hara'); DROP\",invented\n")
    catalogue = read_catalogue(folder)
    spec = spec_of("crime", ("force", "region"))
    sql = query.select_table(spec.tables[0], spec=spec, catalogue=catalogue).sql("duckdb")
    assert "'O''Hara''); DROP'" in sql
    parsed = sqlglot.parse(sql, dialect="duckdb")
    assert len(parsed) == 1
    assert all(name.args.get("quoted") for name in parsed[0].find_all(exp.Identifier) if name.name != "chosen")


def whole_of(catalogue):
    """A scope with all that can be asked for, at the finest and at the coarsest level."""
    for pick in (0, -1):
        tables = tuple(
            GrantedTable(
                table.name,
                tuple(
                    GrantedVariable(variable.name, levels[pick].name if (levels := catalogue.levels(variable)) else "")
                    for variable in table.variables
                    if variable.selectable
                ),
            )
            for table in catalogue.requestable
        )
        yield Scope(catalogue.dataset.code, tables, date(2015, 1, 1), date(2024, 12, 31))


@pytest.mark.slow
def test_the_whole_of_the_linked_dataset_runs_in_duckdb_and_is_written_for_spark():
    """Empty tables of the declared types are enough to see that every expression binds."""
    catalogue = read_catalogue(CJS_LINKED)
    with duckdb.connect(":memory:") as connection:
        for table in catalogue.tables:
            columns = ", ".join(f'"{variable.name}" {variable.duckdb_type}' for variable in table.variables)
            connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
        for scope in whole_of(catalogue):
            spec = compile_specification(scope, catalogue, "1")
            for table in spec.tables:
                built = query.unordered(table, spec=spec, catalogue=catalogue, pseudonymised=False)
                assert connection.execute(built.sql("duckdb")).fetchall() == []
                spark = built.sql("spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
                assert sqlglot.parse_one(spark, dialect="spark").find(exp.Select)
