"""Tables in text: CSV with any separator and encoding, with titles above and notes below."""

from __future__ import annotations

import csv
import io
import re

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents, Part, PartKind
from extracts.disclosure.reading.csv_table import Table, read_table
from extracts.disclosure.reading.encodings import as_text
from extracts.disclosure.reading.formula_text import formulas_in
from extracts.disclosure.reading.headers import as_printed, parts_of
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.triage import CannotRead

SEPARATORS = ",;\t|"
# How notes begin. Labels do not: a row with a label and nothing else may be one whose numbers are left empty.
NOTE = re.compile(
    r"(?:sources?|notes?|footnotes?|key|contact|published|produced by|prepared by)(?: \d)? ?[:–-]"
    r"|years? ending\b|copyright|©"
    r"|(?:all )?(?:counts|numbers|figures|percentages|data) (?:are|have|may|below|under|rounded|were)\b"
    r"|\(?\d\)?[.:)]? ?[A-Z][a-z]* .*\.$|[*†‡§] ?\w|\[(?:c|x|z|u|low|note \d)\] ",
    re.IGNORECASE,
)
DECIMAL_COMMA = re.compile(r"[+-]?\d+,(?:\d{1,2}|\d{4,})|[+-]?\d{1,3}(?:\.\d{3})+,\d+")


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """The tables of a CSV or TSV file.

    A file with one plain table is read as `read_table` reads it. Otherwise the separator is the one by
    which most lines have the same number of values. Raises CannotRead.
    """
    kind = "tsv" if name.lower().endswith((".tsv", ".tab")) else "csv"
    if (table := _plain(content, name, limits)) is not None:
        plain = (Part(PartKind.TABLE, table=table),)
        return Contents(kind, plain, tuple(formulas_in(plain)))
    text = as_text(content)
    if text is None:
        raise CannotRead("The file is not text in an encoding that is known for certain.")
    grid = _grid(text, separator_of(text, kind), limits)
    parts = parts_of(grid)
    if not any(part.table for part in parts):
        raise CannotRead("No table could be found in the file.")
    return Contents(kind, parts, tuple(formulas_in(parts)))


def _plain(content: bytes, name: str, limits: Policy) -> Table | None:
    """The table of a file that holds one and nothing else; None when it takes more to read it."""
    try:
        table = read_table(name, content, limits)
    except CannotRead:
        return None
    if len(table.columns) == 1 and any(mark in (as_text(content) or "") for mark in ";\t|"):
        return None
    return None if _ends_in_a_note(table) else as_printed(table)


def _ends_in_a_note(table: Table) -> bool:
    """Whether the last row is a note beneath the table, which spreadsheets save with as many separators as a row.

    A label alone may be that of a row whose numbers are left empty to hide them, so only what reads like a note is one.
    """
    return (
        len(table.columns) > 1
        and bool(table.rows)
        and not any(table.rows[-1][1:])
        and bool(NOTE.match(table.rows[-1][0]))
    )


def separator_of(text: str, kind: str) -> str:
    """The separator that cuts the lines most evenly; the one that the name promises when several do so."""
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    preferred = "\t" if kind == "tsv" else ","

    def evenness(separator: str) -> tuple[int, bool]:
        counts = [len(row) for row in csv.reader(lines, delimiter=separator) if len(row) > 1]
        return max((counts.count(count) for count in set(counts)), default=0), separator == preferred

    try:
        return max(SEPARATORS, key=evenness)
    except csv.Error:
        raise CannotRead("A quotation mark is out of place, or a value is far too long.") from None


def _grid(text: str, separator: str, limits: Policy) -> list[list[str]]:
    """All values by line and place. Raises CannotRead for stray quotation marks and for too many cells."""
    grid, room = [], limits.max_cells
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            grid.append([as_seen(value) for value in row])
            room -= len(row)
            if room < 0:
                raise CannotRead(f"The table has more than {limits.max_cells:,} cells.", "Split it.")
    except csv.Error:
        raise CannotRead("A quotation mark is out of place, or a value is far too long.") from None
    if separator != "," and any(DECIMAL_COMMA.fullmatch(value) for row in grid for value in row):
        grid = [[_with_point(value) for value in row] for row in grid]
    return grid


def _with_point(value: str) -> str:
    """A number with a decimal comma as one with a decimal point; any other text as it is."""
    return value.replace(".", "").replace(",", ".") if DECIMAL_COMMA.fullmatch(value) else value
