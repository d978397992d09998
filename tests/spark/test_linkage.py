"""Spark scores the pairs that DuckDB scores, as high, and they make the same persons."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest
from pyspark.sql import SparkSession

from extracts.linkage.engine import CUTS
from extracts.linkage.link import prepare
from extracts.linkage.refine import refined
from extracts.linkage.scoring import score_blocks as duckdb_scores
from extracts.linkage.standardise import standardise
from extracts.providers import read_providers
from extracts.spark.linkage import score_blocks as spark_scores
from extracts.synthetic.deliveries import write_deliveries

pytestmark = pytest.mark.spark

DESCRIPTION = Path(__file__).parents[2] / "governance" / "catalogue" / "datasets" / "cjs_linked"
RECORDS = 2_000
ROLES = (
    "forename", "middle_name", "surname", "aliases", "date_of_birth", "sex", "ethnicity", "postcode", "address",
    "town", "pnc", "cro", "prison_number", "person_number", "national_insurance", "asn", "case_reference",
    "sentence_dates",
)  # fmt: skip
# Weights are sums of logarithms, which two machines may add in another order.
TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def scored(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Tables `on_duckdb` and `on_spark` of edges, of the same records, blocks and model."""
    folder = tmp_path_factory.mktemp("linkage")
    connection = duckdb.connect()
    identities(connection, folder / "source")
    standardise(connection, "raw", {role: role for role in ROLES}, into="standard")
    model, _, _ = prepare(connection, "standard", into="records", members="members", known=None, mode="dedupe", seed=1)
    pairs = duckdb_scores(connection, "records", "members", model, into="on_duckdb")
    scratch = folder / "scratch"
    scratch.mkdir()
    number = spark_scores(spark, connection, "records", "members", model, into="on_spark", scratch=scratch)
    assert number == pairs > RECORDS
    return connection


def identities(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """The table `raw` of identity records of all agencies, named by role."""
    lists, providers = DESCRIPTION / "codelists", DESCRIPTION / "providers"
    write_deliveries(RECORDS, seed=11, codelists=lists, providers=providers, into=folder, identity_only=True)
    parts = []
    for provider in read_providers(providers):
        for source in provider.identity:
            file = folder / "deliveries" / provider.code / "identity" / f"{source.name}.parquet"
            if file.exists():
                own = {role: column for column, role in source.columns}
                columns = ", ".join(f"{own.get(role, 'NULL')}::VARCHAR AS {role}" for role in ROLES)
                parts.append(f"SELECT '{source.name}' AS source, {source.row_id} AS row_id, {columns} FROM '{file}'")
    connection.execute(
        "CREATE TABLE raw AS SELECT row_number() OVER (ORDER BY source, row_id) - 1 AS rid, * "
        f"FROM ({' UNION ALL '.join(parts)}) ORDER BY rid"
    )


def test_the_same_pairs_weigh_the_same(scored: duckdb.DuckDBPyConnection) -> None:
    both, one, apart, likelihood = scored.execute(
        "SELECT count(*), count(*) FILTER (s.id_a IS NULL OR d.id_a IS NULL), "
        "max(abs(s.match_weight - d.match_weight)), max(abs(s.match_probability - d.match_probability)) "
        "FROM on_duckdb d FULL JOIN on_spark s USING (id_a, id_b)"
    ).fetchall()[0]
    assert both > RECORDS and one == 0
    assert apart < TOLERANCE and likelihood < TOLERANCE


def test_the_same_persons_come_of_them(scored: duckdb.DuckDBPyConnection) -> None:
    records = scored.execute("SELECT count(*) FROM raw").fetchall()[0][0]
    made = []
    for table in ("on_duckdb", "on_spark"):
        found = scored.sql(f"FROM {table} ORDER BY id_a, id_b").to_arrow_table()
        a, b, weight = (np.asarray(found[name]) for name in ("id_a", "id_b", "match_weight"))
        made.append(refined(records, a, b, weight, cuts=list(CUTS.values())))
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(*made, strict=True))
    assert len(np.unique(made[0][0])) < records
