"""Keyed pseudonyms for whole columns: AES-CMAC of one block, cut to 63 bits or written whole.

A pseudonym is the CMAC (NIST SP 800-38B; RFC 4493 for AES-128) of the 16 bytes
`domain tag || id`. For a message of exactly one block, CMAC is one AES call on the
block XOR the first subkey, so a column costs one ECB call over a buffer.

`KINDS` says in which forms it is given: `int63`, a number that joins fast in every
program, and `hex128`, the full code as text, which no two ids of one key can share.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
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


class BadKind(ValueError):
    """There is no such form of pseudonyms."""


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


def leading_63_bits(codes: np.ndarray) -> pa.Array:
    """The leading 63 bits of each code as an int64 in 0 .. 2^63 - 1."""
    return pa.array((codes[:, 0].astype(np.uint64) >> np.uint64(1)).view(np.int64))


def as_hexadecimal(codes: np.ndarray) -> pa.Array:
    """Each code whole, as text of 32 lower-case hexadecimal characters."""
    characters = codes.tobytes().hex().encode("ascii")
    starts = np.arange(len(codes) + 1, dtype=np.int64) * (2 * BLOCK_BYTES)
    return pa.LargeStringArray.from_buffers(len(codes), pa.py_buffer(starts), pa.py_buffer(characters))


@dataclass(frozen=True)
class Kind:
    """One form of pseudonyms: what it is called in Arrow and in SQL, and how it is made of full codes."""

    arrow: pa.DataType
    sql: str
    of: Callable[[np.ndarray], pa.Array]


KINDS = {
    "int63":  Kind(pa.int64(),        "BIGINT",  leading_63_bits),
    "hex128": Kind(pa.large_string(), "VARCHAR", as_hexadecimal),
}  # fmt: skip


def kind_of(name: str) -> Kind:
    """The form of that name. Raises BadKind."""
    if name not in KINDS:
        raise BadKind(f"Pseudonyms are of the kinds {', '.join(KINDS)}, not {name!r}.")
    return KINDS[name]


def pseudonymiser(*, domain: str, key: bytes, kind: str = "int63") -> Callable[[Column], pa.Array]:
    """A function from an int64 column to its pseudonyms, with the subkey worked out once.

    The result is as long as the column and of the type `kind_of(kind).arrow`; nulls
    stay null. Ids are taken as 8 bytes in two's complement, big-endian.
    Raises BadDomain, BadKey and BadKind.
    """
    tag = int.from_bytes(domain_tag(domain), "big")
    subkey, form = first_subkey(key), kind_of(kind)

    def pseudonyms(ids: Column) -> pa.Array:
        numbers = np.asarray(pc.fill_null(ids, 0) if ids.null_count else ids).astype(np.int64, copy=False)
        blocks = np.empty((len(numbers), 2), dtype=">u8")
        blocks[:, 0] = tag
        blocks[:, 1] = numbers.view(np.uint64)
        made = form.of(one_block_cmacs(blocks, key=key, subkey=subkey))
        return pc.if_else(_known(ids), made, pa.scalar(None, form.arrow)) if ids.null_count else made

    return pseudonyms


def pseudonymise(ids: Column, *, domain: str, key: bytes, kind: str = "int63") -> pa.Array:
    """The pseudonyms of one int64 column; see `pseudonymiser`.

    Uniqueness after the cut to 63 bits is the caller's to check (`assert_unique`):
    before it, one key and domain give one permutation.
    """
    return pseudonymiser(domain=domain, key=key, kind=kind)(ids)


def _known(ids: Column) -> pa.Array:
    """For each row whether it holds an id: one array, whatever the pieces of the column."""
    return pa.array(~np.asarray(ids.is_null()))


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
