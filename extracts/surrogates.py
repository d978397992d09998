"""Surrogates: what stands for a source key in a release. A keyed function, so nothing has to be remembered.

The surrogate of a key is the AES-256-CMAC (NIST SP 800-38B) of its text in UTF-8, under
a key of its domain, cut to the leading 63 bits. The same key of the same domain has the
same surrogate in every release of a dataset; without the dataset's key of the key ring
nobody can work it out or undo it. A CMAC is a chain of AES calls on 16-byte blocks, so
that a column takes one call for each block of its longest text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from duckdb.func import ARROW

from extracts.pseudonyms import BLOCK_BYTES, first_subkey

KEY_BYTES = 32
BLOCKS_AT_ONCE = 1 << 24

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]


class BadSurrogateKey(ValueError):
    """A dataset key is 32 bytes long. The message never holds the key."""


class SurrogateCollision(RuntimeError):
    """Two source keys of one domain share a surrogate, or one is 0: publish under another key."""


def surrogate_of(value: str, *, domain: str) -> str:
    """The SQL for the surrogate of a text, a BIGINT of 63 bits; null for null. `Surrogates.offer` makes it work."""
    return f'"{_function(domain)}"({value})'


class Surrogates:
    """Surrogates under one key, and the check that no two keys share one.

    Each CMAC is noted whole in a file for its domain, 16 bytes for every key of every
    row. A domain with fewer surrogates than CMACs has a collision; nothing that was
    read must be read again to know it.
    """

    def __init__(self, key: bytes, notes: Path) -> None:
        if len(key) != KEY_BYTES:
            raise BadSurrogateKey("A dataset key is 32 bytes long.")
        self._key = key
        self._notes = notes
        self._files: dict[str, BinaryIO] = {}

    def __repr__(self) -> str:
        return "Surrogates(hidden)"

    def offer(self, connection: duckdb.DuckDBPyConnection, domains: Iterable[str]) -> None:
        """Teach a connection the functions that `surrogate_of` calls. The key is never part of an SQL text."""
        for domain in domains:
            self._files[domain] = (self._notes / f"{len(self._files)}.cmacs").open("ab")
            connection.create_function(_function(domain), self._calculation(domain), ["VARCHAR"], "BIGINT", type=ARROW)

    def refuse_collisions(self) -> None:
        """Raise SurrogateCollision when two keys that were seen so far share a surrogate."""
        for domain, file in self._files.items():
            file.flush()
            if has_collision(Path(file.name)):
                raise SurrogateCollision(f"The domain {domain} has a surrogate that is 0 or stands for two keys.")

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _calculation(self, domain: str) -> Callable[[pa.ChunkedArray], pa.Array]:
        file, key = self._files[domain], domain_key(self._key, domain)
        subkey = first_subkey(key)

        def calculated(texts: pa.ChunkedArray) -> pa.Array:
            cmacs = cmacs_of(texts, key=key, subkey=subkey)
            file.write(cmacs.data)
            return pa.array(leading_bits(cmacs.view(np.uint64)[:, 0]).view(np.int64))

        return calculated


def surrogates_of(texts: pa.Array, *, domain: str, dataset_key: bytes) -> pa.Array:
    """The surrogates of source keys, none of them missing, as int64 in the same order."""
    key = domain_key(dataset_key, domain)
    cmacs = cmacs_of(texts, key=key, subkey=first_subkey(key))
    return pa.array(leading_bits(cmacs.view(np.uint64).reshape(-1, 2)[:, 0]).view(np.int64))


def domain_key(key: bytes, domain: str) -> bytes:
    """The key of one domain of a dataset: HKDF-SHA256 (RFC 5869) of the dataset's key."""
    return HKDF(hashes.SHA256(), KEY_BYTES, None, f"gatehouse domain|{domain}".encode()).derive(key)


def cmacs_of(texts: pa.ChunkedArray | pa.Array, *, key: bytes, subkey: bytes) -> Bytes:
    """The CMAC of every text of a column, 16 bytes in a row; none may be missing. `subkey` is K1 of the key."""
    chunks = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
    found = [_of_chunk(chunk, key, subkey) for chunk in chunks]
    return found[0] if len(found) == 1 else np.concatenate([np.empty((0, BLOCK_BYTES), np.uint8), *found])


