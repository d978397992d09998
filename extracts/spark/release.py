"""The tables of a release, made on Spark by the steps of the DuckDB build: the same SQL, checks and surrogates.

What stays on the driver: reading the code lists, learning the weights of case links (NumPy over one row of small
numbers for each candidate), and putting the parts of a table into one file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import duckdb
from pyspark.sql import SparkSession

from extracts.building.links import case_tables, person_link, view_crosswalk, write_row_keys
from extracts.building.payload import deliveries_in, view_tables
from extracts.conversion import quoted
from extracts.publishing.tables import origin_of, refuse_bad, write_tables
from extracts.spark.connection import SparkConnection
from extracts.spark.surrogates import offer, refuse_collisions
from extracts.specification import ReleasedTable
from governance.catalogue.catalogue import Catalogue

Progress = Callable[[str, float], None]


def build_tables(
    progress: Progress,
    session: SparkSession,
    catalogue: Catalogue,
    *,
    payload: Path,
    crosswalk: Path,
    codelists: Path,
    key: bytes,
    scratch: Path,
    folder: Path,
    row_keys: Path,
    deliveries: Sequence[tuple[str, str]] | None = None,
) -> dict[str, ReleasedTable]:
    """Write `<table>.parquet` into `folder` for every table of the release, and the scanner's `row_keys`.

    payload, crosswalk, deliveries  as for `extracts.building.build`, where every machine sees them
    scratch  an empty folder that every machine sees; holds payload, so is to be removed afterwards

    Values and the order of rows are those of the DuckDB build; the bytes are not (each engine divides a file into
    row groups in its own way). Raises BadDataset and SurrogateCollision.
    """
    engine = SparkConnection(session, scratch)
    connection = cast(duckdb.DuckDBPyConnection, engine)  # it is spoken to as one
    offer(session, key, catalogue.dataset.keys)
    progress("Reading what was delivered", 0.0)
    run = view_crosswalk(connection, crosswalk)
    order = list(deliveries or deliveries_in(payload))
    delivered = view_tables(connection, catalogue, payload=payload, deliveries=order, spill=scratch)
    ready = [(table, quoted(table.name)) for table in delivered] + list(person_link(catalogue, run))
    origins = [origin_of(connection, table, rows) for table, rows in ready]
    refuse_bad(connection, origins)
    progress("Linking cases", 0.1)
    derived = case_tables(connection, catalogue, delivered, codelists=codelists)
    origins += [origin_of(connection, table, rows) for table, rows in derived]

    def report(table: str, done: int, tables: int) -> None:
        progress(f"Writing {table}" if table else "Written", 0.4 + 0.5 * done / tables)

    released = dict(write_tables(connection, origins, folder, report))
    write_row_keys(connection, catalogue, row_keys)
    progress("Looking for surrogates that two keys share", 0.9)
    refuse_collisions(engine, origins)
    progress("Done", 1.0)
    return released
