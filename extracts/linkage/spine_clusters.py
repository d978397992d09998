"""Which records a delivery touches, and the clusters that they now fall into. All others stay in theirs."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from extracts.linkage import spine_files
from extracts.linkage.components import bound, touched
from extracts.linkage.spine_engine import KINDS, Engine, column
from extracts.linkage.stable_ids import Ints


def find_touched(connection: duckdb.DuckDBPyConnection, engine: Engine, old: Path | None, changed: Ints) -> int:
    """Make `part`: rid of the records to be clustered, and their number `n` from 0. How many they are."""
    rids = column(connection, "SELECT rid FROM record ORDER BY rid", "rid")
    met = np.ones(len(rids), dtype=bool)
    if old is not None:
        edges = connection.sql(
            f"SELECT id_a, id_b FROM edge WHERE match_weight >= {engine.joins_from}"
        ).to_arrow_table()
        met = touched(
            rids, np.asarray(edges["id_a"]), np.asarray(edges["id_b"]),
            starting=_kept_only(np.concatenate([
                column(connection, "SELECT rid FROM fresh", "rid"), changed, _left_behind(connection, old),
            ]), rids),
        )  # fmt: skip
    part = pa.table({"rid": rids[met], "n": np.arange(int(met.sum()))})
    connection.register("part_rows", part)
    connection.execute("CREATE OR REPLACE TABLE part AS FROM part_rows")
    connection.unregister("part_rows")
    return len(part)


def _kept_only(some: Ints, rids: Ints) -> Ints:
    return np.intersect1d(some, rids)


def _left_behind(connection: duckdb.DuckDBPyConnection, old: Path) -> Ints:
    """Records that had a scored pair with one that was dropped, or were one person with it at any threshold."""
    edges, persons = (f"read_parquet('{old / name}')" for name in (spine_files.EDGES, spine_files.PERSONS))
    together = " UNION ALL ".join(
        f"SELECT rid FROM {persons} WHERE {kind} IN "
        f"(SELECT {kind} FROM {persons} WHERE rid IN (SELECT rid FROM dropped))"
        for kind in KINDS
    )
    return column(
        connection,
        f"SELECT id_a AS rid FROM {edges} WHERE id_b IN (SELECT rid FROM dropped) UNION ALL "
        f"SELECT id_b FROM {edges} WHERE id_a IN (SELECT rid FROM dropped) UNION ALL {together}",
        "rid",
    )


def cluster(connection: duckdb.DuckDBPyConnection, engine: Engine) -> int:
    """Make `clustered`: of each record of `part` its clusters, with decided pairs bound. How many had to stay apart."""
    connection.execute(
        """
        CREATE OR REPLACE TABLE part_record AS
            SELECT part.n AS rid, standard.* EXCLUDE (rid) FROM standard JOIN part USING (rid) ORDER BY part.n;
        CREATE OR REPLACE TABLE part_edge AS
            SELECT l.n AS id_a, r.n AS id_b, match_weight, match_probability
            FROM edge JOIN part l ON l.rid = id_a JOIN part r ON r.rid = id_b ORDER BY l.n, r.n;
        """
    )
    engine.clusters(connection, "part_edge", "part_record", into="part_cluster")
    found = connection.sql("FROM part_cluster ORDER BY rid").to_arrow_table()
    decided = connection.sql(
        "SELECT l.n AS a, r.n AS b, same FROM decided JOIN part l ON l.rid = a JOIN part r ON r.rid = b"
    ).to_arrow_table()
    same = np.asarray(decided["same"]).astype(bool)
    a, b = np.asarray(decided["a"]), np.asarray(decided["b"])
    columns, apart = {}, 0
    for cluster in KINDS.values():
        columns[cluster], left = bound(np.asarray(found[cluster]), a[same], b[same], a[~same], b[~same])
        apart = max(apart, left)
    connection.register(
        "clustered_rows", pa.table({"n": found["rid"], "match_probability": found["match_probability"], **columns})
    )
    connection.execute(
        "CREATE OR REPLACE TABLE clustered AS SELECT rid, c.* EXCLUDE (n) FROM clustered_rows c JOIN part USING (n)"
    )
    connection.unregister("clustered_rows")
    for table in ("part_record", "part_edge", "part_cluster"):
        connection.execute(f"DROP TABLE {table}")
    return apart
