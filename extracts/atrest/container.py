"""Files that are not tables, sealed: AES-256-GCM in chunks of 1 MiB, to be written from the beginning to the end.

The nonce of a chunk holds a random prefix of the file, the chunk's number and whether it is the last: the STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizár (2015), as `age` and Tink use it. A header holds the number of
plain bytes and is authenticated too, so that a file that ends early or goes on is told from one that is damaged.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from extracts.atrest.gatehouse_workspace import (
    CHUNK_BYTES,
    HEADER,
    LAST,
    MAGIC,
    MORE,
    OF_HEADER,
    PLACE,
    TAG_BYTES,
    UNFINISHED,
    VERSION,
    WRAPPED,
    key_id,
    wrapping_key,
)

PREFIX_BYTES = 7


def wrapped(data_key: bytes, name: str, workspace_key: bytes) -> bytes:
    """The data key of the file of this name, encrypted under the workspace key."""
    salt = secrets.token_bytes(16)
    sealed = AESGCM(wrapping_key(workspace_key, name, salt)).encrypt(bytes(12), data_key, None)
    return WRAPPED.pack(key_id(workspace_key), salt, sealed)


class SealedWriter:
    """A binary file to write to, in order; what arrives at `path` is sealed.

    It is whole only once it was closed. Left by an exception it stays unfinished, and its reader says so.
    Not an IOBase on purpose: those are closed, and so finished, when they are thrown away.
    """

    def __init__(self, path: Path, *, name: str, workspace_key: bytes) -> None:
        data_key = secrets.token_bytes(32)
        self._cipher = AESGCM(data_key)
        self._prefix = secrets.token_bytes(PREFIX_BYTES)
        self._wrapped = wrapped(data_key, name, workspace_key)
        self._held, self._chunks, self._size = bytearray(), 0, 0
        self._content = hashlib.sha256()
        self.closed = False
        self._file = path.open("wb")
        self._file.write(self._header(UNFINISHED) + bytes(TAG_BYTES))

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        at = 0
        while at < len(view):
            if len(self._held) == CHUNK_BYTES:
                self._put(MORE)
            part = view[at : at + CHUNK_BYTES - len(self._held)]
            self._held += part
            at += len(part)
        self._size += len(view)
        self._content.update(view)
        return len(view)

    def content_sha256(self) -> str:
        """The SHA-256 of the plain bytes written so far."""
        return self._content.hexdigest()

    def close(self) -> None:
        """Write the last chunk and say in the header how long the file is."""
        if self.closed:
            return
        try:
            self._put(LAST)
            head = self._header(self._size)
            self._file.seek(0)
            self._file.write(head + self._encrypt(b"", 0, OF_HEADER, head))
            self._file.flush()
        except BaseException:
            self.abandon()
            raise
        self.closed = True
        self._file.close()

    def abandon(self) -> None:
        """Leave it unfinished, which its reader will say. Once it was closed, nothing."""
        if not self.closed:
            self.closed = True
            with suppress(OSError):  # where the disk is full, what is still held cannot be written
                self._file.close()

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        """Nothing: a chunk is written when it is full."""

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        raise io.UnsupportedOperation("A sealed file is written from the beginning to the end.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def _put(self, kind: int) -> None:
        self._file.write(self._encrypt(bytes(self._held), self._chunks, kind))
        self._held.clear()
        self._chunks += 1

    def _encrypt(self, plain: bytes, number: int, kind: int, told: bytes | None = None) -> bytes:
        return self._cipher.encrypt(self._prefix + PLACE.pack(number, kind), plain, told)

    def _header(self, size: int) -> bytes:
        return HEADER.pack(MAGIC, VERSION, CHUNK_BYTES, self._prefix, self._wrapped, size)
