"""Build one extract: select, generalise, pseudonymise, write. Given a store, a key and a folder.

The same specification, release and key give the same bytes in every data file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from hashlib import file_digest
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
from pyarrow import csv, parquet

from extracts import dictionary, query
from extracts.engines import Engine, EngineOf, OnDuckDB, OpenRelease, domains_of
from extracts.heartbeat import stream, wait
from extracts.pseudonyms import compare_distinct
from extracts.specification import CSV, ExtractSpec, Release, TableSpec, missing_from
from governance.catalogue.catalogue import Catalogue

ENGINE = f"gatehouse extracts 2, {{engine}}, pyarrow {pa.__version__}"


class NotInRelease(ValueError):
    """The specification asks for another release than the one given, or for a table that is not in it."""


@dataclass(frozen=True)
class Progress:
    """How far a build is. `rows_done` and `rows_expected` count the rows of `table` only."""

    table: str
    tables_done: int
    tables: int
    rows_done: int
    rows_expected: int


Report = Callable[[Progress], None]


@dataclass(frozen=True)
class FileEntry:
    """One delivered file; `rows` is None for files that are not a table."""

    name: str
    bytes: int
    rows: int | None
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an extract holds and where it came from. `files` are all but manifest.json itself."""

    dataset: str
    release: str
    spec: dict[str, Any]
    spec_sha256: str
    created_at: str
    engine: str
    files: tuple[FileEntry, ...]

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "files": [asdict(entry) for entry in self.files]}


def build(
    spec: ExtractSpec,
    *,
    catalogue: Catalogue,
    store: OpenRelease,
    key: bytes,
    into: Path,
    created_at: datetime,
    progress: Report,
    engine_of: EngineOf = OnDuckDB,
) -> Manifest:
    """Write the extract into the empty folder `into`, which the store must be allowed to write to.

    One Parquet file per table, CSV beside it when asked for, the data dictionary,
    the code lists used, how good the release's links are, README.txt and manifest.json. `progress` is called after each
    batch and at least once a second; what it raises stops the build. The rows come from the engine that `engine_of`
    makes; files are written here, whichever it is. Raises NotInRelease, BadSpecification, UnknownName, UnknownLevel
    and PseudonymCollision.
    """
    _refuse_other_release(spec, store.release, catalogue)
    engine = engine_of(spec, catalogue, store, key)
    rows: dict[str, int] = {}
    for done, table in enumerate(spec.tables):
        at = _Position(table.name, done, len(spec.tables), progress)
        rows[table.name] = _write_table(table, spec, engine, into, at)
    at = _Position("", len(spec.tables), len(spec.tables), progress)
    _check_pseudonyms(spec, catalogue, engine, store, into, at)
    for name, content in dictionary.documents(spec, catalogue, store.release, rows, store.quality).items():
        (into / name).parent.mkdir(exist_ok=True)
        (into / name).write_text(content, encoding="utf-8", newline="")
    entries = wait(lambda: tuple(_entries(into, rows)), beat=at.beat, interrupt=store.connection.interrupt)
    made_by = ENGINE.format(engine=engine.name)
    manifest = Manifest(
        spec.dataset, spec.release_version, spec.to_json(), spec.digest(), created_at.isoformat(), made_by, entries
    )
    (into / "manifest.json").write_text(json.dumps(manifest.to_json(), indent=2) + "\n", encoding="utf-8")
    return manifest


@dataclass
class _Position:
    """Where the build is, to tell whoever asked for progress."""

    table: str
    tables_done: int
    tables: int
    report: Report
    rows_done: int = 0
    rows_expected: int = 0

    def beat(self) -> None:
        self.report(Progress(self.table, self.tables_done, self.tables, self.rows_done, self.rows_expected))


def _refuse_other_release(spec: ExtractSpec, release: Release, catalogue: Catalogue) -> None:
    if (spec.dataset, spec.release_version) != (release.code, release.version):
        raise NotInRelease(f"The extract is on {spec.dataset} {spec.release_version}, not on this release.")
    if missing := missing_from(spec, release.tables, catalogue):
        raise NotInRelease(f"This release does not hold {', '.join(missing)}.")


def _write_table(table: TableSpec, spec: ExtractSpec, engine: Engine, into: Path, at: _Position) -> int:
    """Stream one table into its files; returns the number of rows."""
    at.rows_expected = wait(lambda: engine.count(table), beat=at.beat, interrupt=engine.interrupt)

    def batches() -> Iterator[pa.Schema | pa.RecordBatch]:
        reader = engine.read(table)
        yield reader.schema
        yield from reader

    arriving = stream(batches(), beat=at.beat, interrupt=engine.interrupt)
    with closing(arriving), _Writers(into / table.name, next(arriving), with_csv=CSV in spec.formats) as writers:
        for batch in arriving:
            writers.write(batch)
            at.rows_done += len(batch)
            at.beat()
    return at.rows_done


class _Writers:
    """The files of one table, with the same rows in the same order."""

    def __init__(self, stem: Path, schema: pa.Schema, *, with_csv: bool) -> None:
        # A dictionary of random keys only costs time, so texts alone get one.
        texts = [field.name for field in schema if pa.types.is_string(field.type)]
        self._open: list[Any] = [
            parquet.ParquetWriter(
                stem.with_suffix(".parquet"), schema, compression="zstd", compression_level=1, use_dictionary=texts
            )
        ]
        if with_csv:
            options = csv.WriteOptions(quoting_style="needed")
            self._open.append(csv.CSVWriter(stem.with_suffix(".csv"), schema, write_options=options))
        self._pool = ThreadPoolExecutor(len(self._open))

    def write(self, batch: pa.RecordBatch) -> None:
        """Add the rows to every file, to all files at once: the writers let go of the interpreter."""
        list(self._pool.map(lambda writer: writer.write_batch(batch), self._open))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()
        for writer in self._open:
            writer.close()


def _check_pseudonyms(
    spec: ExtractSpec, catalogue: Catalogue, engine: Engine, store: OpenRelease, into: Path, at: _Position
) -> None:
    """Raise PseudonymCollision unless each domain has as many pseudonyms on disk as surrogates in the release."""
    for domain in domains_of(spec, catalogue):
        expected = wait(partial(engine.keys, domain), beat=at.beat, interrupt=engine.interrupt)
        written = query.keys_of_domain(domain, spec=spec, catalogue=catalogue, written_to=into).sql("duckdb")
        compare_distinct(expected, _number(written, store, at), domain=domain)


def _number(sql: str, store: OpenRelease, at: _Position) -> int:
    """The one number that a query gives, with a heartbeat meanwhile."""
    rows = wait(lambda: store.connection.execute(sql).fetchall(), beat=at.beat, interrupt=store.connection.interrupt)
    return int(rows[0][0])


def _entries(folder: Path, rows: dict[str, int]) -> Iterator[FileEntry]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith("."):
            with path.open("rb") as file:
                sha256 = file_digest(file, "sha256").hexdigest()
            is_data = path.parent == folder and path.suffix in (".parquet", ".csv")
            yield FileEntry(name, path.stat().st_size, rows.get(path.stem) if is_data else None, sha256)
