"""Tables in a grid: real outputs have titles above, notes below, headings of several rows and several tables.

What is in no table is given too, as text, so that no number of a grid is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extracts.disclosure.reading.blocks import Block, blocks_in
from extracts.disclosure.reading.contents import Part, PartKind
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.figures import as_plain, is_figure, split_brackets
from extracts.disclosure.reading.headings import Rows, has_figure, heading_rows, joined, unique
from extracts.disclosure.reading.references import letters

Grid = Sequence[Sequence[str]]

MOST_NOTES = 6  # lines


def tables_in(grid: Grid) -> list[tuple[Table, str]]:
    """The tables of a grid of text, each with its place: `rows 3-9, columns A-D`.

    Rows may be of different lengths. Headings of several rows are joined ("Male / n"), those that come
    twice numbered ("n", "n (2)"), those left empty named for their place ("column 1"). Row numbers are
    those of the grid, from 1. A line with one text between rows of numbers becomes a label of the rows below.
    """
    return [(table, _place(block)) for block, table, _ in _found(grid)]


def parts_of(grid: Grid, place: str = "", kind: PartKind = PartKind.TABLE) -> tuple[Part, ...]:
    """The tables of a grid as parts, and one text part with all that stands outside of them: titles, notes, numbers."""
    found = _found(grid)
    named = [", ".join(filter(None, (place, _place(block)))) if len(found) > 1 else place for block, _, _ in found]
    tables = tuple(Part(kind, where, table=table) for where, (_, table, _) in zip(named, found, strict=True))
    used = {cell for _, _, cells in found for cell in cells}
    lines = (
        "\t".join(text for column, text in enumerate(row) if text and (number, column) not in used)
        for number, row in enumerate(grid)
    )
    text = "\n".join(line for line in lines if line)
    return (*tables, *((Part(PartKind.TEXT, place, text=text),) if text else ()))


def _found(grid: Grid) -> list[tuple[Block, Table, set[tuple[int, int]]]]:
    """Each table with the block it is made from and the places (row, column from 0) that it shows."""
    made = [(block, _table(block)) for block in blocks_in(grid)]
    several = any(table is not None and len(block.columns) > 1 for block, table in made)
    return [(block, *table) for block, table in made if table is not None and not (several and _is_note(block))]


def _is_note(block: Block) -> bool:
    """Whether a block holds titles or notes: a few lines of text in one column, without a figure."""
    return (
        len(block.columns) == 1
        and len(block.rows) <= MOST_NOTES
        and not any(map(has_figure, map(block.cells, block.rows)))
    )


def as_printed(table: Table) -> Table:
    """A table as a reader understands it: figures without markers, sections as labels, numbers in brackets apart."""
    rows = [[as_plain(text) for text in row] for row in table.rows]
    headings, rows, numbers = _without_sections(list(table.columns), rows, list(table.row_numbers))
    headings, rows = split_brackets(headings, rows) if rows else (headings, rows)
    if tuple(headings) == table.columns:
        return Table(table.columns, tuple(map(tuple, rows)), table.row_numbers)
    return Table(unique(headings), tuple(map(tuple, rows)), tuple(numbers))


def _place(block: Block) -> str:
    rows, columns = (block.rows[0] + 1, block.rows[-1] + 1), (letters(block.columns[0]), letters(block.columns[-1]))
    return f"rows {rows[0]}-{rows[1]}, columns {columns[0]}-{columns[1]}"


def _table(block: Block) -> tuple[Table, set[tuple[int, int]]] | None:
    """The table of a block, and the places that it shows; None for a block that is no table."""
    first, last = _extent(block)
    if first is None or last is None:
        return None
    cells = [block.cells(row) for row in block.rows[first:last]]
    depth = heading_rows(cells)
    body, numbers = cells[depth:], list(block.rows[first + depth : last])
    if not body:
        return None
    used = {(row, column) for row in block.rows[first:last] for column in block.columns}
    headings = joined(cells[:depth], len(block.columns))
    rows = [[as_plain(text) for text in row] for row in body]
    headings, rows, numbers = _without_sections(headings, rows, numbers)
    _fill_down(rows)
    headings, rows = split_brackets(headings, rows)
    table = Table(unique(headings), tuple(map(tuple, rows)), tuple(number + 1 for number in numbers))
    return table, used


def _extent(block: Block) -> tuple[int | None, int | None]:
    """First row of a table and the one after its last: titles above and notes below are one text in front."""
    width = len(block.columns)
    filled = [2 if not cells[0] else sum(map(bool, cells)) for cells in map(block.cells, block.rows)]
    first = next((place for place, count in enumerate(filled) if count > 1 or width == 1), None)
    if first is None:
        return None, None
    last = len(filled)
    while last > first and filled[last - 1] == 1 and width > 1 and not has_figure(block.cells(block.rows[last - 1])):
        last -= 1
    return first, last


def _without_sections(headings: list[str], rows: Rows, numbers: list[int]) -> tuple[list[str], Rows, list[int]]:
    """Lines with one text in front become a label of the rows below them, in a column of its own."""
    is_section = [bool(row[0]) and not is_figure(row[0]) and not any(row[1:]) for row in rows]
    for place in range(len(rows) - 1, -1, -1):  # a line with nothing below it heads no row: its numbers may be hidden
        if not is_section[place]:
            break
        is_section[place] = False
    if not any(is_section) or len(headings) < 2:
        return headings, rows, numbers
    section, kept, kept_numbers = "", [], []
    for row, heads, number in zip(rows, is_section, numbers, strict=True):
        if heads:
            section = row[0]
        else:
            kept.append([section, *row])
            kept_numbers.append(number)
    return ["section", *headings], kept, kept_numbers


def _fill_down(rows: Rows) -> None:
    """Labels that stand once for several rows are repeated, in columns of labels before another one."""
    if not rows:
        return
    width = len(rows[0])
    labels = 0
    while labels < width and not any(is_figure(row[labels]) for row in rows if row[labels]):
        labels += 1
    for place in range(labels - 1):
        for above, row in pairwise(rows):
            if not row[place] and any(row[place + 1 : labels]):
                row[place] = above[place]
