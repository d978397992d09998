"""Build one extract: assess its risk, select, generalise, pseudonymise, write. Given a store, a key and a folder.

The same specification, release and key give the same content in every file (`content_sha256`), and the same bytes
where no seal encrypts them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from hashlib import file_digest
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from extracts import parts, query
from extracts.atrest.files import Files
from extracts.atrest.gatehouse_workspace import MANIFEST, ContentDigest
from extracts.atrest.seal import Seal
from extracts.counting import how_many_different
from extracts.disclosure.workspace import travelling
from extracts.engines import Engine, EngineOf, OnDuckDB, OpenRelease, domains_of
from extracts.formats.columns import Sheet, sheet_of, sheets_of
from extracts.formats.files import TableFiles
from extracts.formats.known import FORMATS, TooManyRows, why_too_many
from extracts.heartbeat import Ahead, wait
from extracts.pack import datapackage, keys, links
from extracts.pack.contents import Contents
from extracts.pack.papers import papers
from extracts.pseudonyms import compare_distinct
from extracts.risk import Remedy, RiskReport, assess, remedies
from extracts.specification import ExtractSpec, Release, TableSpec, missing_from
from extracts.worked_out import text_on
from governance.catalogue.catalogue import Catalogue

ENGINE = f"gatehouse extracts 3, {{engine}}, pyarrow {pa.__version__}"
SUFFIXES = frozenset(one.suffix for one in FORMATS.values())


class NotInRelease(ValueError):
    """The specification asks for another release than the one given, or for a table that is not in it."""


class RowsLost(RuntimeError):
    """A table does not have as many rows as are in scope."""


@dataclass(frozen=True)
class Progress:
    """How far a build is. `rows_done` and `rows_expected` count the rows of `table` only.

    all_done, all_expected  rows of all tables; `all_kept` of these were there from an earlier attempt
    """

    table: str
    tables_done: int
    tables: int
    rows_done: int
    rows_expected: int
    all_done: int = 0
    all_expected: int = 0
    all_kept: int = 0


Report = Callable[[Progress], None]


@dataclass(frozen=True)
class FileEntry:
    """One delivered file; `rows` is None for files that are not a table.

    sha256          of its bytes as they lie in the workspace
    content_sha256  of what it holds, the same in every build: of a Parquet file as `gatehouse_workspace.ContentDigest`
                    says it, of others the SHA-256 of the plain bytes
    """

    name: str
    bytes: int
    rows: int | None
    sha256: str
    content_sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an extract holds and where it came from. `files` are all but manifest.json itself.

    sealed_under  the id of the workspace key, or "" when nothing is encrypted
    """

    dataset: str
    release: str
    spec: dict[str, Any]
    spec_sha256: str
    created_at: str
    engine: str
    sealed_under: str
    files: tuple[FileEntry, ...]

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "files": [asdict(entry) for entry in self.files]}


