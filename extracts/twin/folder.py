"""A twin as files: the same ones as in the pack of an extract, so that the same code opens both, and its report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa

from extracts import delivery
from extracts.atrest.gatehouse_workspace import ContentDigest
from extracts.disclosure.workspace import travelling
from extracts.formats.columns import sheet_of
from extracts.formats.files import TableFiles
from extracts.pack import datapackage
from extracts.pack.contents import Contents
from extracts.pack.dictionary import STYLE
from extracts.pack.papers import papers
from extracts.specification import Release, TableSpec
from extracts.twin import report
from extracts.twin.source import Source
from extracts.twin.tables import Kept, TwinTable, tables

ENGINE = f"gatehouse twin 1, pyarrow {pa.__version__}"
OF_TABLES = (".parquet", ".csv")


@dataclass(frozen=True)
class Made:
    """What was made: rows of each table, and what was kept of each column."""

    rows: dict[str, int]
    kept: tuple[Kept, ...]


@dataclass(frozen=True)
class _File:
    """One file as the manifest of an extract tells it."""

    name: str
    bytes: int
    rows: int | None
    sha256: str
    content_sha256: str


def make(source: Source, into: Path) -> Made:
    """Write the twin into the empty folder `into`: the same source gives the same bytes.

    The files of an extract, in the formats of the specification, and twin-report.csv and .html. One table at a time
    is held in memory. Raises UnknownName.
    """
    spec, digests = source.spec, dict[str, str]()
    rows: dict[str, int] = {}
    kept: dict[str, tuple[Kept, ...]] = {}
    wanted = {table.name: table for table in spec.tables}
    for table in tables(source):
        digests[f"{table.name}.parquet"] = _write(table, wanted[table.name], source, into)
        rows[table.name], kept[table.name] = table.rows.num_rows, table.kept
    lines = tuple(line for one in spec.tables for line in kept[one.name])
    release = Release(spec.dataset, spec.release_version, source.made_at.isoformat(), {})
    contents = Contents(spec, source.catalogue, release, rows, {}, source.made_at)
    for name, content in _documents(source, contents, lines).items():
        _put(into / name, content)
    described = datapackage.datapackage(contents, list(_files(into, rows, digests)))
    described = {**described, "description": f"{report.NOTICE} {described['description']}"}
    _put(into / datapackage.NAME, json.dumps(described, indent=2, ensure_ascii=False) + "\n")
    manifest = {
        "dataset": spec.dataset,
        "release": spec.release_version,
        "synthetic_twin": report.NOTICE,
        "seed": source.seed,
        "spec": spec.to_json(),
        "spec_sha256": spec.digest(),
        "created_at": source.made_at.isoformat(),
        "engine": ENGINE,
        "sealed_under": "",
        "files": [asdict(one) for one in _files(into, rows, digests)],
    }
    _put(into / delivery.MANIFEST, json.dumps(manifest, indent=2) + "\n")
    return Made(rows, lines)


def _write(table: TwinTable, spec: TableSpec, source: Source, into: Path) -> str:
    """One table in every format; returns the digest of its content."""
    sheet, digest = sheet_of(spec, source.spec, source.catalogue, source.made_at), ContentDigest(table.rows.schema)
    files = TableFiles(into / table.name, sheet, table.rows.schema, formats=source.spec.formats)
    with files:
        for batch in table.rows.combine_chunks().to_batches():
            files.write(batch)
            digest.update(batch)
        files.finish()
    return digest.hexdigest()


def _documents(source: Source, contents: Contents, kept: tuple[Kept, ...]) -> dict[str, str]:
    pack = papers(contents)
    return {
        **pack,
        **travelling.delivered(),
        "README.txt": report.readme_of(source, pack["README.txt"]),
        "dictionary.html": report.noticed(pack["dictionary.html"]),
        "twin-report.csv": report.csv_of(kept),
        "twin-report.html": report.page_of(kept, source, STYLE),
    }


def _put(path: Path, content: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="")


def _files(folder: Path, rows: dict[str, int], digests: dict[str, str]) -> Iterator[_File]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name, sha256 = path.relative_to(folder).as_posix(), delivery.sha256_of(path)
            is_data = path.parent == folder and path.suffix in OF_TABLES
            count = rows.get(path.stem) if is_data else None
            yield _File(name, path.stat().st_size, count, sha256, digests.get(name, sha256))
