"""A small engine for tests of the spine: names and dates of birth, all pairs, clusters as the real one makes them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from extracts.linkage.refine import refined

COMPARED = """
    SELECT least(l.rid, r.rid) AS id_a, greatest(l.rid, r.rid) AS id_b, -9.0
           + CASE WHEN l.surname = r.surname THEN 6
                  WHEN contains(l.surname, r.surname) OR contains(r.surname, l.surname) THEN 3 ELSE -2 END
           + CASE WHEN l.forename = r.forename THEN 4 ELSE -2 END
           + CASE WHEN l.born = r.born THEN 8 WHEN damerau_levenshtein(l.born, r.born) <= 1 THEN 2 ELSE -8 END
           AS match_weight
"""


class PlainEngine:
    name = "plain-1"
    joins_from = 2.0

    def __init__(self) -> None:
        self.compared: list[tuple[int, int]] = []

    def standardise(self, connection: duckdb.DuckDBPyConnection, table: str, *, into: str) -> tuple[str, ...]:
        connection.execute(
            f"CREATE OR REPLACE TABLE {into} AS SELECT rid, source, lower(forename) AS forename, "
            f"lower(surname) AS surname, replace(date_of_birth, '-', '') AS born, lower(left(sex, 1)) AS sex, pnc "
            f"FROM {table}"
        )
        return ("forename", "surname", "born", "sex", "pnc")

    def score(self, connection: duckdb.DuckDBPyConnection, records: str, *, into: str) -> None:
        self._keep(connection, f"{COMPARED} FROM {records} l JOIN {records} r ON l.rid < r.rid", into)

    def score_between(self, connection: duckdb.DuckDBPyConnection, new: str, standing: str, *, into: str) -> None:
        within = f"{COMPARED} FROM {new} l JOIN {new} r ON l.rid < r.rid"
        self._keep(connection, f"{within} UNION ALL {COMPARED} FROM {new} l, {standing} r", into)

    def _keep(self, connection: duckdb.DuckDBPyConnection, pairs: str, into: str) -> None:
        connection.execute(
            f"CREATE OR REPLACE TABLE {into} AS SELECT *, 1 / (1 + pow(2, -match_weight)) AS match_probability "
            f"FROM ({pairs}) WHERE match_weight > -3"
        )
        self.compared += connection.sql(f"SELECT id_a, id_b FROM {into}").fetchall()

    def clusters(self, connection: duckdb.DuckDBPyConnection, edges: str, records: str, *, into: str) -> None:
        number = connection.sql(f"SELECT count(*) FROM {records}").fetchall()[0][0]
        found = connection.sql(f"FROM {edges}").to_arrow_table()
        a, b, weight = (np.asarray(found[name]) for name in ("id_a", "id_b", "match_weight"))
        low, high = refined(number, a, b, weight, cuts=[self.joins_from, 4.25])
        together = low[a] == low[b]
        best = np.full(number, np.nan)
        for one, other, probability in zip(
            a[together], b[together], np.asarray(found["match_probability"])[together], strict=True
        ):
            best[[one, other]] = np.fmax(best[[one, other]], probability)
        table = pa.table({
            "rid": np.arange(number), "cluster": low, "cluster_080": low, "cluster_095": high,
            "match_probability": pa.array(best, from_pandas=True),
        })  # fmt: skip
        connection.register("made", table)
        connection.execute(f"CREATE OR REPLACE TABLE {into} AS FROM made")
        connection.unregister("made")


def deliver(identities: Path, name: str, rows: dict[str, list[str]], *, withdrawn: list[tuple[str, str]] = ()) -> None:
    """A delivery `provider/delivery`: rows by source, each "row_id forename surname date-of-birth [sex [pnc]]"."""
    folder = identities / name
    folder.mkdir(parents=True)
    names = ("row_id", "forename", "surname", "date_of_birth", "sex", "pnc")
    for source, lines in rows.items():
        values = [
            dict(zip(names, [None if word == "-" else word for word in line.split()], strict=False)) for line in lines
        ]
        columns = {column: pa.array([value.get(column) for value in values], pa.string()) for column in names}
        fixed = {"source": [source] * len(lines), "person_role": ["defendant"] * len(lines)}
        pq.write_table(pa.table(fixed | columns), folder / f"{source}.parquet")
    if withdrawn:
        source, row_id = zip(*withdrawn, strict=True)
        pq.write_table(pa.table({"source": source, "row_id": row_id}), folder / "withdrawn.parquet")
