"""Row numbers: the column without a name in which software numbers the rows of a table."""

from __future__ import annotations

import re
from dataclasses import replace

from extracts.disclosure.reading.csv_table import Table

UNNAMED = re.compile(r"|column 1|unnamed: 0|\.\.\.1|index|x\.1", re.IGNORECASE)


def without_row_numbers(table: Table) -> Table:
    """The table without a first column that has no name of its own and counts its rows from 1, or from 0 in any order.

    Such a column says nothing, yet it would be a label of every cell, or a count below the threshold.
    """
    if len(table.columns) < 2 or not table.rows or not UNNAMED.fullmatch(table.columns[0].strip()):
        return table
    numbered = [row[0].removesuffix(".0") for row in table.rows]
    from_0, from_1 = ([str(number + first) for number in range(len(numbered))] for first in (0, 1))
    if sorted(numbered) != sorted(from_0) and numbered != from_1:
        return table
    return replace(table, columns=table.columns[1:], rows=tuple(row[1:] for row in table.rows))
