"""Blocks of a grid: filled rectangles with empty rows or columns between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extracts.disclosure.reading.figures import is_figure, is_year

Grid = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Block:
    """Some rows and columns of a grid, counted from 0; the empty ones among them are left out."""

    grid: Grid
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    def cells(self, row: int) -> list[str]:
        """The texts of one row, "" where the row is too short."""
        line = self.grid[row]
        return [line[column] if column < len(line) else "" for column in self.columns]


def blocks_in(grid: Grid) -> list[Block]:
    """The blocks of a grid, in the order of reading. A block without headings of its own belongs to the one above."""
    made: list[Block] = []
    for rows in _runs([number for number, row in enumerate(grid) if any(row)]):
        beside = list(_side_by_side(grid, rows))
        if len(beside) == 1 and made and (_goes_on(made[-1], beside[0]) or _heads(made[-1], beside[0])):
            columns = tuple(sorted({*made[-1].columns, *beside[0].columns}))
            made[-1] = Block(grid, made[-1].rows + beside[0].rows, columns)
        else:
            made += beside
    return made


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Numbers cut where one is missing."""
    start = 0
    for place in range(1, len(numbers) + 1):
        if place == len(numbers) or numbers[place] != numbers[place - 1] + 1:
            yield tuple(numbers[start:place])
            start = place


def _side_by_side(grid: Grid, rows: tuple[int, ...]) -> Iterator[Block]:
    """The blocks of adjoining rows: cut at empty columns, but only where labels begin anew behind them."""
    filled = sorted({place for row in rows for place, text in enumerate(grid[row]) if text})
    # A title above reaches into no other column: what fills a single column alone cuts nothing.
    runs = list(_runs(filled))
    pieces: list[tuple[int, ...]] = []
    for run in runs:
        if pieces and not _has_labels(grid, rows, run):
            pieces[-1] += run
        else:
            pieces.append(run)
    for columns in pieces:
        block = Block(grid, rows, columns)
        yield Block(grid, tuple(row for row in rows if any(block.cells(row))), columns)


def _has_labels(grid: Grid, rows: tuple[int, ...], run: tuple[int, ...]) -> bool:
    """Whether a run of columns is a table of its own: texts below its heading in the first column, more beside it."""
    if len(run) < 2:
        return False
    first = [text for text in (Block(grid, rows, run).cells(row)[0] for row in rows) if text][1:]
    return bool(first) and sum(1 for text in first if not is_figure(text)) > len(first) / 2


def _goes_on(above: Block, below: Block) -> bool:
    """Whether rows below an empty line are more of the table above: as wide, and with numbers from the first row on."""
    if len(above.columns) < 2 or not set(below.columns) <= set(above.columns):
        return False
    first, before = (sum(map(is_figure, above.cells(row)[1:])) for row in (below.rows[0], above.rows[-1]))
    return first > 0 and first >= before / 2


def _heads(above: Block, below: Block) -> bool:
    """Whether rows above an empty line are headings of those below it, which begin with numbers."""
    rows = [above.cells(row) for row in above.rows]
    words = all(sum(map(bool, cells)) > 1 or not cells[0] for cells in rows) and len(above.columns) > 1
    wordless = not any(is_figure(text) and not is_year(text) for cells in rows for text in cells)
    numbers = any(is_figure(text) for text in below.cells(below.rows[0])[1:])
    return words and wordless and numbers and set(above.columns) <= set(below.columns)
