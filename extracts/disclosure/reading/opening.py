"""Opening a file: its contents, whatever its format, read where hostile bytes can do no harm."""

from __future__ import annotations

import re
from dataclasses import replace

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.formats import PLAIN, read
from extracts.disclosure.reading.guarded import read_all
from extracts.disclosure.reading.triage import CannotRead, triage

# What a column is called that software wrote without a heading: row numbers, from 0 or 1.
NAMELESS = re.compile(r"column 1|Unnamed: 0|index|rownames|\.\.\.1|", re.IGNORECASE)


def contents_of(name: str, content: bytes, policy: Policy) -> Contents:
    """The tables, texts and hidden parts of a file; tables without the row numbers that software puts first.

    Plain text is read here; every other format in a guarded process of its own. Raises CannotRead.
    """
    if triage(name, content, policy).kind in PLAIN:
        found: Contents | CannotRead = read(content, name, policy)
    else:
        found = read_all({name: content}, policy)[name]
    if isinstance(found, CannotRead):
        raise found
    parts = (replace(part, table=part.table and without_row_numbers(part.table)) for part in found.parts)
    return replace(found, parts=tuple(parts))


def without_row_numbers(table: Table) -> Table:
    """The table without its first column, where that has no heading of its own and counts the rows in order."""
    if len(table.columns) < 2 or not NAMELESS.fullmatch(table.columns[0]):
        return table
    first = table.column(table.columns[0])
    if not any(first == tuple(str(number + start) for number in range(len(first))) for start in (0, 1)):
        return table
    return Table(table.columns[1:], tuple(row[1:] for row in table.rows), table.row_numbers)
