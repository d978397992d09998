"""Cryptographic long-term keys: a record's identifiers as one Bloom filter, under a key that only its makers hold.

Two filters can be compared (Dice), nothing in them can be read. They are personal data all the same: how often
bits are set betrays common names, so filters stay in the linker's zone and every run has a key of its own.

Source of the method: Schnell, Bachteler and Reiher (2009), "Privacy-preserving record linkage using Bloom filters",
with keyed double use of HMAC-SHA256 in place of plain hash functions.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

BITS = 1024
POSITION_BITS = 10  # 2**10 positions; one digest of 256 bits gives up to 25 of them
ROWS_AT_ONCE = 8_192
WIDEST = 32  # bytes of a value that are looked at

Filters = npt.NDArray[np.uint64]  # records x 16 words of 64 bits
Bytes = npt.NDArray[np.uint8]


class UnknownField(ValueError):
    """A column for which there is no place in a filter."""


class Kind(Enum):
    """How a value falls into features: pairs of neighbouring characters, or characters where they stand."""

    TEXT = auto()
    PLACES = auto()


@dataclass(frozen=True)
class Field:
    """`hashes` bits are set for each feature of the value, so it is the field's weight."""

    kind: Kind
    hashes: int


# Set so that a filter of names, date of birth, sex and postcode is a little under half full.
FIELDS: Mapping[str, Field] = {
    "forename":      Field(Kind.TEXT,   12),
    "middle":        Field(Kind.TEXT,   4),
    "surname":       Field(Kind.TEXT,   14),
    "born":          Field(Kind.PLACES, 12),
    "sex":           Field(Kind.PLACES, 8),
    "postcode":      Field(Kind.TEXT,   10),
    "street":        Field(Kind.TEXT,   4),
    "house":         Field(Kind.PLACES, 6),
    "town":          Field(Kind.TEXT,   5),
    "region":        Field(Kind.PLACES, 4),
    "identifier":    Field(Kind.PLACES, 12),
}  # fmt: skip


def encode(columns: Mapping[str, pa.Array | pa.ChunkedArray], *, key: bytes) -> Filters:
    """One filter per record: (records, 16) words of 64 bits.

    columns  feature of a standardised record -> text (dates as YYYYMMDD); null and empty set no bit
    key      32 bytes, the run's own

    Each distinct value is worked out once. Raises UnknownField for a feature without a field.
    """
    if unknown := sorted(columns.keys() - FIELDS.keys()):
        raise UnknownField(f"No place in a filter for: {', '.join(unknown)}.")
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise UnknownField("Columns of a filter have one length, and there is at least one.")
    filters: Filters = np.zeros((lengths.pop(), BITS // 64), dtype=np.uint64)
    for feature in sorted(columns):
        filters |= _filters_of(columns[feature], feature, FIELDS[feature], key)
    return filters


def _filters_of(column: pa.Array | pa.ChunkedArray, feature: str, field: Field, key: bytes) -> Filters:
    """The bits that one column sets."""
    coded = (column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column).cast(pa.string())
    coded = pc.fill_null(coded, "").dictionary_encode()
    characters = _characters(coded.dictionary)
    table = _positions(feature, field, key)
    rows: Filters = np.empty((len(characters), BITS // 64), dtype=np.uint64)
    for start in range(0, len(characters), ROWS_AT_ONCE):
        part = characters[start : start + ROWS_AT_ONCE]
        rows[start : start + len(part)] = _set_bits(_features(part, field.kind), table)
    spread: Filters = rows[np.asarray(coded.indices)]
    return spread


def _characters(values: pa.Array) -> Bytes:
    """Values as a matrix of bytes, one row each, filled up with zeros."""
    if not len(values):
        return np.zeros((0, 1), dtype=np.uint8)
    kept = pc.utf8_slice_codeunits(values, 0, WIDEST).to_numpy(zero_copy_only=False)
    fixed = np.array([value.encode("ascii", "replace") for value in kept], dtype=f"S{WIDEST}")
    return fixed.view(np.uint8).reshape(len(values), WIDEST)


def _features(characters: Bytes, kind: Kind) -> npt.NDArray[np.int32]:
    """Feature numbers below 65,536, -1 where there is none: (values, features)."""
    wide = characters.astype(np.int32)
    if kind is Kind.PLACES:
        place = np.arange(wide.shape[1], dtype=np.int32) + 1
        return np.where(wide > 0, place * 256 + wide, -1).astype(np.int32)
    # Padded at both ends, so that first and last letters count as much as those between.
    padded = np.pad(wide, ((0, 0), (1, 1)))
    first, second = padded[:, :-1], padded[:, 1:]
    return np.where((first > 0) | (second > 0), first * 256 + second, -1).astype(np.int32)


def _positions(of: str, field: Field, key: bytes) -> npt.NDArray[np.int16]:
    """Where each feature sets its bits: (65,536, hashes); worked out when first asked for."""
    table = np.empty((65_536, field.hashes), dtype=np.int16)
    name = of.encode()
    for feature in range(65_536):
        high, low = divmod(feature, 256)
        if field.kind is Kind.PLACES and not 0 < high <= WIDEST:
            continue
        if (low and not 32 <= low < 127) or (field.kind is Kind.TEXT and high and not 32 <= high < 127):
            continue
        digest = int.from_bytes(hmac.digest(key, name + b"\0" + feature.to_bytes(2, "big"), "sha256"), "big")
        for place in range(field.hashes):
            table[feature, place] = digest & (BITS - 1)
            digest >>= POSITION_BITS
    return table


def _set_bits(features: npt.NDArray[np.int32], table: npt.NDArray[np.int16]) -> Filters:
    bits = np.zeros((len(features), BITS), dtype=bool)
    rows, places = np.nonzero(features >= 0)
    bits[rows[:, None], table[features[rows, places]]] = True
    return np.packbits(bits, axis=1).view(np.uint64)


def dice(left: Filters, right: Filters) -> npt.NDArray[np.float64]:
    """Dice coefficient of filters that stand beside one another, 0 to 1; 0 where both are empty."""
    common = np.bitwise_count(left & right).sum(axis=1, dtype=np.int64)
    total = np.bitwise_count(left).sum(axis=1, dtype=np.int64) + np.bitwise_count(right).sum(axis=1, dtype=np.int64)
    likeness: npt.NDArray[np.float64] = np.divide(2.0 * common, total, out=np.zeros(len(left)), where=total > 0)
    return likeness
