"""The cube: what contributes to each cell of a table, and to each of its margins, in one pass over the records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from extracts.disclosure.microdata.records import TABLE, Records, quoted

# A cell's row of the cube, besides its dimensions.
MEASURES = (
    "rows",
    "units",
    "n",
    "filled",
    "total",
    "absolute_total",
    "largest",
    "second_largest",
    "minimum",
    "maximum",
)


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
    by_row = not records.unit or _one_row_each(records, where)
    query = (_by_row if by_row else _by_unit)(source, names, sets, bool(value))
    return records.frame(query)


def _sets(names: Sequence[str], margins: Collection[frozenset[str]] | None) -> list[frozenset[str]]:
    if margins is not None:
        return sorted(margins, key=sorted)
    return [frozenset(name for place, name in enumerate(names) if bits >> place & 1) for bits in range(2 ** len(names))]


def _unit(records: Records) -> str:
    return quoted(records.unit) if records.unit else "1"


def _one_row_each(records: Records, where: str) -> bool:
    """Whether no unit has two rows, so that rows need not be added up by unit."""
    unit = quoted(records.unit)
    asked = f"SELECT count(*) = count(DISTINCT {unit}) AS one FROM {TABLE} WHERE {where}"
    return bool(records.frame(asked)["one"].iloc[0])


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


def _by_unit(source: str, names: Sequence[str], sets: Sequence[Sequence[str]], amounts: bool) -> str:
    """The query where a unit has several rows: they are added up within each cell, then within each margin.

    Each margin is made of the smallest one that holds it, which has far fewer rows than the records.
    """
    n = "count(*) FILTER (WHERE filled > 0)" if amounts else "count(*)"
    made: dict[tuple[str, ...], str] = {}
    steps = []
    for kept in sorted({tuple(names), *map(tuple, sets)}, key=len, reverse=True):
        above = [step for holds, step in made.items() if set(kept) <= set(holds)]
        made[kept] = f"_{len(made)}"
        query = _added_up(above[-1] if above else source, kept, first=not above)
        steps.append(f"{made[kept]} AS MATERIALIZED ({query})")
    found = [
        f"""SELECT {_columns(names, kept)}, sum(rows) AS rows, count(*) AS units, {n} AS n, sum(filled) AS filled,
               sum(given) AS total, sum(abs(given)) AS absolute_total,
               max(abs(given), 2) AS top, min(lowest) AS minimum, max(highest) AS maximum
            FROM {made[tuple(kept)]}{_grouped(kept)}"""
        for kept in sets
    ]
    return f"WITH {', '.join(steps)} {_topped(' UNION ALL '.join(found))}"


def _added_up(source: str, kept: Sequence[str], *, first: bool) -> str:
    """The query that adds up the rows of each unit within some dimensions."""
    keys = ", ".join([*map(quoted, kept), "_unit"])
    if first:
        sums = "count(*) AS rows, count(_value) AS filled, sum(_value) AS given, min(_value) AS lowest"
        return f"SELECT {keys}, {sums}, max(_value) AS highest FROM {source} GROUP BY {keys}"
    sums = "sum(rows) AS rows, sum(filled) AS filled, sum(given) AS given, min(lowest) AS lowest"
    return f"SELECT {keys}, {sums}, max(highest) AS highest FROM {source} GROUP BY {keys}"


def _columns(names: Sequence[str], kept: Sequence[str]) -> str:
    """The dimensions, missing where summed over, and which those are."""
    bits = sum(1 << (len(names) - 1 - place) for place, name in enumerate(names) if name not in kept)
    columns = [quoted(name) if name in kept else f"NULL AS {quoted(name)}" for name in names]
    return ", ".join([*columns, f"{bits} AS summed"])


def _grouped(kept: Sequence[str]) -> str:
    """Without dimensions there is one row, and none where there is no record."""
    return f" GROUP BY {', '.join(map(quoted, kept))}" if kept else " HAVING count(*) > 0"


def _topped(query: str) -> str:
    """The two largest as columns of their own."""
    return f"SELECT * EXCLUDE (top), top[1] AS largest, top[2] AS second_largest FROM ({query})"
