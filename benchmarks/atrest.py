"""Encryption at rest: files in chunks against a plain copy, and sealed Parquet against plain Parquet.

Sizes are KiB of random bytes for files, rows for tables. Everything is read from the page cache and written without
waiting for the disk, so what is compared is the work and not the disk.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet
from pyarrow.parquet import ParquetWriter

from benchmarks.harness import Benchmark, Case
from extracts.atrest.gatehouse_workspace import CHUNK_BYTES, ContentDigest, SealedFile, by_id, data_key, dataset
from extracts.atrest.seal import Seal
from extracts.atrest.tables import PAGES

KEY = bytes(range(32))
SEAL = Seal(KEY)
PLAIN, SEALED, PARQUET = "plain", "sealed", "plain Parquet"
BATCH_ROWS = 131_072
KIB, QUICK_KIB = (65_536, 262_144), (4_096,)
ROWS, QUICK_ROWS = (1_000_000, 5_000_000), (50_000,)


def prepare_file(folder: Path, kib: int) -> None:
    """Random bytes, plain and sealed."""
    random = np.random.default_rng(1)
    with (folder / PLAIN).open("wb") as plain, SEAL.writer(folder / SEALED, SEALED) as sealed:
        for _ in range(kib):
            piece = random.bytes(1024)
            plain.write(piece)
            sealed.write(piece)


def seal(data: Path, out: Path, kib: int) -> None:
    with (data / PLAIN).open("rb") as source, SEAL.writer(out / SEALED, SEALED) as target:
        shutil.copyfileobj(source, target, CHUNK_BYTES)


def unseal(data: Path, out: Path, kib: int) -> None:
    source = SealedFile((data / SEALED).open("rb"), name=SEALED, known=by_id([KEY]))
    with source, (out / PLAIN).open("wb") as target:
        shutil.copyfileobj(source, target, CHUNK_BYTES)


def copy(data: Path, out: Path, kib: int) -> None:
    with (data / PLAIN).open("rb") as source, (out / PLAIN).open("wb") as target:
        shutil.copyfileobj(source, target, CHUNK_BYTES)


def prepare_table(folder: Path, rows: int) -> None:
    """Two keys, a number, a coded text and a date: plain and sealed."""
    random = np.random.default_rng(1)
    places = pa.array([f"E{number:08}" for number in range(300)])
    table = pa.table({
        "person": random.integers(0, 2**63, rows),
        "case": random.integers(0, 2**63, rows),
        "age": pa.array(random.integers(10, 90, rows), mask=random.random(rows) < 0.1),
        "place": places.take(pa.array(random.integers(0, 300, rows))),
        "day": pa.array(random.integers(10_000, 20_000, rows), pa.int32()).cast(pa.date32()),
    })  # fmt: skip
    for name, more in ((PLAIN, {}), (SEALED, {"encryption_properties": SEAL.parquet(SEALED)})):
        with _writer(folder / name, table.schema, **more) as writer:
            writer.write_table(table, row_group_size=BATCH_ROWS)


def write_sealed(data: Path, out: Path, rows: int) -> None:
    """With the digest of the content, as a build does it."""
    source = parquet.ParquetFile(data / PLAIN)
    digest = ContentDigest(source.schema_arrow)
    with _writer(out / SEALED, source.schema_arrow, encryption_properties=SEAL.parquet(SEALED)) as writer:
        for batch in source.iter_batches(BATCH_ROWS):
            writer.write_batch(batch)
            digest.update(batch)
    digest.hexdigest()


def write_plain(data: Path, out: Path, rows: int) -> None:
    source = parquet.ParquetFile(data / PLAIN)
    with _writer(out / PLAIN, source.schema_arrow) as writer:
        for batch in source.iter_batches(BATCH_ROWS):
            writer.write_batch(batch)


def read_sealed(data: Path, out: Path, rows: int) -> None:
    _read(data / SEALED, data_key(data / SEALED, SEALED, by_id([KEY])))


def read_plain(data: Path, out: Path, rows: int) -> None:
    _read(data / PLAIN, None)


def _read(path: Path, key: bytes | None) -> None:
    for _ in dataset(path, key).to_batches():
        pass


def _writer(path: Path, schema: pa.Schema, **more: object) -> ParquetWriter:
    return ParquetWriter(
        path, schema, compression="zstd", compression_level=1, use_dictionary=["place"], **PAGES, **more
    )


BENCHMARK = Benchmark(
    name="atrest",
    sizes=KIB,
    quick_sizes=QUICK_KIB,
    cases=(
        Case("sealing a file", "copying it", prepare_file, seal, copy, None, KIB, QUICK_KIB),
        Case("opening a sealed file", "copying it", prepare_file, unseal, copy, None, KIB, QUICK_KIB),
        Case("writing sealed Parquet", PARQUET, prepare_table, write_sealed, write_plain, None, ROWS, QUICK_ROWS),
        Case("reading sealed Parquet", PARQUET, prepare_table, read_sealed, read_plain, None, ROWS, QUICK_ROWS),
    ),
    quick_rounds=1,
)  # fmt: skip
