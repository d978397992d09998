"""Rows in the order of their pseudonyms, put there without holding all of them.

Numbers of 63 bits that a cipher made lie evenly over their range, so rows are dealt out to PARTS by the leading bits,
and each part, which is small, is sorted by itself: in half the processor time that a sort in the engine takes, which
knows nothing of its numbers (docs/decisions/0006). What there is no room for lies in a file without a name meanwhile,
encrypted under a key that nobody keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PARTS = 64
SHIFT = np.uint64(63 - PARTS.bit_length() + 1)  # what is left of 63 bits are the number of the part
ROOM = 64 << 20  # bytes of rows that are held
FEW = 1000  # different texts of a column in its first rows; with more of them codes gain nothing
NONCE_BYTES = 12

Numbers = npt.NDArray[np.int64]


def in_order(rows: pa.RecordBatchReader, order: Sequence[str], room: Path) -> Iterator[pa.RecordBatch]:
    """The same rows ordered by the columns that `order` names, what is missing coming last.

    The first of them holds pseudonyms of the kind int63: few rows have the same one, and few have none, for these are
    held and sorted together. `room` is a folder on the disk that may be used meanwhile. Batches are of any length. All
    rows are read before the first is given.
    """
    texts = _Texts()
    with TemporaryFile(dir=room) as file:
        dealt = _Dealt(file)
        for batch in rows:
            if len(batch):
                dealt.add(texts.coded(batch), order[0])
        for part in dealt.parts():
            yield from texts.told(_sorted(part, order, texts)).to_batches()


class _Texts:
    """Columns of few different texts as numbers, of which 4 bytes are moved about instead of the whole text."""

    def __init__(self) -> None:
        self._known: dict[str, pa.Array] | None = None

    def coded(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if self._known is None:
            self._known = dict(_of_few_texts(batch))
        for name in self._known:
            place = batch.schema.get_field_index(name)
            batch = batch.set_column(place, name, self._codes(name, batch.column(place)))
        return batch

    def _codes(self, name: str, column: pa.Array) -> pa.Array:
        assert self._known is not None
        codes = pc.index_in(column, self._known[name])
        if codes.null_count > column.null_count:
            new = pc.unique(column.filter(pc.and_(codes.is_null(), column.is_valid())))
            self._known[name] = pa.concat_arrays([self._known[name], new])
            codes = pc.index_in(column, self._known[name])
        return codes

    def told(self, rows: pa.Table) -> pa.Table:
        """The rows, or some of their columns, with texts again."""
        for place, name in enumerate(rows.column_names):
            if self._known and name in self._known:
                rows = rows.set_column(place, name, self._known[name].take(rows[name]))
        return rows


def _of_few_texts(batch: pa.RecordBatch) -> Iterator[tuple[str, pa.Array]]:
    for field, column in zip(batch.schema, batch.columns, strict=True):
        if pa.types.is_string(field.type):
            texts = pc.unique(column).drop_null()
            if 0 < len(texts) <= FEW:
                yield field.name, texts


class _Dealt:
    """Rows by part, the last for those without a number; in the file once there are too many to hold."""

    def __init__(self, file: IO[bytes]) -> None:
        self._held: list[list[pa.RecordBatch]] = [[] for _ in range(PARTS + 1)]
        self._bytes = 0
        self._file = _Enciphered(file)
        self._put_away: list[list[_Place]] = [[] for _ in range(PARTS + 1)]

    def add(self, batch: pa.RecordBatch, by: str) -> None:
        """Deal the rows of a batch out by their numbers in the column `by`."""
        parts = _parts_of(batch[by])
        places = np.argsort(parts, kind="stable")
        ends = np.searchsorted(parts[places], np.arange(PARTS + 2))
        dealt = batch.take(pa.array(places))
        for number, (start, end) in enumerate(pairwise(ends)):
            if end > start:
                self._held[number].append(dealt.slice(start, end - start))
        self._bytes += dealt.nbytes
        if self._bytes > ROOM:
            self._make_room()

    def _make_room(self) -> None:
        for held, places in zip(self._held, self._put_away, strict=True):
            if held:
                places += [self._file.put(batch) for batch in _joined(held).to_batches()]
                held.clear()
        self._bytes = 0

    def parts(self) -> Iterator[pa.Table]:
        """The rows of each part that has any; call it once."""
        for held, places in zip(self._held, self._put_away, strict=True):
            batches = [*map(self._file.get, places), *held]
            held.clear()
            if batches:
                yield _joined(batches)


def _joined(batches: list[pa.RecordBatch]) -> pa.Table:
    return pa.Table.from_batches(batches).combine_chunks()


_Place = tuple[int, int, int, pa.Schema]  # number of the batch, where it begins in the file, its bytes, its columns


class _Enciphered:
    """Batches in a file, AES-256-GCM, under a key that is gone with this object."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._cipher, self._number = file, AESGCM(AESGCM.generate_key(256)), 0

    def put(self, batch: pa.RecordBatch) -> _Place:
        sealed = self._cipher.encrypt(self._number.to_bytes(NONCE_BYTES, "big"), batch.serialize().to_pybytes(), None)
        place = self._number, self._file.tell(), len(sealed), batch.schema
        self._file.write(sealed)
        self._number += 1
        return place

    def get(self, place: _Place) -> pa.RecordBatch:
        number, start, length, schema = place
        self._file.seek(start)
        plain = self._cipher.decrypt(number.to_bytes(NONCE_BYTES, "big"), self._file.read(length), None)
        return pa.ipc.read_record_batch(pa.py_buffer(plain), schema)


def _parts_of(numbers: pa.Array) -> npt.NDArray[np.uint8]:
    if numbers.null_count:
        known = np.asarray(numbers.is_valid())
        return np.where(known, _leading(np.asarray(pc.fill_null(numbers, 0))), np.uint8(PARTS))
    return _leading(np.asarray(numbers))


def _leading(numbers: Numbers) -> npt.NDArray[np.uint8]:
    return (numbers.view(np.uint64) >> SHIFT).astype(np.uint8)


def _sorted(part: pa.Table, order: Sequence[str], texts: _Texts) -> pa.Table:
    first = part[order[0]]
    if first.null_count:  # all of them: they have a part of their own
        return part.take(_by_all(part, order, texts))
    numbers = first.to_numpy()
    places = np.argsort(numbers)
    ordered = numbers[places]
    alike = ordered[1:] == ordered[:-1]
    if len(order) > 1 and alike.any():
        tied = np.zeros(len(ordered), np.bool_)
        tied[1:] |= alike
        tied[:-1] |= alike
        among = places[tied]
        places[tied] = among[np.asarray(_by_all(part.take(pa.array(among)), order, texts))]
    return part.take(pa.array(places))


def _by_all(rows: pa.Table, order: Sequence[str], texts: _Texts) -> pa.Array:
    """Places of the rows in the order of all columns."""
    return pc.sort_indices(texts.told(rows.select(list(order))), sort_keys=[(name, "ascending") for name in order])
