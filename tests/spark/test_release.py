"""A release built on Spark is, value by value and row by row, the one that DuckDB builds of the same deliveries."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession
from pyspark.sql.pandas.functions import arrow_udf
from pyspark.sql.types import LongType

from extracts.building import build
from extracts.providers import merged_description, read_providers
from extracts.publishing.tables import Origin
from extracts.spark.connection import SparkConnection
from extracts.spark.release import build_tables
from extracts.spark.surrogates import offer, refuse_collisions
from extracts.surrogates import SurrogateCollision
from extracts.synthetic.deliveries import write_deliveries
from governance.catalogue.catalogue import read_catalogue
from tests.extracts import small_dataset
from tests.extracts.linkage.delivered import crosswalk

pytestmark = pytest.mark.spark

DESCRIPTION = Path(__file__).parents[2] / "governance" / "catalogue" / "datasets" / "cjs_linked"
PEOPLE = 4_000
KEY = bytes(range(32))
CORRECTED = "2026-12"


@dataclass(frozen=True)
class Built:
    duckdb: Path
    spark: Path
    rows: dict[str, int]


@pytest.fixture(scope="module")
def built(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The same accepted deliveries and crosswalk, built by both engines."""
    root = tmp_path_factory.mktemp("release")
    accepted(root)
    catalogue = merged_description(DESCRIPTION, read_providers(DESCRIPTION / "providers"), root / "description")
    build(
        lambda _step, _share: None, payload=str(root / "payload"), crosswalk=str(root / "crosswalk"),
        description=str(root / "description"), code=catalogue.dataset.code, version="1", key=KEY.hex(),
        into=str(root / "duckdb"), created_at="2026-11-01T12:00:00+00:00",
    )  # fmt: skip
    folder = root / "spark" / "release"
    folder.mkdir(parents=True)
    (root / "scratch").mkdir()
    released = build_tables(
        lambda _step, _share: None, spark, read_catalogue(root / "description"), payload=root / "payload",
        crosswalk=root / "crosswalk", codelists=root / "description" / "codelists", key=KEY,
        scratch=root / "scratch", folder=folder, row_keys=root / "spark" / "row_keys.parquet",
    )  # fmt: skip
    return Built(root / "duckdb", root / "spark", {name: table.rows for name, table in released.items()})


def accepted(root: Path) -> None:
    """Payload of one delivery of each provider and of a correction by the police, and a crosswalk to go with it."""
    source = root / "source"
    lists, providers = DESCRIPTION / "codelists", DESCRIPTION / "providers"
    write_deliveries(PEOPLE, seed=3, codelists=lists, providers=providers, into=source)
    for delivered in (source / "deliveries").iterdir():
        shutil.copytree(delivered / "payload", root / "payload" / delivered.name / "2026-11")
    crimes = pq.read_table(root / "payload" / "police" / "2026-11" / "pol_crime.parquet").slice(0, 40)
    late = root / "payload" / "police" / CORRECTED
    late.mkdir()
    place = crimes.column_names.index("outcome_type")
    changed = crimes.set_column(place, "outcome_type", pa.array(["18"] * 40))
    pq.write_table(changed, late / "pol_crime.parquet")
    (root / "crosswalk").mkdir()
    with duckdb.connect() as connection:
        crosswalk(connection, source, providers)
        connection.execute(
            "CREATE TABLE told AS SELECT *, 'defendant' AS person_role, "
            "CASE WHEN hash(row_id) % 3 > 0 THEN (hash(row_id) % 997) / 1000 END AS match_probability FROM persons"
        )
        for table, file in (("told", "persons"), ("events", "events")):
            connection.execute(f"COPY (FROM {table} ORDER BY source, row_id) TO '{root}/crosswalk/{file}.parquet'")


def test_every_table_has_the_same_rows_in_the_same_order(built: Built) -> None:
    expected = {path.stem for path in (built.duckdb / "release").glob("*.parquet")}
    assert {"pol_crime", "xjs_link", "case_link", "drv_victim_journey"} <= expected == built.rows.keys()
    for name in sorted(expected):
        ours = pq.read_table(built.duckdb / "release" / f"{name}.parquet")
        theirs = pq.read_table(built.spark / "release" / f"{name}.parquet")
        assert [(field.name, field.type) for field in theirs.schema] == [
            (field.name, field.type) for field in ours.schema
        ]
        assert theirs.num_rows == ours.num_rows == built.rows[name] > 0, name
        different = [column for column in ours.column_names if theirs[column] != ours[column]]
        assert not different, (name, different)


def test_what_the_scanner_is_told_is_the_same(built: Built) -> None:
    ours, theirs = (
        set(map(tuple, (row.values() for row in pq.read_table(folder / "row_keys.parquet").to_pylist())))
        for folder in (built.duckdb, built.spark)
    )
    assert ours == theirs


def test_keys_that_share_a_surrogate_are_refused(spark: SparkSession, tmp_path: Path) -> None:
    connection = SparkConnection(spark, tmp_path)
    connection.register("victim", small_dataset.tables()["victim"])
    victim = small_dataset.small_catalogue(tmp_path)["victim"]
    origin = Origin(victim, "victim", dict.fromkeys(("crime_id", "person"), "VARCHAR"))
    offer(spark, KEY, ["crime", "person"])
    refuse_collisions(connection, [origin])
    spark.udf.register("surrogate_of_person", arrow_udf(lambda keys: pa.array([7] * len(keys)), LongType()))
    with pytest.raises(SurrogateCollision, match="person"):
        refuse_collisions(connection, [origin])


def test_the_key_is_in_no_plan(spark: SparkSession) -> None:
    """What Spark shows and logs of a query names the function, and not what is inside it."""
    offer(spark, KEY, ["crime"])
    frame = SparkConnection(spark, Path()).frame("""SELECT "surrogate_of_crime"('c1') AS surrogate""")
    plan = frame._jdf.queryExecution().toString()
    assert "surrogate_of_crime" in plan
    assert KEY.hex() not in plan and json.dumps(list(KEY)) not in plan
