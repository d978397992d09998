"""The files of one table, in all formats of an extract, with the same rows in the same order."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Protocol, Self

import pyarrow as pa

from extracts.formats.columns import Sheet
from extracts.formats.known import FORMATS
from extracts.formats.r import RFile
from extracts.formats.spss import SpssFile
from extracts.formats.stata import StataFile
from extracts.formats.streamed import CsvFile, ParquetFile
from extracts.specification import CSV, PARQUET, SPSS, STATA, R


class Writer(Protocol):
    """Takes the rows of one table, and finishes the file with `close` or, where it will not be whole, `abandon`.

    The sink is the caller's, who closes it after that.
    """

    def write(self, batch: pa.RecordBatch) -> None: ...
    def close(self) -> None: ...
    def abandon(self) -> None: ...


WRITERS: dict[str, Callable[[BinaryIO, Sheet, pa.Schema], Writer]] = {
    PARQUET: ParquetFile,
    CSV: CsvFile,
    STATA: StataFile,
    SPSS: SpssFile,
    R: RFile,
}


def opened(path: Path) -> BinaryIO:
    return path.open("wb")


class TableFiles:
    """Writers for every format of a table. Leave it by `finish`, or by an error, after which the files are not whole.

    stem  path of the files without suffix
    open  makes the sink of one file from its path
    encryption  of the Parquet file: what pyarrow takes as `encryption_properties`
    """

    def __init__(
        self,
        stem: Path,
        sheet: Sheet,
        schema: pa.Schema,
        *,
        formats: Collection[str],
        open: Callable[[Path], BinaryIO] = opened,
        encryption: Any = None,
    ) -> None:
        made: dict[str, Callable[[BinaryIO, Sheet, pa.Schema], Writer]] = {
            **WRITERS,
            PARQUET: partial(ParquetFile, encryption=encryption),
        }
        paths = {name: stem.with_name(stem.name + FORMATS[name].suffix) for name in FORMATS if name in formats}
        self._sinks = {name: open(path) for name, path in paths.items()}
        self._writers = {name: made[name](sink, sheet, schema) for name, sink in self._sinks.items()}
        self._pool = ThreadPoolExecutor(len(self._writers))

    def write(self, batch: pa.RecordBatch) -> None:
        """Add the rows to every file, to all files at once: the writers let go of the interpreter."""
        list(self._pool.map(lambda writer: writer.write(batch), self._writers.values()))

    def finish(self) -> None:
        """Finish the files, one after another: those made from whole tables need the memory. Raises CannotHold."""
        for name in list(self._writers):
            self._writers.pop(name).close()
            self._sinks.pop(name).close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()
        for writer in self._writers.values():
            writer.abandon()
        for sink in self._sinks.values():  # a sealed one would be finished by closing it
            getattr(sink, "abandon", sink.close)()
