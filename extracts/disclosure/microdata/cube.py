"""The cube: what contributes to each cell of a table, and to each of its margins, in one pass over the records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from extracts.disclosure.microdata.coded import coded
from extracts.disclosure.microdata.contributions import MEASURES, summaries
from extracts.disclosure.microdata.records import TABLE, Records, quoted

__all__ = ["MEASURES", "cube"]
# Units that come twice are mostly seen among the first rows.
FIRST = 20_000


def cube(
    records: Records,
    dimensions: Mapping[str, str],
    *,
    value: str = "",
    margins: Collection[frozenset[str]] | None = None,
    where: str = "TRUE",
) -> pd.DataFrame:
    """What the records hold in each cell: one row per cell that holds any.

    dimensions  name of each dimension -> SQL expression of its label
    value       column of the amounts; rows where it is missing do not contribute
    margins     sets of dimensions to sum over; None for all of them, the empty set is the cells themselves
    where       SQL condition of the population

    Columns: the dimensions (missing where summed over), `summed` (bits as SQL's GROUPING gives them), and
    rows       records
    units      distinct units
    n          distinct units with a value; all units where no column of amounts is given
    filled     records with a value
    total, absolute_total      sum of the values, and of their absolute values by unit
    largest, second_largest    the two largest absolute contributions of units (NaN for none)
    minimum, maximum           the smallest and largest value of a record

    Several rows of one unit are one contribution. Source: dominance is of contributors, not of rows (SDC Handbook).
    """
    names = list(dimensions)
    sets = [[name for name in names if name not in summed] for summed in _sets(names, margins)]
    labels = ", ".join(f"{expression} AS {quoted(name)}" for name, expression in dimensions.items())
    amount = f"CAST({quoted(value)} AS DOUBLE)" if value else "CAST(NULL AS DOUBLE)"
    selected = ", ".join([*([labels] if labels else []), f"{_unit(records)} AS _unit", f"{amount} AS _value"])
    source = f"(SELECT {selected} FROM {TABLE} WHERE {where})"
    if not records.unit or _one_row_each(records, where):
        return records.frame(_by_row(source, names, sets, bool(value)))
    return summaries(coded(records, source, names), names, sets, amounts=bool(value))


def _sets(names: Sequence[str], margins: Collection[frozenset[str]] | None) -> list[frozenset[str]]:
    if margins is not None:
        return sorted(margins, key=sorted)
    return [frozenset(name for place, name in enumerate(names) if bits >> place & 1) for bits in range(2 ** len(names))]


def _unit(records: Records) -> str:
    return quoted(records.unit) if records.unit else "1"


def _one_row_each(records: Records, where: str) -> bool:
    """Whether no unit has two rows, so that rows need not be added up by unit."""
    chosen = f"SELECT {quoted(records.unit)} AS unit FROM {TABLE} WHERE {where}"
    some, every = (
        f"SELECT count(*) = count(DISTINCT unit) FROM ({chosen}{limit})" for limit in (f" LIMIT {FIRST}", "")
    )
    return all(bool((records.connection.execute(asked).fetchone() or (False,))[0]) for asked in (some, every))


def _keys(kept: Sequence[str]) -> str:
    return "(" + ", ".join(map(quoted, kept)) + ")"


def _grouping(names: Sequence[str]) -> str:
    return f"GROUPING({', '.join(map(quoted, names))})" if names else "0"


def _by_row(source: str, names: Sequence[str], sets: Sequence[Sequence[str]], amounts: bool) -> str:
    """The query where each row is a unit."""
    columns = ", ".join([*map(quoted, names), f"{_grouping(names)} AS summed"])
    n = "count(_value)" if amounts else "count(*)"
    measures = f"""
        count(*) AS rows, count(*) AS units, {n} AS n, count(_value) AS filled,
        sum(_value) AS total, sum(abs(_value)) AS absolute_total,
        max(abs(_value), 2) AS top, min(_value) AS minimum, max(_value) AS maximum"""
    grouped = ", ".join(_keys(kept) for kept in sets)
    return _topped(f"SELECT {columns}, {measures} FROM {source} GROUP BY GROUPING SETS ({grouped})")


def _topped(query: str) -> str:
    """The two largest as columns of their own."""
    return f"SELECT * EXCLUDE (top), top[1] AS largest, top[2] AS second_largest FROM ({query})"
