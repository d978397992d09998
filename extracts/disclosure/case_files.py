"""The files of a case on disk: whether they are there, and are the bytes that were described."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Set
from pathlib import Path, PurePosixPath
from typing import Any

CHUNK_BYTES = 1 << 20


def file_faults(case: Mapping[str, Any], folder: Path) -> tuple[str, ...]:
    """A sentence for each file of a case that is not in its folder, or whose bytes are not those described.

    case    one without problems, as `case_schema.problems` finds them
    folder  what its paths are relative to
    """
    return tuple(_faults(case, folder))


def _faults(case: Mapping[str, Any], folder: Path) -> Iterator[str]:
    for file in case["files"]:
        path = folder / PurePosixPath(file["path"])
        if not path.resolve().is_relative_to(folder.resolve()):
            yield f"{file['path']} leads out of the folder."
        elif not path.is_file():
            yield f"{file['path']} is not in the folder."
        elif "sha256" in file and digest(path) != file["sha256"]:
            yield f"{file['path']} is not the file that was described: its bytes are others."


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal digits."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()


def others_in(folder: Path, named: Set[str]) -> tuple[str, ...]:
    """Paths of the files in a folder, at any depth and hidden ones too, that are not among those named; sorted."""
    paths = (path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    return tuple(sorted({path.relative_to(folder).as_posix() for path in paths} - named))


def unlisted(path: str, by: str) -> dict[str, Any]:
    """The case of a file that lies in a folder and that no list names: it is checked as whatever it is."""
    return {"id": path, "title": f"A file that {by} does not name", "files": [{"path": path, "role": "output"}]}
