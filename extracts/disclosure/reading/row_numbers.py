"""Row numbers: the column without a name in which software numbers the rows of a table."""

from __future__ import annotations

import re
from dataclasses import replace

from extracts.disclosure.reading.columns import kind_by_heading
from extracts.disclosure.reading.csv_table import Table

UNNAMED = re.compile(r"|column 1|unnamed: 0|\.\.\.1|index|x\.1", re.IGNORECASE)
# Names that row numbers have in SAS and in reports, where they might be counts too.
NUMBERS = re.compile(r"obs|no\.?|#|row|row (?:number|no\.?)|s(?:r|l)?\.? ?no\.?", re.IGNORECASE)


def without_row_numbers(table: Table) -> Table:
    """The table without a first column that has no name of its own and counts its rows from 1, or from 0 in any order.

    One that is called so, as `Obs` or `No.`, counts from 1, and a column of counts stands beside it.

    Such a column says nothing, yet it would be a label of every cell, or a count below the threshold.
    """
    if len(table.columns) < 2 or not table.rows:
        return table
    name = table.columns[0].strip()
    counted = NUMBERS.fullmatch(name) and any(kind_by_heading(other) == "count" for other in table.columns[1:])
    if not (UNNAMED.fullmatch(name) or counted):
        return table
    numbered = [row[0].removesuffix(".0") for row in table.rows]
    from_0, from_1 = ([str(number + first) for number in range(len(numbered))] for first in (0, 1))
    if numbered != from_1 and (counted or sorted(numbered) != sorted(from_0)):
        return table
    return replace(table, columns=table.columns[1:], rows=tuple(row[1:] for row in table.rows))
