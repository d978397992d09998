"""The accepted payload of all deliveries, as one view for each table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from extracts.conversion import BadDataset, quoted, text
from governance.catalogue.catalogue import Catalogue, Table

Delivery = tuple[str, str]


def deliveries_in(payload: Path) -> list[Delivery]:
    """(provider, delivery) of every accepted delivery; of one provider in the order of their names."""
    return sorted((path.parent.name, path.name) for path in payload.glob("*/*") if path.is_dir())


def view_tables(
    connection: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    *,
    payload: Path,
    deliveries: Sequence[Delivery],
    spill: Path,
) -> list[Table]:
    """Make a view named for each table that was delivered, and return these tables in the order of the catalogue.

    deliveries  oldest first: a row of a later delivery takes the place of the one with its primary key
    Raises BadDataset for a file that belongs to no table.
    """
    places = [payload / provider / delivery for provider, delivery in deliveries]
    strange = {path.stem for place in places for path in place.glob("*.parquet")} - {
        table.name for table in catalogue.tables
    }
    if strange:
        raise BadDataset(f"The description has no table {', '.join(sorted(strange))}.")
    delivered = []
    for table in catalogue.tables:
        files = [place / f"{table.name}.parquet" for place in places if (place / f"{table.name}.parquet").is_file()]
        if files:
            rows = _one_table(connection, table, files, spill)
            connection.execute(f"CREATE VIEW {quoted(table.name)} AS FROM {rows}")
            delivered.append(table)
    return delivered


def _one_table(connection: duckdb.DuckDBPyConnection, table: Table, files: list[Path], spill: Path) -> str:
    """What to read for a table. Several deliveries are put together once, in a file, as they are read many times."""
    if len(files) == 1:
        return _file(files[0])
    path = spill / f"{table.name}.parquet"
    connection.execute(f"COPY ({put_together(table, files)}) TO {text(path)} (FORMAT parquet, COMPRESSION lz4)")
    return _file(path)


def put_together(table: Table, files: list[Path]) -> str:
    """The rows of several deliveries of one table, oldest first: each without the rows that a later one has."""
    key = ", ".join(quoted(name) for name in table.primary_key)
    parts = []
    for number, file in enumerate(files):
        rows = f"FROM {_file(file)}"
        if later := files[number + 1 :]:
            newer = " UNION ALL ".join(f"SELECT {key} FROM {_file(path)}" for path in later)
            rows += f" AS older ANTI JOIN (SELECT DISTINCT {key} FROM ({newer})) AS newer USING ({key})"
        parts.append(rows)
    return " UNION ALL BY NAME ".join(f"({part})" for part in parts)


def _file(path: Path) -> str:
    return f"read_parquet({text(path)})"
