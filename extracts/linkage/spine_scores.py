"""Scores of the spine: each pair is scored once, and decisions of people lie over the scores."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from extracts.linkage import spine_files
from extracts.linkage.spine_engine import CERTAIN, NEVER, Engine, column, number
from extracts.linkage.stable_ids import Ints


def score(connection: duckdb.DuckDBPyConnection, engine: Engine, old: Path | None) -> int:
    """Make `scored`: pairs of standing records from the spine, all others by the engine. How many it scored now."""
    if old is None:
        engine.score(connection, "standard", into="scored")
        return number(connection, "SELECT count(*) FROM scored")
    now = _score_new(connection, engine)
    connection.execute(
        "INSERT INTO scored BY NAME FROM read_parquet(?) "
        "WHERE id_a NOT IN (SELECT rid FROM dropped) AND id_b NOT IN (SELECT rid FROM dropped)",
        [str(old / spine_files.EDGES)],
    )
    return now


def _score_new(connection: duckdb.DuckDBPyConnection, engine: Engine) -> int:
    if not number(connection, "SELECT count(*) FROM fresh"):
        connection.execute(
            "CREATE OR REPLACE TABLE scored (id_a BIGINT, id_b BIGINT, match_weight DOUBLE, match_probability DOUBLE)"
        )
        return 0
    connection.execute(
        "CREATE OR REPLACE TABLE new_records AS FROM standard WHERE rid IN (FROM fresh);"
        "CREATE OR REPLACE TABLE standing_records AS FROM standard WHERE rid NOT IN (FROM fresh)"
    )
    engine.score_between(connection, "new_records", "standing_records", into="scored")
    connection.execute("DROP TABLE new_records; DROP TABLE standing_records")
    return number(connection, "SELECT count(*) FROM scored")


def lay_over(connection: duckdb.DuckDBPyConnection, old: Path | None, settled: dict[str, str]) -> Ints:
    """Make `decided` (a, b, same) and `edge`, the scores with decisions over them. Records whose decisions changed.

    A decision was about the records as they were: one about a record that was corrected since does not count.
    """
    connection.execute("CREATE OR REPLACE TABLE decided (a BIGINT, b BIGINT, same BOOLEAN)")
    changed: Ints = np.zeros(0, dtype=np.int64)
    if old is not None:
        verdicts = {token: verdict for token, verdict in settled.items() if verdict in ("same", "different")}
        connection.register("verdict", pa.table({
            "token": pa.array(list(verdicts), pa.string()), "verdict": pa.array(list(verdicts.values()), pa.string()),
        }))  # fmt: skip
        connection.execute(
            "INSERT INTO decided SELECT DISTINCT a, b, verdict = 'same' "
            "FROM read_parquet(?) JOIN verdict USING (token) "
            "WHERE a IN (SELECT rid FROM record) AND b IN (SELECT rid FROM record)",
            [str(old / spine_files.PAIRS)],
        )
        connection.unregister("verdict")
        before = f"(FROM read_parquet('{old / spine_files.DECIDED}'))"
        differing = f"(FROM decided EXCEPT FROM {before}) UNION ALL (FROM {before} EXCEPT FROM decided)"
        changed = column(connection, f"SELECT unnest([a, b]) AS rid FROM ({differing})", "rid")
    connection.execute(
        f"""
        CREATE OR REPLACE VIEW edge AS
        SELECT id_a, id_b, match_weight, match_probability FROM scored
        ANTI JOIN decided ON decided.a = id_a AND decided.b = id_b
        UNION ALL
        SELECT a, b, CASE WHEN same THEN {CERTAIN} ELSE {NEVER} END, CASE WHEN same THEN 1.0 ELSE 0.0 END FROM decided
        """
    )
    return changed
