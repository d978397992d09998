"""OpenDocument workbooks (ISO/IEC 26300), read from their XML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents, Part, PartKind
from extracts.disclosure.reading.figures import is_number
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.markup import Element, attribute, children, descendants, local, parse_xml, text_of
from extracts.disclosure.reading.office import FAIL, Office
from extracts.disclosure.reading.opendocument_package import CELLS, note_beside, note_members
from extracts.disclosure.reading.package import Package
from extracts.disclosure.reading.sheet import Sheet, conceal_sheet, sheet_parts
from extracts.disclosure.reading.triage import CannotRead

MOST_REPEATED = 1_000


def read_ods(package: Package, limits: Policy) -> Contents:
    """Tables and texts of every sheet, and what the workbook does not show. Raises CannotRead."""
    root = parse_xml(package.read("content.xml"))
    office = Office()
    sheets = [sheet for sheet, _ in sheets_of(root, office, limits)]
    values = {(sheet.name, *at): text for sheet in sheets for at, text in sheet.cells.items()}
    parts: list[Part] = []
    for sheet in sheets:
        conceal_sheet(office, sheet, values)
        parts += sheet_parts(sheet, limits)
    note_beside(office, root)
    note_members(office, package, limits)
    return Contents("ods", (*parts, *office.parts), tuple(office.concealed))


def sheets_of(root: Element, office: Office, limits: Policy) -> Iterator[tuple[Sheet, Element]]:
    """Each sheet with the element that holds it; comments are noted. Raises CannotRead."""
    styles = _hidden_styles(root), _white_styles(root)
    yield from ((_sheet(one, styles, office, limits), one) for one in descendants(root, "table") if not _inner(one))


def _inner(table: Element) -> bool:
    """Whether a table is a cache of a chart, of a link or of tracked changes, and no sheet."""
    parent = table.getparent()
    return parent is None or local(parent) != "spreadsheet"


def _hidden_styles(root: Element) -> frozenset[str]:
    """Names of the styles of tables that are not displayed."""
    return frozenset(
        attribute(style, "name") or ""
        for style in descendants(root, "style")
        if any(attribute(one, "display") == "false" for one in children(style, "table-properties"))
    )


def _white_styles(root: Element) -> frozenset[str]:
    """Names of the styles of cells with white letters on nothing."""
    return frozenset(
        attribute(style, "name") or ""
        for style in descendants(root, "style")
        if any((attribute(one, "color") or "").lower() == "#ffffff" for one in children(style, "text-properties"))
        and not any(attribute(one, "background-color") for one in children(style, "table-cell-properties"))
    )


def _sheet(table: Element, styles: tuple[frozenset[str], frozenset[str]], office: Office, limits: Policy) -> Sheet:
    state = "hidden" if attribute(table, "style-name") in styles[0] else "visible"
    sheet = Sheet(attribute(table, "name") or "", state)
    column = 0
    for one in descendants(table, "table-column"):
        times = times_of(one, "number-columns-repeated")
        if attribute(one, "visibility") in ("collapse", "filter"):
            sheet.hidden_columns.append((column, column + times - 1))
        column += times
    row = 0
    for one in descendants(table, "table-row"):
        times = times_of(one, "number-rows-repeated")
        filled = any(_text(cell) or attribute(cell, "formula") for cell in children(one, *CELLS))
        if filled and times > MOST_REPEATED:
            raise CannotRead("A row of a sheet is repeated far too often.", "Supply its tables as CSV files.")
        for number in range(row, row + times) if filled else ():
            _row(sheet, number, one, styles[1], limits)
        row += times
    for one in descendants(table, "annotation"):
        office.conceals("hidden_content", FAIL, "Cells have comments.", "Delete all comments.", sheet.place)
        office.parts.append(Part(PartKind.TEXT, "comments", text=as_seen(text_of(one))))
    return sheet


def times_of(element: Element, name: str) -> int:
    """How often a row or column is repeated. Raises CannotRead."""
    text = attribute(element, name) or "1"
    if not re.fullmatch(r"[1-9]\d{0,6}", text):
        raise CannotRead("A sheet is damaged.", "Supply its tables as CSV files.")
    return int(text)


def _row(sheet: Sheet, number: int, row: Element, white: frozenset[str], limits: Policy) -> None:
    if attribute(row, "visibility") in ("collapse", "filter"):
        sheet.hidden_rows.add(number)
    column = 0
    for cell in children(row, *CELLS):
        times = times_of(cell, "number-columns-repeated")
        text, formula = _text(cell), attribute(cell, "formula")
        if (text or formula) and times > MOST_REPEATED:
            raise CannotRead("A cell of a sheet is repeated far too often.", "Supply its tables as CSV files.")
        for place in range(column, column + times) if text or formula else ():
            _cell(sheet, (number, place), cell, text, formula)
            if attribute(cell, "style-name") in white:
                sheet.unseen.add((number, place))
        down, across = (times_of(cell, f"number-{name}-spanned") for name in ("rows", "columns"))
        if (down, across) != (1, 1):
            sheet.merged.append((number, column, number + down - 1, column + across - 1))
        column += times
    if len(sheet.cells) > limits.max_cells:
        raise CannotRead(f"A sheet has more than {limits.max_cells:,} cells.", "Split it into smaller tables.")


def _cell(sheet: Sheet, at: tuple[int, int], cell: Element, text: str, formula: str | None) -> None:
    sheet.cells[at] = text
    if formula:
        sheet.formulas[at] = _as_in_excel(formula)
        if not text:
            sheet.without_cache.add(at)
    kept = attribute(cell, "string-value")
    if kept is not None and as_seen(kept) != _paragraphs(cell):
        sheet.cells[at] = f"{text} {as_seen(kept)}".strip()
        sheet.unseen.add(at)
    if is_number(text) and attribute(cell, "value") and not re.search(r"\d", _paragraphs(cell)):
        sheet.unseen.add(at)


def _text(cell: Element) -> str:
    """What a cell holds: its number in all digits, its date, or its paragraphs."""
    kind, value = attribute(cell, "value-type"), attribute(cell, "value")
    if kind in ("float", "currency", "percentage") and value:
        try:
            return f"{float(value) * 100:.15g}%" if kind == "percentage" else f"{float(value):.15g}"
        except (ValueError, OverflowError):
            return value
    if kind in ("date", "time"):
        return attribute(cell, f"{kind}-value") or _paragraphs(cell)
    return _paragraphs(cell)


def _paragraphs(cell: Element) -> str:
    """The text that a cell shows; comments and shapes are no part of it."""
    return as_seen(" ".join(text_of(one) for one in children(cell, "p")))


def _as_in_excel(formula: str) -> str:
    """A formula of OpenDocument with references as in `Sheet!B2:B9`."""
    text = re.sub(r"^\w+:", "", formula)
    text = re.sub(
        r"\[\.(\$?[A-Z]+\$?\d+)(?::\.(\$?[A-Z]+\$?\d+))?\]", lambda m: m[1] + (f":{m[2]}" if m[2] else ""), text
    )
    return re.sub(r"\[\$?('[^']+'|\w+)\.(\$?[A-Z]+\$?\d+)\]", r"\1!\2", text)
