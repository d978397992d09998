"""Files of records, CSV or Parquet, as one table of text with a number for every record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from extracts.linkage.configuration import BadConfiguration, Configuration

# What a file is, by the end of its name.
READERS = {
    ".csv": "read_csv({path}, all_varchar = true, header = true, ignore_errors = false, null_padding = true)",
    ".parquet": "read_parquet({path})",
}


class BadRecords(ValueError):
    """A file cannot be linked; the sentence names file, row and reason, never a value."""


def read_records(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Path], configuration: Configuration, *, into: str
) -> int:
    """Make the table `into`: `rid`, `source`, `record_id` and the configured columns as text; how many records.

    `source` is the name of the file. Raises BadConfiguration for a column that a file lacks, BadRecords for files that
    cannot be read and for ids that are missing or double.
    """
    if not configuration.columns:
        raise BadConfiguration("there is no [columns]: only encoded files can do without, others need a line a column")
    return read_each(
        connection, files, configuration.mode, into=into,
        read=lambda path, name, table: _read_one(connection, path, name, configuration, table),
    )  # fmt: skip


def read_each(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Path], mode: str, *, into: str,
    read: Callable[[Path, str, str], None],
) -> int:  # fmt: skip
    """Make the table `into` of all files, `rid` being dense from 0; how many records.

    read  makes a table of one file from its path and name: `row`, `source`, `record_id` and what else there is
    """
    if mode == "link" and len(files) < 2:
        raise BadConfiguration('mode "link" needs two files or more: for one file write mode = "dedupe"')
    for number, (path, name) in enumerate(zip(files, _names(files), strict=True)):
        read(path, name, f"{into}_{number}")
        _check_ids(connection, f"{into}_{number}", path.name)
    parts = " UNION ALL BY NAME ".join(f"SELECT {n} AS file, * FROM {into}_{n}" for n in range(len(files)))
    connection.execute(
        f"CREATE OR REPLACE TABLE {into} AS SELECT (row_number() OVER (ORDER BY file, row)) - 1 AS rid, * "
        f"EXCLUDE (file, row) FROM ({parts}) ORDER BY rid"
    )
    for number in range(len(files)):
        connection.execute(f"DROP TABLE {into}_{number}")
    return int(connection.execute(f"SELECT count(*) FROM {into}").fetchall()[0][0])


def _names(files: Sequence[Path]) -> list[str]:
    """What the files are called: their names, numbered when two are the same."""
    stems = [path.stem for path in files]
    return stems if len(set(stems)) == len(stems) else [f"{number + 1}: {stem}" for number, stem in enumerate(stems)]


def _read_one(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, configuration: Configuration, into: str
) -> None:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise BadRecords(f"{path.name}: only files that end in {' or '.join(READERS)} can be read")
    if not path.is_file():
        raise BadRecords(f"{path}: there is no such file")
    if not path.stat().st_size:
        raise BadRecords(f"{path.name} is empty")
    relation = reader.format(path=quoted_text(str(path)))
    try:
        found = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()]
        theirs = {column.strip(): column for column in found}
        missing = [own for own in (configuration.id, *configuration.columns) if own not in theirs]
        if missing:
            raise BadConfiguration(f"{path.name} has no column {missing[0]}; it has {', '.join(theirs)}")
        wanted = ", ".join(f"{_text(theirs[own])} AS {_name(own)}" for own in configuration.columns)
        connection.execute(
            f"CREATE OR REPLACE TABLE {into} AS SELECT row_number() OVER () AS row, {quoted_text(name)} AS source, "
            f"{_text(theirs[configuration.id])} AS record_id, {wanted} FROM {relation}"
        )
    except duckdb.Error as error:
        raise BadRecords(f"{path.name} cannot be read as {path.suffix[1:]}: {type(error).__name__}") from None


def _check_ids(connection: duckdb.DuckDBPyConnection, table: str, name: str) -> None:
    rows = connection.execute(f"SELECT min(row) FROM {table} WHERE record_id IS NULL").fetchall()
    if rows[0][0] is not None:
        raise BadRecords(f"{name}, row {rows[0][0]}: the id is missing")
    rows = connection.execute(
        f"SELECT min(row), min(again) FROM (SELECT row, lead(row) OVER (PARTITION BY record_id ORDER BY row) AS again "
        f"FROM {table}) WHERE again IS NOT NULL"
    ).fetchall()
    if rows[0][0] is not None:
        raise BadRecords(f"{name}, row {rows[0][1]}: the id was there before (first double id: row {rows[0][0]})")


def _text(column: str) -> str:
    return f"nullif(trim({_name(column)}::VARCHAR), '')"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
