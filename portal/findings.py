"""A file's table as a page shows it: bounded, each cell with the findings about it, each finding with its cell.

Pure: given a table and a report, it says what stands where. Ids are made here, so that a cell and
its findings can link to each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.report import SEVERITY, Finding
from extracts.disclosure.rulebook import RULES

# What was asked by something that is no rule of the book.
OTHER_RULES = {
    "row_level": "No records of single people",
    "reading": "The file can be read for certain",
    "description": "The file is described in full",
    "evidence": "Contributors are known for every amount",
}
TITLES = {**OTHER_RULES, **{rule.code: rule.title for rule in RULES}}

HEADINGS = 1  # the row of the headings, as a spreadsheet numbers it
Place = tuple[int, str]


@dataclass(frozen=True)
class Bounds:
    """The most that one page shows of one file."""

    rows: int = 200
    columns: int = 60
    findings: int = 200


@dataclass(frozen=True)
class ShownFinding:
    """One finding. `cell_anchor` is "" when its cell is not on the page."""

    number: int
    anchor: str
    cell_anchor: str
    rule: str
    finding: Finding

    @property
    def verdict(self) -> str:
        return str(self.finding.verdict)


@dataclass(frozen=True)
class ShownCell:
    """One cell: its text, its id, and the findings about it, gravest first. Texts stand left, numbers right."""

    text: str
    is_text: bool = False
    anchor: str = ""
    findings: tuple[ShownFinding, ...] = ()

    @property
    def verdict(self) -> str:
        """The gravest verdict on the cell, or "" for a cell that nothing is said of."""
        return self.findings[0].verdict if self.findings else ""


@dataclass(frozen=True)
class ShownRow:
    number: int
    cells: tuple[ShownCell, ...]


@dataclass(frozen=True)
class ShownTable:
    """The first rows and columns of a table, and how many there are beyond."""

    heads: tuple[ShownCell, ...]
    rows: tuple[ShownRow, ...]
    rows_left_out: int = 0
    columns_left_out: int = 0


@dataclass(frozen=True)
class Shown:
    """A table with its findings; either may be missing."""

    table: ShownTable | None = None
    findings: tuple[ShownFinding, ...] = ()
    findings_left_out: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ShownRepair:
    """One way to make the files safe: what is done, what is lost, and what stands in which cell then."""

    summary: str
    loss: str
    changes: tuple[str, ...] = ()
    changes_left_out: int = 0


def shown_repair(offered: Mapping[str, Any], *, in_full: bool, most: int = 40) -> ShownRepair:
    """A stored repair as a page shows it.

    in_full  whether the reader may know the labels of cells and how much is hidden
    most     so many changes are listed
    """
    cells = int(offered["loss_by_count"])
    loss = f"{cells:,} cell{'' if cells == 1 else 's'} hidden, changed or merged"
    if not in_full:
        return ShownRepair(offered["summary"], f"{loss}.")
    changes = [f"{one['file']}, {one['label']}: {one['now']}" for one in offered["changes"]]
    loss = f"{loss}; the numbers change by {offered['loss_by_value']:,.0f} in all, what is hidden counted in full."
    return ShownRepair(offered["summary"], loss, tuple(changes[:most]), max(0, len(changes) - most))


def shown(prefix: str, table: Table | None, findings: Sequence[Finding], bounds: Bounds) -> Shown:
    """What one page shows of a file.

    prefix  makes ids unique on a page that shows several files
    """
    anchors = _anchors(prefix, table, bounds) if table else {}
    kept = tuple(
        ShownFinding(number, f"{prefix}-finding-{number}", anchors.get(_place(one), ""), _title(one), one)
        for number, one in enumerate(findings[: bounds.findings], 1)
    )
    counts: dict[str, int] = defaultdict(int)
    for one in findings:
        counts[str(one.verdict)] += 1
    return Shown(
        table=_table(table, anchors, kept, bounds) if table else None,
        findings=kept,
        findings_left_out=len(findings) - len(kept),
        counts=dict(counts),
    )


def flagged(table: Table, findings: Sequence[Finding]) -> Table:
    """The rows and columns in which cells are objected to, with those cells alone; all others are empty."""
    places = {_place(one) for one in findings}
    names = [name for name in table.columns if any(column == name for _, column in places)]
    where = [table.columns.index(name) for name in names]
    kept = [
        (number, tuple(row[n] if (number, table.columns[n]) in places else "" for n in where))
        for number, row in zip(table.row_numbers, table.rows, strict=True)
        if any((number, name) in places for name in names)
    ]
    return Table(tuple(names), tuple(row for _, row in kept), tuple(number for number, _ in kept))


def _title(finding: Finding) -> str:
    return TITLES.get(finding.rule, finding.rule.replace("_", " ").capitalize())


def _place(finding: Finding) -> Place:
    """Row and heading that a finding is about; a whole column is marked at its heading."""
    if finding.cell is None:
        return (0, "")
    return (HEADINGS if finding.cell.row is None else finding.cell.row, finding.cell.column)


def _anchors(prefix: str, table: Table, bounds: Bounds) -> dict[Place, str]:
    """The id of every cell that is on the page."""
    rows = (HEADINGS, *table.row_numbers[: bounds.rows])
    columns = table.columns[: bounds.columns]
    return {(row, name): f"{prefix}-cell-{row}-{n}" for row in rows for n, name in enumerate(columns, 1)}


def _holds_text(values: Sequence[str]) -> bool:
    return any(read_number(value.removesuffix("%")).state == "unreadable" for value in values)


def _table(table: Table, anchors: Mapping[Place, str], findings: Sequence[ShownFinding], bounds: Bounds) -> ShownTable:
    about: dict[Place, list[ShownFinding]] = defaultdict(list)
    for one in findings:
        about[_place(one.finding)].append(one)

    def cell(row: int, name: str, text: str) -> ShownCell:
        found = sorted(about.get((row, name), ()), key=lambda one: -SEVERITY[one.finding.verdict])
        return ShownCell(text, name in texts, anchors[row, name] if found else "", tuple(found))

    columns = table.columns[: bounds.columns]
    texts = {name for name in columns if _holds_text(table.column(name)[: bounds.rows])}
    rows = zip(table.row_numbers[: bounds.rows], table.rows[: bounds.rows], strict=True)
    return ShownTable(
        heads=tuple(cell(HEADINGS, name, name) for name in columns),
        rows=tuple(
            ShownRow(number, tuple(cell(number, name, text) for name, text in zip(columns, row, strict=False)))
            for number, row in rows
        ),
        rows_left_out=max(0, len(table.rows) - bounds.rows),
        columns_left_out=max(0, len(table.columns) - bounds.columns),
    )
