"""What seals the files of one build."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from extracts.atrest.container import SealedWriter
from extracts.atrest.gatehouse_workspace import by_id, data_key, dataset, key_id
from extracts.atrest.tables import encryption_of

DELIVERED = ("gatehouse_workspace.py", "gatehouse_workspace.R")


class Seal:
    """Seals files under a workspace key of 256 bits. `name` is a file's path within the extract, as it is opened by.

    Each file has a random key of its own, so no two files, and no two builds of the same file, have the same bytes.
    """

    def __init__(self, workspace_key: bytes) -> None:
        by_id([workspace_key])
        self._key = workspace_key

    def __repr__(self) -> str:
        return "Seal(hidden)"

    def __reduce__(self) -> str:
        raise TypeError("A seal stays in the process that made it.")

    @property
    def key_id(self) -> str:
        """Which key, in 16 hexadecimal digits that say nothing else of it."""
        return key_id(self._key).hex()

    def parquet(self, name: str) -> Any:
        """The `encryption_properties` of one ParquetWriter."""
        return encryption_of(name, self._key)

    def writer(self, path: Path, name: str) -> SealedWriter:
        """A binary file to write to; what arrives at `path` is sealed. `close` finishes it."""
        return SealedWriter(path, name=name, workspace_key=self._key)

    def offer(self, connection: duckdb.DuckDBPyConnection, view: str, path: Path, name: str) -> None:
        """Make a sealed Parquet file a view of a DuckDB connection, whose settings may be locked."""
        connection.register(view, dataset(path, data_key(path, name, by_id([self._key]))))


def key_file(reference: str, keys: Mapping[int, bytes]) -> str:
    """The text of the file from which `gatehouse_workspace` reads the keys of one project: by version, oldest first."""
    lines = [f"{version} {key.hex()}\n" for version, key in sorted(keys.items())]
    return f"# Keys of the workspace of {reference}. For its owner's eyes only (chmod 600).\n{''.join(lines)}"


def delivered() -> dict[str, str]:
    """Name to text of what goes with every sealed extract to open it."""
    return {name: (Path(__file__).parent / name).read_text(encoding="utf-8") for name in DELIVERED}
