"""R's .rds: a data frame that `readRDS` opens without any package. Serialised by rdata, texts by the column."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc
from rdata.conversion.to_r import ConverterFromPythonToR, build_r_list, build_r_object
from rdata.missing import R_FLOAT_NA, R_INT_NA
from rdata.parser import RData, RExtraInfo, RObject, RObjectType, RVersions
from rdata.unparser import UnparserXDR  # type: ignore[attr-defined]

from extracts.formats.columns import TEXTS, Column, Kind
from extracts.formats.whole import Array, Whole
from extracts.specification import R

# Form 3 of R's serialisation, as R 4.2.1 writes it; R 3.5 and later read it.
VERSIONS = RVersions(3, 0x40201, 0x30500)
COMPRESSION = 6
LARGEST_INT = 2**31 - 1
# Of R Internals, "Serialization Formats": type in the low byte, then flags, then the encoding of a text.
TEXT_VECTOR, HAS_ATTRIBUTES = 16, 0x200
ASCII_TEXT, UTF8_TEXT, NO_TEXT = 0x40009, 0x8009, 0x9

# An object, or how it is made: one with attributes of its own must not name them before those that come first.
Attribute = RObject | Callable[[], RObject]


class RFile(Whole):
    """Codes are factors whose levels are the codes; their labels stand in the attribute `labels`."""

    format = R

    def save(self, table: pa.Table) -> None:
        frame = _Frame()
        values = [self._vector(table.column(number), column, frame) for number, column in enumerate(self.sheet.columns)]
        attributes = {
            "names": frame.texts([column.name for column in self.sheet.columns]),
            "class": frame.texts(["data.frame"]),
            # How R itself writes the numbers from 1 on: a missing value, and how many there are.
            "row.names": frame.integers(np.array([R_INT_NA, -table.num_rows])),
            "label": frame.texts([self.sheet.label]),
        }
        whole = frame.build(RObjectType.VEC, values, attributes)
        # No name and no time in the header of gzip: the same rows are the same bytes.
        with gzip.GzipFile(filename="", mode="wb", compresslevel=COMPRESSION, fileobj=self.sink, mtime=0) as file:
            _Unparser(file).unparse_r_data(RData(VERSIONS, RExtraInfo("UTF-8"), whole))

    def _vector(self, values: pa.ChunkedArray, column: Column, frame: _Frame) -> RObject:
        attributes: dict[str, Attribute] = {"label": frame.texts([column.label])}
        if column.codes:
            positions, missing, codes = self.coded(values, column)
            attributes |= frame.factor(codes)
            return frame.build(RObjectType.INT, _with_missing(positions + 1, missing), attributes)
        if column.kind in TEXTS:
            return frame.build(RObjectType.STR, self.texts(values, column), attributes)
        numbers, missing = self.numbers(values, column)
        if column.kind is Kind.BOOLEAN:
            return frame.build(RObjectType.LGL, _with_missing(numbers, missing), attributes)
        if column.kind is Kind.DATE:
            attributes["class"] = frame.texts(["Date"])
        elif column.kind is Kind.INTEGER and not (len(numbers) and abs(numbers).max() > LARGEST_INT):
            return frame.build(RObjectType.INT, _with_missing(numbers, missing), attributes)
        return frame.build(RObjectType.REAL, np.where(missing, R_FLOAT_NA, numbers), attributes)


def _with_missing(numbers: Array, missing: Array) -> Array:
    return np.where(missing, R_INT_NA, numbers).astype(np.int32)


class _Frame:
    """R's objects. One for a file: the names of attributes are written once and referred to after that."""

    def __init__(self) -> None:
        self._converter = ConverterFromPythonToR()

    def build(self, kind: RObjectType, value: Any, attributes: Mapping[str, Attribute]) -> RObject:
        """An object with its attributes, which are made in the order in which they are written."""
        pairs = [
            (self._converter.convert_to_r_sym(name), one() if callable(one) else one)
            for name, one in attributes.items()
        ]
        return build_r_object(kind, value=value, is_object="class" in attributes, attributes=build_r_list(pairs))

    def texts(self, values: list[str]) -> RObject:
        return build_r_object(RObjectType.STR, value=pa.chunked_array([pa.array(values, pa.string())]))

    def integers(self, values: Array) -> RObject:
        return build_r_object(RObjectType.INT, value=values.astype(np.int32))

    def factor(self, codes: list[tuple[str, str]]) -> dict[str, Attribute]:
        names = [code for code, _ in codes]
        labels = pa.chunked_array([pa.array([label for _, label in codes], pa.string())])
        return {
            "levels": self.texts(names),
            "class": self.texts(["factor"]),
            "labels": lambda: self.build(RObjectType.STR, labels, {"names": self.texts(names)}),
        }


class _Unparser(UnparserXDR):
    """Writes columns of text from Arrow's memory: an object of Python for each text would take ten times as much."""

    def unparse_r_object(self, obj: RObject) -> None:
        if not isinstance(obj.value, pa.ChunkedArray):
            super().unparse_r_object(obj)
            return
        self.unparse_int(TEXT_VECTOR | (HAS_ATTRIBUTES if obj.attributes else 0))
        self.unparse_int(len(obj.value))
        for chunk in obj.value.chunks:
            self.file.write(_serialised(chunk))
        if obj.attributes:
            self.unparse_r_object(obj.attributes)


def _serialised(texts: pa.StringArray) -> bytes:
    """Each text behind its type and its length in bytes; -1 is the length of a missing one."""
    missing = texts.is_null().to_numpy(zero_copy_only=False)
    ascii = pc.fill_null(pc.string_is_ascii(texts), False).to_numpy(zero_copy_only=False)
    heads = np.empty((len(texts), 2), ">i4")
    heads[:, 0] = np.where(missing, NO_TEXT, np.where(ascii, ASCII_TEXT, UTF8_TEXT))
    heads[:, 1] = pc.fill_null(pc.binary_length(texts), -1).to_numpy(zero_copy_only=False)
    before = pa.FixedSizeBinaryArray.from_buffers(pa.binary(8), len(texts), [None, pa.py_buffer(heads.tobytes())])
    bodies = pc.fill_null(texts.cast(pa.large_binary()), b"")
    joined = pc.binary_join_element_wise(before.cast(pa.large_binary()), bodies, pa.scalar(b"", pa.large_binary()))
    _, offsets, content = joined.buffers()
    ends = np.frombuffer(offsets, np.int64, len(joined) + 1)
    return bytes(memoryview(content)[ends[0] : ends[-1]]) if len(joined) else b""
