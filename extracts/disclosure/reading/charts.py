"""Charts: the data that drawing libraries keep inside of a chart, as tables.

Knows the JSON of Vega and Vega-Lite (also Altair), Plotly, Chart.js, Highcharts and ECharts. A chart whose
data stand elsewhere (at an address) gives a part that says so: nobody has seen them.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Part, PartKind
from extracts.disclosure.reading.formats.frames import as_text, table_of, table_of_records
from extracts.disclosure.reading.triage import CannotRead

# Fields of a Plotly trace that hold one value per mark, and so are data.
PLOTLY = (
    "x", "y", "z", "text", "labels", "values", "parents", "ids", "customdata", "hovertext", "locations", "lat", "lon",
    "r", "theta", "open", "high", "low", "close", "a", "b", "c", "q1", "q3", "median", "lowerfence", "upperfence",
    "mean", "sd", "base", "measure", "u", "v", "w", "i", "j", "k",
)  # fmt: skip

# Parts of a trace that hold data of their own: the size and colour of markers, the length of error bars.
INNER = ("size", "color", "array", "label", "value", "source", "target", "values")
NESTED = ("marker", "error_x", "error_y", "node", "link", "header", "cells")

# Numbers that Plotly writes as `{"dtype": "f8", "bdata": base64}`.
DTYPES = {"i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"}


def parts_of(value: Any, place: str, limits: Policy) -> list[Part]:
    """The data of one chart, a part for each set of them; none when the value is no known chart.

    value   JSON as Python reads it
    place   where the chart stands, such as `script 2`
    Raises CannotRead when a set is too large.
    """
    if not isinstance(value, Mapping):
        return []
    sets = [*_vega(value), *_plotly(value), *(found for kind in _others(value) for found in kind)]
    return [_part(name, data, place, limits) for name, data in sets]


def _part(name: str, data: Any, place: str, limits: Policy) -> Part:
    """One set of data as a part."""
    where = f"{place}, {name}" if place else name
    if isinstance(data, str):
        return Part(
            PartKind.CHART, where, text=data, note="The data of this chart are not in a form that can be checked."
        )
    if isinstance(data, Mapping):
        return Part(PartKind.CHART, where, _of_columns(data, limits))
    rows = [row if isinstance(row, Mapping) else {"value": row} for row in data]
    return Part(PartKind.CHART, where, table_of_records(rows, limits))


def _of_columns(data: Mapping[str, Sequence[Any]], limits: Policy) -> Any:
    """A table of columns that may differ in length."""
    columns = list(data.values())
    longest = max((len(column) for column in columns), default=0)
    rows = [[column[row] if row < len(column) else None for column in columns] for row in range(longest)]
    return table_of(list(data), rows, limits)


def _vega(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The data sets of a Vega or Vega-Lite chart, wherever they stand in it."""
    if "vega" not in str(value.get("$schema", "")) and not {"mark", "layer", "hconcat", "vconcat", "marks"} & set(
        value
    ):
        return []
    return list(_vega_sets(value, 0))


