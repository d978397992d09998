"""What the formats have in common that are made from whole tables: gathering rows, and saying what does not fit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, BinaryIO, ClassVar

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from extracts.failures import Explained
from extracts.formats.columns import Column, Kind, Sheet
from extracts.formats.known import TooManyRows, why_too_many

LARGEST = 2**53  # beyond it a double no longer holds every whole number
Array = np.ndarray[Any, np.dtype[Any]]


class CannotHold(Explained):
    """A format cannot hold a column as it is. The message names table and column, never a value."""


class Whole(ABC):
    """Gathers the batches of a table; `close` writes them as one file."""

    format: ClassVar[str]

    def __init__(self, sink: BinaryIO, sheet: Sheet, schema: pa.Schema) -> None:
        self.sink, self.sheet, self.schema = sink, sheet, schema
        self._batches: list[pa.RecordBatch] = []
        self._rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Raises TooManyRows as soon as the table has more than the format takes."""
        self._rows += len(batch)
        if reasons := why_too_many([self.format], self.sheet.name, self._rows):
            raise TooManyRows(reasons[0])
        self._batches.append(batch)

    def close(self) -> None:
        """Raises CannotHold."""
        self.save(pa.Table.from_batches(self._batches, self.schema))

    def abandon(self) -> None:
        self._batches.clear()

    @abstractmethod
    def save(self, table: pa.Table) -> None:
        """Write the table to the sink."""

    def cannot(self, column: Column, what: str) -> CannotHold:
        return CannotHold(f"{self.sheet.name}.{column.name} holds {what}, which {self.format} cannot hold.")

    def numbers(self, values: pa.ChunkedArray, column: Column) -> tuple[Array, Array]:
        """The values of a number, date (days since 1970) or truth, and where they are missing (0 stands there)."""
        missing = pc.is_null(values).to_numpy(zero_copy_only=False)
        if column.kind is Kind.DATE:
            values = values.cast(pa.int32())
        elif column.kind is Kind.BOOLEAN:
            values = values.cast(pa.int8())
        found: Array = pc.fill_null(values, 0).to_numpy()
        if column.kind is Kind.INTEGER and len(found) and (found.max() > LARGEST or found.min() < -LARGEST):
            raise self.cannot(column, "whole numbers of more than 15 digits")
        if column.kind is Kind.DECIMAL and np.isinf(found).any():
            raise self.cannot(column, "an infinite number")
        return found, missing

    def texts(self, values: pa.ChunkedArray, column: Column, *, longest: int | None = None) -> pa.ChunkedArray:
        """The values of a text or key as text, missing ones still missing. Raises CannotHold over `longest` bytes."""
        if column.kind is Kind.KEY:
            return values.cast(pa.string())
        if pc.any(pc.match_substring(values, "\0")).as_py():
            raise self.cannot(column, "text with a zero byte")
        if longest is not None and longest_of(values) > longest:
            raise self.cannot(column, f"text of more than {longest:,} bytes")
        return values

    def coded(self, values: pa.ChunkedArray, column: Column) -> tuple[Array, Array, list[tuple[str, str]]]:
        """Position of each value among the codes from 0 on, where it is missing, and the codes with labels.

        Codes come in the order of their list, and after them, in order, those that the list does not know.
        """
        known = dict(column.codes)
        found = [value for value in pc.unique(values).to_pylist() if value is not None]
        codes = {**known, **{value: value for value in sorted(set(found) - known.keys())}}
        positions = pc.index_in(values, pa.array(list(codes), pa.string()))
        missing = pc.is_null(positions).to_numpy(zero_copy_only=False)
        return pc.fill_null(positions, 0).to_numpy(), missing, list(codes.items())


def longest_of(values: pa.ChunkedArray) -> int:
    """The length of the longest text, in bytes."""
    return int(pc.max(pc.binary_length(values)).as_py() or 0)


def cut(text: str, longest: int) -> str:
    """A text of at most that many bytes of UTF-8, cut between characters."""
    return text.encode()[:longest].decode(errors="ignore")
