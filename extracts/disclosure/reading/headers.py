"""Tables in a grid: real outputs have titles above, notes below, headings of several rows and several tables.

What is in no table is given too, as text, so that no number of a grid is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extracts.disclosure.reading.blocks import Block, blocks_in
from extracts.disclosure.reading.contents import Part, PartKind
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.figures import as_plain, is_figure, is_number, is_year, split_brackets

Grid = Sequence[Sequence[str]]
Rows = list[list[str]]

MOST_HEADINGS = 5  # rows


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
    made = ((block, _table(block)) for block in blocks_in(grid))
    return [(block, *table) for block, table in made if table is not None]


def _place(block: Block) -> str:
    rows, columns = (block.rows[0] + 1, block.rows[-1] + 1), (letters(block.columns[0]), letters(block.columns[-1]))
    return f"rows {rows[0]}-{rows[1]}, columns {columns[0]}-{columns[1]}"


def letters(column: int) -> str:
    """The letters by which spreadsheets name a column, counted from 0."""
    name, column = "", column + 1
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(65 + digit) + name
    return name


def _table(block: Block) -> tuple[Table, set[tuple[int, int]]] | None:
    """The table of a block, and the places that it shows; None for a block that is no table."""
    first, last = _extent(block)
    if first is None or last is None:
        return None
    cells = [block.cells(row) for row in block.rows[first:last]]
    depth = _heading_rows(cells)
    body, numbers = cells[depth:], list(block.rows[first + depth : last])
    if not body:
        return None
    used = {(row, column) for row in block.rows[first:last] for column in block.columns}
    headings = _joined(cells[:depth], len(block.columns))
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
    while last > first and filled[last - 1] == 1 and width > 1 and not _has_figure(block.cells(block.rows[last - 1])):
        last -= 1
    return first, last


def _has_figure(cells: Sequence[str]) -> bool:
    return any(is_figure(text) for text in cells if text)


def _heading_rows(cells: Rows) -> int:
    """How many rows are headings: those before the first with a number, where years may be headings as well."""
    if _numbered(cells[0]) and not _year_heading(cells, 0):
        return 0
    if not any(_has_figure(row) for row in cells[1:]):
        return 1
    depth = 1
    while depth < min(len(cells) - 1, MOST_HEADINGS) and (_goes_on(cells, depth) or _years_below_groups(cells, depth)):
        depth += 1
    return depth


def _years_below_groups(cells: Rows, depth: int) -> bool:
    """Whether a row is one of years below headings that hold for several columns each."""
    above = cells[depth - 1][1:]
    return _year_heading(cells, depth) and ("" in above or len(set(above)) < len(above))


def _goes_on(cells: Rows, depth: int) -> bool:
    """Whether a row without any number is a heading still; a single text on a line is a section of the body."""
    row = cells[depth]
    filled = [text for text in row if text]
    return len(filled) > 1 and not _has_figure(row)


def _numbered(row: Sequence[str]) -> bool:
    """Whether a first row is one of data. Bands such as 0, 1, 2 in order are headings."""
    numbers = [float(as_plain(text).replace(",", "")) for text in row[1:] if is_number(text) and not is_year(text)]
    in_order = numbers == [numbers[0] + step for step in range(len(numbers))] if numbers else True
    return bool(numbers) and not (in_order and len(numbers) > 1 and numbers[0] in (0, 1))


def _year_heading(cells: Rows, depth: int) -> bool:
    """Whether all numbers of a row are years, each once in its group, above columns of other numbers."""
    row = cells[depth]
    years = [place for place, text in enumerate(row) if is_number(text) and place > 0]
    if not years or not all(is_year(row[place]) for place in years) or is_number(row[0]):
        return False
    below = [cells[depth + 1][place] for place in years] if depth + 1 < len(cells) else []
    return not all(is_year(text) for text in below) and len({row[place] for place in years}) == len(years)


def _joined(rows: Rows, width: int) -> list[str]:
    """One heading for each column; a heading above several columns holds for all up to the next one."""
    filled = [list(row) for row in rows]
    for number, row in enumerate(filled[:-1]):
        for place in range(1, width):
            under = any(rows[lower][place] for lower in range(number + 1, len(rows)))
            if not row[place] and under and row[place - 1] and place > 1:
                row[place] = row[place - 1]
    columns = ([row[place] for row in filled if row[place]] for place in range(width))
    return [" / ".join(dict.fromkeys(words)) for words in columns]


def unique(headings: Sequence[str]) -> tuple[str, ...]:
    """Headings of which no two are the same, and none is empty."""
    taken: dict[str, int] = {}  # heading -> how often it came so far
    for place, heading in enumerate(headings, 1):
        plain = heading or f"column {place}"
        name = plain
        while name in taken:
            taken[plain] += 1
            name = f"{plain} ({taken[plain]})"
        taken[name] = 1
    return tuple(taken)


def _without_sections(headings: list[str], rows: Rows, numbers: list[int]) -> tuple[list[str], Rows, list[int]]:
    """Lines with one text in front become a label of the rows below them, in a column of its own."""
    is_section = [bool(row[0]) and not is_figure(row[0]) and not any(row[1:]) for row in rows]
    if not any(is_section) or len(headings) < 2 or all(is_section):
        return headings, rows, numbers
    section, kept, kept_numbers = "", [], []
    for row, heads, number in zip(rows, is_section, numbers, strict=True):
        if heads:
            section = row[0]
        else:
            kept.append([section, *row])
            kept_numbers.append(number)
    last = is_section[-1]
    if last:  # a line with nothing below it says something about no row: it is kept as a row
        kept.append([section, *rows[-1]])
        kept_numbers.append(numbers[-1])
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
