"""The files of a case on disk: whether they are there, and are the bytes that were described."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Set
from pathlib import Path, PurePosixPath
from typing import Any

CHUNK_BYTES = 1 << 20


# Roles whose files make an output look safer: one of other bytes than those described must not be believed.
BELIEVED = frozenset({"microdata", "underlying", "evidence", "metadata"})


def file_faults(case: Mapping[str, Any], folder: Path) -> tuple[str, ...]:
    """A sentence for each file of a case that is not in its folder, or whose bytes are not those described.

    case    one without problems, as `case_schema.problems` finds them
    folder  what its paths are relative to
    """
    return tuple(fault for file in case["files"] for fault in _faults(file, folder))


def contents_in(case: Mapping[str, Any], folder: Path) -> dict[str, bytes]:
    """The bytes of each file that is there, by its path.

    A file that stands behind an output and is not the one that was described is left out, as if it were not there.
    """
    return {
        file["path"]: _inside(file, folder).read_bytes()
        for file in case["files"]
        if not any(_faults(file, folder)) or (file["role"] not in BELIEVED and is_there(_inside(file, folder)))
    }


def leading_out(case: Mapping[str, Any], folder: Path) -> tuple[str, ...]:
    """Paths that lead out of the folder by a link."""
    root = folder.resolve()
    return tuple(file["path"] for file in case["files"] if not _inside(file, folder).resolve().is_relative_to(root))


def is_there(path: Path) -> bool:
    """Whether a path is one of a file. A path that is too long for a file system is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _inside(file: Mapping[str, Any], folder: Path) -> Path:
    return folder / PurePosixPath(file["path"])


def _faults(file: Mapping[str, Any], folder: Path) -> Iterator[str]:
    path = _inside(file, folder)
    if not path.resolve().is_relative_to(folder.resolve()):
        yield f"{file['path']} leads out of the folder."
    elif not is_there(path):
        yield f"{file['path']} is not in the folder."
    elif "sha256" in file and digest(path) != file["sha256"]:
        unused = " It was not used." if file["role"] in BELIEVED else ""
        yield f"{file['path']} is not the file that was described: its bytes are others.{unused}"


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
