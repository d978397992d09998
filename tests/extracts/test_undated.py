"""Tables without a date go with the rows that share a key with them: seen twice, by a query and by pandas."""

import random
from datetime import date, timedelta

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
import sqlglot
from django.conf import settings

from extracts import pipeline, query
from extracts.publishing import publish
from extracts.specification import (
    BadSpecification,
    ColumnSpec,
    ExtractSpec,
    TableSpec,
    compile_specification,
    problems_of,
    within,
)
from extracts.store import open_release
from extracts.synthetic.generate import generate
from governance.agreements.scope import GrantedTable, GrantedVariable, Scope
from tests.builders import catalogue
from tests.extracts.small_dataset import KEY, NOON, write_source

pytestmark = pytest.mark.long

FIRST, LAST = date(2020, 1, 1), date(2020, 12, 31)
UNDATED = ("xjs_link", "case_link", "dfe_pupil")
# Few keys, so that they meet by chance; one in ten is missing.
KEYS = 40


def scope_of(*names):
    """The default extract of those tables, or their first variables where nothing is in it by default."""
    tables = tuple(
        GrantedTable(name, tuple(GrantedVariable(v.name, v.default_level) for v in catalogue()[name].defaults))
        for name in names
    )
    return Scope("cjs_linked", tables, FIRST, LAST)


def drawn(table, rng, rows=60):
    """A table of random keys, and of dates from 2018 to 2022; all else is missing."""

    def value(variable):
        if variable.key_domain:
            return rng.choice([None, *range(1, KEYS)]) if rng.random() < 0.9 else None
        if variable.name == "defendant_seq":
            return rng.randrange(1, 3)
        return date(2018, 1, 1) + timedelta(days=rng.randrange(1800)) if variable.dtype == "date" else None

    return [{variable.name: value(variable) for variable in table.variables} for _ in range(rows)]


@pytest.fixture(params=range(4))
def frames(request):
    rng = random.Random(request.param)
    return {table.name: pd.DataFrame(drawn(table, rng), dtype=object) for table in catalogue().tables}


def selected(frames, spec, *, by_way_of="duckdb"):
    """What DuckDB selects: table to the keys of its rows, sorted. The query may take another dialect on its way."""
    found = {}
    with duckdb.connect(":memory:") as connection:
        for table in catalogue().tables:
            columns = ", ".join(f'"{v.name}" {v.duckdb_type}' for v in table.variables)
            connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
            connection.register("drawn", pa.Table.from_pandas(frames[table.name]))
            connection.execute(f'INSERT INTO "{table.name}" FROM drawn')
        for table in spec.tables:
            built = query.unordered(table, spec=spec, catalogue=catalogue(), pseudonymised=False)
            written = built.sql(by_way_of, unsupported_level=sqlglot.ErrorLevel.RAISE)
            rows = connection.execute(*sqlglot.transpile(written, read=by_way_of, write="duckdb")).fetchall()
            counted = query.count_rows(table, spec=spec, catalogue=catalogue()).sql("duckdb")
            assert connection.execute(counted).fetchall() == [(len(rows),)]
            keys = [i for i, column in enumerate(table.columns) if catalogue()[table.name][column.name].key_domain]
            found[table.name] = sorted([tuple(row[i] for i in keys) for row in rows], key=repr)
    return found


def expected(frames, names):
    """The same by plain sets of keys, one row at a time."""
    inside = {}
    for name in names:
        table, frame = catalogue()[name], frames[name]
        if table.period_column:
            inside[name] = frame[[FIRST <= day <= LAST for day in frame[table.period_column]]]
        elif table.period_parent:
            columns, parent = list(table.period_parent.columns), catalogue()[table.period_parent.table]
            days = frames[parent.name][[*columns, parent.period_column]].values.tolist()
            parents = {tuple(key) for *key, day in days if FIRST <= day <= LAST and None not in key}
            inside[name] = frame[[tuple(key) in parents for key in frame[columns].values.tolist()]]
    seen = {
        (variable.key_domain, key)
        for name, frame in inside.items()
        for variable in catalogue()[name].variables
        if variable.key_domain
        for key in frame[variable.name].dropna()
    }
    for name in set(names) - set(inside):
        keys = [variable for variable in catalogue()[name].variables if variable.key_domain]
        kept = [any((key.key_domain, row[key.name]) in seen for key in keys) for row in frames[name].to_dict("records")]
        inside[name] = frames[name][kept]
    return {name: in_keys(inside[name], name) for name in names}


def in_keys(frame, name):
    keys = [variable.name for variable in catalogue()[name].variables if variable.key_domain]
    rows = frame[keys].astype(object).where(frame[keys].notna(), None).values.tolist()
    return sorted([tuple(row) for row in rows], key=repr)


@pytest.mark.parametrize(
    "names",
    [
        ("pol_crime", "case_link"),                              # one key of four
        ("cps_prosecution", "crt_case", "case_link"),            # three keys, and two tables
        ("crt_offence", "case_link"),                            # a date by a parent that is not in the extract
        ("pol_victim", "hmpps_custody", "xjs_link", "dfe_pupil"),
        ("xjs_link", "dfe_pupil", "hmpps_oasys"),
        tuple(table.name for table in catalogue().requestable),
    ],
)  # fmt: skip
def test_the_rows_are_those_of_a_second_computation(frames, names):
    spec = compile_specification(scope_of(*names), catalogue(), "1")
    ours, theirs = selected(frames, spec), expected(frames, names)
    assert ours == theirs
    for name in UNDATED:
        assert name not in names or 0 < len(ours[name]) < len(frames[name]), "some rows are kept and some are not"


