"""A column of a twin at its level of detail: the same types and values that the query of an extract gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.catalogue.catalogue import Catalogue, Level, Variable


def at_level(column: pa.Array, variable: Variable, level: str, catalogue: Catalogue) -> pa.Array:
    """The values as an extract gives them at `level`, "" for a variable without a ladder. Raises UnknownName."""
    if not variable.ladder:
        return column
    step = catalogue.ladder(variable.ladder)[level]
    if step.method == "codelist":
        return _mapped(column, catalogue.code_list(variable.codelist).mapping(step.argument))
    return METHODS[step.method](column, step)


def _source(column: pa.Array, _: Level) -> pa.Array:
    return column


def _month(column: pa.Array, _: Level) -> pa.Array:
    return pc.strftime(column, format="%Y-%m")


def _quarter(column: pa.Array, _: Level) -> pa.Array:
    year, quarter = (part(column).cast(pa.string()) for part in (pc.year, pc.quarter))
    return pc.binary_join_element_wise(year, quarter, "Q")


def _year(column: pa.Array, _: Level) -> pa.Array:
    return pc.year(column).cast(pa.int32())


def _band(column: pa.Array, level: Level) -> pa.Array:
    """The label of the band; nothing below the lowest bound."""
    lowers = np.array([float(band.lower) for band in level.bands])
    numbers = np.asarray(column.cast(pa.float64()).fill_null(-np.inf))
    place = np.searchsorted(lowers, numbers, side="right") - 1
    labels = pa.array([band.label for band in level.bands])
    return labels.take(pa.array(place, mask=place < 0))


def _yes_no(column: pa.Array, _: Level) -> pa.Array:
    """Whether there is anything: not 0 for numbers, not empty for text; what is missing stays missing."""
    if pa.types.is_boolean(column.type):
        return column
    nothing = pa.scalar("" if pa.types.is_string(column.type) else 0, column.type)
    return pc.not_equal(column, nothing)


def _mapped(column: pa.Array, mapping: dict[str, str]) -> pa.Array:
    """The larger group of each code; nothing for a code that has none."""
    place = pc.index_in(column.cast(pa.string()), value_set=pa.array(list(mapping), pa.string()))
    return pa.array([value or None for value in mapping.values()], pa.string()).take(place)


METHODS: dict[str, Callable[[pa.Array, Level], pa.Array]] = {
    "source": _source,
    "month": _month,
    "quarter": _quarter,
    "year": _year,
    "band": _band,
    "yes_no": _yes_no,
}
