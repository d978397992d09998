"""One release on disk: a file with a list of what is in it, then arrays that are read where they lie.

The first 8 bytes are a mark, the next 8 the length of the list; every array begins at a multiple of
8 bytes. A file is written under another name, flushed and moved into place, so that nobody ever
sees half of one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MARK = b"GHLEDGR1"
CHUNK = 2**20
Arrays = Mapping[str, npt.NDArray[Any]]


class LedgerDamaged(Exception):
    """The ledger is not what was written; nothing may be concluded from it."""


def packed(header: Mapping[str, Any], arrays: Arrays) -> bytes:
    """The bytes of a segment."""
    places, start = {}, 0
    for name, array in arrays.items():
        places[name] = {"dtype": array.dtype.str, "shape": list(array.shape), "start": start}
        start += _padded(array.nbytes)
    told = json.dumps({"header": header, "arrays": places}, separators=(",", ":")).encode()
    told += b" " * (-len(told) % 8)
    parts = [MARK, len(told).to_bytes(8, "little"), told]
    for array in arrays.values():
        content = np.ascontiguousarray(array).tobytes()
        parts += [content, bytes(_padded(len(content)) - len(content))]
    return b"".join(parts)


def unpacked(path: Path) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """The header of a segment and its arrays, which stay on disk until they are used. Raises LedgerDamaged."""
    try:
        content = np.memmap(path, dtype=np.uint8, mode="r")
        if content[:8].tobytes() != MARK:
            raise LedgerDamaged(f"{path.name} is not a segment of a ledger.")
        length = int.from_bytes(content[8:16].tobytes(), "little")
        told = json.loads(content[16 : 16 + length].tobytes())
        arrays = {name: _array(content, 16 + length, **place) for name, place in told["arrays"].items()}
        return dict(told["header"]), arrays
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LedgerDamaged(f"{path.name} cannot be read as a segment of a ledger.") from error


def _array(content: npt.NDArray[np.uint8], base: int, dtype: str, shape: list[int], start: int) -> npt.NDArray[Any]:
    kind = np.dtype(dtype)
    end = base + start + int(np.prod(shape)) * kind.itemsize
    if end > len(content):
        raise ValueError("short")
    return content[base + start : end].view(kind).reshape(shape)


def _padded(length: int) -> int:
    return length + -length % 8


def written(path: Path, content: bytes) -> None:
    """Put a whole file into place, or nothing: also when the machine stops in between."""
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    with staged.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(staged, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sha256(path: Path) -> str:
    """The digest of a file, read in pieces. Raises LedgerDamaged when it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(CHUNK):
                digest.update(piece)
    except OSError as error:
        raise LedgerDamaged(f"{path.name} is named in the ledger, but it cannot be read.") from error
    return digest.hexdigest()
