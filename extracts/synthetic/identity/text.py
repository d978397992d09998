"""Columns of text as matrices of bytes: one row per value, filled up with zeros, so that whole columns change at once.

A row of zeros is a missing value. Text is ASCII.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from extracts.synthetic.chance import Flags, Ints

Text = npt.NDArray[np.uint8]

ZERO = ord("0")


def text(values: Sequence[str]) -> Text:
    """The values as a matrix, as wide as the longest."""
    packed = np.array([value.encode("ascii") for value in values] or [b""], dtype=np.bytes_)
    return as_matrix(packed)[: len(values)]


def as_matrix(packed: npt.NDArray[np.bytes_]) -> Text:
    """Fixed-width byte strings, seen as a matrix."""
    width = max(packed.dtype.itemsize, 1)
    return np.ascontiguousarray(packed).view(np.uint8).reshape(len(packed), width)


def packed(matrix: Text) -> npt.NDArray[np.bytes_]:
    """A matrix, seen as fixed-width byte strings, one per row."""
    joined: npt.NDArray[np.bytes_] = np.ascontiguousarray(matrix).view(f"S{matrix.shape[1]}").ravel()
    return joined


def blank(count: int, width: int = 1) -> Text:
    """So many missing values."""
    return np.zeros((count, width), dtype=np.uint8)


def lengths(matrix: Text) -> Ints:
    """The number of characters per row."""
    return _true(matrix != 0)


def _true(flags: Flags) -> Ints:
    """How many flags of each row (of at most 255) are set. A sum over so short an axis takes five times as long."""
    counts: Ints = np.einsum("ij->i", flags.view(np.uint8)).astype(np.int64)
    return counts


def picked(matrix: Text, places: Ints) -> Text:
    """The rows at these places. Indexing does the same several times slower."""
    found: Text = np.take(matrix, places, axis=0)
    return found


def present(matrix: Text) -> Flags:
    """Which rows hold a value."""
    held: Flags = matrix[:, 0] != 0
    return held


def digits(numbers: Ints, width: int) -> Text:
    """Numbers in decimal with leading zeros, cut to their last `width` digits."""
    result = blank(len(numbers), width)
    for place in range(width - 1, -1, -1):
        rest = numbers // 10
        result[:, place] = numbers - rest * 10 + ZERO
        numbers = rest
    return result


def letters(places: Ints, alphabet: str) -> Text:
    """One letter per row, by its place in the alphabet."""
    return np.frombuffer(alphabet.encode(), dtype=np.uint8)[places][:, None]


def constant(value: str, count: int) -> Text:
    """The same text in every row."""
    row = np.frombuffer(value.encode(), dtype=np.uint8)
    return np.broadcast_to(row, (count, len(row)))


def joined(*parts: Text) -> Text:
    """The parts of each row one after the other, without gaps."""
    return squeezed(np.concatenate(parts, axis=1))


def squeezed(matrix: Text) -> Text:
    """Each row's characters moved to the left, over any zeros between them."""
    held = matrix != 0
    counts = _true(held)
    width = max(int(counts.max(initial=0)), 1)
    result = blank(len(matrix), width)
    result[np.arange(width, dtype=np.uint8) < counts.astype(np.uint8)[:, None]] = matrix[held]
    return result


def listed(*parts: Text) -> Text:
    """The values of each row joined by `|`, leaving out what is missing."""
    columns = []
    for place, part in enumerate(parts):
        if place:
            earlier = np.any([present(before) for before in parts[:place]], axis=0)
            bar = np.where(present(part) & earlier, ord("|"), 0)
            columns.append(bar.astype(np.uint8)[:, None])
        columns.append(part)
    return joined(*columns)


def chosen(where: Flags, yes: Text, no: Text) -> Text:
    """Row by row one or the other."""
    width = max(yes.shape[1], no.shape[1])
    return np.where(where[:, None], widened(yes, width), widened(no, width))


def kept(where: Flags, matrix: Text) -> Text:
    """The rows for which `where` is true; the others missing."""
    return matrix * where[:, None].astype(np.uint8)


def widened(matrix: Text, width: int) -> Text:
    """The same values with room for `width` characters."""
    if matrix.shape[1] >= width:
        return matrix
    return np.concatenate([matrix, blank(len(matrix), width - matrix.shape[1])], axis=1)


def upper(matrix: Text) -> Text:
    """In capitals."""
    small = (matrix >= ord("a")) & (matrix <= ord("z"))
    return matrix - small.astype(np.uint8) * 32


def arrow(matrix: Text) -> pa.Array:
    """The column as Arrow strings, missing where a row is empty."""
    counts = lengths(matrix)
    if (counts < matrix.shape[1]).any():
        matrix = matrix[matrix != 0]
    offsets = np.r_[0, np.cumsum(counts)].astype(np.int32)
    empty = counts == 0
    valid: Any = pa.py_buffer(np.packbits(~empty, bitorder="little")) if empty.any() else None
    return pa.StringArray.from_buffers(
        len(counts), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(matrix)), valid
    )
