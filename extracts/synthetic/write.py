"""The tables on disk: one Parquet file each, the same bytes for the same seed."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from extracts.synthetic.generate import generate
from extracts.synthetic.journeys import Progress

ROWS_PER_GROUP = 122_880


def write(crimes: int, *, seed: int, codelists: Path, into: Path, progress: Progress | None = None) -> dict[str, Path]:
    """Generate the tables and write `<table>.parquet` for each into the folder, which is made if need be.

    Arguments as for `generate`. Returns the files by table. Files already there are replaced.
    """
    into.mkdir(parents=True, exist_ok=True)
    tables = generate(crimes, seed=seed, codelists=codelists, progress=progress)
    return {name: write_table(table, into / f"{name}.parquet") for name, table in tables.items()}


def write_table(table: pa.Table, path: Path) -> Path:
    """One table as Parquet. Every setting that shapes the bytes is fixed here."""
    pq.write_table(
        table.combine_chunks(), path, compression="zstd", compression_level=3, version="2.6",
        row_group_size=ROWS_PER_GROUP, use_dictionary=True, write_statistics=True,
    )  # fmt: skip
    return path
