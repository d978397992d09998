"""Repaired files: the file as it was, but for the cells that changed, and a list of what stands there now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.contents import Contents
from extracts.disclosure.reading.csv_table import DELIMITERS, Table, read_table
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.opening import contents_of
from extracts.disclosure.repair.tables import TrueTable
from extracts.disclosure.repair.workbook import Spot, spots, with_cells_changed
from extracts.disclosure.repair.workbook_cells import CannotWrite

# What stands where a number was hidden: the UK Government Statistical Service's sign for "confidential".
HIDDEN = "[c]"
AS_VALUE = "value in place of a formula"
MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Change:
    """What stands in a cell now. What stood there before is not said: the list goes with the file.

    row     as a spreadsheet numbers it; the headings of a CSV file are row 1
    sheet, cell  of a workbook, such as `Counts` and `B3`
    note    what else is new about it
    """

    file: str
    row: int
    column: str
    label: str
    now: str
    sheet: str = ""
    cell: str = ""
    note: str = ""


@dataclass(frozen=True)
class Written:
    """A repaired file: its content, its tables as they are read from it now, and what has changed."""

    content: bytes
    tables: tuple[Table, ...]
    changes: tuple[Change, ...]


def written(tables: Sequence[TrueTable], now: Sequence[Mapping[int, str]], policy: Policy) -> Written:
    """The file of some tables with other texts in some of their cells.

    tables  all that the file holds;  now  per table: place among its cells -> new text

    Raises CannotWrite when reading the file again does not give the same tables with these changes.
    """
    first = tables[0]
    if not any(now):
        return Written(first.content, tuple(table.table for table in tables), ())
    if first.beside:
        return _in_workbook(tables, first.beside, now, policy)
    changes = changes_of(first.name, first.cells, now[0])
    content = with_changes(first.name, first.content, changes, policy)
    return Written(content, (read_table(first.name, content, policy),), tuple(changes))


def _in_workbook(
    tables: Sequence[TrueTable], before: Contents, now: Sequence[Mapping[int, str]], policy: Policy
) -> Written:
    """The workbook with the changes, formulas of its tables replaced by what they show. Raises CannotWrite."""
    name, content = tables[0].name, tables[0].content
    columns = [(table.place, table.table, set(table.cells.facts["column"])) for table in tables]
    texts, own, labels = dict[Spot, str](), dict[Spot, Change](), set[str]()
    shown, gone = set[float](), set[float]()
    for table, new, heads in zip(tables, now, spots(content, columns, policy), strict=True):
        labels |= {text for column in table.table.columns for text in (column, *_labels(table, column))}
        for place, number in enumerate(table.value.tolist()):
            cell = table.cells.cell(place)
            spot = replace(heads[cell.column], row=(cell.row or 1) - 1)
            text = new.get(place, f"{number:.15g}")
            own[spot] = Change(name, spot.row + 1, cell.column, cell.label, text, spot.sheet, spot.name)
            texts |= {spot: text} if place in new else {}
            (gone if place in new else shown).add(number)
    made, as_values = with_cells_changed(content, texts, own, gone - shown, labels, policy)
    after = contents_of(name, made, policy)
    wanted = {table.place: _changed(table, new) for table, new in zip(tables, now, strict=True)}
    expected = {part.place: part.table for part in before.tables} | wanted
    if {part.place: part.table for part in after.tables} != expected or _beside(before) != _beside(after):
        raise CannotWrite(f"{name} cannot be changed cell by cell: copy its tables into a new workbook.")
    changes = {spot: own[spot] for spot in texts} | {spot: replace(own[spot], note=AS_VALUE) for spot in as_values}
    return Written(made, tuple(wanted.values()), tuple(changes[spot] for spot in sorted(changes)))


def _labels(table: TrueTable, column: str) -> tuple[str, ...]:
    return () if column in set(table.cells.facts["column"]) else table.table.column(column)


def _changed(table: TrueTable, now: Mapping[int, str]) -> Table:
    """The table as it must read with the changes made."""
    facts, number = table.cells.facts, {row: at for at, row in enumerate(table.table.row_numbers)}
    texts = {(number[facts["row"].iloc[at]], str(facts["column"].iloc[at])): text for at, text in now.items()}
    rows = tuple(
        tuple(texts.get((at, column), text) for column, text in zip(table.table.columns, row, strict=True))
        for at, row in enumerate(table.table.rows)
    )
    return replace(table.table, rows=rows)


def _beside(contents: Contents) -> list[tuple[str, str, str]]:
    """What a file holds beside its tables."""
    parts = [(str(part.kind), part.place, part.text) for part in contents.parts if part.table is None]
    return [*parts, *((one.rule, one.place, one.problem) for one in contents.concealed)]


def changes_of(name: str, cells: Cells, now: Mapping[int, str]) -> list[Change]:
    """The change list of one CSV or TSV file: `now` is the place of a cell among the cells -> its new text."""
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
