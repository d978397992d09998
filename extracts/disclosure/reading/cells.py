"""Tidy cells: one row per number of a table, with its labels, its kind and its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from extracts.disclosure.description import FileDescription
from extracts.disclosure.layout import Layout, Percentage
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.labels import as_compared, reads_as_total
from extracts.disclosure.reading.numbers import is_blank, read_number
from extracts.disclosure.reading.statistics import kind_of_statistic, said_out_of
from extracts.disclosure.report import Cell

Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Groups = npt.NDArray[np.int64]

EVIDENCE_COLUMNS = (
    "n",
    "total",
    "largest",
    "second_largest",
    "absolute_total",
    "rows",
    "minimum",
    "maximum",
    "sharing",
    "cases",
)


@dataclass(frozen=True)
class Cells:
    """The cells of one table.

    labels  one column of text per dimension
    totals  the same columns: is the label that of a total?
    facts   on the same index:
            row         as a spreadsheet numbers it
            column      heading
            measure     cells are comparable within one measure ("" for the body of a wide table)
            kind        one of those in `layout.FIELDS`, or percentage
            state       number, hidden, not_applicable or unreadable
            value       the number, or NaN
            low, high   the count of units lies between these, as far as a reader can tell; NaN for unknown
            base        count that a percentage is a share of, or NaN
            structural  shows 0 and holds nobody, by definition; said_structural if the
                        description says so, be it right or wrong
            blank       left empty, or filled with what software writes for nothing
            n, total, largest, second_largest, absolute_total, rows, minimum, maximum, sharing, cases   evidence, or NaN
    """

    labels: pd.DataFrame
    totals: pd.DataFrame
    facts: pd.DataFrame

    def __len__(self) -> int:
        return len(self.facts)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the dimensions, in the order of a key."""
        return tuple(self.labels.columns)

    def where(self, chosen: Booleans | pd.Series[bool]) -> Cells:
        """Some of the cells."""
        mask = np.asarray(chosen, dtype=bool)
        return Cells(self.labels[mask], self.totals[mask], self.facts[mask])

    def of_kind(self, *kinds: str) -> Cells:
        """The cells that hold counts, say."""
        return self.where(self.facts["kind"].isin(kinds))

    def numbers(self, name: str) -> Floats:
        """One column of the facts as floats."""
        return self.facts[name].to_numpy(dtype=np.float64)

    def flags(self, name: str) -> Booleans:
        """One column of the facts as booleans."""
        return self.facts[name].to_numpy(dtype=np.bool_)

    def is_total(self, dimension: str) -> Booleans:
        """Which cells are totals over this dimension."""
        return self.totals[dimension].to_numpy(dtype=np.bool_)

    def states(self, *states: str) -> Booleans:
        """Which cells are in one of these states."""
        return self.facts["state"].isin(states).to_numpy(dtype=np.bool_)

    def lines(self, along: str) -> Groups:
        """Number of the line each cell is on: the cells that differ in one dimension only."""
        if not len(self):
            return np.zeros(0, dtype=np.int64)
        keys = [self.facts["measure"], *(self.labels[name] for name in self.dimensions if name != along)]
        return pd.MultiIndex.from_arrays(keys).factorize()[0].astype(np.int64)

    def key(self, place: int) -> dict[str, str]:
        """Dimension to label of the cell in this place."""
        return {str(name): str(self.labels[name].iat[place]) for name in self.dimensions}

    def cell(self, place: int, *, within: Sequence[str] | None = None) -> Cell:
        """Where a cell stands, for a report. `within` limits the key to some dimensions: a group."""
        key = {name: label for name, label in self.key(place).items() if within is None or name in within}
        column = str(self.facts["column"].iat[place])
        if within is not None:
            label = ", ".join(f"{name} {label}" for name, label in key.items())
        else:
            across = self.dimensions[-1] if key and key[self.dimensions[-1]] == column else None
            label = ", ".join([*(f"{name} {label}" for name, label in key.items() if name != across), column])
        return Cell(row=int(str(self.facts["row"].iat[place])), column=column, label=label, key=key)


FACTS = {
    "row": int, "column": str, "measure": str, "kind": str, "state": str,
    "structural": bool, "said_structural": bool, "blank": bool,
    **dict.fromkeys(("value", "spread", "low", "high", "base", *EVIDENCE_COLUMNS), float),
}  # fmt: skip
NO_FACTS = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in FACTS.items()})
NO_CELLS = Cells(pd.DataFrame(), pd.DataFrame(), NO_FACTS)


