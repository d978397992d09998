"""Tables made of typed values: data frames, lists of records and arrays, written as a reader would see them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import pandas as pd

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.triage import CannotRead

SPLIT = "Split it into smaller tables; tables this large are seldom safe to release."


def require_room(rows: int, columns: int, limits: Policy) -> None:
    """Raises CannotRead for a table of more cells than the policy allows, before anything is copied."""
    if rows < 0 or columns < 0 or (rows + 1) * columns > limits.max_cells:
        raise CannotRead(f"The table has more than {limits.max_cells:,} cells.", SPLIT)


def table_of(headings: Sequence[Any], rows: Sequence[Sequence[Any]], limits: Policy) -> Table:
    """A table of values of any type. Headings are made unique, and short rows filled up with nothing.

    Raises CannotRead when it is too large.
    """
    width = max([len(headings), *(len(row) for row in rows)], default=0)
    require_room(len(rows), width, limits)
    named = [*headings, *[""] * (width - len(headings))]
    columns = [as_texts([row[place] if place < len(row) else None for row in rows]) for place in range(width)]
    return Table(
        columns=unique([as_text(heading) for heading in named]),
        rows=tuple(zip(*columns, strict=True)) if width else (),
        row_numbers=tuple(range(2, len(rows) + 2)),
    )


def table_of_frame(frame: pd.DataFrame, limits: Policy) -> Table:
    """A data frame as a table; an index that says more than the number of the row comes first.

    Raises CannotRead when it is too large.
    """
    require_room(*frame.shape, limits)
    plain = frame.index.equals(pd.RangeIndex(len(frame))) or frame.index.equals(pd.RangeIndex(1, len(frame) + 1))
    index = [] if plain else [list(frame.index.get_level_values(level)) for level in range(frame.index.nlevels)]
    names = [] if plain else [name if name is not None else "row" for name in frame.index.names]
    values = [[*column] for column in (frame.iloc[:, place].array for place in range(frame.shape[1]))]
    rows = list(zip(*index, *values, strict=True)) if index or values else []
    return table_of([*names, *(_joined(name) for name in frame.columns)], rows, limits)


def table_of_records(records: Sequence[Mapping[Any, Any]], limits: Policy) -> Table:
    """Records with names as a table: one column per name that any of them has, in the order of appearance."""
    names = list(dict.fromkeys(name for record in records for name in record))
    require_room(len(records), len(names), limits)
    return table_of(names, [[record.get(name) for name in names] for record in records], limits)


def unique(headings: Iterable[str]) -> tuple[str, ...]:
    """Headings of their own: `n` and `n (2)` for two of one name, `column 3` for one without a name."""
    found: dict[str, None] = {}
    for place, heading in enumerate(headings, 1):
        wanted, number = heading or f"column {place}", 2
        name = wanted
        while name in found:
            name, number = f"{wanted} ({number})", number + 1
        found[name] = None
    return tuple(found)


def as_texts(values: Sequence[Any]) -> list[str]:
    """The values of one column. Whole numbers that a file keeps as decimals are written without them."""
    numbers = [value for value in values if isinstance(value, float) and not math.isnan(value)]
    if numbers and all(math.isfinite(number) and number == int(number) for number in numbers):
        return [
            as_text(int(value) if isinstance(value, float) and not math.isnan(value) else value) for value in values
        ]
    return [as_text(value) for value in values]


def as_text(value: Any) -> str:
    """One value as text: nothing for a missing one, days without the time when that is midnight."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, Real) and math.isnan(value)):
        return ""
    if isinstance(value, bytes):
        return as_seen(value.decode("utf-8", "replace"))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    if isinstance(value, bool) or not isinstance(value, Real):
        return as_seen(str(value))
    return str(int(value)) if isinstance(value, Integral) else repr(float(value))


def _joined(heading: Any) -> str:
    """A heading of several levels as one."""
    return " / ".join(as_text(level) for level in heading) if isinstance(heading, tuple) else as_text(heading)
