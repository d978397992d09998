"""Support: the cells of a table with their contributors counted anew from the records."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from extracts.disclosure.microdata.bands import band_of
from extracts.disclosure.microdata.cube import MEASURES, cube
from extracts.disclosure.microdata.records import TABLE, Records, quoted
from extracts.disclosure.reading.cells import EVIDENCE_COLUMNS, Cells
from extracts.disclosure.reading.histogram import dimensions_of, edges_of
from extracts.disclosure.reading.labels import as_compared
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.recipe import Recipe

MOST_DIMENSIONS = 8
SHARED = ("endpoint", "mode", "position")
ABSENT = {"units": 0.0, "n": 0.0, "filled": 0.0, "total": 0.0, "absolute_total": 0.0}


def add_support(cells: Cells, records: Records, recipe: Recipe, *, apart: Sequence[str] = ()) -> Cells:
    """The cells with evidence from the records: distinct units, contributors, sums, two largest, extremes.

    apart  dimensions of the table that are none of the records, such as the one that names the statistic

    Raises CannotRead where a dimension or the value is no column of the records, or a label none of its values.
    """
    bins = _bins(cells, records, recipe.value)
    dimensions = {name: _column(records, name) for name in cells.dimensions if name not in apart and name not in bins}
    value = _column(records, recipe.value) if recipe.value else ""
    if value and not records.is_number(value):
        raise CannotRead(f"The microdata's column {value} does not hold numbers.", "Correct the description.")
    expressions = {name: _label(records, cells, name, column) for name, column in dimensions.items()} | bins
    names = [name for name in cells.dimensions if name in expressions]
    margins = _margins(cells, names)
    expressions = {name: expressions[name] for name in names}
    found = cube(records, expressions, value=value, margins=margins, where=recipe.where or "TRUE")
    counted = _evidence(cells, names, found, bool(value))
    if value and cells.facts["kind"].isin(SHARED).any():
        counted["sharing"] = _sharing(cells, records, expressions, value, recipe)
    return Cells(cells.labels, cells.totals, cells.facts.assign(**counted))


def _bins(cells: Cells, records: Records, value: str) -> dict[str, str]:
    """SQL that gives the edges or the label of the bin that a record is in, for the dimensions of a histogram.

    Bins are closed on the left, the last one on both sides, unless their notation says otherwise.
    """
    names, edges = dimensions_of(cells), edges_of(cells)
    column = records.column(value) if value else None
    if not names or edges is None or column is None or not records.is_number(column):
        return {}
    low, high = edges
    last, number = float(high.max()), quoted(column)
    inside = [
        f"{number} >= {_double(left)} AND {number} {'<=' if right == last else '<'} {_double(right)}"
        for left, right in zip(low.tolist(), high.tolist(), strict=True)
    ]
    return {
        name: "CASE "
        + " ".join(
            f"WHEN {condition} THEN {_text(str(label))}"
            for condition, label in dict(zip(inside, cells.labels[name], strict=True)).items()
        )
        + " END"
        for name in names
    }


def _double(number: float) -> str:
    """A number as SQL reads it, infinite ones too."""
    return repr(number) if math.isfinite(number) else f"CAST('{number}' AS DOUBLE)"


def _sharing(
    cells: Cells, records: Records, expressions: Mapping[str, str], value: str, recipe: Recipe
) -> pd.Series[float]:
    """How many units have the value that a cell shows, within what its decimals say."""
    labels = {name: f"CAST({expression} AS VARCHAR)" for name, expression in expressions.items()}
    found = []
    for place in range(len(cells)):
        fact = cells.facts.iloc[place]
        if fact["kind"] not in SHARED or fact["state"] != "number":
            found.append(float("nan"))
            continue
        low, high = float(fact["value"] - fact["spread"]), float(fact["value"] + fact["spread"])
        inside = [f"{quoted(value)} BETWEEN {low!r} AND {high!r}", f"({recipe.where or 'TRUE'})"]
        for name, expression in labels.items():
            if not cells.totals[name].iloc[place]:
                inside.append(_is(expression, str(cells.labels[name].iloc[place])))
        unit = f"DISTINCT {quoted(records.unit)}" if records.unit else "*"
        asked = f"SELECT count({unit}) AS n FROM {TABLE} WHERE {' AND '.join(inside)}"
        found.append(float(records.frame(asked)["n"].iloc[0]))
    return pd.Series(found, index=cells.facts.index, dtype=float)


def _is(expression: str, label: str) -> str:
    """SQL that compares a label as `_as_key` does."""
    number = f"TRY_CAST({expression} AS DOUBLE) = {float(label)!r}" if _is_number(label) else "FALSE"
    return f"({number} OR lower(trim({expression})) = {_text(as_compared(label))})"


def _column(records: Records, name: str) -> str:
    found = records.column(name)
    if found is None:
        raise CannotRead(
            f"The microdata have no column {name}, so the table cannot be made anew from them.",
            "Give the columns of the table the names that they have in the microdata.",
        )
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


def _is_number(label: str) -> bool:
    try:
        float(label)
    except ValueError:
        return False
    return True


def _text(label: str) -> str:
    return "'" + label.replace("'", "''") + "'"


def _margins(cells: Cells, names: Sequence[str]) -> set[frozenset[str]]:
    """The sets of dimensions over which some cell of the table is a total."""
    if len(names) > MOST_DIMENSIONS:
        raise CannotRead(f"The table has more than {MOST_DIMENSIONS} dimensions.", "Split it into smaller tables.")
    patterns = {tuple(row) for row in cells.totals[list(names)].to_numpy(dtype=bool).tolist()} or {()}
    return {frozenset(name for name, total in zip(names, row, strict=False) if total) for row in patterns}


def _evidence(cells: Cells, names: Sequence[str], found: pd.DataFrame, amounts: bool) -> dict[str, pd.Series[float]]:
    """A column of evidence for each of EVIDENCE_COLUMNS: counts are of units, amounts of those with a value."""
    keys = _keys_of(found, names)
    measured = found[list(MEASURES)].to_dict("records")
    known: dict[tuple[str, ...], Mapping[Any, float]] = dict(zip(keys, measured, strict=True))
    wanted = [
        tuple("" if total else _as_key(label) for label, total in zip(labels, totals, strict=True))
        for labels, totals in zip(
            cells.labels[list(names)].itertuples(index=False, name=None),
            cells.totals[list(names)].itertuples(index=False, name=None),
            strict=True,
        )
    ]
    kinds = cells.facts["kind"].tolist()
    rows = [_of_cell(known.get(key), kind, amounts) for key, kind in zip(wanted, kinds, strict=True)]
    table = pd.DataFrame(rows, columns=list(EVIDENCE_COLUMNS), index=cells.facts.index, dtype=float)
    return {name: table[name] for name in EVIDENCE_COLUMNS}


def _of_cell(row: Mapping[Any, float] | None, kind: str, amounts: bool) -> dict[str, float]:
    """The evidence of one cell; a combination that no record has is held by nobody."""
    known: Mapping[Any, float] = ABSENT if row is None else row
    nothing = float("nan")
    if kind in ("count", "percentage") or not amounts:
        return {"n": float(known["units"]), "rows": float(known.get("rows", 0.0))}
    return {
        "n": float(known["n"]),
        "rows": float(known["filled"]),
        **{
            name: _number(known.get(name, nothing))
            for name in ("total", "absolute_total", "largest", "second_largest", "minimum", "maximum")
        },
    }


def _number(value: float | None) -> float:
    return float("nan") if value is None or pd.isna(value) else float(value)


def _keys_of(found: pd.DataFrame, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Key of each row of a cube: "" where it is summed over. GROUPING's first argument is its highest bit."""
    summed = found["summed"].to_numpy(dtype=np.int64)
    columns = []
    for place, name in enumerate(names):
        over = (summed >> (len(names) - 1 - place)) & 1
        labels = [_as_key(value) for value in found[name].tolist()]
        columns.append(["" if is_over else label for is_over, label in zip(over, labels, strict=True)])
    return list(zip(*columns, strict=True)) if columns else [()] * len(found)


def _as_key(value: object) -> str:
    """A label or a value in the form in which both are compared: 2010 and 2010.0 are one, as are capitals and small."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "\0missing"
    text = as_compared(str(value))
    try:
        return repr(float(text))
    except ValueError:
        return text
