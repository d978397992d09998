"""Expected: between which numbers a statistic of the records lies, whichever of its usual definitions was used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from extracts.disclosure.microdata.labels import as_key, as_keys, column_of
from extracts.disclosure.microdata.records import TABLE, Records, quoted
from extracts.disclosure.reading.cells import Cells, Floats
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.named import named
from extracts.disclosure.reading.statistics import is_range, position_of
from extracts.disclosure.recipe import Recipe

VARIANCE, DEVIATION = frozenset(["variance", "var"]), frozenset(["sd", "std", "stddev", "stdev", "deviation"])

Between = tuple[float, float]
UNKNOWN: Between = (np.nan, np.nan)
# Kinds of numbers that weights make, in the order in which they are asked for.
WEIGHTED = ("weighted", "total", "mean")


def expected(
    cells: Cells, records: Records, labels: Mapping[str, str], value: str, recipe: Recipe
) -> dict[str, pd.Series[float]]:
    """`expected_low` and `expected_high` of each cell that shows an amount; NaN where the records do not say.

    Sums, extremes and ranges are known exactly. A mean may be of records or of units. A quantile lies between the
    records on either side of its place: the nine definitions of Hyndman and Fan (1996) all do. A standard deviation
    or variance divides by n or n - 1. Where records have weights, counts, sums and means are of these.
    """
    names = named(cells)
    if recipe.weight:
        return _columns(cells, _weighted(cells, records, labels, value, recipe))
    between = [_simple(fact, name) for fact, name in zip(cells.facts.to_dict("records"), names, strict=True)]
    for place, found in _sorted(cells, records, labels, value, recipe).items():
        between[place] = _of_values(str(cells.facts["kind"].iloc[place]), names[place], found)
    return _columns(cells, between)


def _columns(cells: Cells, between: Sequence[Between]) -> dict[str, pd.Series[float]]:
    low, high = zip(*between, strict=True) if between else ((), ())
    index = cells.facts.index
    return {"expected_low": pd.Series(low, index, dtype=float), "expected_high": pd.Series(high, index, dtype=float)}


def _weighted(cells: Cells, records: Records, labels: Mapping[str, str], value: str, recipe: Recipe) -> list[Between]:
    """Weighted counts, sums and means of the cells; of other statistics nothing is known."""
    weight = f"CAST({quoted(column_of(records, recipe.weight))} AS DOUBLE)"
    amount = f"CAST({quoted(value)} AS DOUBLE)" if value else "NULL"
    measures = (
        f"sum({weight}) AS weighted, sum({weight} * {amount}) AS total,"
        f" sum({weight} * {amount}) / sum({weight}) FILTER ({amount} IS NOT NULL) AS mean"
    )
    kinds = cells.facts["kind"].tolist()
    found: list[Between] = [UNKNOWN] * len(cells)
    kept = [tuple(name for name in labels if not cells.totals[name].iloc[place]) for place in range(len(cells))]
    for names in dict.fromkeys(kept):
        chosen = "".join(f"{labels[name]} AS {quoted(name)}, " for name in names)
        group = "GROUP BY ALL" if names else ""
        table = records.frame(f"SELECT {chosen}{measures} FROM {TABLE} WHERE {recipe.where or 'TRUE'} {group}")
        rows = {as_keys(row[: len(names)]): row[len(names) :] for row in table.itertuples(index=False, name=None)}
        for place in (place for place, of in enumerate(kept) if of == names and kinds[place] in WEIGHTED):
            key = tuple(as_key(cells.labels[name].iloc[place]) for name in names)
            number = float(rows.get(key, (0.0, 0.0, np.nan))[WEIGHTED.index(kinds[place])])
            found[place] = number, number
    return found


def _simple(fact: Mapping[Any, Any], name: str) -> Between:
    """What the evidence of a cell says of a sum, a mean or an extreme."""
    kind, words = str(fact["kind"]), set(words_of(name))
    if kind == "total":
        return fact["total"], fact["total"]
    if kind == "mean" and fact["n"] > 0:
        means = [fact["total"] / fact["rows"], fact["total"] / fact["n"]]
        return min(means), max(means)
    if kind != "endpoint" or np.isnan(fact["minimum"]):
        return UNKNOWN
    if is_range(name):
        return (fact["maximum"] - fact["minimum"],) * 2
    low = {"min", "minimum", "smallest", "lowest", "earliest", "shortest", "youngest"} & words
    high = {"max", "maximum", "largest", "highest", "latest", "longest", "oldest", "biggest"} & words
    if bool(low) == bool(high):
        return UNKNOWN
    return (fact["minimum"],) * 2 if low else (fact["maximum"],) * 2


def _sorted(cells: Cells, records: Records, labels: Mapping[str, str], value: str, recipe: Recipe) -> dict[int, Floats]:
    """Place of each quantile and spread -> the values of its records, in ascending order."""
    wanted = np.flatnonzero(
        cells.facts["kind"].isin(["position", "shape"]) & (cells.facts["state"] == "number")
    ).tolist()
    kept = {place: tuple(name for name in labels if not cells.totals[name].iloc[place]) for place in wanted}
    found: dict[int, Floats] = {}
    for names in dict.fromkeys(kept.values()):
        values = _values(records, {name: labels[name] for name in names}, value, recipe)
        for place in (place for place, of in kept.items() if of == names):
            key = tuple(as_key(cells.labels[name].iloc[place]) for name in names)
            found[place] = values.get(key, np.zeros(0))
    return found


def _values(records: Records, labels: Mapping[str, str], value: str, recipe: Recipe) -> dict[tuple[str, ...], Floats]:
    chosen = "".join(f"{sql} AS {quoted(name)}, " for name, sql in labels.items())
    asked = (
        f"SELECT {chosen}CAST({quoted(value)} AS DOUBLE) AS amount FROM {TABLE}"
        f" WHERE ({recipe.where or 'TRUE'}) AND {quoted(value)} IS NOT NULL ORDER BY amount"
    )
    found = records.frame(asked)
    amounts = found["amount"].to_numpy(dtype=np.float64)
    if not labels:
        return {(): amounts}
    groups = found.groupby(list(labels), dropna=False, sort=False).indices
    return {as_keys(key): amounts[at] for key, at in groups.items()}


def _of_values(kind: str, name: str, values: Floats) -> Between:
    """Between which numbers a quantile or a spread of these values lies."""
    n, words = len(values), set(words_of(name))
    if n < 2:
        return UNKNOWN
    if kind == "shape":
        size = 2 if VARIANCE & words else 1 if DEVIATION & words else 0
        spreads = [float(values.std(ddof=freedom)) ** size for freedom in (0, 1)]
        return (min(spreads), max(spreads)) if size else UNKNOWN
    if {"iqr", "interquartile"} & words:
        upper, lower = _around(values, 0.75), _around(values, 0.25)
        return upper[0] - lower[1], upper[1] - lower[0]
    named = [share for word in name.split() if (share := position_of(word)) is not None]
    return _around(values, named[0]) if len(set(named)) == 1 else UNKNOWN


def _around(values: Floats, share: float) -> Between:
    """The values on either side of a quantile's place, one further where the place is a value's own."""
    n = len(values)
    below, above = int(np.floor(n * share)) - 1, int(np.ceil(n * share))
    return float(values[max(below, 0)]), float(values[min(above, n - 1)])
