"""Sheets of XLSX and XLSM workbooks (ECMA-376, part 1, section 18), read from their XML."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from extracts.disclosure.reading.markup import Element, attribute, children, descendants, local, parse_xml, text_of
from extracts.disclosure.reading.number_formats import as_shown, hides
from extracts.disclosure.reading.package import CURE, Package
from extracts.disclosure.reading.references import column_number, moved
from extracts.disclosure.reading.sheet import At, Sheet
from extracts.disclosure.reading.spreadsheet_styles import Style, is_nothing, is_on, styles_of, whole
from extracts.disclosure.reading.triage import CannotRead

WORKBOOK = "xl/workbook.xml"
STATES = {"hidden": "hidden", "veryHidden": "very hidden"}
CELL_ATTRIBUTES = frozenset(["r", "s", "t", "cm", "vm", "ph"])
ROW_ATTRIBUTES = re.compile(
    r"r|spans|s|customFormat|ht|hidden|customHeight|outlineLevel|collapsed|thickTop|thickBot|ph|\{.*\}dyDescent"
)
CELL_PARTS = frozenset(["v", "f", "is"])


@dataclass(frozen=True)
class Book:
    """What sheets share."""

    strings: tuple[str, ...]
    styles: tuple[Style, ...]
    since_1904: bool


def workbook_of(package: Package) -> tuple[Element, Book]:
    """The root of the workbook and what its sheets share. Raises CannotRead."""
    root = parse_xml(package.read(WORKBOOK))
    since_1904 = any(is_on(attribute(one, "date1904")) for one in descendants(root, "workbookPr"))
    return root, Book(_strings(package), styles_of(package), since_1904)


def _strings(package: Package) -> tuple[str, ...]:
    if "xl/sharedStrings.xml" not in package.names:
        return ()
    return tuple(_rich_text(one) for one in children(parse_xml(package.read("xl/sharedStrings.xml")), "si"))


def _rich_text(element: Element) -> str:
    """Text without the reading aid that East Asian text has beside it."""
    if len(element) == 1 and local(element[0]) == "t":
        return text_of(element[0])
    aside = {text for aid in descendants(element, "rPh") for text in descendants(aid, "t")}
    return "".join(text_of(one) for one in descendants(element, "t") if one not in aside)


def sheets_of(package: Package, root: Element, book: Book) -> Iterator[tuple[Sheet, Element]]:
    """Each sheet of cells with the root of its XML. Raises CannotRead for one that is missing or damaged."""
    targets = targets_of(package)
    for one in descendants(root, "sheet"):
        target = targets.get(attribute(one, "id") or "", "")
        if "/chartsheets/" in target:
            continue
        sheet = Sheet(attribute(one, "name") or "", STATES.get(attribute(one, "state") or "", "visible"))
        content = parse_xml(package.read(target))
        _fill(sheet, content, book)
        yield sheet, content


def targets_of(package: Package) -> dict[str, str]:
    """Relation of the workbook to the member that it leads to."""
    found = {}
    for one in descendants(parse_xml(package.read("xl/_rels/workbook.xml.rels")), "Relationship"):
        target = attribute(one, "Target") or ""
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        found[attribute(one, "Id") or ""] = path
    return found


def _fill(sheet: Sheet, root: Element, book: Book) -> None:
    """Everything of a sheet but its comments. Raises CannotRead for two cells in one place."""
    shared: dict[str, tuple[At, str]] = {}
    for group in root:
        if local(group) == "sheetData":
            _rows(sheet, group, book, shared)
        elif local(group) == "cols":
            _columns(sheet, group)
        elif local(group) == "sheetFormatPr" and is_on(attribute(group, "zeroHeight")):
            sheet.without_height = True
        elif local(group) == "mergeCells":
            sheet.merged += filter(None, (_area(attribute(one, "ref") or "") for one in children(group, "mergeCell")))


def _rows(sheet: Sheet, data: Element, book: Book, shared: dict[str, tuple[At, str]]) -> None:
    last = -1
    for row in data:
        if local(row) != "row":
            sheet.odd = True
            continue
        sheet.odd = sheet.odd or any(not ROW_ATTRIBUTES.fullmatch(key) for key in row.keys())  # noqa: SIM118
        number = attribute(row, "r")
        last = whole(number) - 1 if number else last + 1
        if is_on(attribute(row, "hidden")) or is_nothing(attribute(row, "ht")):
            sheet.hidden_rows.add(last)
        column = -1
        for cell in row:
            if local(cell) != "c":
                sheet.odd = True
                continue
            sheet.odd = sheet.odd or not CELL_ATTRIBUTES.issuperset(cell.keys())
            at = at_of(attribute(cell, "r"), last, column + 1)
            column = at[1]
            if at in sheet.cells or at[0] != last:
                raise CannotRead("A sheet says two things about one cell.", CURE)
            _cell(sheet, at, cell, book, shared)


def _columns(sheet: Sheet, columns: Element) -> None:
    for one in children(columns, "col"):
        if is_on(attribute(one, "hidden")) or is_nothing(attribute(one, "width")):
            sheet.hidden_columns.append((whole(attribute(one, "min")) - 1, whole(attribute(one, "max")) - 1))


def at_of(reference: str | None, row: int, column: int) -> At:
    """Row and column of a cell, by its reference or else the one that comes next. Raises CannotRead."""
    if reference is None:
        return row, column
    match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", reference)
    if match is None or not 1 <= int(match[2]) <= 1_048_576 or column_number(match[1]) >= 16_384:
        raise CannotRead("A cell of a sheet stands nowhere.", CURE)
    return int(match[2]) - 1, column_number(match[1])


def _area(reference: str) -> tuple[int, int, int, int] | None:
    ends = [at_of(end, 0, 0) for end in reference.split(":")] if reference else []
    return (*ends[0], *ends[1]) if len(ends) == 2 else None


def _cell(sheet: Sheet, at: At, cell: Element, book: Book, shared: dict[str, tuple[At, str]]) -> None:
    found = {local(one): one for one in cell}
    plainly = "is" not in found or (attribute(cell, "t") == "inlineStr" and "v" not in found)
    if len(found) != len(cell) or not found.keys() <= CELL_PARTS or not plainly:
        sheet.odd = True  # one part of it would be shown by some programs and another by others
    if not found:
        return
    style = whole(attribute(cell, "s"))
    shown = book.styles[style] if style < len(book.styles) else Style()
    text, number = _value(cell, found, shown, book)
    if "f" in found:
        sheet.formulas[at] = _formula(found["f"], at, shared)
        if not text:
            sheet.without_cache.add(at)
    elif not text:
        return
    sheet.cells[at] = text
    if text and (shown.invisible or (number is not None and hides(shown.code, number)) or shown.code == ";;;"):
        sheet.unseen.add(at)


def _value(cell: Element, found: dict[str, Element], style: Style, book: Book) -> tuple[str, float | None]:
    """The text of a cell, and its number if it is one. Raises CannotRead for a text that isn't there."""
    kind = attribute(cell, "t") or "n"
    if "is" in found:
        return _rich_text(found["is"]), None
    text = text_of(found["v"]).strip() if "v" in found else ""
    if kind == "s" and text:
        if not re.fullmatch(r"\d{1,9}", text) or int(text) >= len(book.strings):
            raise CannotRead("A cell of a sheet refers to a text that is not there.", CURE)
        return book.strings[int(text)], None
    if kind == "b":
        return ("TRUE" if text == "1" else "FALSE") if text else "", None
    if kind != "n" or not text:
        return text, None
    try:
        number = float(text)
    except ValueError:
        return text, None
    return as_shown(text, style.number, style.code, since_1904=book.since_1904), number


def _formula(element: Element, at: At, shared: dict[str, tuple[At, str]]) -> str:
    """A formula as it reads in its own cell."""
    text, group = text_of(element), attribute(element, "si")
    if attribute(element, "t") == "shared" and group is not None:
        if text:
            shared[group] = (at, text)
        elif group in shared:
            start, first = shared[group]
            return moved(first, at[0] - start[0], at[1] - start[1])
    # An array formula fills other cells as well; no function of that name is worked out.
    return f"ARRAY({text})" if attribute(element, "t") in ("array", "dataTable") else text
