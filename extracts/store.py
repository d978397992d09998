"""A published release, opened so that a query can read it and reach nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from extracts.specification import BadSpecification, Release
from extracts.withholding import LISTED, WITHHELD, whole_list
from governance.catalogue.catalogue import Catalogue

RELEASE, QUALITY, MANIFEST = "release.json", "quality.json", "manifest.json"


class ReleaseAltered(RuntimeError):
    """A release is not what was published: a file was changed, or cannot be read."""


class ReleaseMissing(ReleaseAltered):
    """A file of a release is not there."""


@dataclass(frozen=True)
class Withheld:
    """A file of `domain` and `id`, and the catalogue that says which records are of the same person."""

    file: Path
    catalogue: Catalogue


@dataclass(frozen=True)
class Store:
    """A release as views named for its tables, and the one folder that may be written to.

    quality  of its links, as the release says it; {} for one that was loaded as it is
    """

    release: Release
    connection: duckdb.DuckDBPyConnection
    staging: Path
    quality: Mapping[str, Any]


@contextmanager
def open_release(
    folder: Path, *, staging: Path, threads: int = 2, memory_limit: str = "2GB", withheld: Withheld | None = None
) -> Iterator[Store]:
    """The release in `folder`, read-only and sealed, with `staging` for results and for spilling.

    withheld  the list of records that must be left out, for specifications that name one

    Outside these two folders the engine reads and writes nothing, loads nothing, and
    its settings can no longer be changed. Raises ReleaseAltered; what was changed without a
    trace in the files themselves is for `refuse_altered` to find.
    """
    release = read_release(folder)
    connection = duckdb.connect(":memory:")
    try:
        for name, table in release.tables.items():
            connection.execute(f"CREATE VIEW {_name(name)} AS FROM read_parquet({_text(folder / table.file)})")
        if withheld:
            _load(withheld, release, connection)
        _seal(connection, folder, staging, threads, memory_limit)
        yield Store(release, connection, staging, _quality(folder))
    except duckdb.IOException as problem:
        if any(not (folder / table.file).is_file() for table in release.tables.values()):
            raise ReleaseMissing(f"A file of the release {release.code} {release.version} is missing.") from problem
        raise
    finally:
        connection.close()


def _load(withheld: Withheld, release: Release, connection: duckdb.DuckDBPyConnection) -> None:
    """The list as a table of the engine's own, with all records of its people."""
    connection.execute(f"CREATE TEMP VIEW {_name(LISTED)} AS FROM read_parquet({_text(withheld.file)})")
    whole = whole_list(withheld.catalogue, release.tables).sql("duckdb")
    connection.execute(f"CREATE TEMP TABLE {_name(WITHHELD)} AS {whole}")


def read_release(folder: Path) -> Release:
    """What release.json says. Raises ReleaseAltered when it is missing, damaged, or points elsewhere."""
    try:
        release = Release.from_json(json.loads((folder / RELEASE).read_bytes()))
    except (OSError, ValueError) as problem:
        if isinstance(problem, (BadSpecification, json.JSONDecodeError, FileNotFoundError)):
            raise ReleaseAltered("There is no release, or its release.json is damaged.") from problem
        raise
    if any(table.file != f"{name}.parquet" for name, table in release.tables.items()):
        raise ReleaseAltered("release.json names a file that is not named for its table.")
    return release


def _quality(folder: Path) -> Mapping[str, Any]:
    try:
        return dict(json.loads((folder / QUALITY).read_bytes()))
    except FileNotFoundError:
        return {}
    except ValueError as problem:
        raise ReleaseAltered(f"{QUALITY} is damaged.") from problem


def refuse_altered(folder: Path, *, manifest_sha256: str, tables: Collection[str]) -> None:
    """Raise ReleaseMissing or ReleaseAltered for the first file of a release that is not what was published.

    Looked at are the manifest, which must have the hash that is on record ("" where none is), everything that
    describes the release, and of its tables those that are named. The error names the file.
    """
    found = _sha256(folder, MANIFEST)
    if manifest_sha256 and found != manifest_sha256:
        raise ReleaseAltered(f"The file {MANIFEST} was changed.")
    try:
        files = {file["name"]: file["sha256"] for file in json.loads((folder / MANIFEST).read_bytes())["files"]}
    except (ValueError, KeyError, TypeError):
        raise ReleaseAltered(f"The file {MANIFEST} cannot be read.") from None
    passed_over = {name for name in files if "/" not in name and name.endswith(".parquet")}
    passed_over -= {f"{table}.parquet" for table in tables}
    for name in files.keys() - passed_over:
        if _sha256(folder, name) != files[name]:
            raise ReleaseAltered(f"The file {name} was changed.")


def _sha256(folder: Path, name: str) -> str:
    try:
        with (folder / name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        raise ReleaseMissing(f"The file {name} is not there.") from None


def _seal(connection: duckdb.DuckDBPyConnection, folder: Path, staging: Path, threads: int, memory_limit: str) -> None:
    """Give the engine its limits and its two folders, then lock the door."""
    spill = staging / ".spill"
    settings = {
        "threads": str(int(threads)),
        "memory_limit": _text(memory_limit),
        "temp_directory": _text(spill),
        "enable_progress_bar": "false",
        "python_enable_replacements": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allowed_directories": f"[{_text(folder)}, {_text(staging)}]",
        "enable_external_access": "false",
        "lock_configuration": "true",
    }
    for name, value in settings.items():
        connection.execute(f"SET {name} = {value}")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: Path | str) -> str:
    return "'" + str(value).replace("'", "''") + "'"
