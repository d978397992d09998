"""Parquet files that grow chunk by chunk, in a folder of their own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq


@dataclass(frozen=True)
class File:
    """One file: its path within the folder, its rows and its size in bytes."""

    path: str
    rows: int
    size: int


@dataclass
class Files:
    """The files under `root`. Every setting that shapes their bytes is fixed here."""

    root: Path
    _stack: ExitStack = field(default_factory=ExitStack)
    _open: dict[str, pq.ParquetWriter] = field(default_factory=dict)
    _rows: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> Files:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def append(self, path: str, table: pa.Table, *, repeated: Sequence[str]) -> None:
        """Add rows to a file; `repeated` are the columns that are worth a dictionary."""
        if path not in self._open:
            self._open[path] = self._stack.enter_context(self._new(path, table.schema, repeated))
            self._rows[path] = 0
        self._open[path].write_table(table)
        self._rows[path] += table.num_rows

    def _new(self, path: str, schema: pa.Schema, repeated: Sequence[str]) -> pq.ParquetWriter:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        return pq.ParquetWriter(
            self.root / path, schema, compression="zstd", compression_level=1, version="2.6",
            use_dictionary=list(repeated) or False,
        )  # fmt: skip

    def written(self) -> tuple[File, ...]:
        """All files by path. To be asked once they are closed."""
        return tuple(File(path, rows, (self.root / path).stat().st_size) for path, rows in sorted(self._rows.items()))
