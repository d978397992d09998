"""Parquet and CSV: rows are written as they come, so that a table may be of any size."""

from __future__ import annotations

from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import csv, parquet

from extracts.atrest.tables import PAGES
from extracts.formats.columns import Sheet


class ParquetFile:
    """`encryption` is what pyarrow takes as `encryption_properties`."""

    def __init__(self, sink: BinaryIO, sheet: Sheet, schema: pa.Schema, *, encryption: Any = None) -> None:
        # A dictionary of random keys only costs time, so texts alone get one.
        texts = [field.name for field in schema if pa.types.is_string(field.type)]
        self._writer = parquet.ParquetWriter(
            sink,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=texts,
            encryption_properties=encryption,
            **PAGES,
        )

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)

    def close(self) -> None:
        self._writer.close()

    def abandon(self) -> None:
        self._writer.close()


class CsvFile:
    """Texts stand in quotes, so that an empty text is told from a missing one."""

    def __init__(self, sink: BinaryIO, sheet: Sheet, schema: pa.Schema) -> None:
        self._writer = csv.CSVWriter(sink, schema, write_options=csv.WriteOptions(quoting_style="needed"))

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)

    def close(self) -> None:
        self._writer.close()

    def abandon(self) -> None:
        self._writer.close()
