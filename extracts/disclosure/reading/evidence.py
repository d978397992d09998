"""Evidence: the contributors behind each cell, from a file that is supplied but not released.

The file is a CSV with the dimensions of the table it supports, and
`n`               distinct units with a value (not missing)
`total`           the sum of their values, `largest` and `second_largest` contribution of one unit
`absolute_total`  the sum of absolute values; needed only when some values are negative, and then
                  `largest` and `second_largest` are of absolute values too
`values`          how many values there are, when units have several; `denominator` what the total is divided by to give
                  the mean, when that is neither: the sum of weights
`minimum`, `maximum`  of the values; `cases` the court cases that they are of
`below`, `above`  units with a value below and above the number shown; `sharing` units that have just this value
`at_left`, `at_right`  of a bin: units whose value is its left or right edge
`measure`         heading of the column supported; needed only when several columns differ in what is behind them
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.cells import EVIDENCE_COLUMNS, Cells
from extracts.disclosure.reading.csv_table import Table, read_table
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.triage import CannotRead

# Kinds of number that are judged by how many units are behind each.
STATISTICS = ("position", "shape", "index", "weighted", "endpoint", "mode")
FOR_MAGNITUDES = ("n", "total", "largest", "second_largest")
OF_ONE_MEASURE = ("below", "above", "sharing")
MAGNITUDES = ("total", "mean")
# Kinds of number that evidence supports before counts, which are only supported where there is none of them.
OF_VALUES = (*MAGNITUDES, "shape", "position", "endpoint", "mode", "index", "weighted")

Numbers = dict[tuple[str, ...], tuple[float, ...]]


def add_evidence(cells: Cells, name: str, content: bytes, policy: Policy) -> Cells:
    """The cells with what the evidence says of them; cells it doesn't mention keep NaN.

    Evidence is for the statistics of a table, or for its counts when it shows no others.
    Raises CannotRead for a file that cannot be read or does not fit the table.
    """
    table = read_table(name, content, policy)
    supported = _supported(cells, table)
    facts = cells.facts[supported]
    measures = sorted(set(facts["measure"]))
    _require_columns(table, cells.dimensions, measures, bool(facts["kind"].isin(MAGNITUDES).any()))
    by_measure = "measure" in table.columns and "measure" not in cells.dimensions
    numbers = _numbers(table, (*cells.dimensions, *(("measure",) if by_measure else ())))
    keys = cells.labels.itertuples(index=False, name=None)
    unknown = (np.nan,) * len(EVIDENCE_COLUMNS)
    found = [
        numbers.get((*key, measure) if by_measure else tuple(key), unknown) if wanted else unknown
        for key, measure, wanted in zip(keys, cells.facts["measure"], supported, strict=True)
    ]
    columns = np.array(found, dtype=np.float64).reshape(len(cells), len(EVIDENCE_COLUMNS))
    facts = cells.facts.assign(**{name: columns[:, place] for place, name in enumerate(EVIDENCE_COLUMNS)})
    return Cells(cells.labels, cells.totals, facts)


def _supported(cells: Cells, table: Table) -> pd.Series[bool]:
    """The cells that the evidence is about: of several measures only the amounts, unless it tells measures apart."""
    kinds = cells.facts["kind"]
    of_values = kinds.isin(OF_VALUES)
    if not of_values.any():
        return kinds == "count"
    apart = "measure" in table.columns or cells.facts.loc[of_values, "measure"].nunique() == 1
    magnitudes = kinds.isin(MAGNITUDES)
    return of_values if apart or not magnitudes.any() else magnitudes


def _require_columns(table: Table, dimensions: tuple[str, ...], measures: list[str], magnitudes: bool) -> None:
    """Raises CannotRead unless the evidence has the columns that the table calls for."""
    wanted = (*dimensions, *(FOR_MAGNITUDES if magnitudes else ("n",)))
    missing = [name for name in wanted if name not in table.columns]
    differ = magnitudes or any(name in table.columns for name in OF_ONE_MEASURE)
    if len(measures) > 1 and differ and "measure" not in table.columns:
        missing.append("measure")
    if missing:
        raise CannotRead(
            f"The evidence lacks these columns: {', '.join(missing)}.",
            f"Supply evidence with the columns {', '.join(dict.fromkeys((*wanted, *missing)))}.",
        )


def _numbers(table: Table, key_columns: tuple[str, ...]) -> Numbers:
    """Key -> the numbers of EVIDENCE_COLUMNS. Raises CannotRead for a key that comes twice."""
    keys = list(zip(*(table.column(name) for name in key_columns), strict=True)) or [()] * len(table.rows)
    if len(set(keys)) < len(keys):
        raise CannotRead("Two rows of the evidence are about the same cell.", "Supply one row for each cell.")
    columns = [
        [read_number(text).value for text in table.column(name)] if name in table.columns else [np.nan] * len(keys)
        for name in EVIDENCE_COLUMNS
    ]
    return dict(zip(keys, zip(*columns, strict=True), strict=True))
