"""Files that are there whole or not at all: written beside their place, readable by their owner only, then renamed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

# Rows of a row group: fixed, so that the bytes don't depend on how a query was run.
ROWS_IN_GROUP = 122_880


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write into. It is put in place when the block ends well, and removed when it doesn't."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_json(path: Path, content: Any) -> None:
    """The same content gives the same bytes."""
    with whole_file(path) as file:
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
        file.write(text.encode() + b"\n")


def write_rows(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """The rows of a query, which says their order, as Parquet; how many there are. Memory does not grow with them."""
    reader = connection.sql(query).to_arrow_reader(ROWS_IN_GROUP)
    rows = 0
    with whole_file(path) as file, pq.ParquetWriter(file, reader.schema, compression="zstd") as writer:
        for table in _groups(reader):
            writer.write_table(table, row_group_size=ROWS_IN_GROUP)
            rows += table.num_rows
    return rows


def _groups(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """The batches as tables of ROWS_IN_GROUP rows, the last one shorter."""
    waiting = reader.schema.empty_table()
    for batch in reader:
        waiting = pa.concat_tables([waiting, pa.Table.from_batches([batch])])
        while waiting.num_rows >= ROWS_IN_GROUP:
            yield waiting.slice(0, ROWS_IN_GROUP).combine_chunks()
            waiting = waiting.slice(ROWS_IN_GROUP)
    if waiting.num_rows:
        yield waiting.combine_chunks()
