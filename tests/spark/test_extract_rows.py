"""Rows and specifications that nobody thought of, the real records, and what must never be: both engines agree."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from extracts import query
from extracts.pipeline import Progress
from extracts.pseudonyms import PseudonymCollision
from extracts.publishing import publish
from extracts.spark import extract as on_spark
from extracts.spark.extract import OnSpark
from extracts.specification import (
    FORMATS,
    HEX128,
    PSEUDONYMS,
    ColumnSpec,
    ExtractSpec,
    Release,
    ReleasedTable,
    TableSpec,
    compile_specification,
)
from extracts.store import open_release
from governance.agreements.scope import GrantedTable, GrantedVariable, Scope
from governance.catalogue.catalogue import Catalogue, RowRule, Table, Variable, read_catalogue
from tests.extracts import small_dataset as small
from tests.spark.comparing import Released
from tests.spark.own_process import whole

pytestmark = pytest.mark.spark

ROOT = Path(__file__).parents[2]
COOK_COUNTY = ROOT.parent / "shared" / "data" / "cook_county_2019"
LONG = date(1, 1, 1), date(9999, 12, 31)
INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-1, 100)
KEYS = st.sampled_from([0, 1, 2, 3, 255, 2**32, 2**63 - 1])
TEXTS = st.text(st.characters(codec="utf-8"), max_size=6)
VALUES = {
    "BIGINT": INTEGERS,
    "BOOLEAN": st.booleans(),
    "DATE": st.dates(),
    "DOUBLE": (st.floats() | st.floats(0, 2000)).map(lambda number: number + 0.0),  # the two zeros tie in any order
    "VARCHAR": TEXTS | st.sampled_from(["N", "S", "E", "n", "", "\\", "'", "\uffff", "\U0001f600"]),
}
ARROW = {
    "BIGINT": pa.int64(), "BOOLEAN": pa.bool_(), "DATE": pa.date32(), "DOUBLE": pa.float64(), "VARCHAR": pa.string(),
}  # fmt: skip


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return small.small_catalogue(tmp_path_factory.mktemp("described"))


@pytest.fixture(scope="module")
def released(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Released:
    """The small dataset as it is published."""
    root = tmp_path_factory.mktemp("small")
    small.published(root)
    return Released(root / "releases" / "small" / "1", small.small_catalogue(root), root, spark)


def rows_of(table: Table) -> st.SearchStrategy[pa.Table]:
    """Any rows that a release's table can hold; keys from so few that rows find one another."""
    columns = {
        one.name: (KEYS if one.pseudonymised else VALUES[one.duckdb_type]) | st.none() for one in table.variables
    }
    schema = pa.schema([(one.name, ARROW[one.duckdb_type]) for one in table.variables])
    rows = st.lists(st.fixed_dictionaries(columns), max_size=30)
    return rows.map(lambda found: pa.Table.from_pylist(found, schema=schema))


@st.composite
def specifications(draw: Any, catalogue: Catalogue) -> ExtractSpec:
    """Any tables, columns in any order, levels, rules for values and rows, and period that the catalogue knows."""
    tables = draw(st.lists(st.sampled_from(catalogue.requestable), min_size=1, unique_by=lambda table: table.name))
    first, last = sorted(draw(st.tuples(st.dates(), st.dates()) | st.just(LONG)))
    chosen = tuple(draw(tables_of(table, catalogue)) for table in tables)
    withheld, kind = draw(st.sampled_from([0, 1])), draw(st.sampled_from(PSEUDONYMS))
    return ExtractSpec("small", "1", chosen, first, last, withheld=withheld, pseudonyms=kind)


@st.composite
def tables_of(draw: Any, table: Table, catalogue: Catalogue) -> TableSpec:
    able = [one for one in table.variables if one.selectable]
    chosen = draw(st.lists(st.sampled_from(able), min_size=1, unique_by=lambda one: one.name))
    rules = {"crime": RowRule("force", ("N", "S", "")), "victim": RowRule("number", ("1", "2", "-1"))}
    only = (rules[table.name],) if draw(st.integers(0, 4)) == 0 else ()
    return TableSpec(table.name, tuple(draw(columns_of(one, catalogue)) for one in chosen), only)


