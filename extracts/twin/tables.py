"""The tables of a twin: keys, dates and all other columns put together, and how close each column came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from extracts.specification import ColumnSpec, TableSpec
from extracts.twin.dates import as_dates, dates_of, drawn_together
from extracts.twin.keys import KeyMaker, Keys, absent, keys_of
from extracts.twin.laws import law_of, missing_share
from extracts.twin.levels import at_level
from extracts.twin.source import Source
from governance.catalogue.catalogue import Table, Variable

KEYS = "keys that join"
PERIOD = ", inside the period"


@dataclass(frozen=True)
class Kept:
    """What a twin kept of one column.

    missing   share of rows without a value in the twin; `published` that of the release, None where it is not told
    distance  how far its values are from what is published, 0 to 1: the share of rows that would have to change, or
              for numbers the largest difference of the share below a percentile; None where nothing is published
    """

    table: str
    variable: str
    level: str
    kept: str
    missing: float
    published: float | None
    distance: float | None


@dataclass(frozen=True)
class TwinTable:
    name: str
    rows: pa.Table
    kept: tuple[Kept, ...]


@dataclass(frozen=True)
class _Column:
    """The values of one column as finely as the source has them, before its level of detail."""

    values: pa.Array
    kept: str
    distance: float | None


def tables(source: Source) -> Iterator[TwinTable]:
    """Table by table, parents first; no more than one is held at a time, besides the keys."""
    maker = KeyMaker(source.catalogue, source.sizes(), source.published_rows, source.random)
    chosen = {table.name: table for table in source.spec.tables}
    for name, keys in maker:
        yield _table(chosen[name], source, keys)


def _table(spec: TableSpec, source: Source, keys: Keys) -> TwinTable:
    table = source.catalogue[spec.name]
    rows = len(next(iter(keys.values()))) if keys else source.sizes()[spec.name]
    wanted = {column.name: column for column in spec.columns}
    found = {**_keys(table, keys, wanted, source), **_dates(table, rows, source)}
    for variable in table.variables:
        if variable.name in wanted and variable.name not in found:
            found[variable.name] = _plain(variable, rows, source)
    columns = {
        one.name: at_level(found[one.name].values, table[one.name], one.level, source.catalogue) for one in spec.columns
    }
    order = [(one.name, "ascending") for one in spec.columns if table[one.name].pseudonymised]
    whole = pa.table(columns)
    kept = tuple(_kept(table[one.name], one, found[one.name], source) for one in spec.columns)
    return TwinTable(spec.name, whole.sort_by(order) if order else whole, kept)


def _keys(table: Table, keys: Keys, wanted: dict[str, ColumnSpec], source: Source) -> dict[str, _Column]:
    found = {}
    for variable in keys_of(table):
        if variable.name in wanted:
            values = keys[variable.name]
            blank = absent(table, variable, len(values), source.random(table.name, variable.name, "missing"))
            found[variable.name] = _Column(pa.array(values, mask=blank), KEYS, None)
    return found


def _dates(table: Table, rows: int, source: Source) -> dict[str, _Column]:
    """All dates of a table, asked for or not, so that asking for one more changes no other."""
    dated = [one for one in table.variables if one.duckdb_type == "DATE" and one.selectable]
    if not dated:
        return {}
    period = source.spec.period_from, source.spec.period_to
    laws = [dates_of(source.figures_of(table.name, one.name), period) for one in dated]
    blank = [np.zeros(rows, bool) if one.name == table.period_column else _blank(one, rows, source) for one in dated]
    anchor = next((place for place, one in enumerate(dated) if one.name == table.period_column), None)
    days = drawn_together(laws, blank, anchor, period, source.random(table.name, "dates"))
    found = {}
    for place, one in enumerate(dated):
        law = laws[place].within(period) if place == anchor else laws[place]
        words = law.kept + PERIOD if place == anchor else law.kept
        found[one.name] = _Column(as_dates(days[place], blank[place]), words, law.distance(days[place][~blank[place]]))
    return found


def _plain(variable: Variable, rows: int, source: Source) -> _Column:
    """A column that is drawn by itself."""
    published = source.published_rows(variable.table)
    law = law_of(variable, source.figures_of(variable.table, variable.name), source.catalogue, published)
    drawn = law.at(source.random(variable.table, variable.name).uniform(0, 1, rows))
    blank = _blank(variable, rows, source)
    values = pc.if_else(pa.array(blank), pa.scalar(None, drawn.type), drawn)
    return _Column(values, law.kept, law.distance(values.drop_null()))


def _blank(variable: Variable, rows: int, source: Source) -> npt.NDArray[np.bool_]:
    figures = source.figures_of(variable.table, variable.name)
    share = missing_share(variable, figures, source.published_rows(variable.table))
    return source.random(variable.table, variable.name, "missing").random(rows) < share


def _kept(variable: Variable, column: ColumnSpec, found: _Column, source: Source) -> Kept:
    figures = source.figures_of(variable.table, variable.name)
    published = figures.get("missing_percent")
    rows = len(found.values)
    return Kept(
        variable.table,
        variable.name,
        column.level,
        found.kept,
        found.values.null_count / rows if rows else 0.0,
        None if published is None else published / 100,
        found.distance,
    )
