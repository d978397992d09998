"""From source tables to a published release: declared columns, declared types, surrogate keys.

This is the one place where source keys meet a release. The dictionary from source
key to surrogate stays in the identifiers zone; extracts never open it.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from duckdb.func import ARROW

from extracts import delivery
from extracts.conversion import BadDataset, quoted, text, values_of
from extracts.specification import Release, ReleasedTable
from governance.catalogue.catalogue import Table, copy_description, read_catalogue

VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
ATTEMPTS = 5

Report = Callable[[str, int, int], None]


class AlreadyPublished(RuntimeError):
    """That version exists with other content; a release never changes."""


def publish(
    source: Path,
    *,
    catalogue_folder: Path,
    releases: Path,
    identifiers: Path,
    created_at: datetime,
    progress: Report,
    memory_limit: str = "2GB",
) -> Release:
    """Publish the tables found in `source` as the version that the catalogue names.

    source       a folder of `<table>.parquet`; a table without a file is not in the release
    created_at   with a time zone; kept in release.json
    progress     called with (table, tables done, tables) before each table and at the end

    Keys with a domain become positive 63-bit surrogates: an old source key keeps the
    one it has, a new one gets a random one. Direct identifiers are left out. The
    folder `releases/<code>/<version>` appears whole, its files read-only. The same
    content once more is left alone. Raises BadDataset and AlreadyPublished.
    """
    catalogue = read_catalogue(catalogue_folder)
    code, version = catalogue.dataset.code, catalogue.dataset.version
    if not VERSION.fullmatch(version):
        raise BadDataset("The version of a release is letters, digits, dots, dashes and underscores.")
    tables = [table for table in catalogue.tables if (source / f"{table.name}.parquet").is_file()]
    dictionaries = identifiers / code
    _make_private(identifiers)
    _make_private(dictionaries)
    with _one_at_a_time(dictionaries), delivery.staging(dictionaries) as spill:
        connection = _engine(spill, memory_limit)
        try:
            _refuse_bad(connection, source, tables)
            _extend_dictionaries(connection, source, tables, dictionaries)
            with delivery.staging(releases / ".staging") as folder:
                released = dict(_write_tables(connection, source, tables, folder, progress))
                copy_description(catalogue_folder, folder / "catalogue")
                release = Release(code, version, created_at.isoformat(), released)
                return _put_in_place(folder, releases / code, release)
        finally:
            connection.close()


def _engine(spill: Path, memory_limit: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET temp_directory = {text(spill)}")
    connection.execute(f"SET memory_limit = {text(memory_limit)}")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET python_enable_replacements = false")
    connection.create_function(
        "fresh_surrogate", _fresh_surrogates, ["BIGINT"], "BIGINT", type=ARROW, side_effects=True
    )
    return connection


def _fresh_surrogates(rows: pa.ChunkedArray) -> pa.Array:
    """One random number of 63 bits per row, from the operating system."""
    numbers = np.frombuffer(os.urandom(8 * len(rows)), dtype=np.uint64) >> np.uint64(1)
    return pa.array(numbers.astype(np.int64))


def _refuse_bad(connection: duckdb.DuckDBPyConnection, source: Path, tables: list[Table]) -> None:
    """Raise BadDataset for the first column or value that is not as declared, before anything is written."""
    rows = 0
    for table in tables:
        origin = _origin(source, table)
        found = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE FROM {origin}").fetchall()}
        declared = {variable.name for variable in table.variables}
        if undeclared := sorted(found.keys() - declared):
            raise BadDataset(f"{table.name} has undeclared columns: {', '.join(undeclared)}.")
        if missing := sorted(declared - found.keys()):
            raise BadDataset(f"{table.name} lacks the declared columns: {', '.join(missing)}.")
        values = {variable.name: values_of(variable, found[variable.name]) for variable in table.variables}
        lost = ", ".join(f"count({quoted(name)}) - count({value})" for name, value in values.items())
        counts = connection.execute(f"SELECT count(*), {lost} FROM {origin}").fetchall()[0]
        for variable, unreadable in zip(table.variables, counts[1:], strict=True):
            if unreadable:
                raise BadDataset(f"{table.name}.{variable.name} has {unreadable} values that cannot be read.")
        rows += counts[0]
    if not rows:
        raise BadDataset("The source holds no row of any declared table.")


def _extend_dictionaries(
    connection: duckdb.DuckDBPyConnection, source: Path, tables: list[Table], folder: Path
) -> None:
    """Give every source key that is new a surrogate, and keep the dictionaries before they are used."""
    domains: dict[str, list[str]] = {}
    for table in tables:
        for variable in table.variables:
            if variable.pseudonymised:
                keys = f"SELECT CAST({quoted(variable.name)} AS VARCHAR) AS source_key FROM {_origin(source, table)}"
                domains.setdefault(variable.key_domain, []).append(keys)
    for domain, selects in domains.items():
        path, known = folder / f"{domain}.parquet", quoted(f"keys_{domain}")
        connection.execute(f"CREATE TABLE {known} (source_key VARCHAR, surrogate BIGINT)")
        if path.exists():
            connection.execute(f"INSERT INTO {known} SELECT source_key, surrogate FROM read_parquet({text(path)})")
        wanted = f"SELECT source_key FROM ({' UNION ALL '.join(selects)}) WHERE source_key IS NOT NULL"
        connection.execute(f"CREATE TEMP TABLE new_keys AS {wanted} EXCEPT SELECT source_key FROM {known}")
        _add_surrogates(connection, known)
        connection.execute("DROP TABLE new_keys")
        _keep(connection, known, path)


def _add_surrogates(connection: duckdb.DuckDBPyConnection, known: str) -> None:
    """Draw surrogates for `new_keys` until all are positive and unique; once is all but always enough."""
    for _ in range(ATTEMPTS):
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE drawn AS "
            "SELECT source_key, fresh_surrogate(CAST(rowid AS BIGINT)) AS surrogate FROM new_keys"
        )
        rows, different, least = connection.execute(
            "SELECT count(*), count(DISTINCT surrogate), coalesce(min(surrogate), 1) "
            f"FROM (FROM {known} UNION ALL FROM drawn)"
        ).fetchall()[0]
        if rows == different and least > 0:
            connection.execute(f"INSERT INTO {known} FROM drawn")
            return
    raise BadDataset("No unique surrogates could be drawn.")


def _keep(connection: duckdb.DuckDBPyConnection, known: str, path: Path) -> None:
    """Write one dictionary whole (0600), or leave the old one."""
    draft = path.with_name(f".{path.name}.draft")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    connection.execute(f"COPY (FROM {known} ORDER BY source_key) TO {text(draft)} (FORMAT parquet, COMPRESSION zstd)")
    draft.chmod(0o600)
    delivery.flush_entry(draft)
    os.replace(draft, path)
    delivery.flush_entry(path.parent)


def _write_tables(
    connection: duckdb.DuckDBPyConnection, source: Path, tables: list[Table], folder: Path, progress: Report
) -> Iterator[tuple[str, ReleasedTable]]:
    for done, table in enumerate(tables):
        progress(table.name, done, len(tables))
        path = folder / f"{table.name}.parquet"
        connection.execute(
            f"COPY ({_published(connection, source, table)}) TO {text(path)} (FORMAT parquet, COMPRESSION zstd)"
        )
        rows = connection.execute(f"SELECT count(*) FROM read_parquet({text(path)})").fetchall()[0][0]
        yield table.name, ReleasedTable(path.name, rows, delivery.sha256_of(path))
    progress("", len(tables), len(tables))


def _published(connection: duckdb.DuckDBPyConnection, source: Path, table: Table) -> str:
    """The query of one published table. Ordered by all its columns, so that the source order is gone."""
    origin = _origin(source, table)
    kinds = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE FROM {origin}").fetchall()}
    columns, joins = [], []
    for number, variable in enumerate(table.variables):
        value, name = values_of(variable, kinds[variable.name], "origin"), quoted(variable.name)
        if variable.pseudonymised:
            keys = f"k{number}"
            joins.append(f"LEFT JOIN {quoted(f'keys_{variable.key_domain}')} {keys} ON {keys}.source_key = {value}")
            columns.append(f"{keys}.surrogate AS {name}")
        elif variable.selectable:
            columns.append(f"{value} AS {name}")
    return f"SELECT {', '.join(columns)} FROM {origin} AS origin {' '.join(joins)} ORDER BY ALL"


def _put_in_place(folder: Path, versions: Path, release: Release) -> Release:
    """Move the new version into place, or find that it is there already."""
    target = versions / release.version
    if target.exists():
        existing = Release.from_json(json.loads((target / "release.json").read_bytes()))
        described = [delivery.digest_of(place / "catalogue") for place in (folder, target)]
        if existing.tables != release.tables or described[0] != described[1]:
            raise AlreadyPublished(f"{release.code} {release.version} is published with other content.")
        return existing
    (folder / "release.json").write_text(json.dumps(release.to_json(), indent=2) + "\n", encoding="utf-8")
    folder.chmod(0o750)
    delivery.move_into_place(folder, versions, release.version, rights=0o440)
    return release


def _origin(source: Path, table: Table) -> str:
    return f"read_parquet({text(source / f'{table.name}.parquet')})"


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the dataset's lock, so that two publications never draw two surrogates for one key."""
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