def test_a_period_without_rows_leaves_nothing_of_an_undated_table(frames):
    scope = scope_of("pol_crime", "pol_victim", "crt_case", "xjs_link", "case_link")
    nobody = Scope(scope.dataset, scope.tables, date(1990, 1, 1), date(1990, 12, 31))
    assert not any(selected(frames, compile_specification(nobody, catalogue(), "1")).values())


REFUSED = [
    (("xjs_link",),                           "xjs_link"),   # nothing else
    (("xjs_link", "dfe_pupil"),               "xjs_link"),   # a shared key, and no date
    (("xjs_link", "pol_crime"),               "xjs_link"),   # a date, and no shared key
    (("case_link", "pol_crime", "dfe_pupil"), "dfe_pupil"),  # a date and a key, and not for this table
    (("case_link", "hmpps_oasys"),            "case_link"),
]  # fmt: skip


@pytest.mark.parametrize(("names", "refused"), REFUSED)
def test_a_table_that_nothing_places_in_time_is_refused_everywhere(names, refused):
    said = f"{refused} has no date of its own: ask for it together with a table that has one and shares a key with it."
    scope = scope_of(*names)
    assert said in problems_of(scope, catalogue())
    with pytest.raises(BadSpecification, match=said):
        compile_specification(scope, catalogue(), "1")

    tables = tuple(TableSpec(t.name, tuple(ColumnSpec(v.name, v.level) for v in t.variables)) for t in scope.tables)
    forged = ExtractSpec("cjs_linked", "1", tables, FIRST, LAST)
    assert said in within(forged, scope, catalogue())
    for build in (query.select_table, query.count_rows):
        with pytest.raises(BadSpecification, match=said):
            build(next(table for table in tables if table.name == refused), spec=forged, catalogue=catalogue())


def test_a_smaller_extract_than_agreed_must_place_its_tables_too():
    """What the agreement allows together may not be taken apart."""
    scope = scope_of("pol_crime", "case_link")
    whole = compile_specification(scope, catalogue(), "1")
    assert within(whole, scope, catalogue()) == []
    alone = ExtractSpec("cjs_linked", "1", whole.tables[:1], FIRST, LAST)
    assert [table.name for table in alone.tables] == ["case_link"]
    assert within(alone, scope, catalogue()) == [
        "case_link has no date of its own: ask for it together with a table that has one and shares a key with it."
    ]


def test_the_condition_written_for_spark_means_the_same(frames):
    """The text for Spark, read back as Spark would read it, selects the same rows."""
    names = ("crt_offence", "pol_victim", "case_link", "xjs_link")
    spec = compile_specification(scope_of(*names), catalogue(), "1")
    assert selected(frames, spec, by_way_of="spark") == expected(frames, names)


def test_in_a_delivered_extract_every_undated_row_joins_a_dated_one(tmp_path):
    """Synthetic data, published and extracted: what was delivered is enough to check it."""
    description = settings.BASE_DIR / "governance" / "catalogue" / "datasets" / "cjs_linked"
    made = generate(400, seed=1, codelists=description / "codelists")
    source = write_source(tmp_path / "source", **made)
    release = publish(
        source, catalogue_folder=description, releases=tmp_path / "releases", key=KEY, created_at=NOON,
        progress=lambda *_: None,
    )  # fmt: skip
    scope = scope_of("xjs_link", "case_link", "pol_victim", "crt_case")
    half = Scope(scope.dataset, scope.tables, date(2024, 1, 1), date(2024, 12, 31))
    spec = compile_specification(half, catalogue(), release.version)
    into = tmp_path / "extract"
    into.mkdir()
    with open_release(tmp_path / "releases" / release.code / release.version, staging=tmp_path) as store:
        pipeline.build(
            spec, catalogue=catalogue(), store=store, key=bytes(32), into=into, created_at=NOON,
            progress=lambda _: None,
        )  # fmt: skip

    victim, case, people, links = (
        pd.read_parquet(into / f"{name}.parquet", dtype_backend="numpy_nullable")
        for name in ("pol_victim", "crt_case", "xjs_link", "case_link")
    )
    known = set(victim["row_id_hash"].dropna()) | set(case["row_id_hash"].dropna())
    assert known.issuperset(people["row_id_hash"]) and 0 < len(people) < made["xjs_link"].num_rows
    by_crime = links["crime_id_hash"].isin(victim["crime_id_hash"])
    by_case = links[["mc_case_id_hash", "cc_case_id_hash"]].isin(set(case["case_id_hash"])).any(axis=1)
    assert (by_crime | by_case).all() and (by_crime ^ by_case).any() and len(links) < made["case_link"].num_rows
    sentence = "Rows without a date share a key with a row of the period: xjs_link, case_link."
    assert all(sentence in (into / name).read_text() for name in ("README.txt", "dictionary.html"))
