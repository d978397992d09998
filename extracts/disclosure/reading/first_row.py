"""First rows: a table whose headings are partly numbers, so that its first row was taken for one of the others."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.labels import reads_as_total
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.suspicion import CLASSES

PLACEHOLDER = re.compile(r"column \d+")


def with_headings(table: Table, known: Collection[str] = ()) -> Table:
    """The table with its first row as headings, where it has none and that row reads like them.

    known  headings that somebody said the table has

    It does where its texts name classifications (area, age band, offence), each in a column of texts, and its
    numbers differ: deciles or years across the columns. `age_band, 3, 6` above `25-34, 18, 25` are headings.
    """
    if not table.rows or not all(PLACEHOLDER.fullmatch(name) for name in table.columns):
        return table
    first, rest = table.rows[0], table.rows[1:]
    if not rest or "" in first or len(set(first)) < len(first):
        return table
    texts = [place for place, text in enumerate(first) if read_number(text).state != "number"]
    totals = [place for place in texts if reads_as_total(first[place])]
    named = [place for place in texts if first[place] in known or set(words_of(first[place])) & CLASSES]
    numbers = [place for place in range(len(first)) if place not in texts]
    if (
        not named
        or sorted({*named, *totals}) != texts
        or not numbers
        or any(first[place] in {row[place] for row in rest} for place in texts)
    ):
        return table
    if any(read_number(first[place]).value % 1 for place in numbers):
        return table
    return replace(table, columns=first, rows=rest, row_numbers=table.row_numbers[1:])
