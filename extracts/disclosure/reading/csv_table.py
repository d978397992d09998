"""Tables in CSV and TSV files."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.triage import CannotRead, kind_of

DELIMITERS = {"csv": ",", "tsv": "\t"}


@dataclass(frozen=True)
class Fit:
    """A number about the model or test of a table as a whole: n, df, parameters, or a statistic of test or model."""

    row: int
    label: str
    column: str
    kind: str
    value: float


@dataclass(frozen=True)
class Table:
    """The text of a table: unique headings, and rows of as many values.

    row_numbers holds each row's number in a spreadsheet, where the headings are row 1. `fit` is what was said of its
    model or test, in rows below it or around it.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_numbers: tuple[int, ...]
    fit: tuple[Fit, ...] = ()

    def column(self, name: str) -> tuple[str, ...]:
        """The values under one heading. Raises ValueError for a heading that isn't there."""
        place = self.columns.index(name)
        return tuple(row[place] for row in self.rows)


def read_table(name: str, content: bytes, policy: Policy) -> Table:
    """The table in a CSV or TSV file, values as a reader sees them: no white space around, nothing invisible.

    Empty lines are passed over but keep their number. Raises CannotRead.
    """
    delimiter = DELIMITERS[kind_of(name, content, policy)]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotRead("The file is not text in UTF-8.") from None
    numbers, rows = [], []
    room = policy.max_cells
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            if any(as_seen(value) for value in row):
                numbers.append(number)
                rows.append(tuple(as_seen(value) for value in row))
                room -= len(row)
            if room < 0:
                raise CannotRead(
                    f"The table has more than {policy.max_cells:,} cells.", "Split it into smaller tables."
                )
    except csv.Error:
        raise CannotRead("A quotation mark is out of place, or a value is far too long.") from None
    if not rows:
        raise CannotRead("The file holds separators but no values.")
    _require_rectangle(rows, numbers)
    return Table(columns=rows[0], rows=tuple(rows[1:]), row_numbers=tuple(numbers[1:]))


def _require_rectangle(rows: list[tuple[str, ...]], numbers: list[int]) -> None:
    """Raises CannotRead unless every row has a value for each of the headings, which are unique."""
    headings = rows[0]
    if "" in headings:
        raise CannotRead("A column has no heading.", "Give every column a heading in the first row.")
    if len(set(headings)) < len(headings):
        raise CannotRead("Two columns have the same heading.", "Give every column a heading of its own.")
    for row, number in zip(rows, numbers, strict=True):
        if len(row) != len(headings):
            raise CannotRead(
                f"Row {number} has {len(row)} values where the headings are {len(headings)}.",
                "Keep one table to a file, with the headings in the first row and no titles or notes.",
            )
