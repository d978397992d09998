"""Tables printed in text: by pipes as in Markdown, or lined up by white space as programs print them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.formats.frames import table_of
from extracts.disclosure.reading.triage import CannotRead

RULE = re.compile(r"[\s|+:=\-─│┼┌┐└┘├┤┬┴]+")
GAP = re.compile(r"\t+|\s{2,}")
NUMBER = re.compile(r"[-+£]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?%?|\[[a-z]+\]|NaN|NA|None|<\d+|\*", re.IGNORECASE)
SIZE_OF = re.compile(r">\|([tzTZ])\|")  # the bars of P>|t| part no columns
FEWEST_ROWS, MOST_TABLES = 2, 500


def tables_in(text: str, limits: Policy) -> Iterator[tuple[Table, str]]:
    """Each table printed in a text, with the lines on which it stands: `lines 4 to 9`.

    A table is two rows or more of as many values under a heading, some of them numbers.
    Raises CannotRead for one that is too large, and for more than MOST_TABLES.
    """
    found = 0
    lines = [SIZE_OF.sub(r">\1", line.rstrip()) for line in text.splitlines()]
    start = 0
    while start < len(lines):
        if not lines[start] or RULE.fullmatch(lines[start]):
            start += 1
            continue
        width, end = _block(lines, start)
        rows = [_cells(line) for line in lines[start:end] if not RULE.fullmatch(line)]
        if len(rows[0]) not in (width, width - 1):
            rows[0] = lines[start].split()
        if end - start > FEWEST_ROWS and len(rows) > FEWEST_ROWS and width and _has_numbers(rows[1:]):
            if (found := found + 1) > MOST_TABLES:
                raise CannotRead(f"The text holds more than {MOST_TABLES} tables.", "Split it into several files.")
            yield table_of(_headings(rows[0], width), rows[1:], limits), f"lines {start + 1} to {end}"
        start = end if end - start > FEWEST_ROWS else start + 1


def _block(lines: Sequence[str], start: int) -> tuple[int, int]:
    """Width of the rows of the block that begins at a line, and the line after its end; width 0 for none.

    The heading may lack the name of the first column, as that of an index does, and have its words one space apart.
    """
    head, words = len(_cells(lines[start])), len(lines[start].split())
    widths = {head, head + 1, words, words + 1}
    width, end = 0, start + 1
    while end < len(lines) and lines[end]:
        if RULE.fullmatch(lines[end]):
            end += 1
            continue
        found = len(_cells(lines[end]))
        if found < 2 or found not in ({width} if width else widths):
            break
        width, end = found, end + 1
    return width, end


def _cells(line: str) -> list[str]:
    """The values of one line, parted by bars, tabs or several spaces, and by single ones where all are numbers."""
    pieces = re.split(r"[|│]", line.strip().strip("|│"))
    cells = [cell for piece in pieces for cell in GAP.split(piece.strip())]
    return [one for cell in cells for one in (_numbers(cell) or [cell])]


def _numbers(cell: str) -> list[str]:
    """The numbers that a text is made of, or nothing when it holds something else."""
    pieces = cell.split(" ")
    return pieces if len(pieces) > 1 and all(NUMBER.fullmatch(piece) for piece in pieces) else []


def _headings(first: Sequence[str], width: int) -> list[str]:
    return [*["row"] * (width - len(first)), *first]


def _has_numbers(rows: Sequence[Sequence[str]]) -> bool:
    """Whether some column holds numbers in most rows."""
    return any(
        sum(NUMBER.fullmatch(value) is not None for value in column) >= 0.5 * len(column)
        for column in zip(*rows, strict=False)
    )
