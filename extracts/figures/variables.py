"""The figures of one variable, from its tally."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from extracts.figures.safe import THRESHOLD, blunt, percent, rounded, told
from extracts.figures.tally import Tally
from governance.catalogue.catalogue import Variable

TOP = 20
MOST_CODES = 30
PERCENTILES = (5, 25, 50, 75, 95)
# Below the 5th percentile there must be enough rows that none of them is told.
ROWS_FOR_PERCENTILES = 20 * THRESHOLD
EPOCH = date(1970, 1, 1)


def figures_of(variable: Variable, tally: Tally) -> dict[str, Any]:
    """Missing, different values, and the commonest codes, percentiles or quarters, whichever the type has."""
    values, counts = tally.values, tally.counts
    dated = variable.duckdb_type == "DATE"
    by_quarter = _by_quarter(values, counts) if dated else {}
    # Days are told in no other way than by quarter, so that only quarters can be subtracted from one another.
    missing, *shown = told([tally.missing, *(by_quarter.values() if dated else counts)])
    rows = rounded(tally.rows)
    found = {
        "missing": missing,
        "missing_percent": percent(missing, rows),
        "distinct": len(values) if len(values) < 100 else blunt(len(values)),
    }
    if dated:
        return {**found, **_quarters(list(by_quarter), shown, rows)}
    numeric = variable.duckdb_type in ("BIGINT", "DOUBLE")
    if numeric:
        found |= _percentiles(values, counts)
    if not numeric or (variable.duckdb_type == "BIGINT" and len(values) <= MOST_CODES):
        found |= _top(values, shown, rows)
    return found


def _top(values: list[object], shown: list[int | None], rows: int | None) -> dict[str, Any]:
    """The commonest codes, commonest first; how many more there are, told or not."""
    known = sorted(
        ((count, str(value)) for value, count in zip(values, shown, strict=True) if count),
        key=lambda pair: (-pair[0], pair[1]),
    )[:TOP]
    codes = [{"code": value, "count": count, "percent": percent(count, rows)} for count, value in known]
    return {"codes": codes, "more_codes": len(values) - len(known)}


def _percentiles(values: list[object], counts: list[int]) -> dict[str, Any]:
    total = sum(counts)
    if total < ROWS_FOR_PERCENTILES:
        return {}
    reached = np.cumsum(counts)
    places = [int(np.searchsorted(reached, total * share / 100)) for share in PERCENTILES]
    return {
        "percentiles": {
            str(share): blunt(float(values[place]))  # type: ignore[arg-type]
            for share, place in zip(PERCENTILES, places, strict=True)
        }
    }


def _by_quarter(values: list[object], counts: list[int]) -> dict[str, int]:
    """Rows in each quarter, in the order of time."""
    by_quarter: dict[str, int] = {}
    for days, count in zip(values, counts, strict=True):
        day = EPOCH + timedelta(days=int(days))  # type: ignore[call-overload]
        quarter = f"{day.year}Q{(day.month + 2) // 3}"
        by_quarter[quarter] = by_quarter.get(quarter, 0) + count
    return by_quarter


def _quarters(quarters: list[str], shown: list[int | None], rows: int | None) -> dict[str, Any]:
    """The quarters that hold enough rows to be told, with their rows; how many more there are."""
    told_of = [
        {"quarter": quarter, "count": count, "percent": percent(count, rows)}
        for quarter, count in zip(quarters, shown, strict=True)
        if count
    ]
    if not told_of:
        return {}
    return {
        "first_quarter": told_of[0]["quarter"],
        "last_quarter": told_of[-1]["quarter"],
        "quarters": told_of,
        "more_quarters": len(quarters) - len(told_of),
    }
