"""What crosses from linkage to the build: row ids with persons, groups of case numbers, groups for quality. No name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from extracts.linkage.groups import groups_query
from extracts.linkage.spine_engine import KINDS
from extracts.linkage.stable_ids import keyed_numbers
from extracts.linkage.whole_files import write_rows

# Groups of events, and the number that each stands for.
EVENT_GROUPS = {"arrest_group": "asn", "case_group": "case_reference"}


class NumbersCollide(RuntimeError):
    """Two different case numbers got the same group. It happens once in a million years; another key helps."""


def write_persons(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """persons.parquet from `record` and `person`; how many records."""
    return write_rows(
        connection,
        f"SELECT r.source, r.row_id, r.person_role, {', '.join(f'p.{kind}' for kind in KINDS)}, p.match_probability "
        "FROM record r JOIN person p ON p.rid = r.rid ORDER BY r.source, r.row_id",
        path,
    )


def write_events(connection: duckdb.DuckDBPyConnection, path: Path, *, features: Iterable[str], key: bytes) -> None:
    """events.parquet: records with the same valid number are in the same group, under a number that tells nothing.

    Case and arrest numbers are few enough to be tried out, so groups are made with the key. Raises NumbersCollide.
    """
    there = set(features)
    columns = []
    for group, feature in EVENT_GROUPS.items():
        connection.execute(f"CREATE OR REPLACE TABLE {group}_of (text VARCHAR, number BIGINT)")
        if feature in there:
            _number(connection, group, feature, key)
        given = f"s.{feature}" if feature in there else "NULL"
        columns.append(f"(SELECT number FROM {group}_of g WHERE g.text = {given}) AS {group}")
    write_rows(
        connection,
        f"SELECT r.source, r.row_id, {', '.join(columns)} FROM record r JOIN standard s ON s.rid = r.rid "
        "ORDER BY r.source, r.row_id",
        path,
    )
    for group in EVENT_GROUPS:
        connection.execute(f"DROP TABLE {group}_of")


def _number(connection: duckdb.DuckDBPyConnection, group: str, feature: str, key: bytes) -> None:
    texts = connection.sql(
        f"SELECT DISTINCT {feature} AS text FROM standard WHERE {feature} IS NOT NULL ORDER BY text"
    ).to_arrow_table()["text"]
    numbers = keyed_numbers(texts.to_pylist(), key=key, purpose=group)
    if len(np.unique(numbers)) != len(numbers):
        raise NumbersCollide(group)
    connection.register("numbered", pa.table({"text": texts, "number": numbers}))
    connection.execute(f"INSERT INTO {group}_of FROM numbered")
    connection.unregister("numbered")


def write_groups(connection: duckdb.DuckDBPyConnection, path: Path, *, features: Iterable[str]) -> None:
    """groups.parquet from `record` and `standard`."""
    write_rows(connection, groups_query("record", "standard", features), path)
