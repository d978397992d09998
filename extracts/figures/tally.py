"""How often each value of a column occurs, counted batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Integers = npt.NDArray[np.int64]

# Whole numbers that lie closer together than this are counted without sorting.
CLOSE = 1 << 17
# Decimals are counted by their first three digits: they are only ever shown with two.
DIGITS = 3


class Tally:
    """Values of one column and their counts; `missing` are the rows without one."""

    def __init__(self) -> None:
        self.rows = 0
        self.missing = 0
        self._counts: dict[object, int] = {}

    def add(self, column: pa.Array) -> None:
        self.rows += len(column)
        self.missing += column.null_count
        for value, count in zip(*_counted(column.drop_null() if column.null_count else column), strict=True):
            if count:
                self._counts[value] = self._counts.get(value, 0) + count

    @property
    def values(self) -> list[object]:
        """The values that occur, in rising order."""
        return sorted(self._counts)  # type: ignore[type-var]

    @property
    def counts(self) -> list[int]:
        """How often each of `values` occurs."""
        return [self._counts[value] for value in self.values]


def _counted(column: pa.Array) -> tuple[Sequence[object], Sequence[int]]:
    """Different values and their counts, of a column without nulls. Dates are days since 1970."""
    if not len(column):
        return [], []
    if pa.types.is_dictionary(column.type):
        counts = np.bincount(np.asarray(column.indices), minlength=len(column.dictionary))
        there = np.flatnonzero(counts)
        return column.dictionary.take(pa.array(there)).to_pylist(), counts[there].tolist()
    if pa.types.is_boolean(column.type):
        true = pc.sum(column).as_py()
        return [False, True], [len(column) - true, true]
    if pa.types.is_floating(column.type):
        values, counts = np.unique(_blunted(np.asarray(column)), return_counts=True)
        return values.tolist(), counts.tolist()
    return _whole(as_integers(column))


def as_integers(column: pa.Array) -> Integers:
    """Whole numbers as they are, dates as days since 1970; none may be missing."""
    if pa.types.is_date32(column.type):
        column = column.view(pa.int32())
    return np.asarray(column)


def _whole(numbers: Integers) -> tuple[Sequence[object], Sequence[int]]:
    lowest, highest = int(numbers.min()), int(numbers.max())
    if highest - lowest < CLOSE:
        found = np.bincount(numbers - lowest)
        there = np.flatnonzero(found)
        return (there + lowest).tolist(), found[there].tolist()
    values, counts = np.unique(numbers, return_counts=True)
    return values.tolist(), counts.tolist()


def _blunted(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    numbers = np.where(np.isfinite(numbers), numbers, 0.0)
    with np.errstate(divide="ignore"):
        power = np.where(numbers == 0, 0, np.floor(np.log10(np.abs(numbers))))
    step = 10.0 ** (power - DIGITS + 1)
    return np.round(np.round(numbers / step) * step, 12)


def batches(path: Path, columns: list[str]) -> Iterator[pa.RecordBatch]:
    """The columns of a Parquet file by row groups; texts come as codes with their dictionary."""
    with pq.ParquetFile(path) as file:
        texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type) and field.name in columns]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        for number in range(file.num_row_groups):
            group = file.read_row_group(number, columns)
            yield from group.combine_chunks().to_batches()
