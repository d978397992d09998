"""Headings of tables: where they end, and how those of several rows become one."""

from __future__ import annotations

from collections.abc import Sequence

from extracts.disclosure.reading.figures import as_plain, is_figure, is_number, is_year

Rows = list[list[str]]

MOST_HEADINGS = 5  # rows


def has_figure(cells: Sequence[str]) -> bool:
    """Whether any of these texts is a number or a sign in the place of one."""
    return any(is_figure(text) for text in cells if text)


def heading_rows(cells: Rows) -> int:
    """How many rows are headings: those before the first with a number, where years may be headings as well."""
    if _numbered(cells[0]) and not _year_heading(cells, 0):
        return 0
    if not any(has_figure(row) for row in cells[1:]):
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
    if sum(map(bool, row)) < 2 or any(is_figure(text) and not text.isalpha() for text in row if text):
        return False
    # Letters such as x or z hide numbers, and head columns of results below a heading of several columns.
    signs = any(is_figure(text) for text in row if text)
    return not signs or "" in cells[depth - 1][1:]


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


def joined(rows: Rows, width: int) -> list[str]:
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
