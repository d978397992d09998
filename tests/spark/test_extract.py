"""An extract that Spark's rows are written from is, file by file and byte by byte, the one of DuckDB's rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from extracts import query
from extracts.specification import ColumnSpec, ExtractSpec, TableSpec
from governance.catalogue.catalogue import Catalogue, Variable, read_catalogue
from governance.catalogue.cohort import EVERYTHING, Cohort, Condition
from tests.extracts.small_linked import linked
from tests.spark.comparing import Released

pytestmark = pytest.mark.spark

PERIOD = date(2000, 1, 1), date(2030, 12, 31)
LEVELS = 4  # of the longest ladder
NOT_PLACED = {"dfe_pupil"}  # its only key leads to no row that has a date
# Of cases, of people by their own row, by the row of another table, and by the links between records.
NARROWED = {"pol_crime", "pol_victim", "crt_case", "crt_offence", "hmpps_custody", "xjs_link"}
COHORTS = [
    Cohort.of(Condition("role", ("defendant",)), Condition("age", ("10-17", "18-20"))),
    Cohort.of(
        Condition("role", ("victim", "suspect")), Condition("sex", ("2",)),
        Condition("recorded", (), date(2023, 3, 1), None),
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def release(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Released:
    """The synthetic linked data, all tables."""
    root = tmp_path_factory.mktemp("linked")
    (root / "out").mkdir()
    linked(root / "work").build(root / "out")
    folder = root / "out" / "release"
    return Released(folder, read_catalogue(folder / "catalogue"), root, spark)


def every_table(catalogue: Catalogue, level_of: Callable[[Variable], str], cohort: Cohort = EVERYTHING) -> ExtractSpec:
    """All that may be given of all tables, at levels of the caller's choice."""
    tables = tuple(
        TableSpec(table.name, tuple(ColumnSpec(one.name, level_of(one)) for one in table.variables if one.selectable))
        for table in catalogue.requestable
    )
    return ExtractSpec(catalogue.dataset.code, "2026.1", tables, *PERIOD, cohort=cohort)


def level(variable: Variable, catalogue: Catalogue, step: int) -> str:
    """The step of its ladder, the coarsest if it has not so many."""
    if not variable.ladder:
        return ""
    levels = catalogue.ladder(variable.ladder).levels
    return levels[min(step, len(levels) - 1)].name


@pytest.mark.parametrize("step", range(LEVELS))
def test_every_variable_of_every_table_at_every_level(release: Released, step: int) -> None:
    spec = every_table(release.catalogue, lambda one: level(one, release.catalogue, step))
    found = release.compared(spec, f"level-{step}")
    assert len(found) == len(release.catalogue.requestable) > 12
    assert {name for name, table in found.items() if not table.num_rows} == NOT_PLACED


def test_these_are_all_methods_and_types(release: Released) -> None:
    """What the test above went through leaves nothing out that a specification can ask for."""
    variables = [one for table in release.catalogue.requestable for one in table.variables if one.selectable]
    ladders = [release.catalogue.ladder(one.ladder) for one in variables if one.ladder]
    assert max(len(ladder.levels) for ladder in ladders) <= LEVELS
    assert {step.method for ladder in ladders for step in ladder.levels} == {*query.METHODS, "codelist"}
    assert {one.duckdb_type for one in variables} == {"BIGINT", "BOOLEAN", "DATE", "DOUBLE", "VARCHAR"}


@pytest.mark.parametrize("cohort", COHORTS, ids=["defendants", "victims"])
def test_the_default_extract_of_a_cohort_without_those_who_are_withheld(release: Released, cohort: Cohort) -> None:
    spec = every_table(release.catalogue, lambda one: one.default_level, cohort)
    some = tuple(table for table in spec.tables if table.name in NARROWED)
    spec = replace(spec, tables=some, withheld=1)
    crimes, people = some_of(release, "pol_crime", "crime_id_hash"), some_of(release, "xjs_link", "estimated_xjs_id")
    withheld = tuple([("crime", one) for one in crimes] + [("person", one) for one in people])
    number = COHORTS.index(cohort)
    found = replace(release, withheld=withheld).compared(spec, f"cohort-{number}")
    whole, _ = release.build(replace(spec, withheld=0), f"whole-{number}")
    rows = {entry.name: entry.rows for entry in whole.files}
    given = {name: table.num_rows for name, table in found.items()}
    assert 0 < given["pol_crime"] < (rows["pol_crime.parquet"] or 0) < release_rows(release, "pol_crime")
    assert 0 < given["xjs_link"] < (rows["xjs_link.parquet"] or 0) < release_rows(release, "xjs_link")


def some_of(release: Released, table: str, key: str) -> list[int]:
    """One in ten of the keys of a column."""
    keys = pq.read_table(release.folder / f"{table}.parquet", columns=[key])[key].to_pylist()
    return sorted({one for one in keys if one is not None and one % 10 == 0})


def release_rows(release: Released, table: str) -> int:
    return pq.read_metadata(release.folder / f"{table}.parquet").num_rows