def tidy(table: Table, described: FileDescription) -> Cells:
    """The numbers of a table as cells. The description must fit the table and have no problems."""
    layout = described.layout
    pieces = [_one_column(table, described, name, kind) for name, kind in layout.measured.items()]
    if not pieces:
        return NO_CELLS
    labels, facts = (pd.concat(piece, ignore_index=True) for piece in zip(*pieces, strict=True))
    totals = labels.apply(lambda column: column.isin(_totals(column.unique(), described.total_labels)))
    if layout.statistic:
        totals[layout.statistic] = False
    facts["said_structural"] = structural(labels, described.structural_zeros)
    # A cell that holds somebody, or hides its number, is judged whatever the description says of it.
    facts["structural"] = facts["said_structural"] & (facts["value"] == 0)
    for share in layout.percentages:
        _imply_counts(facts, table, share)
    return Cells(labels, totals, facts.assign(**dict.fromkeys(EVIDENCE_COLUMNS, np.nan)))


def _totals(labels: Iterable[str], named: Sequence[str]) -> list[str]:
    """The labels that are totals: those the description names, and those that read like one."""
    known = {as_compared(label) for label in named}
    return [label for label in labels if as_compared(label) in known or reads_as_total(label)]


def _one_column(table: Table, described: FileDescription, name: str, kind: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Labels and facts of the cells under one heading."""
    layout = described.layout
    labels = {dimension: table.column(dimension) for dimension in layout.rows}
    body = bool(layout.columns) and name not in layout.bases
    if layout.columns:
        labels[layout.columns] = (name,) * len(table.rows)
    sign = "%" if kind == "percentage" else ""
    texts = table.column(name)
    readings = [read_number(text.removesuffix(sign)) for text in texts]
    facts = pd.DataFrame(
        {
            "row": table.row_numbers,
            "column": name,
            "measure": "" if body else name,
            "kind": _kinds(table, layout, kind),
            "state": [reading.state for reading in readings],
            "value": [reading.value for reading in readings],
            "spread": [reading.spread for reading in readings],
            "low": [reading.low for reading in readings],
            "high": [reading.high for reading in readings],
            "base": np.nan,
            "blank": [is_blank(text) for text in texts],
        }
    )
    counted = (facts["state"] == "number") & (facts["kind"] == "count")
    facts["low"] = facts["low"].where(~counted, facts["value"])
    facts["high"] = facts["high"].where(~counted, facts["value"])
    return pd.DataFrame(labels, index=facts.index, dtype=str), facts


def _kinds(table: Table, layout: Layout, kind: str) -> list[str]:
    """The kind of each cell of a column: that of the column, or of the statistic that its row names."""
    if not layout.statistic:
        return [kind] * len(table.rows)
    return [kind_of_statistic(label) or kind for label in table.column(layout.statistic)]


def _imply_counts(facts: pd.DataFrame, table: Table, share: Percentage) -> None:
    """Set base, low and high of the cells under a percentage: the whole numbers that it may be rounded from."""
    chosen = facts["column"] == share.column
    base = np.array([read_number(text).value for text in table.column(share.base)]) if share.base else np.nan
    value, spread = (facts.loc[chosen, name].to_numpy(dtype=np.float64) for name in ("value", "spread"))
    out_of = said_out_of(share.column) or float(share.out_of or 100)
    lowest, highest = ((value + sign * spread) / out_of * base for sign in (-1, 1))
    facts.loc[chosen, "base"] = base
    # A share that no whole number rounds to is given the whole numbers around it.
    low, high = np.ceil(lowest - 1e-9), np.floor(highest + 1e-9)
    facts.loc[chosen, "low"] = np.clip(np.where(low > high, np.floor(lowest), low), 0, base)
    facts.loc[chosen, "high"] = np.clip(np.where(low > high, np.ceil(highest), high), 0, base)


def structural(labels: pd.DataFrame, zeros: Sequence[Mapping[str, str]]) -> Booleans:
    """Which cells a list of structural zeros names. A key of some dimensions names every cell that has its labels."""
    named = np.zeros(len(labels), dtype=np.bool_)
    for key in zeros:
        matches = np.ones(len(labels), dtype=np.bool_)
        for dimension, label in key.items():
            matches &= (labels[dimension] == label).to_numpy(dtype=np.bool_)
        named |= matches
    return named
