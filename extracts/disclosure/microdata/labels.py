"""Labels of records: SQL that gives the label under which a table counts each record, and keys to compare them by."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from extracts.disclosure.microdata.records import Records, quoted
from extracts.disclosure.reading.bands import band_of
from extracts.disclosure.reading.cells import Cells, Floats
from extracts.disclosure.reading.histogram import dimensions_of, edges_of
from extracts.disclosure.reading.labels import as_compared
from extracts.disclosure.reading.triage import CannotRead


def expressions(cells: Cells, records: Records, value: str, apart: Sequence[str] = ()) -> dict[str, str]:
    """Dimension of the table -> SQL that gives a record's label in it, in the order of a key.

    value  column that a histogram counts, or "";  apart  dimensions that the records do not have

    Raises CannotRead where a dimension is no column of the records.
    """
    bins = _bins(cells, records, value)
    found = {name: bins.get(name, "") for name in cells.dimensions if name not in apart}
    return {name: sql or _label(records, cells, name, column_of(records, name)) for name, sql in found.items()}


def column_of(records: Records, name: str) -> str:
    """The column of the records with this name. Raises CannotRead."""
    found = records.column(name)
    if found is None:
        raise CannotRead(
            f"The microdata have no column {name}, so the table cannot be made anew from them.",
            "Give the columns of the table the names that they have in the microdata.",
        )
    return found


def _bins(cells: Cells, records: Records, value: str) -> dict[str, str]:
    """SQL that gives the edges or the label of the bin that a record is in, for the dimensions of a histogram.

    Bins are closed on the left, the last one on both sides, unless their notation says otherwise.
    """
    names, edges = dimensions_of(cells), edges_of(cells)
    column = records.column(value) if value else None
    if not names or edges is None or column is None or not records.is_number(column):
        return {}
    conditions = _inside(cells, names, edges, quoted(column))
    return {
        name: "CASE "
        + " ".join(
            f"WHEN {condition} THEN {_text(str(label))}"
            for condition, label in dict(zip(conditions, cells.labels[name], strict=True)).items()
        )
        + " END"
        for name in names
    }


def _inside(cells: Cells, names: Sequence[str], edges: tuple[Floats, Floats], number: str) -> list[str]:
    """SQL for each cell that holds for the numbers in its bin: `(0, 10]` is closed on the right, as pandas cuts."""
    low, high = edges
    last = float(high.max())
    found = []
    for left, right, label in zip(low.tolist(), high.tolist(), cells.labels[names[0]].astype(str), strict=True):
        lower = ">" if len(names) == 1 and label.startswith("(") else ">="
        said = {"]": "<=", ")": "<"}.get(label[-1:], "") if len(names) == 1 else ""
        upper = said or ("<=" if right == last else "<")
        found.append(f"{number} {lower} {_double(left)} AND {number} {upper} {_double(right)}")
    return found


def _label(records: Records, cells: Cells, name: str, column: str) -> str:
    """SQL that gives a record's label in one dimension: its value as text, or the band that it is in."""
    labels = [str(text) for text in cells.labels.loc[~cells.is_total(name), name].unique()]
    bands = {label: band_of(label) for label in labels}
    if records.is_number(column):
        if labels and any(bands.values()) and all(band or _is_number(label) for label, band in bands.items()):
            cases = (
                f"WHEN {band.condition(quoted(column)) if band else f'{quoted(column)} = {float(label)!r}'}"
                f" THEN {_text(label)}"
                for label, band in bands.items()
            )
            return f"CASE {' '.join(cases)} END"
        return f"CAST({quoted(column)} AS DOUBLE)"
    return f"CAST({quoted(column)} AS VARCHAR)"


def _double(number: float) -> str:
    """A number as SQL reads it, infinite ones too."""
    return repr(number) if math.isfinite(number) else f"CAST('{number}' AS DOUBLE)"


def _is_number(label: str) -> bool:
    try:
        float(label)
    except ValueError:
        return False
    return True


def _text(label: str) -> str:
    return "'" + label.replace("'", "''") + "'"


def as_key(value: object) -> str:
    """A label or a value in the form in which both are compared: 2010 and 2010.0 are one, as are capitals and small."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "\0missing"
    text = as_compared(str(value))
    try:
        return repr(float(text))
    except ValueError:
        return text


def as_keys(labels: object) -> tuple[str, ...]:
    """A group's label, or its labels, as a key."""
    return tuple(as_key(label) for label in (labels if isinstance(labels, tuple) else (labels,)))
