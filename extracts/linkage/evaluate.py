"""How good clusters are against a truth: precision, recall and F1 over all true pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from extracts.linkage.intervals import wilson

READERS = {".csv": "read_csv(?, all_varchar = true, header = true)", ".parquet": "read_parquet(?)"}


class BadTruth(ValueError):
    """A file of clusters or of truth that cannot be used; the sentence says why."""


def evaluate(clusters: Path, truth: Path) -> dict[str, Any]:
    """Pairs of `clusters` (record_id, person_id) against the truth, ready for JSON.

    truth  record_id and person_id of records, or record_id_a and record_id_b of every true pair

    `precision`, `recall` and `f1` are over pairs, all true ones counted, also those that were never compared;
    intervals are Wilson's, as if pairs were independent. Raises BadTruth.
    """
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET enable_progress_bar = false")
        _load(connection, clusters, "made")
        _load(connection, truth, "truth")
        columns = {str(row[0]) for row in connection.execute("DESCRIBE truth").fetchall()}
        if {"record_id", "person_id"} <= columns:
            counts = _against_persons(connection)
        elif {"record_id_a", "record_id_b"} <= columns:
            counts = _against_pairs(connection)
        else:
            raise BadTruth(f"{truth.name} needs record_id and person_id, or record_id_a and record_id_b")
        records = int(connection.execute("SELECT count(*) FROM made").fetchall()[0][0])
    return {"records": records, **counts, **_rates(**counts)}


def _load(connection: duckdb.DuckDBPyConnection, path: Path, table: str) -> None:
    reader = READERS.get(path.suffix.lower())
    if reader is None or not path.is_file():
        raise BadTruth(f"{path.name} is no CSV or Parquet file that can be read")
    try:
        connection.execute(f"CREATE TABLE {table} AS SELECT * FROM {reader}", [str(path)])
    except duckdb.Error as problem:
        raise BadTruth(f"{path.name} cannot be read: {type(problem).__name__}") from None
    columns = {str(row[0]) for row in connection.execute(f"DESCRIBE {table}").fetchall()}
    if table == "made" and not {"record_id", "person_id"} <= columns:
        raise BadTruth(f"{path.name} needs the columns record_id and person_id")


def _pairs(table: str, key: str) -> str:
    return f"SELECT coalesce(sum(n * (n - 1) / 2), 0)::BIGINT FROM (SELECT count(*) AS n FROM {table} GROUP BY {key})"


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])


def _against_persons(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    connection.execute(
        "CREATE TABLE both_known AS SELECT m.person_id AS made, t.person_id AS truly FROM made m "
        "JOIN truth t ON m.record_id::VARCHAR = t.record_id::VARCHAR"
    )
    return {
        "linked_pairs": _one(connection, _pairs("both_known", "made")),
        "true_pairs": _one(connection, _pairs("truth", "person_id")),
        "right_pairs": _one(connection, _pairs("both_known", "made, truly")),
    }


def _against_pairs(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    pairs = (
        "SELECT DISTINCT least(record_id_a::VARCHAR, record_id_b::VARCHAR) AS a, "
        "greatest(record_id_a::VARCHAR, record_id_b::VARCHAR) AS b FROM truth"
    )
    return {
        "linked_pairs": _one(connection, _pairs("made", "person_id")),
        "true_pairs": _one(connection, f"SELECT count(*) FROM ({pairs})"),
        "right_pairs": _one(
            connection,
            f"SELECT count(*) FROM ({pairs}) p JOIN made l ON l.record_id::VARCHAR = a "
            "JOIN made r ON r.record_id::VARCHAR = b AND r.person_id = l.person_id",
        ),
    }


def _rates(linked_pairs: int, true_pairs: int, right_pairs: int) -> dict[str, Any]:
    precision = right_pairs / linked_pairs if linked_pairs else 1.0
    recall = right_pairs / true_pairs if true_pairs else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "precision_interval": _interval(right_pairs, linked_pairs),
        "recall_interval": _interval(right_pairs, true_pairs),
    }


def _interval(right: int, of: int) -> list[float] | None:
    rate = wilson(right, of)
    return [rate.low, rate.high] if rate else None