def _of_chunk(texts: pa.Array, key: bytes, subkey: bytes) -> Bytes:
    """Texts of one length are a matrix of bytes, so each length is taken by itself; keys have few lengths or one."""
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]
    content = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    lengths = np.diff(offsets)
    if len(texts) and (lengths == lengths[0]).all():
        return _of_one_length(content[offsets[0] : offsets[-1]].reshape(len(texts), lengths[0]), key, subkey)
    found = np.empty((len(texts), BLOCK_BYTES), np.uint8)
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        found[rows] = _of_one_length(content[offsets[rows][:, None] + np.arange(length)], key, subkey)
    return found


def _of_one_length(letters: Bytes, key: bytes, subkey: bytes) -> Bytes:
    """The CMACs of a matrix of bytes, one message in a row. Source: NIST SP 800-38B, section 6.2."""
    rows, length = letters.shape
    count = max(1, -(-length // BLOCK_BYTES))
    last = subkey
    if length < count * BLOCK_BYTES:
        padded = np.zeros((rows, count * BLOCK_BYTES), np.uint8)
        padded[:, :length] = letters
        padded[:, length] = 0x80
        letters, last = padded, _doubled(subkey)
    blocks = np.ascontiguousarray(letters).view(np.uint64).reshape(rows, count, 2)
    # ECB of whole columns of blocks: the chaining of CMAC is the XOR between the calls.
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    chained: Words = np.zeros(2, np.uint64)
    for number in range(count):
        mixed = blocks[:, number] ^ chained
        if number == count - 1:
            mixed ^= np.frombuffer(last, np.uint64)
        chained = np.frombuffer(encryptor.update(mixed.tobytes()), np.uint64).reshape(rows, 2)
    return chained.view(np.uint8)


def _doubled(subkey: bytes) -> bytes:
    """K2 of CMAC from K1."""
    number = int.from_bytes(subkey, "big") << 1
    if number >> 128:
        number = (number ^ 0x87) & ((1 << 128) - 1)
    return number.to_bytes(BLOCK_BYTES, "big")


def leading_bits(words: Words) -> Words:
    """The leading 63 bits of CMACs, from their first 8 bytes as the machine read them."""
    return words.astype(np.uint64).view(">u8").astype(np.uint64) >> np.uint64(1)


def has_collision(notes: Path, *, at_once: int = BLOCKS_AT_ONCE) -> bool:
    """Whether different CMACs of a file share their leading 63 bits, or these are 0.

    They are looked at in parts by their surrogate, so that memory holds about `at_once` of them.
    """
    if not notes.stat().st_size:
        return False
    cmacs = np.memmap(notes, np.uint64, mode="r").reshape(-1, 2)
    parts = 1 + len(cmacs) // at_once
    return any(_collides(*_part(cmacs, part, parts, at_once)) for part in range(parts))


def _part(cmacs: Words, part: int, parts: int, at_once: int) -> tuple[Words, Words]:
    """Surrogates, and the last 8 bytes of the CMACs, where the surrogate leaves `part` when divided by `parts`."""
    leading, trailing = [], []
    for start in range(0, len(cmacs), at_once):
        found = leading_bits(cmacs[start : start + at_once, 0])
        mine = slice(None) if parts == 1 else found % np.uint64(parts) == part
        leading.append(found[mine])
        trailing.append(cmacs[start : start + at_once, 1][mine])
    return np.concatenate(leading), np.concatenate(trailing)


def _collides(leading: Words, trailing: Words) -> bool:
    """Counts of different halves agree, all but surely, when nothing collides: sorting numbers alone is quickest."""
    if not leading.size:
        return False
    numbers = np.sort(leading)
    if numbers[0] and _different(numbers) == _different(np.sort(trailing)):
        return False
    order = np.argsort(leading)
    numbers, others = leading[order], trailing[order]
    return bool(numbers[0] == 0 or ((numbers[1:] == numbers[:-1]) & (others[1:] != others[:-1])).any())


def _different(numbers: Words) -> int:
    return 1 + int(np.count_nonzero(numbers[1:] != numbers[:-1]))


def _function(domain: str) -> str:
    return f"surrogate_of_{domain}"
