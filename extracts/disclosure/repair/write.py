"""Repaired files: the file as it was, but for the cells that changed, and a list of what stands there now."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

import openpyxl

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.csv_table import DELIMITERS, read_table
from extracts.disclosure.reading.labels import as_seen

# What stands where a number was hidden: the UK Government Statistical Service's sign for "confidential".
HIDDEN = "[c]"
MARK = b"\xef\xbb\xbf"


class CannotWrite(ValueError):
    """A file cannot be changed without changing more than was asked."""


@dataclass(frozen=True)
class Change:
    """What stands in a cell now. What stood there before is not said: the list goes with the file.

    row     as a spreadsheet numbers it; the headings are row 1
    """

    file: str
    row: int
    column: str
    label: str
    now: str


def changes_of(name: str, cells: Cells, now: Mapping[int, str]) -> list[Change]:
    """The change list of one file: `now` is the place of a cell among the cells -> its new text."""
    found = []
    for place, text in sorted(now.items()):
        cell = cells.cell(place)
        found.append(Change(name, cell.row or 0, cell.column, cell.label, text))
    return found


def with_changes(name: str, content: bytes, changes: list[Change], policy: Policy) -> bytes:
    """A CSV or TSV file with the changes made, and every other byte as it was.

    Raises CannotWrite when reading it again does not give the same table with these changes.
    """
    delimiter = DELIMITERS[PurePath(name).suffix.lower().removeprefix(".")]
    text = content.removeprefix(MARK).decode("utf-8")
    before = read_table(name, content, policy)
    place = {column: number for number, column in enumerate(before.columns)}
    now = {(change.row, place[change.column]): change.now for change in changes}
    pieces, end = [], 0
    for row, column, first, last in _fields(text, delimiter):
        if (row, column) in now:
            quote = '"' if text[first:last].startswith('"') else ""
            pieces += [text[end:first], quote + now[row, column] + quote]
            end = last
    repaired = (MARK if content.startswith(MARK) else b"") + "".join([*pieces, text[end:]]).encode()
    after = read_table(name, repaired, policy)
    wanted = tuple(
        tuple(as_seen(now.get((number, column), value)) for column, value in enumerate(row))
        for number, row in zip(before.row_numbers, before.rows, strict=True)
    )
    if (after.columns, after.rows, after.row_numbers) != (before.columns, wanted, before.row_numbers):
        raise CannotWrite(f"{name} cannot be changed cell by cell: write it anew as plain CSV.")
    return repaired


def _fields(text: str, delimiter: str) -> Iterator[tuple[int, int, int, int]]:
    """Row (from 1), column (from 0), and where the text of each field begins and ends, its quotation marks included."""
    row, column, first, at = 1, 0, 0, 0
    while at < len(text):
        if text[at] == '"' and at == first:
            at = _after_quotes(text, at)
        elif text[at] == delimiter:
            yield row, column, first, at
            column, first, at = column + 1, at + 1, at + 1
        elif text[at] in "\r\n":
            yield row, column, first, at
            at += 2 if text[at : at + 2] == "\r\n" else 1
            row, column, first = row + 1, 0, at
        else:
            at += 1
    if first < len(text) or column:
        yield row, column, first, at


def _after_quotes(text: str, at: int) -> int:
    """The place after a field in quotation marks that begins here; two of them stand for one."""
    end = text.find('"', at + 1)
    while end >= 0 and text[end + 1 : end + 2] == '"':
        end = text.find('"', end + 2)
    return len(text) if end < 0 else end + 1


def with_changes_in_workbook(content: bytes, sheet: str, now: Mapping[tuple[int, int], str | float]) -> bytes:
    """An XLSX workbook with the changes made in one sheet, formatting and all other cells kept.

    now  (row, column), both from 1 -> what stands there instead

    Raises CannotWrite when a sheet holds formulas: one of them could work a hidden number out, or keep it.
    """
    book = openpyxl.load_workbook(io.BytesIO(content))
    if any(cell.data_type == "f" for one in book.worksheets for line in one.iter_rows() for cell in line):
        raise CannotWrite("The workbook holds formulas: replace them by their values first.")
    for (row, column), text in now.items():
        book[sheet].cell(row, column).value = text
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
