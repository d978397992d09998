"""A twin as files: the same ones as in the pack of an extract, so that the same code opens both, and its report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv, parquet

from extracts import delivery, dictionary
from extracts.specification import Release
from extracts.twin import report
from extracts.twin.source import Source
from extracts.twin.tables import Kept, tables

ENGINE = f"gatehouse twin 1, pyarrow {pa.__version__}"


@dataclass(frozen=True)
class Made:
    """What was made: rows of each table, and what was kept of each column."""

    rows: dict[str, int]
    kept: tuple[Kept, ...]


def make(source: Source, into: Path) -> Made:
    """Write the twin into the empty folder `into`: the same source gives the same bytes.

    Each table as Parquet and CSV, dictionary, code lists, README.txt and manifest.json as an extract has them, and
    twin-report.csv and .html. One table at a time is held in memory. Raises UnknownName.
    """
    rows: dict[str, int] = {}
    kept: dict[str, tuple[Kept, ...]] = {}
    for table in tables(source):
        _write(table.rows, into / table.name)
        rows[table.name], kept[table.name] = table.rows.num_rows, table.kept
    lines = tuple(line for table in source.spec.tables for line in kept[table.name])
    for name, content in _documents(source, rows, lines).items():
        (into / name).parent.mkdir(exist_ok=True)
        (into / name).write_text(content, encoding="utf-8", newline="")
    manifest = {
        "dataset": source.spec.dataset,
        "release": source.spec.release_version,
        "synthetic_twin": report.NOTICE,
        "seed": source.seed,
        "spec": source.spec.to_json(),
        "spec_sha256": source.spec.digest(),
        "created_at": source.made_at,
        "engine": ENGINE,
        "files": list(_entries(into, rows)),
    }
    (into / delivery.MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return Made(rows, lines)


def _write(table: pa.Table, stem: Path) -> None:
    texts = [field.name for field in table.schema if pa.types.is_string(field.type)]
    parquet.write_table(
        table, stem.with_suffix(".parquet"), compression="zstd", compression_level=1, use_dictionary=texts
    )
    csv.write_csv(table, stem.with_suffix(".csv"), csv.WriteOptions(quoting_style="needed"))


def _documents(source: Source, rows: dict[str, int], kept: tuple[Kept, ...]) -> dict[str, str]:
    spec = source.spec
    release = Release(spec.dataset, spec.release_version, source.made_at, {})
    pack = dictionary.documents(spec, source.catalogue, release, rows, {})
    return {
        **pack,
        "README.txt": report.readme_of(source, pack["README.txt"]),
        "dictionary.html": report.noticed(pack["dictionary.html"]),
        "twin-report.csv": report.csv_of(kept),
        "twin-report.html": report.page_of(kept, source, dictionary.STYLE),
    }


def _entries(folder: Path, rows: dict[str, int]) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            count = rows.get(path.stem) if path.parent == folder and path.suffix in (".parquet", ".csv") else None
            name = path.relative_to(folder).as_posix()
            yield {"name": name, "bytes": path.stat().st_size, "rows": count, "sha256": delivery.sha256_of(path)}