@st.composite
def columns_of(draw: Any, variable: Variable, catalogue: Catalogue) -> ColumnSpec:
    """At any level, with bounds where that is a number and merging where it is text."""
    levels = catalogue.ladder(variable.ladder).levels if variable.ladder else ()
    level = draw(st.sampled_from(levels)) if levels else None
    column = ColumnSpec(variable.name, level.name if level else "")
    if variable.pseudonymised:
        return column
    is_source = level is None or level.method == "source"
    if is_source and variable.duckdb_type in ("BIGINT", "DOUBLE"):
        return replace(column, bottom=draw(st.none() | st.integers(-5, 10)), top=draw(st.none() | st.integers(20, 90)))
    if variable.duckdb_type == "VARCHAR" or (level and level.method in ("band", "month", "quarter", "codelist")):
        return replace(column, merge_below=draw(st.sampled_from([0, 2, 3])))
    return column


def write_release(folder: Path, tables: dict[str, pa.Table]) -> Path:
    folder.mkdir()
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    told = {name: ReleasedTable(f"{name}.parquet", table.num_rows, "") for name, table in tables.items()}
    (folder / "release.json").write_text(json.dumps(Release("small", "1", "", told).to_json()))
    return folder


def test_any_rows_by_any_specification(
    spark: SparkSession, described: Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root, numbers = tmp_path_factory.mktemp("any"), count()
    tables = st.fixed_dictionaries({table.name: rows_of(table) for table in described.requestable})

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(tables, specifications(described))
    def agree(tables: dict[str, pa.Table], spec: ExtractSpec) -> None:
        number = next(numbers)
        folder = write_release(root / f"release-{number}", tables)
        released = Released(folder, described, root, spark, (("crime", 1), ("person", 255)))
        released.compared(ExtractSpec.from_json(spec.to_json()), str(number))

    agree()


def test_every_odd_value_in_one_table(spark: SparkSession, described: Catalogue, tmp_path: Path) -> None:
    """What random rows would seldom meet: the ends of every type, and texts that other orders would sort otherwise."""
    days = [
        date(1, 1, 1),
        date(19, 5, 1),
        date(999, 12, 31),
        date(1582, 10, 10),
        date(1969, 12, 31),
        date(9999, 12, 31),
    ]
    texts = ["", "a", "A", "Z", "é", "e\u0301", "\ue000", "\uffff", "\U0001f600", "a\0b", "a\\b", "a\nb", 'a"b', "a,b"]
    losses = [0.0, 49.99, 50.0, 1e308, 5e-324, float("inf"), float("-inf"), float("nan"), -1.0, 99.999999999999]
    rows = max(len(texts), len(days), len(losses))
    crime = {
        "crime_id": [number % 5 for number in range(rows)],
        "recorded_on": [days[number % len(days)] for number in range(rows)],
        "closed_on": [(*days, None)[number % (len(days) + 1)] for number in range(rows)],
        "force": texts,
        "weapon": [(True, False, None)[number % 3] for number in range(rows)],
        "loss": [(*losses, None)[number % (len(losses) + 1)] for number in range(rows)],
    }
    schema = pa.schema([(one.name, ARROW[one.duckdb_type]) for one in described["crime"].variables])
    folder = write_release(tmp_path / "release", {"crime": pa.table(crime, schema=schema)})
    levels = [("exact", "month", "force"), ("steps", "quarter", "region"), ("band", "year", "force")]
    for number, (loss, closed, force) in enumerate(levels):
        names = {"force": force, "closed_on": closed, "recorded_on": closed, "loss": loss, "weapon": "", "crime_id": ""}
        columns = [ColumnSpec(name, level) for name, level in names.items()]
        some = tuple(columns[:3] if number == 0 else columns)  # without keys texts decide the order
        spec = ExtractSpec("small", "1", (TableSpec("crime", some),), *LONG)
        found = Released(folder, described, tmp_path, spark).compared(spec, str(number))
        assert found["crime"].num_rows == rows


def test_row_groups_fall_where_they_fall_on_duckdb(spark: SparkSession, described: Catalogue, tmp_path: Path) -> None:
    """More rows than one batch, of which Spark makes other parts than DuckDB does."""
    rows = 130_000
    crime = pa.table({
        "crime_id": pa.array(range(rows), pa.int64()),
        "recorded_on": pa.array([date(2019, 1, 1)] * rows, pa.date32()),
        "closed_on": pa.nulls(rows, pa.date32()),
        "force": pa.array(["N", "S"] * (rows // 2)),
        "weapon": pa.nulls(rows, pa.bool_()),
        "loss": pa.nulls(rows, pa.float64()),
    })  # fmt: skip
    folder = write_release(tmp_path / "release", {"crime": crime})
    table = TableSpec("crime", (ColumnSpec("crime_id"), ColumnSpec("force", "region")))
    Released(folder, described, tmp_path, spark).compared(ExtractSpec("small", "1", (table,), *LONG), "many")
    groups = pq.ParquetFile(tmp_path / "many-spark" / "extract" / "crime.parquet").metadata
    assert [groups.row_group(place).num_rows for place in range(groups.num_row_groups)] == [122_880, 7_120]


@pytest.mark.skipif(
    not COOK_COUNTY.exists() and "CI" not in os.environ, reason="the Cook County records are not beside this repository"
)
def test_the_real_records(spark: SparkSession, tmp_path: Path) -> None:
    """Three tables of Cook County with keys, months, quarters, years, bands; agreed, compiled, stored and read back."""
    wish = {
        "intake": {"received_date": "month", "offense_category": "", "age_at_incident": "band", "race": ""},
        "dispositions": {"disposition_date": "quarter", "charge_disposition": "", "gender": "", "primary_charge": ""},
        "sentencing": {"sentence_date": "year", "commitment_type": "", "age_at_incident": "group", "court_name": ""},
    }
    description = ROOT / "governance" / "catalogue" / "datasets" / "cook_county_2019"
    publish(
        COOK_COUNTY, catalogue_folder=description, releases=tmp_path / "releases", key=small.KEY,
        created_at=small.NOON, progress=lambda *_: None,
    )  # fmt: skip
    catalogue = read_catalogue(description)
    granted = tuple(
        GrantedTable(table, tuple(GrantedVariable(name, level) for name, level in columns.items()))
        for table, columns in wish.items()
    )
    scope = Scope("cook_county_2019", granted, date(2019, 3, 1), date(2019, 8, 31))
    version = catalogue.dataset.version
    stored = compile_specification(scope, catalogue, version, formats=FORMATS, pseudonyms=HEX128).to_json()
    released = Released(tmp_path / "releases" / "cook_county_2019" / version, catalogue, tmp_path, spark)
    found = released.compared(ExtractSpec.from_json(json.loads(json.dumps(stored))), "cook")
    assert all(found[table].num_rows > 1000 for table in wish)


def lossy(**options: Any) -> Callable[[pa.Array], pa.Array]:
    """A pseudonym function that loses information, in place of a collision, which nobody can wait for."""

    def pseudonyms(ids: pa.Array) -> pa.Array:
        return pa.array([None if value is None else value % 2 for value in ids.to_pylist()], pa.int64())

    return pseudonyms


def test_a_collision_stops_the_build(released: Released, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_spark, "pseudonymiser", lossy)
    with pytest.raises(PseudonymCollision):
        released.build(whole(released.catalogue), "collision", engine_of=released.on_spark)


class Enough(Exception):
    """Somebody stopped the build."""


def slow(**options: Any) -> Callable[[pa.Array], pa.Array]:
    def pseudonyms(ids: pa.Array) -> pa.Array:
        time.sleep(90)
        return ids

    return pseudonyms


def test_a_build_can_be_stopped_while_spark_works(released: Released, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_spark, "pseudonymiser", slow)
    counted: list[float] = []

    def stop(step: Progress) -> None:
        """Once rows are being read, which begins when they have been counted."""
        if step.rows_expected:
            counted.append(time.monotonic())
            if counted[-1] - counted[0] > 3:
                raise Enough

    with pytest.raises(Enough):
        released.build(whole(released.catalogue), "stopped", engine_of=released.on_spark, progress=stop)
    assert time.monotonic() - counted[0] < 60
    assert not released.spark.sparkContext.statusTracker().getActiveJobsIds()


def test_the_key_is_in_no_plan(released: Released) -> None:
    """What Spark shows and logs of a query names the function, and not what is inside it."""
    spec = whole(released.catalogue)
    with open_release(released.folder, staging=released.out) as store:
        engine = OnSpark(released.spark, released.folder, spec, released.catalogue, store, small.KEY)
        frame = engine._frame(query.select_table(spec.tables[0], spec=spec, catalogue=released.catalogue))
    plan = frame._jdf.queryExecution().toString()
    assert "pseudonym_crime" in plan
    assert small.KEY.hex() not in plan and json.dumps(list(small.KEY)) not in plan
