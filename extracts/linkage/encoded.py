"""Files that providers encoded, read for linking: only files of one form and one key can be read together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from extracts.linkage.configuration import Configuration
from extracts.linkage.forms import FORMS, Form
from extracts.linkage.model import CLEAR
from extracts.linkage.reading import BadRecords, quoted_text, read_each, read_records
from extracts.linkage.standardise import standardise

# In the metadata of an encoded file: what form it is of, and a mark of its key (not the key).
FORM, KEY_MARK = b"gatehouse form", b"gatehouse key"


def form_of(files: Sequence[Path]) -> Form:
    """The form that the files have in common. Raises BadRecords when they cannot be linked with each other."""
    told = [_told(path) for path in files]
    names = sorted({name for name, _ in told})
    if unknown := [name for name in names if name not in FORMS]:
        raise BadRecords(f"records of the form {unknown[0]} are not known here")
    if len(names) > 1:
        raise BadRecords(f"files of {' and '.join(names)} cannot be linked with each other: encode all of them alike")
    first = told[0][1]
    for path, (_, mark) in zip(files, told, strict=True):
        if mark != first:
            raise BadRecords(
                f"{path.name} was encoded with another key than {files[0].name}: encode all with the key of the run"
            )
    return FORMS[names[0]]


def _told(path: Path) -> tuple[str, bytes]:
    """The form of a file and the mark of its key."""
    if path.suffix.lower() != ".parquet":
        return CLEAR, b""
    try:
        metadata = pq.read_schema(path).metadata or {}
    except (OSError, pa.ArrowInvalid):
        raise BadRecords(f"{path.name} cannot be read as parquet") from None
    return metadata.get(FORM, CLEAR.encode()).decode(), metadata.get(KEY_MARK, b"")


def read(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Path], configuration: Configuration, *, into: str
) -> tuple[Form, int]:
    """Make the table `into` of files of whatever form: `rid`, `source`, `record_id` and the rest; how many records.

    Raises BadConfiguration and BadRecords.
    """
    form = form_of(files)
    if form.name == CLEAR:
        return form, read_records(connection, files, configuration, into=into)
    return form, read_each(connection, files, configuration.mode, into=into, read=partial(_read_one, connection))


def make_comparable(
    connection: duckdb.DuckDBPyConnection, form: Form, table: str, configuration: Configuration, *, into: str
) -> None:
    """Make the table `into` of records as they are compared, from what `read` made."""
    if form.name == CLEAR:
        standardise(connection, table, configuration.columns, into=into)
    else:
        connection.execute(f"CREATE OR REPLACE TABLE {into} AS SELECT {form.columns} FROM {table} ORDER BY rid")


def _read_one(connection: duckdb.DuckDBPyConnection, path: Path, name: str, into: str) -> None:
    try:
        connection.execute(
            f"CREATE OR REPLACE TABLE {into} AS SELECT row_number() OVER () AS row, {quoted_text(name)} AS source, * "
            f"FROM read_parquet({quoted_text(str(path))})"
        )
    except duckdb.Error as error:
        raise BadRecords(f"{path.name} cannot be read as parquet: {type(error).__name__}") from None
