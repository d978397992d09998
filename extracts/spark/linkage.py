"""Pairs of records scored on Spark: the model, records and blocks of `extracts.linkage`, with Splink's other engine.

Standardising, learning, frequencies and blocks are DuckDB's work, and so is refinement into persons: they take minutes
where scoring takes hours. What is handed over is the columns that the model compares and who is in which block; the
join of blocks to pairs, which makes the rows many, is Spark's.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
from pyspark.sql import DataFrame, SparkSession
from splink import Linker
from splink.backends.spark import SparkAPI

from extracts.linkage.blocking import pairs_sql
from extracts.linkage.model import Model, settings
from extracts.linkage.scoring import LEAST_WEIGHT, make_edges
from extracts.spark.dialect import as_spark, known_of
from extracts.spark.similarity import offer_similarities

SIDE = re.compile(r"\b(\w+)_[lr]\b")
# DuckDB's hashes have 64 bits without a sign, Spark's numbers have one: moved down, equal ones stay equal.
SIGNED = "({value}::HUGEINT - 9223372036854775808)::BIGINT"


def score_blocks(
    session: SparkSession,
    connection: duckdb.DuckDBPyConnection,
    records: str,
    members: str,
    model: Model,
    *,
    into: str,
    scratch: Path,
    crossing: str = "",
    least: float = LEAST_WEIGHT,
) -> int:
    """Score the candidate pairs of the blocks into the DuckDB table `into`, as `extracts.linkage.scoring.score_blocks`.

    records   with rid, source and term frequencies
    scratch   an empty folder that this and every machine of the cluster see; holds identifiers, so belongs to their
              zone and is to be removed afterwards
    crossing  a condition on left and right records `l`, `r`, which have `rid` and `source` here

    Returns how many pairs there were.
    """
    kinds = compared_kinds(connection, records, model)
    handed = _hand_over(session, connection, records, members, kinds, scratch)
    pairs = candidates(session, crossing, scratch)
    number: int = pairs.count()
    linker = linker_of(session, handed, model, kinds)
    scored = _scored(linker, pairs, least)
    scored.write.parquet(str(scratch / "edges"))
    make_edges(connection, into)
    connection.execute(f"INSERT INTO {into} FROM read_parquet('{scratch}/edges/*.parquet')")
    return number


def compared_kinds(connection: duckdb.DuckDBPyConnection, records: str, model: Model) -> dict[str, str]:
    """The columns that the model looks at, with their types."""
    there = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE {records}").fetchall()}
    used = {f"tf_{feature}" for feature in model.frequencies} | set(model.frequencies)
    for comparison in model.comparisons:
        for sql in (comparison.missing, *(level.sql for level in comparison.levels)):
            used |= set(SIDE.findall(sql))
    return {name: kind for name, kind in there.items() if name in used | {"rid", "source"}}


def _hand_over(
    session: SparkSession,
    connection: duckdb.DuckDBPyConnection,
    records: str,
    members: str,
    kinds: dict[str, str],
    scratch: Path,
) -> DataFrame:
    """Write records and members where Spark can read them, and make them its views; the records."""
    columns = ", ".join(f"{_handed(name, kind)} AS {name}" for name, kind in kinds.items())
    block = SIGNED.format(value="block")
    tables = {
        "records": f"SELECT {columns} FROM {records} ORDER BY rid",
        "members": f"SELECT {block} AS block, rid, source FROM {members} JOIN {records} USING (rid)",
    }
    for name, query in tables.items():
        connection.execute(f"COPY ({query}) TO '{scratch}/{name}.parquet' (FORMAT parquet, COMPRESSION zstd)")
        session.read.parquet(f"{scratch}/{name}.parquet").createOrReplaceTempView(f"handed_{name}")
    return session.table("handed_records")


def _handed(name: str, kind: str) -> str:
    if kind == "UBIGINT":
        return SIGNED.format(value=name)
    if kind == "UBIGINT[]":
        return f"list_transform({name}, lambda one: {SIGNED.format(value='one')})"
    return name


def candidates(session: SparkSession, crossing: str, scratch: Path) -> DataFrame:
    """Each candidate pair once, written down, as it is counted and scored."""
    pairs = as_spark(pairs_sql("handed_members", crossing=crossing))
    path = str(scratch / "pairs")
    session.sql(f"SELECT '0' AS match_key, pairs.* FROM ({pairs}) AS pairs").write.parquet(path)
    return session.read.parquet(path)


def linker_of(session: SparkSession, records: DataFrame, model: Model, kinds: dict[str, str]) -> Linker:
    """Splink over the records. It joins term frequencies to them by itself, so it gets them as tables of values."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    made: Any = SparkAPI  # it says nothing of its types
    interface = made(spark_session=session, break_lineage_method="parquet", register_udfs_automatically=False)
    offer_similarities(session)
    frequencies = {feature: f"tf_{feature}" for feature in model.frequencies}
    linker = Linker(interface.register(records.drop(*frequencies.values())), spark_settings(model, kinds))
    for feature, frequency in frequencies.items():
        values = records.select(feature, frequency).where(f"{feature} IS NOT NULL").distinct()
        linker.table_management.register_term_frequency_lookup(interface.register(values), feature)
    return linker


def spark_settings(model: Model, kinds: dict[str, str]) -> dict[str, Any]:
    """The model's settings, its conditions turned into Spark's dialect."""
    known = known_of({f"{name}_{side}": kind for name, kind in kinds.items() for side in "lr"})
    made = settings(model)
    for level in _levels(made):
        if level["sql_condition"] != "ELSE":
            level["sql_condition"] = as_spark(level["sql_condition"], known)
    return made


def _levels(made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for comparison in made["comparisons"]:
        yield from comparison["comparison_levels"]


def _scored(linker: Linker, pairs: DataFrame, least: float) -> DataFrame:
    """id_a, id_b, match_weight, match_probability of the pairs that are worth keeping."""
    logging.getLogger("splink").setLevel(logging.ERROR)  # making a linker sets it back
    interface = linker._db_api
    linker.table_management.register_blocked_pairs_for_predict(interface.register(pairs))
    scored = linker.inference.predict(threshold_match_weight=least, warning_mode="never")
    found: DataFrame = scored.as_spark_dataframe()
    return found.selectExpr(
        "least(rid_l, rid_r) AS id_a", "greatest(rid_l, rid_r) AS id_b", "match_weight", "match_probability"
    )