def _vega_sets(value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """Data sets below one value of a Vega chart."""
    if depth > 40:
        raise CannotRead("A chart is nested too deeply.", "Supply the table behind the chart.")
    if isinstance(value, list):
        for item in value:
            yield from _vega_sets(item, depth + 1)
        return
    if not isinstance(value, Mapping):
        return
    for name, rows in (value.get("datasets") or {}).items() if isinstance(value.get("datasets"), Mapping) else ():
        yield f"data {name}", _values(rows)
    data = value.get("data")
    for number, one in enumerate(data if isinstance(data, list) else [data], 1):
        if isinstance(one, Mapping) and "values" in one:
            yield f"data {one.get('name', number)}", _values(one["values"])
        elif isinstance(one, Mapping) and "url" in one:
            yield f"data {one.get('name', number)}", f"The data are at an address: {as_text(one['url'])}"
    for name, inner in value.items():
        if name not in ("data", "datasets"):
            yield from _vega_sets(inner, depth + 1)


def _values(rows: Any) -> Any:
    """Rows of a Vega data set; text such as CSV stays text."""
    return rows if isinstance(rows, list | str) else [rows]


def _plotly(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The traces of a Plotly figure: a list of objects that name their type or hold x or values."""
    traces = value.get("data")
    if not isinstance(traces, list) or not traces or not all(isinstance(trace, Mapping) for trace in traces):
        return []
    if "layout" not in value and not any("type" in trace and set(PLOTLY) & set(trace) for trace in traces):
        return []
    found = [(f"trace {number}", _trace(trace)) for number, trace in enumerate(traces, 1)]
    return [(name, columns) for name, columns in found if columns]


def _trace(trace: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
    """The columns of one trace, those of its markers and error bars included. A heat map's rows are columns."""
    columns: dict[str, Sequence[Any]] = {}
    nested = {
        f"{name} {part}": inner[part]
        for name in NESTED
        if isinstance(inner := trace.get(name), Mapping)
        for part in INNER
        if part in inner
    }
    for name, values in {**{name: trace[name] for name in PLOTLY if name in trace}, **nested}.items():
        values = _numbers(values)
        if isinstance(values, list) and values and all(isinstance(row, list) for row in values):
            columns |= {f"{name} {number}": row for number, row in enumerate(values, 1)}
        elif isinstance(values, list) and values:
            columns[name] = values
    return columns


def _numbers(values: Any) -> Any:
    """Values of a trace; packed ones are unpacked."""
    if not (isinstance(values, Mapping) and isinstance(values.get("bdata"), str) and values.get("dtype") in DTYPES):
        return values
    try:
        packed = base64.b64decode(values["bdata"], validate=True)
        numbers = np.frombuffer(packed, dtype=np.dtype(values["dtype"]).newbyteorder("<"))
        shape = [int(size) for size in str(values.get("shape", len(numbers))).split(",")]
        return numbers.reshape(shape).tolist()
    except ValueError:
        raise CannotRead("The packed data of a chart cannot be read.", "Supply the table behind the chart.") from None


def _others(value: Mapping[str, Any]) -> Iterator[list[tuple[str, Any]]]:
    """The data of Chart.js, and those of Highcharts and ECharts, which both have `series`."""
    yield _chart_js(value.get("data"))
    axes = [value.get("xAxis"), value.get("yAxis")]
    yield _series(value.get("series"), [one for axis in axes for one in (axis if isinstance(axis, list) else [axis])])


def _chart_js(data: Any) -> list[tuple[str, Any]]:
    """Labels and data sets of a Chart.js chart, side by side."""
    if not (isinstance(data, Mapping) and isinstance(data.get("datasets"), list)):
        return []
    labels = data.get("labels")
    columns: dict[str, Sequence[Any]] = {"label": labels} if isinstance(labels, list) else {}
    return [("data", found)] if (found := _side_by_side(data["datasets"], columns, "label")) else []


def _series(series: Any, axes: Sequence[Any]) -> list[tuple[str, Any]]:
    """The series of a Highcharts or ECharts chart, beside the categories of its axis."""
    if not isinstance(series, list):
        return []
    named = [axis.get("categories", axis.get("data")) for axis in axes if isinstance(axis, Mapping)]
    columns: dict[str, Sequence[Any]] = next(({"category": names} for names in named if isinstance(names, list)), {})
    return [("series", found)] if (found := _side_by_side(series, columns, "name")) else []


def _side_by_side(sets: Sequence[Any], columns: Mapping[str, Sequence[Any]], named: str) -> dict[str, Sequence[Any]]:
    """Columns for each set of data; points of several numbers give a column for each. Nothing without data."""
    found: dict[str, Sequence[Any]] = {}
    for number, one in enumerate(sets, 1):
        values = one.get("data") if isinstance(one, Mapping) else None
        if not isinstance(values, list) or not values:
            continue
        name = as_text(one.get(named, f"series {number}"))
        name = f"{name} ({number})" if name in found else name
        for part, column in _of_points(values).items():
            found[f"{name} {part}".strip()] = column
    return {**columns, **found} if found else {}


def _of_points(values: Sequence[Any]) -> dict[str, Sequence[Any]]:
    """Points as columns: numbers, pairs, or objects with names."""
    if any(isinstance(value, Mapping) for value in values):
        points = [value if isinstance(value, Mapping) else {"y": value} for value in values]
        return {name: [point.get(name) for point in points] for name in dict.fromkeys(n for p in points for n in p)}
    if any(isinstance(value, list) for value in values):
        pairs = [value if isinstance(value, list) else [value] for value in values]
        width = max(len(pair) for pair in pairs)
        return {f"{n + 1}": [pair[n] if n < len(pair) else None for pair in pairs] for n in range(width)}
    return {"": values}