def assessment(
    spec: ExtractSpec, *, catalogue: Catalogue, store: OpenRelease, progress: Report
) -> tuple[RiskReport, tuple[Remedy, ...]]:
    """How identifying the extract will be; and for one that is more so than its dataset allows, what would help.

    `progress` is called meanwhile as by `build`, and what it raises stops the count. The report is not among the
    files of an extract: it is for those who decide, and for the team's page.
    """
    _refuse_other_release(spec, store.release, catalogue)
    at = _Position("", 0, len(spec.tables), progress)

    def work() -> tuple[RiskReport, tuple[Remedy, ...]]:
        report = assess(store.connection, spec, catalogue)
        return report, remedies(store.connection, spec, catalogue, report)

    return wait(work, beat=at.beat, interrupt=store.connection.interrupt)


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
    project: str = "",
    seal: Seal | None = None,
) -> Manifest:
    """Write the extract into the folder `into`, which the store must be allowed to write to.

    The folder is empty, or what an earlier build of the same specification, release, keys and moment left there:
    tables that it finished are kept, everything else is made anew.

    One file per table and format of the specification, the papers of `extracts.pack`, what researchers make outputs
    with (`disclosure.workspace`) and manifest.json. `project` is the reference that the citation names. `progress` is
    called after each batch and at least once a second; what it raises stops the build. With a `seal` everything is
    encrypted but `atrest.files.IN_THE_CLEAR` and what outputs are made with. Rows come from the engine that
    `engine_of` makes; files are written here, whichever it is. Raises NotInRelease, BadSpecification, UnknownName,
    UnknownLevel, TooManyRows, CannotHold, RowsLost and PseudonymCollision.
    """
    _refuse_other_release(spec, store.release, catalogue)
    engine = engine_of(spec, catalogue, store, key)
    expected = _expected_rows(spec, engine, progress)
    files = Files(into, seal, travelling.DELIVERED)
    rows = parts.take_over(spec, files)
    whole, kept = sum(expected.values()), sum(rows.values())
    waiting = [table for table in spec.tables if table.name not in rows]
    with closing(_Reading(waiting, engine)) as reading:
        for table in waiting:
            overall = (sum(rows.values()), whole, kept)
            at = _Position(table.name, len(rows), len(spec.tables), progress, 0, expected[table.name], *overall)
            sheet = sheet_of(table, spec, catalogue, created_at)
            rows[table.name] = _write_table(table, sheet, spec, reading, files, at)
            if rows[table.name] != expected[table.name]:
                raise RowsLost(f"{table.name}: {expected[table.name]} rows were to come, {rows[table.name]} came.")
            parts.mark(table, spec, files, rows[table.name])
    at = _Position("", len(spec.tables), len(spec.tables), progress, 0, 0, whole, whole, kept)
    different = _check_pseudonyms(spec, catalogue, engine, store, files, at)
    contents = _contents(
        spec, catalogue, store, files, at, rows=rows, different=different, created_at=created_at, project=project
    )
    for name, content in {**papers(contents), **travelling.delivered(), **files.openers()}.items():
        files.put(name, content)
    entries = wait(lambda: tuple(_entries(files, rows)), beat=at.beat, interrupt=store.connection.interrupt)
    plain = [files.as_opened(entry.name, entry.bytes, entry.sha256) for entry in entries]
    descriptor = json.dumps(datapackage.datapackage(contents, plain), indent=2, ensure_ascii=False) + "\n"
    files.put(datapackage.NAME, descriptor)
    entries = tuple(sorted([*entries, _entry(files, datapackage.NAME, None)], key=lambda entry: entry.name))
    manifest = Manifest(
        dataset=spec.dataset,
        release=spec.release_version,
        spec=spec.to_json(),
        spec_sha256=spec.digest(),
        created_at=created_at.isoformat(),
        engine=ENGINE.format(engine=engine.name),
        sealed_under=seal.key_id if seal else "",
        files=entries,
    )
    files.put(MANIFEST, json.dumps(manifest.to_json(), indent=2) + "\n")
    parts.remove_marks(into)
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
    all_before: int = 0
    all_expected: int = 0
    all_kept: int = 0

    def beat(self) -> None:
        all_done = self.all_before + self.rows_done
        self.report(
            Progress(
                self.table, self.tables_done, self.tables, self.rows_done, self.rows_expected,
                all_done, self.all_expected, self.all_kept,
            )
        )  # fmt: skip


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


class _Reading:
    """Reads the tables of an extract one after another, and the next one already while one is written."""

    def __init__(self, tables: Sequence[TableSpec], engine: Engine) -> None:
        self._engine, self._after = engine, dict(pairwise(tables))
        self._begun: dict[str, Ahead[pa.Schema | pa.RecordBatch]] = {}

    def read(self, table: TableSpec, beat: Callable[[], None]) -> Iterator[pa.Schema | pa.RecordBatch]:
        """The schema of a table, and its rows: once the first of them are there, the table after it is begun."""
        self._begin(table)
        for number, item in enumerate(self._begun[table.name].taken(beat)):
            if number and table in self._after:
                self._begin(self._after[table])
            yield item
        self._begun.pop(table.name).close()

    def _begin(self, table: TableSpec) -> None:
        if table.name not in self._begun:
            self._begun[table.name] = Ahead(self._rows_of(table), interrupt=self._engine.interrupt)

    def _rows_of(self, table: TableSpec) -> Iterator[pa.Schema | pa.RecordBatch]:
        reader = self._engine.read(table)
        yield reader.schema
        yield from reader

    def close(self) -> None:
        with ExitStack() as every:
            for begun in self._begun.values():
                every.callback(begun.close)


