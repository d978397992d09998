"""Rows of a CSV file with their line numbers, and the one error that names file, row and what is wrong."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class BadCatalogue(ValueError):
    """A description cannot be used. The message names the file, the row and what is wrong."""

    def __init__(self, file: str, row: int, problem: str) -> None:
        """`row` is the line in the file, the header being line 1; 0 speaks of the whole file."""
        super().__init__(f"{file}, row {row}: {problem}" if row else f"{file}: {problem}")
        self.file, self.row, self.problem = file, row, problem


@dataclass(frozen=True, slots=True)
class Row:
    """One row. Cells are texts without spaces around them."""

    file: str
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def get(self, column: str) -> str:
        """A cell of a column that a file may leave out."""
        return self.cells.get(column, "")

    def wrong(self, problem: str) -> BadCatalogue:
        return BadCatalogue(self.file, self.number, problem)

    def required(self, column: str) -> str:
        if not self[column]:
            raise self.wrong(f"{column} is empty.")
        return self[column]

    def yes_no(self, column: str) -> bool:
        """Y or N; raises BadCatalogue for anything else."""
        if self[column] not in ("Y", "N"):
            raise self.wrong(f"{column} must be Y or N.")
        return self[column] == "Y"


def header_and_rows(path: Path, required: tuple[str, ...]) -> tuple[tuple[str, ...], list[Row]]:
    """The columns of a CSV file and its rows. Raises BadCatalogue for a file that is not whole."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.reader(file, strict=True)
            header = tuple(cell.strip() for cell in next(lines, []))
            _check_header(path.name, header, required)
            # line_num counts lines, so a quoted cell with a line break keeps the numbers right.
            return header, [_row(path.name, lines.line_num, header, cells) for cells in lines if cells]
    except FileNotFoundError:
        raise BadCatalogue(path.name, 0, "The file is missing.") from None
    except (csv.Error, UnicodeDecodeError) as problem:
        raise BadCatalogue(path.name, 0, f"The file cannot be read as CSV ({problem}).") from problem


def _check_header(file: str, header: tuple[str, ...], required: tuple[str, ...]) -> None:
    if missing := [column for column in required if column not in header]:
        raise BadCatalogue(file, 1, f"Missing columns: {', '.join(missing)}.")
    if len(set(header)) != len(header):
        raise BadCatalogue(file, 1, "A column name is used twice.")


def _row(file: str, number: int, header: tuple[str, ...], cells: list[str]) -> Row:
    if len(cells) != len(header):
        raise BadCatalogue(file, number, f"{len(cells)} cells where the header has {len(header)}.")
    return Row(file, number, dict(zip(header, (cell.strip() for cell in cells), strict=True)))


def once(rows: list[Row], columns: tuple[str, ...]) -> None:
    """Raises BadCatalogue for the first row that repeats the values of an earlier one in `columns`."""
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        name = tuple(row[column] for column in columns)
        if name in seen:
            raise row.wrong(f"Duplicate {columns[-1]} {name[-1]}.")
        seen.add(name)
