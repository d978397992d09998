"""What the spine asks of an engine, and the words they share."""

from __future__ import annotations

from typing import Protocol

import duckdb
import numpy as np

from extracts.linkage.stable_ids import Ints

# Ids of a person and the engine's clusters that they name.
KINDS = {"person_id": "cluster", "person_095": "cluster_095", "person_080": "cluster_080"}

# Bits of a decided pair. Refinement never puts together what lies at NEVER or below.
CERTAIN, NEVER = 40.0, -1e6


class Engine(Protocol):
    """What scores and clusters. Tables have `rid`; edges id_a < id_b, match_weight (bits), match_probability.

    name        with its version: scores of another one cannot stand beside its own
    joins_from  bits below which a pair by itself never brings two records into one component
    """

    @property
    def name(self) -> str: ...

    @property
    def joins_from(self) -> float: ...

    def standardise(self, connection: duckdb.DuckDBPyConnection, table: str, *, into: str) -> tuple[str, ...]:
        """Make the table of standardised records, and name its features."""

    def score(self, connection: duckdb.DuckDBPyConnection, records: str, *, into: str) -> None:
        """Every pair worth keeping."""

    def score_between(self, connection: duckdb.DuckDBPyConnection, new: str, standing: str, *, into: str) -> None:
        """The same of pairs with at least one new record."""

    def clusters(self, connection: duckdb.DuckDBPyConnection, edges: str, records: str, *, into: str) -> None:
        """rid, cluster, cluster_095, cluster_080, match_probability; records are numbered 0 .. n - 1."""


def column(connection: duckdb.DuckDBPyConnection, query: str, name: str) -> Ints:
    """A column of a query's result, without missing values."""
    values: Ints = np.asarray(connection.sql(query).to_arrow_table()[name]).astype(np.int64)
    return values


def number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The one number that a query gives."""
    return int(connection.sql(query).fetchall()[0][0])
