"""Tables of HTML as grids: cells that span several rows or columns take all their places."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.figures import is_number
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.markup import Element, attribute, descendants, local
from extracts.disclosure.reading.triage import CannotRead

MOST_SPANNED = 1_000


def grid_of(table: Element, limits: Policy) -> list[list[str]]:
    """The texts of a table by row and place; a table within one of its cells is a table of its own.

    A heading that spans columns or rows holds for all of them, a number stands once.
    Raises CannotRead for more cells than the limit.
    """
    cells: dict[tuple[int, int], str] = {}
    last = 0
    rows = list(_rows(table))
    for last, row in enumerate(rows):
        column = 0
        for cell in row:
            if local(cell) not in ("td", "th"):
                continue
            while (last, column) in cells:
                column += 1
            down, across = (_span(attribute(cell, name)) for name in ("rowspan", "colspan"))
            down = min(down, len(rows) - last)
            if len(cells) + down * across > limits.max_cells:
                raise CannotRead(f"A table has more than {limits.max_cells:,} cells.", "Split it into smaller tables.")
            _put(cells, (last, column), (down, across), as_seen(" ".join(_words(cell))))
    width = max((column for _, column in cells), default=-1) + 1
    captions = [[text] for one in descendants(table, "caption") if (text := as_seen(" ".join(_words(one))))]
    outside = [[text] for text in _stray(table) if text]
    height = max((row for row, _ in cells), default=-1) + 1
    grid = [[cells.get((row, column), "") for column in range(width)] for row in range(min(height, last + 1))]
    grid = [row[:1] if width > 1 and len(set(row)) == 1 else row for row in grid]  # a title across the table
    return [*grid, *([[]] if captions or outside else []), *captions, *outside]


def _rows(table: Element) -> Iterator[Element]:
    """Rows of this table, those of tables within it left out."""
    return (row for row in descendants(table, "tr") if next(_tables_above(row), None) is table)


def _tables_above(element: Element) -> Iterator[Element]:
    return (above for above in element.iterancestors() if local(above) == "table")


def _put(cells: dict[tuple[int, int], str], at: tuple[int, int], size: tuple[int, int], text: str) -> None:
    """Put a text into all the places that its cell takes; a number into the first of them."""
    again = "" if is_number(text) else text
    for below in range(size[0]):
        for beside in range(size[1]):
            cells.setdefault((at[0] + below, at[1] + beside), text if below == beside == 0 else again)


def _span(text: str | None) -> int:
    return min(max(int(text), 1), MOST_SPANNED) if text and re.fullmatch(r"\d{1,6}", text) else 1


def _words(element: Element) -> Iterator[str]:
    """Texts within an element, but not those of tables, scripts and drawings within it."""
    yield str(element.text or "")
    for one in element:
        if local(one) and local(one) not in ("table", "script", "style", "svg"):
            yield from _words(one)
        yield str(one.tail or "")


def _stray(table: Element) -> Iterator[str]:
    """Texts of a table that are in none of its cells."""
    for one in table.iter():
        if local(one) in ("table", "tbody", "thead", "tfoot", "tr", "colgroup") and (
            one is table or next(_tables_above(one), None) is table
        ):
            yield as_seen(str(one.text or ""))
            yield from (as_seen(str(inner.tail or "")) for inner in one)
