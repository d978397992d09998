"""Keyed pseudonyms for whole columns: AES-CMAC of one block, cut to 63 bits.

A pseudonym is the CMAC (NIST SP 800-38B; RFC 4493 for AES-128) of the 16 bytes
`domain tag || id`. For a message of exactly one block, CMAC is one AES call on the
block XOR the first subkey, so a column costs one ECB call over a buffer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK_BYTES = 16
TAG_BYTES = 8
KEY_BYTES = (16, 24, 32)

Column: TypeAlias = pa.Array | pa.ChunkedArray


class BadDomain(ValueError):
    """A key domain is not named in printable ASCII characters."""


class BadKey(ValueError):
    """A key is not 16, 24 or 32 bytes long. The message never holds the key."""


class PseudonymCollision(RuntimeError):
    """Two ids of one domain share a pseudonym; rebuild under a new key version."""


def domain_tag(domain: str) -> bytes:
    """The 8 bytes that stand for a key domain: its ASCII name, padded with zero bytes.

    A longer name gives the first 8 bytes of its SHA-256 with the top bit set, which
    no ASCII name has.
    """
    if not (domain and domain.isascii() and domain.isprintable()):
        raise BadDomain(f"A key domain is named in printable ASCII characters, not {domain!r}.")
    if len(domain) <= TAG_BYTES:
        return domain.encode("ascii").ljust(TAG_BYTES, b"\0")
    start = hashlib.sha256(domain.encode("ascii")).digest()[:TAG_BYTES]
    return bytes([start[0] | 0x80]) + start[1:]


def first_subkey(key: bytes) -> bytes:
    """K1 of CMAC: AES of the zero block, doubled in GF(2^128). Source: RFC 4493, section 2.3."""
    doubled = int.from_bytes(_encrypt(bytes(BLOCK_BYTES), key), "big") << 1
    if doubled >> 128:
        doubled = (doubled ^ 0x87) & ((1 << 128) - 1)
    return doubled.to_bytes(BLOCK_BYTES, "big")


def one_block_cmacs(blocks: np.ndarray, *, key: bytes, subkey: bytes) -> np.ndarray:
    """The full 128-bit CMAC of every row of `blocks`: (n, 2) unsigned 64-bit numbers, big-endian, as is the result."""
    # XOR does not mind the order of bytes, so it works on whole machine words.
    mixed = blocks.view(np.uint64) ^ np.frombuffer(subkey, dtype=np.uint64)
    return np.frombuffer(_encrypt(mixed.tobytes(), key), dtype=">u8").reshape(-1, 2)


def pseudonymiser(*, domain: str, key: bytes) -> Callable[[Column], pa.Array]:
    """A function from an int64 column to its pseudonyms, with the subkey worked out once.

    The result is an int64 array of the same length, every value in 0 .. 2^63 - 1;
    nulls stay null. Ids are taken as 8 bytes in two's complement, big-endian.
    """
    tag = int.from_bytes(domain_tag(domain), "big")
    subkey = first_subkey(key)

    def pseudonyms(ids: Column) -> pa.Array:
        missing = np.asarray(ids.is_null()) if ids.null_count else None
        numbers = np.asarray(pc.fill_null(ids, 0) if ids.null_count else ids).astype(np.int64, copy=False)
        blocks = np.empty((len(numbers), 2), dtype=">u8")
        blocks[:, 0] = tag
        blocks[:, 1] = numbers.view(np.uint64)
        leading = one_block_cmacs(blocks, key=key, subkey=subkey)[:, 0].astype(np.uint64)
        return pa.array((leading >> np.uint64(1)).view(np.int64), mask=missing)

    return pseudonyms


def pseudonymise(ids: Column, *, domain: str, key: bytes) -> pa.Array:
    """The pseudonyms of one int64 column; see `pseudonymiser`.

    Raises BadDomain and BadKey. Uniqueness after the cut is the caller's to check
    (`assert_unique`): before it, one key and domain give one permutation.
    """
    return pseudonymiser(domain=domain, key=key)(ids)


def assert_unique(ids: Column, pseudonyms: Column, *, domain: str) -> None:
    """Raise PseudonymCollision unless there are as many pseudonyms as ids."""
    compare_distinct(pc.count_distinct(ids).as_py(), pc.count_distinct(pseudonyms).as_py(), domain=domain)


def compare_distinct(ids: int, pseudonyms: int, *, domain: str) -> None:
    """The same check on two counts of distinct values, for columns too long to hold."""
    if ids != pseudonyms:
        raise PseudonymCollision(f"{ids} ids of the domain {domain} gave {pseudonyms} pseudonyms.")


def _encrypt(blocks: bytes, key: bytes) -> bytes:
    """AES of each 16-byte block on its own. ECB is sound here: it only computes a keyed function."""
    if len(key) not in KEY_BYTES:
        raise BadKey("A pseudonym key is 32 bytes long (16 and 24 are understood too).")
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return encryptor.update(blocks)
