"""The tables as they are delivered: columns in order, Arrow types, and how much is left blank."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from extracts.synthetic.chance import NONE, Flags, stream
from extracts.synthetic.codes import Coded

LAYOUT = Path(__file__).parent / "layout.csv"

TYPES = {
    "key": pa.string(), "text": pa.string(), "category": pa.string(), "list": pa.string(), "date": pa.date32(),
    "integer": pa.int32(), "boolean": pa.bool_(), "share": pa.decimal128(4, 3), "money": pa.decimal128(10, 2),
}  # fmt: skip

# What a builder hands over per column: numbers (NONE missing), booleans, keys (empty missing), codes, or Arrow as is.
Column: TypeAlias = "npt.NDArray[Any] | Coded | pa.Array"


@dataclass(frozen=True)
class Shape:
    """One column of one table.

    `missing_rule` says where blanks come from: `never`; `journey` (only what has not happened, or does
    not apply); `all` (blanked at random until the target share of all rows is reached); `present` (the
    target share of what is there); `tied` (blank where the column `tied_to` is).
    """

    variable: str
    kind: str
    missing_pct: float
    missing_rule: str
    tied_to: str


@lru_cache(maxsize=1)
def shapes() -> dict[str, tuple[Shape, ...]]:
    """Every table's columns, in the order of the schema."""
    tables: dict[str, list[Shape]] = {}
    with LAYOUT.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            shape = Shape(row["variable"], row["kind"], float(row["missing_pct"]), row["missing_rule"], row["tied_to"])
            tables.setdefault(row["table"], []).append(shape)
    return {table: tuple(columns) for table, columns in tables.items()}


def build(table: str, columns: Mapping[str, Column], *, seed: int) -> pa.Table:
    """The finished table: columns in order and of their types, blanks made.

    Raises KeyError when a builder has left a column out.
    """
    blanks: dict[str, Flags] = {}
    arrays = []
    for shape in shapes()[table]:
        column = columns[shape.variable]
        absent = _absent(column)
        if shape.missing_rule == "tied":
            blank = absent | blanks[shape.tied_to]
        else:
            blank = absent | _left_out(shape, absent, seed=seed, name=f"missing {table}.{shape.variable}")
        blanks[shape.variable] = blank
        arrays.append(_arrow(column, blank, TYPES[shape.kind]))
    return pa.table(arrays, names=[shape.variable for shape in shapes()[table]])


def _absent(column: Column) -> Flags:
    """Where a column holds nothing to begin with."""
    if isinstance(column, Coded):
        unset: Flags = column.index < 0
        return unset
    if isinstance(column, pa.Array):
        return np.asarray(column.is_null())
    if column.dtype.kind == "S":
        return np.asarray(column == b"")
    if column.dtype == np.bool_:
        return np.zeros(len(column), dtype=bool)
    return np.asarray(column == NONE)


def _left_out(shape: Shape, absent: Flags, *, seed: int, name: str) -> Flags:
    """Further values that nobody wrote down."""
    if shape.missing_rule not in ("all", "present") or not len(absent):
        return np.zeros(len(absent), dtype=bool)
    share = shape.missing_pct / 100
    if shape.missing_rule == "all":
        already = float(absent.mean())
        share = max(0.0, (share - already) / (1 - already)) if already < 1 else 0.0
    return stream(seed, name).random(len(absent)) < share


def _arrow(column: Column, blank: Flags, kind: pa.DataType) -> pa.Array:
    if isinstance(column, Coded):
        index = pa.array(np.where(blank, 0, column.index), mask=blank)
        return pa.array(column.values or ("",), type=kind).take(index)
    if isinstance(column, pa.Array):
        return pc.if_else(pa.array(blank), pa.scalar(None, kind), column.cast(kind))
    if column.dtype.kind == "S":
        return _strings(column, blank)
    if pa.types.is_decimal(kind):
        return _decimals(column, blank, kind)
    if column.dtype == np.bool_:
        return pa.array(column, type=kind, mask=blank)
    return pa.array(np.where(blank, 0, column).astype(np.int32), mask=blank).cast(kind)


def _strings(keys: npt.NDArray[Any], blank: Flags) -> pa.Array:
    """Fixed-width keys as Arrow strings, without a Python object per key."""
    width = keys.dtype.itemsize
    kept = np.ascontiguousarray(keys[~blank])
    offsets = np.r_[0, np.cumsum(np.where(blank, 0, width))].astype(np.int64)
    plain = pa.LargeStringArray.from_buffers(len(keys), pa.py_buffer(offsets), pa.py_buffer(kept), _validity(blank))
    return plain.cast(pa.string())


def _decimals(units: npt.NDArray[Any], blank: Flags, kind: pa.DataType) -> pa.Array:
    """Whole thousandths or pennies, 0 or more, as decimals."""
    words = np.zeros((len(units), 2), dtype="<i8")
    words[:, 0] = np.where(blank, 0, units)
    return pa.Array.from_buffers(kind, len(units), [_validity(blank), pa.py_buffer(words)])


def _validity(blank: Flags) -> pa.Buffer:
    return pa.py_buffer(np.packbits(~blank, bitorder="little"))
