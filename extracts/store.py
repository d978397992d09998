"""A published release, opened so that a query can read it and reach nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from extracts.specification import BadSpecification, Release

RELEASE, QUALITY = "release.json", "quality.json"


class ReleaseAltered(RuntimeError):
    """A release is not what was published: a file is missing, changed, or cannot be read."""


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
    folder: Path, *, staging: Path, threads: int = 2, memory_limit: str = "2GB", verify: bool = False
) -> Iterator[Store]:
    """The release in `folder`, read-only and sealed, with `staging` for results and for spilling.

    Outside these two folders the engine reads and writes nothing, loads nothing, and
    its settings can no longer be changed. With `verify` every file is compared with
    the hash in release.json first. Raises ReleaseAltered.
    """
    release = read_release(folder)
    if verify:
        verify_release(folder, release)
    connection = duckdb.connect(":memory:")
    try:
        for name, table in release.tables.items():
            connection.execute(f"CREATE VIEW {_name(name)} AS FROM read_parquet({_text(folder / table.file)})")
        _seal(connection, folder, staging, threads, memory_limit)
        yield Store(release, connection, staging, _quality(folder))
    except duckdb.IOException as problem:
        if any(not (folder / table.file).is_file() for table in release.tables.values()):
            raise ReleaseAltered(f"A file of the release {release.code} {release.version} is missing.") from problem
        raise
    finally:
        connection.close()


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


def verify_release(folder: Path, release: Release) -> None:
    """Raise ReleaseAltered for the first file that differs from its hash in release.json."""
    for table in release.tables.values():
        try:
            with (folder / table.file).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            raise ReleaseAltered(f"{table.file} of {release.code} {release.version} is missing.") from None
        if found != table.sha256:
            raise ReleaseAltered(f"{table.file} of {release.code} {release.version} has changed.")


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
