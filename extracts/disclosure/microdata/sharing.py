"""Sharing: how many units have the value that a cell shows, such as a maximum."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from extracts.disclosure.microdata.labels import as_key, as_keys
from extracts.disclosure.microdata.records import TABLE, Records, quoted
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.statistics import is_range
from extracts.disclosure.recipe import Recipe

SHARED = ("endpoint", "mode", "position")

Having = Mapping[tuple[str, ...], pd.DataFrame]


def sharing(cells: Cells, records: Records, labels: Mapping[str, str], value: str, recipe: Recipe) -> pd.Series[float]:
    """Distinct units that have the value of each extreme, mode or quantile shown; NaN for other cells.

    A shown number may be rounded: it stands for whichever value within its decimals most units have. A range is as
    shared as the less shared of its two ends.
    """
    facts = cells.facts
    wanted = np.flatnonzero(facts["kind"].isin(SHARED) & (facts["state"] == "number"))
    found = np.full(len(cells), np.nan)
    kept = {place: tuple(name for name in labels if not cells.totals[name].iloc[place]) for place in wanted.tolist()}
    for names in dict.fromkeys(kept.values()):
        having = _having(records, {name: labels[name] for name in names}, value, recipe)
        for place in (place for place, of in kept.items() if of == names):
            group = having.get(tuple(as_key(cells.labels[name].iloc[place]) for name in names))
            found[place] = 0.0 if group is None else _units(cells, place, group)
    return pd.Series(found, index=facts.index, dtype=float)


def _units(cells: Cells, place: int, group: pd.DataFrame) -> float:
    fact = cells.facts.iloc[place]
    amounts, units = group["amount"].to_numpy(), group["units"].to_numpy()
    if is_range(f"{fact['column']} {' '.join(cells.labels.iloc[place])}"):
        return float(min(units[amounts.argmin()], units[amounts.argmax()]))
    low, high = fact["value"] - fact["spread"], fact["value"] + fact["spread"]
    return float(units[(amounts >= low) & (amounts <= high)].max(initial=0.0))


def _having(records: Records, labels: Mapping[str, str], value: str, recipe: Recipe) -> Having:
    """Key -> each value that occurs there and how many units have it."""
    unit = f"DISTINCT {quoted(records.unit)}" if records.unit else "*"
    chosen = "".join(f"{sql} AS {quoted(name)}, " for name, sql in labels.items())
    grouped = [*map(quoted, labels), "amount"]
    asked = (
        f"SELECT {chosen}CAST({quoted(value)} AS DOUBLE) AS amount, count({unit}) AS units FROM {TABLE}"
        f" WHERE ({recipe.where or 'TRUE'}) AND {quoted(value)} IS NOT NULL GROUP BY {', '.join(grouped)}"
    )
    found = records.frame(asked)
    if not labels:
        return {(): found} if len(found) else {}
    groups = found.groupby(list(labels), dropna=False, sort=False).indices
    return {as_keys(labels_of): found.iloc[places] for labels_of, places in groups.items()}
