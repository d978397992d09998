"""One sheet of a workbook of any format, and what it conceals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Part
from extracts.disclosure.reading.figures import is_number
from extracts.disclosure.reading.formulas import NotWorkedOut, Values, result
from extracts.disclosure.reading.headers import parts_of
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.office import FAIL, REVIEW, Office
from extracts.disclosure.reading.references import letters, refers_outside
from extracts.disclosure.reading.triage import CannotRead

At = tuple[int, int]  # row and column from 0


@dataclass
class Sheet:
    """What a sheet holds, by row and column from 0.

    cells     texts, numbers in all their digits
    formulas  as written, with references as in `B2:B9`
    cached    whether the file says what its formulas give
    unseen    cells that a reader does not see although their row and column are shown: by format or colour
    merged    first row, first column, last row, last column
    state     visible, hidden or very hidden
    without_height   rows are hidden unless they say otherwise
    odd       holds something between its cells that is no cell
    """

    name: str
    state: str = "visible"
    cells: dict[At, str] = field(default_factory=dict)
    formulas: dict[At, str] = field(default_factory=dict)
    without_cache: set[At] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    unseen: set[At] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    odd: bool = False
    without_height: bool = False

    @property
    def place(self) -> str:
        """Where parts of this sheet stand."""
        return f"sheet {as_seen(self.name)}"

    def row_is_hidden(self, row: int) -> bool:
        """Whether nobody sees this row."""
        return self.without_height or row in self.hidden_rows

    def column_is_hidden(self, column: int) -> bool:
        """Whether nobody sees this column."""
        return any(first <= column <= last for first, last in self.hidden_columns)


def sheet_parts(sheet: Sheet, limits: Policy) -> tuple[Part, ...]:
    """Tables and texts of a sheet, hidden rows and columns among them. Raises CannotRead for too many cells."""
    widths: dict[int, int] = {}
    for row, column in sheet.cells:
        widths[row] = max(widths.get(row, 0), column + 1)
    if len(sheet.cells) > limits.max_cells or sum(widths.values()) > 20 * limits.max_cells:
        raise CannotRead(f"A sheet has more than {limits.max_cells:,} cells.", "Split it into smaller tables.")
    grid: list[Sequence[str]] = [()] * (max(widths, default=-1) + 1)
    for row, width in widths.items():
        grid[row] = [""] * width
    lines = {row: line for row, line in enumerate(grid) if isinstance(line, list)}
    for (row, column), text in sheet.cells.items():
        lines[row][column] = as_seen(text)
    _spread(sheet, lines)
    return parts_of(grid, sheet.place)


def _spread(sheet: Sheet, lines: dict[int, list[str]]) -> None:
    """Labels of merged cells hold for all of them; a title across the whole sheet and a number stand once."""
    width = max(map(len, lines.values()), default=0)
    for top, left, bottom, right in sheet.merged:
        text = lines[top][left] if top in lines and left < len(lines[top]) else ""
        if not text or is_number(text) or right - left + 1 >= width > 1:
            continue
        for line in (lines[row] for row in range(top, bottom + 1) if row in lines):
            line += [""] * (min(right + 1, width) - len(line))
            for column in range(left, min(right + 1, width)):
                line[column] = line[column] or text


def conceal_sheet(office: Office, sheet: Sheet, values: Values) -> None:
    """Note what the sheet hides: itself, rows, columns, cells by format or colour, formulas that give other numbers."""
    where, hide = sheet.place, "hidden_content"
    if sheet.state != "visible":
        office.conceals(hide, FAIL if sheet.cells else REVIEW, f"A sheet is {sheet.state}.", "Delete the sheet.", where)
    if any(sheet.row_is_hidden(row) for row, _ in sheet.cells):
        office.conceals(hide, FAIL, "Rows with values are hidden.", "Delete the rows, or show them.", where)
    if any(sheet.column_is_hidden(column) for _, column in sheet.cells):
        office.conceals(hide, FAIL, "Columns with values are hidden.", "Delete the columns, or show them.", where)
    if sheet.unseen & sheet.cells.keys():
        problem = "Cells hold a value that their format or colour does not show."
        office.conceals(hide, FAIL, problem, "Write into the cell what it shall show.", where)
    if any(sheet.cells.get(at) for at in _covered(sheet)):
        problem = "Merged cells cover values that are not shown."
        office.conceals(hide, FAIL, problem, "Split the merged cells and delete what is below.", where)
    if sheet.odd:
        problem = "A sheet holds something that the engine does not know."
        office.conceals(hide, REVIEW, problem, "Copy the values into a new sheet.", where)
    for at, formula in sorted(sheet.formulas.items()):
        _formula(office, sheet, at, formula, values)


def _covered(sheet: Sheet) -> Iterable[At]:
    """Cells with a value that lie beneath a merged one."""
    for top, left, bottom, right in sheet.merged:
        yield from (at for at in sheet.cells if top <= at[0] <= bottom and left <= at[1] <= right and at != (top, left))


def _formula(office: Office, sheet: Sheet, at: At, formula: str, values: Values) -> None:
    """Note a formula that refers outside, or does not give what its cell shows, as far as it can be worked out."""
    where = f"{sheet.place}, cell {letters(at[1])}{at[0] + 1}"
    paste = "Paste the results as values."
    if refers_outside(formula):
        office.conceals("active_content", FAIL, "A formula may fetch values from outside the file.", paste, where)
        return
    try:
        gives = result(formula, sheet.name, values)
    except NotWorkedOut:
        problem = "Formulas cannot be worked out, so that what they show is not known for certain."
        office.conceals("hidden_content", REVIEW, problem, paste, sheet.place)
        return
    shown = sheet.cells.get(at, "")
    if at in sheet.without_cache:
        sheet.cells[at] = f"{gives:.15g}"
        problem = "Formulas have no result in the file; what they show depends on who opens it."
        office.conceals("hidden_content", REVIEW, problem, paste, sheet.place)
    elif not _same(gives, shown):
        office.conceals("hidden_content", FAIL, "A formula gives another number than its cell shows.", paste, where)


def _same(gives: float, shown: str) -> bool:
    try:
        value = float(shown.removesuffix("%")) / (100 if shown.endswith("%") else 1)
    except ValueError:
        return False
    return abs(value - gives) <= 1e-9 * max(1.0, abs(gives), abs(value))