def _write_table(
    table: TableSpec, sheet: Sheet, spec: ExtractSpec, reading: _Reading, files: Files, at: _Position
) -> int:
    """Stream one table into its files; returns the number of rows."""
    arriving = reading.read(table, at.beat)
    schema, name = next(arriving), f"{table.name}.parquet"
    digest = ContentDigest(schema)
    writers = TableFiles(
        files.folder / table.name,
        sheet,
        schema,
        formats=spec.formats,
        open=files.sink,
        encryption=files.encryption(name),
    )
    with writers:
        for batch in arriving:
            writers.write(batch)
            digest.update(batch)
            at.rows_done += len(batch)
            at.beat()
        wait(writers.finish, beat=at.beat, interrupt=lambda: None)
    files.contents[name] = digest.hexdigest()
    return at.rows_done


def _check_pseudonyms(
    spec: ExtractSpec, catalogue: Catalogue, engine: Engine, store: OpenRelease, files: Files, at: _Position
) -> dict[str, int]:
    """How many different pseudonyms of each domain were written.

    Raises PseudonymCollision unless there are as many of them on disk as surrogates in the release.
    """
    found: dict[str, int] = {}
    for table in spec.tables:
        files.offer(store.connection, _as_written(table.name), f"{table.name}.parquet")
    for domain in domains_of(spec, catalogue):
        expected = wait(partial(engine.keys, domain), beat=at.beat, interrupt=engine.interrupt)
        written = query.keys_of_domain(domain, spec=spec, catalogue=catalogue, written=_as_written).sql("duckdb")
        different = partial(how_many_different, store.connection, written)
        found[domain] = wait(different, beat=at.beat, interrupt=store.connection.interrupt)
        compare_distinct(expected, found[domain], domain=domain)
    return found


def _as_written(table: str) -> str:
    """The view of a table as it lies in the extract."""
    return f"{table} as written"


def _contents(
    spec: ExtractSpec,
    catalogue: Catalogue,
    store: OpenRelease,
    files: Files,
    at: _Position,
    *,
    rows: Mapping[str, int],
    different: Mapping[str, int],
    created_at: datetime,
    project: str,
) -> Contents:
    """What the papers tell of: which keys hold in what was written, and how many of its rows are linked."""

    def ask(sql: str) -> list[tuple[Any, ...]]:
        return _asked(sql, store, at)

    sheets = sheets_of(spec, catalogue, created_at)
    return Contents(
        spec,
        catalogue,
        store.release,
        rows,
        store.quality,
        created_at,
        project,
        keys.keys_within(spec, catalogue, sheets, rows=rows, different=different, written=_as_written, ask=ask),
        links.rates(spec, catalogue, store.release.tables, ask=ask, text=partial(text_on, store.connection)),
        sealed=files.seal is not None,
    )


def _asked(sql: str, store: OpenRelease, at: _Position) -> list[tuple[Any, ...]]:
    """The rows that a query gives, with a heartbeat meanwhile."""
    return wait(lambda: store.connection.execute(sql).fetchall(), beat=at.beat, interrupt=store.connection.interrupt)


def _entries(files: Files, rows: dict[str, int]) -> Iterator[FileEntry]:
    for path in sorted(files.folder.rglob("*")):
        name = path.relative_to(files.folder).as_posix()
        if path.is_file() and not name.startswith("."):
            is_data = path.parent == files.folder and path.suffix in SUFFIXES
            yield _entry(files, name, rows.get(path.stem) if is_data else None)


def _entry(files: Files, name: str, rows: int | None) -> FileEntry:
    path = files.folder / name
    with path.open("rb") as file:
        sha256 = file_digest(file, "sha256").hexdigest()
    return FileEntry(name, path.stat().st_size, rows, sha256, files.content_sha256(name, sha256))
