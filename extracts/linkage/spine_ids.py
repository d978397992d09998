"""Persons of the spine by name: ids that stay, for each kind of ids."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from extracts.linkage import spine_files
from extracts.linkage.spine_engine import KINDS, column, number
from extracts.linkage.stable_ids import Changes, Ints, stable_ids


def name_persons(connection: duckdb.DuckDBPyConnection, old: Path | None, key: bytes) -> dict[str, Changes]:
    """Make `person`, of all records, and `used`, of all ids that were ever given. What changed, by kind of ids.

    Persons that were not touched are among those kept.
    """
    _make_before(connection, old)
    rows = connection.sql(
        f"""
        SELECT clustered.rid, clustered.match_probability, {", ".join(KINDS.values())},
               {", ".join(f"coalesce(before.{kind}, 0) AS {kind}" for kind in KINDS)}
        FROM clustered JOIN record ON record.rid = clustered.rid LEFT JOIN before USING (source, row_id)
        ORDER BY source, row_id
        """
    ).to_arrow_table()
    rids = np.asarray(rows["rid"])
    ids: dict[str, Any] = {}
    changes = {}
    for kind, cluster in KINDS.items():
        ids[kind], changed = stable_ids(
            np.asarray(rows[kind]), np.asarray(rows[cluster]), key=key, purpose=kind,
            name_of=lambda at: _names(connection, rids[at]),
            used=column(connection, f"SELECT id FROM used WHERE kind = '{kind}'", "id"),
            gone=column(connection, f"SELECT {kind} AS id FROM before WHERE rid IN (SELECT rid FROM dropped)", "id"),
        )  # fmt: skip
        changes[kind] = replace(changed, kept=changed.kept + number(connection, _untouched(f"count(DISTINCT {kind})")))
    _make_person(connection, pa.table({"rid": rids, **ids, "match_probability": rows["match_probability"]}))
    return changes


def _untouched(chosen: str) -> str:
    """Of the records whose persons stay as they were."""
    return f"""
        SELECT {chosen} FROM before WHERE rid IN (SELECT rid FROM record) AND rid NOT IN (SELECT rid FROM part)
        """


def _make_before(connection: duckdb.DuckDBPyConnection, old: Path | None) -> None:
    """`before`: ids so far, by record's name; `used`: kind, id."""
    ids = ", ".join(f"{kind} BIGINT" for kind in KINDS)
    connection.execute(
        f"CREATE OR REPLACE TABLE before (source VARCHAR, row_id VARCHAR, rid BIGINT, {ids}, match_probability DOUBLE);"
        "CREATE OR REPLACE TABLE used (kind VARCHAR, id BIGINT)"
    )
    if old is not None:
        persons, records = (str(old / name) for name in (spine_files.PERSONS, spine_files.RECORDS))
        connection.execute(
            "INSERT INTO before BY NAME SELECT source, row_id, p.* FROM read_parquet($persons) p "
            "JOIN read_parquet($records) r USING (rid)",
            {"persons": persons, "records": records},
        )
        connection.execute("INSERT INTO used FROM read_parquet(?)", [str(old / spine_files.USED)])


def _make_person(connection: duckdb.DuckDBPyConnection, named: pa.Table) -> None:
    """`person`: those named now, and those that were not touched; `used` gets what is new."""
    kinds, ids = ", ".join(f"'{kind}'" for kind in KINDS), ", ".join(KINDS)
    connection.register("named", named)
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE person AS
        SELECT rid, {ids}, match_probability FROM named
        UNION ALL
        {_untouched(f"rid, {ids}, match_probability")};
        INSERT INTO used SELECT kind, id FROM (
            SELECT DISTINCT unnest([{kinds}]) AS kind, unnest([{ids}]) AS id FROM person
        ) ANTI JOIN used USING (kind, id)
        """
    )
    connection.unregister("named")


def _names(connection: duckdb.DuckDBPyConnection, rids: Ints) -> list[str]:
    """Names of records, in the order of their numbers given."""
    connection.register("wanted", pa.table({"rid": rids, "place": np.arange(len(rids))}))
    names = connection.sql(
        "SELECT source || ' ' || row_id AS name FROM record JOIN wanted USING (rid) ORDER BY place"
    ).to_arrow_table()
    connection.unregister("wanted")
    return [str(name) for name in names["name"].to_pylist()]
