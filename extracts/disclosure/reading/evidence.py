"""Evidence: the contributors behind each cell, from a file that is supplied but not released.

The file is a CSV with the dimensions of the table it supports, and
`n`               distinct units with a value (not missing)
`total`           the sum of their values, `largest` and `second_largest` contribution of one unit
`absolute_total`  the sum of absolute values; needed only when some values are negative, and then
                  `largest` and `second_largest` are of absolute values too
`measure`         heading of the column supported; needed only when there are several
"""

from __future__ import annotations

import numpy as np

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.cells import EVIDENCE_COLUMNS, Cells
from extracts.disclosure.reading.csv_table import Table, read_table
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.triage import CannotRead

# Kinds of number that are judged by how many units are behind each.
STATISTICS = ("position", "shape", "index", "weighted", "endpoint", "mode")
FOR_MAGNITUDES = ("n", "total", "largest", "second_largest")

Numbers = dict[tuple[str, ...], tuple[float, ...]]


def add_evidence(cells: Cells, name: str, content: bytes, policy: Policy) -> Cells:
    """The cells with what the evidence says of them; cells it doesn't mention keep NaN.

    Evidence is for the amounts of a table; for its quantiles, spreads and the like where it shows no amounts, and for
    its counts where it shows neither.
    Raises CannotRead for a file that cannot be read or does not fit the table.
    """
    magnitudes = cells.facts["kind"].isin(("total", "mean"))
    statistics = cells.facts["kind"].isin(STATISTICS)
    supported = magnitudes if magnitudes.any() else statistics if statistics.any() else cells.facts["kind"] == "count"
    table = read_table(name, content, policy)
    measures = sorted(set(cells.facts.loc[supported, "measure"]))
    _require_columns(table, cells.dimensions, measures, bool(magnitudes.any()))
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


def _require_columns(table: Table, dimensions: tuple[str, ...], measures: list[str], magnitudes: bool) -> None:
    """Raises CannotRead unless the evidence has the columns that the table calls for."""
    wanted = (*dimensions, *(FOR_MAGNITUDES if magnitudes else ("n",)))
    missing = [name for name in wanted if name not in table.columns]
    if len(measures) > 1 and "measure" not in table.columns:
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
