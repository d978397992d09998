"""The files of one extract while it is built."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import duckdb

from extracts.atrest.container import SealedWriter
from extracts.atrest.gatehouse_workspace import MANIFEST
from extracts.atrest.seal import Seal, delivered

# Read before there is a key. None holds a value of a record.
IN_THE_CLEAR = frozenset({MANIFEST, "README.txt", *delivered()})


class Opened(NamedTuple):
    """Bytes and SHA-256 of a file as it is once opened; None and "" of an encrypted Parquet file, which never is."""

    name: str
    bytes: int | None
    sha256: str


class Recalled(NamedTuple):
    """What is known of a sealed file that an earlier attempt wrote."""

    size: int
    content: str

    def tell(self) -> int:
        return self.size

    def content_sha256(self) -> str:
        return self.content


class Files:
    """Writes the files of an extract into a folder, sealed where there is a seal, and knows what each of them holds.

    clear     names beyond IN_THE_CLEAR that are not sealed either: what is of use without a key, and tells of no record
    contents  name to `content_sha256`: the digest of what a file holds, the same in every build, whoever's key
              it is sealed under. Whoever writes a table adds its ContentDigest; the rest comes by itself.
    """

    def __init__(self, folder: Path, seal: Seal | None, clear: Iterable[str] = ()) -> None:
        self.folder, self.seal, self.clear = folder, seal, IN_THE_CLEAR | {*clear}
        self.contents: dict[str, str] = {}
        self._sealed: dict[str, SealedWriter | Recalled] = {}

    def sink(self, path: Path) -> BinaryIO:
        """What the bytes of a file are written to. Parquet is sealed by its own writer: see `encryption`."""
        name = path.relative_to(self.folder).as_posix()
        if self.seal is None or name in self.clear or path.suffix == ".parquet":
            return path.open("wb")
        writer = self._sealed[name] = self.seal.writer(path, name)
        return cast(BinaryIO, writer)

    def encryption(self, name: str) -> Any:
        """The `encryption_properties` of the writer of one Parquet file, or None."""
        return self.seal.parquet(name) if self.seal else None

    def put(self, name: str, text: str) -> None:
        """Write a text."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        with self.sink(path) as file:
            file.write(text.encode())

    def openers(self) -> dict[str, str]:
        """Name to text of what opens sealed files, to be put beside them; nothing where there is no seal."""
        return delivered() if self.seal else {}

    def offer(self, connection: duckdb.DuckDBPyConnection, view: str, name: str) -> None:
        """Make a Parquet file of the folder a view."""
        path = self.folder / name
        if self.seal:
            self.seal.offer(connection, view, path, name)
            return
        quoted, source = view.replace('"', '""'), str(path).replace("'", "''")
        connection.execute(f"CREATE OR REPLACE TEMP VIEW \"{quoted}\" AS FROM read_parquet('{source}')")

    def remembered(self, name: str) -> dict[str, Any]:
        """What `recall` must be told of a file when another attempt goes on with it."""
        if name in self._sealed:
            return {"bytes": self._sealed[name].tell(), "content_sha256": self._sealed[name].content_sha256()}
        return {"bytes": None, "content_sha256": self.contents.get(name, "")}

    def recall(self, name: str, *, bytes: int | None, content_sha256: str) -> None:
        """Know of a file that an earlier attempt wrote what was `remembered` of it."""
        if bytes is not None:
            self._sealed[name] = Recalled(bytes, content_sha256)
        elif content_sha256:
            self.contents[name] = content_sha256

    def as_opened(self, name: str, size: int, sha256: str) -> Opened:
        """The file as it is once opened; `size` and `sha256` are of the bytes on the disk."""
        if name in self._sealed:
            return Opened(name, self._sealed[name].tell(), self._sealed[name].content_sha256())
        return Opened(name, None, "") if self.seal and name in self.contents else Opened(name, size, sha256)

    def content_sha256(self, name: str, of_bytes: str) -> str:
        """The digest of what a file holds; `of_bytes` is the SHA-256 of its bytes on the disk."""
        if name in self._sealed:
            return self._sealed[name].content_sha256()
        return self.contents.get(name, of_bytes)
