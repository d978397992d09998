"""Build one extract: assess its risk, select, generalise, pseudonymise, write. Given a store, a key and a folder.

The same specification, release and key give the same bytes in every data file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from hashlib import file_digest
from pathlib import Path
from typing import Any

import pyarrow as pa

from extracts import dictionary, query
from extracts.engines import Engine, EngineOf, OnDuckDB, OpenRelease, domains_of
from extracts.formats.columns import Sheet, sheet_of
from extracts.formats.files import TableFiles
from extracts.formats.known import FORMATS, TooManyRows, why_too_many
from extracts.heartbeat import stream, wait
from extracts.pseudonyms import compare_distinct
from extracts.risk import Remedy, RiskReport, assess, remedies
from extracts.specification import ExtractSpec, Release, TableSpec, missing_from
from governance.catalogue.catalogue import Catalogue

ENGINE = f"gatehouse extracts 2, {{engine}}, pyarrow {pa.__version__}"
SUFFIXES = frozenset(one.suffix for one in FORMATS.values())


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
# Told how identifying the extract is, and what would make it less so, before anything is written.
Assessed = Callable[[RiskReport, Sequence[Remedy]], None]


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
    assessed: Assessed = lambda report, remedies: None,
) -> Manifest:
    """Assess the extract, then write it into the empty folder `into`, which the store must be allowed to write to.

    One file per table and format of the specification, the data dictionary,
    the code lists used, how good the release's links are, README.txt and manifest.json. `progress` is called after each
    batch and at least once a second; what it or `assessed` raises stops the build. The risk report is not among the
    files: it is for those who decide, and for the team's page. Rows come from the engine that `engine_of` makes; files
    are written here, whichever it is. Raises
    NotInRelease, BadSpecification, UnknownName, UnknownLevel, TooManyRows, CannotHold and PseudonymCollision.
    """
    _refuse_other_release(spec, store.release, catalogue)
    engine = engine_of(spec, catalogue, store, key)
    expected = _expected_rows(spec, engine, progress)
    assessed(*_assess(spec, catalogue, store, _Position("", 0, len(spec.tables), progress)))
    rows: dict[str, int] = {}
    for done, table in enumerate(spec.tables):
        at = _Position(table.name, done, len(spec.tables), progress, rows_expected=expected[table.name])
        rows[table.name] = _write_table(table, sheet_of(table, catalogue, created_at), spec, engine, into, at)
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


def _expected_rows(spec: ExtractSpec, engine: Engine, progress: Report) -> dict[str, int]:
    """How many rows each table will have. Raises TooManyRows before anything is written."""
    expected: dict[str, int] = {}
    for table in spec.tables:
        at = _Position(table.name, 0, len(spec.tables), progress)
        expected[table.name] = wait(partial(engine.count, table), beat=at.beat, interrupt=engine.interrupt)
        if reasons := why_too_many(spec.formats, table.name, expected[table.name]):
            raise TooManyRows(" ".join(reasons))
    return expected


def _assess(
    spec: ExtractSpec, catalogue: Catalogue, store: OpenRelease, at: _Position
) -> tuple[RiskReport, tuple[Remedy, ...]]:
    """How identifying the extract is; and for one that is more so than its dataset allows, what would help."""

    def work() -> tuple[RiskReport, tuple[Remedy, ...]]:
        report = assess(store.connection, spec, catalogue)
        return report, remedies(store.connection, spec, catalogue, report)

    return wait(work, beat=at.beat, interrupt=store.connection.interrupt)


def _write_table(table: TableSpec, sheet: Sheet, spec: ExtractSpec, engine: Engine, into: Path, at: _Position) -> int:
    """Stream one table into its files; returns the number of rows."""

    def batches() -> Iterator[pa.Schema | pa.RecordBatch]:
        reader = engine.read(table)
        yield reader.schema
        yield from reader

    arriving = stream(batches(), beat=at.beat, interrupt=engine.interrupt)
    with closing(arriving), TableFiles(into / table.name, sheet, next(arriving), formats=spec.formats) as files:
        for batch in arriving:
            files.write(batch)
            at.rows_done += len(batch)
            at.beat()
        wait(files.finish, beat=at.beat, interrupt=lambda: None)
    return at.rows_done


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
            is_data = path.parent == folder and path.suffix in SUFFIXES
            yield FileEntry(name, path.stat().st_size, rows.get(path.stem) if is_data else None, sha256)
