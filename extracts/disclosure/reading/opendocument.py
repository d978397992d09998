"""OpenDocument workbooks (ISO/IEC 26300), read from their XML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents, Part, PartKind
from extracts.disclosure.reading.figures import is_number
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.markup import Element, attribute, children, descendants, local, parse_xml, text_of
from extracts.disclosure.reading.nesting import read_within
from extracts.disclosure.reading.office import FAIL, REVIEW, SOFTWARE, Office
from extracts.disclosure.reading.package import Package
from extracts.disclosure.reading.sheet import Sheet, conceal_sheet, sheet_parts
from extracts.disclosure.reading.triage import CannotRead

KNOWN = re.compile(r"mimetype|content\.xml|styles\.xml|meta\.xml|settings\.xml|META-INF/manifest\.xml|manifest\.rdf")
MOST_REPEATED = 1_000
CELLS = ("table-cell", "covered-table-cell")


def read_ods(package: Package, limits: Policy) -> Contents:
    """Tables and texts of every sheet, and what the workbook does not show. Raises CannotRead."""
    root = parse_xml(package.read("content.xml"))
    office = Office()
    hidden, white = _hidden_styles(root), _white_styles(root)
    sheets = [_sheet(one, (hidden, white), office, limits) for one in descendants(root, "table") if not _inner(one)]
    values = {(sheet.name, *at): text for sheet in sheets for at, text in sheet.cells.items()}
    parts: list[Part] = []
    for sheet in sheets:
        conceal_sheet(office, sheet, values)
        parts += sheet_parts(sheet, limits)
    _beside(office, root)
    _members(office, package, limits)
    return Contents("ods", (*parts, *office.parts), tuple(office.concealed))


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
        times = _times(one, "number-columns-repeated")
        if attribute(one, "visibility") in ("collapse", "filter"):
            sheet.hidden_columns.append((column, column + times - 1))
        column += times
    row = 0
    for one in descendants(table, "table-row"):
        times = _times(one, "number-rows-repeated")
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


def _times(element: Element, name: str) -> int:
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
        times = _times(cell, "number-columns-repeated")
        text, formula = _text(cell), attribute(cell, "formula")
        if (text or formula) and times > MOST_REPEATED:
            raise CannotRead("A cell of a sheet is repeated far too often.", "Supply its tables as CSV files.")
        for place in range(column, column + times) if text or formula else ():
            _cell(sheet, (number, place), cell, text, formula)
            if attribute(cell, "style-name") in white:
                sheet.unseen.add((number, place))
        down, across = (_times(cell, f"number-{name}-spanned") for name in ("rows", "columns"))
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


def _beside(office: Office, root: Element) -> None:
    """What stands in the content beside sheets."""
    for names, rule, problem, cure in (
        (("tracked-changes",), "hidden_content", "The file holds the history of its changes.", "Accept all changes."),
        (("script", "event-listener"), "active_content", "The file holds macros.", "Save it without macros."),
        (("dde-link", "table-source", "database-range-source-sql", "cell-range-source"), "hidden_content",
         "The file is linked to data elsewhere.", "Break the links."),
        (("hidden-text", "hidden-paragraph", "conditional-text"), "hidden_content",
         "The file holds text that is not seen.", "Delete it."),
        (("data-pilot-table",), "hidden_content", "The file holds a pivot table.", "Paste it as values."),
    ):  # fmt: skip
        if any(True for _ in descendants(root, *names)):
            office.conceals(rule, FAIL, problem, cure)
    texts = list(_texts_elsewhere(root))
    if texts:
        office.parts.append(Part(PartKind.TEXT, "beside the cells", text="\n".join(texts)))
    for one in descendants(root, "named-expression"):
        said = attribute(one, "expression") or ""
        problem = "A defined name holds a value."
        office.conceals("hidden_content", REVIEW, problem, "Delete the name.", "defined names")
        office.parts.append(Part(PartKind.TEXT, "defined names", text=said))


def _texts_elsewhere(root: Element) -> Iterator[str]:
    """Paragraphs that are neither a cell's own nor a comment's: shapes, header, footer, tracked changes."""
    for one in descendants(root, "p"):
        parent = one.getparent()
        if parent is not None and local(parent) not in (*CELLS, "annotation") and (text := as_seen(text_of(one))):
            yield text


def _members(office: Office, package: Package, limits: Policy) -> None:
    """Other files in the package, and names of people in its properties."""
    for name in package.names:
        if name.endswith(".xml") and b"<!--" in package.read(name):
            problem = "A part of the file has comments in its XML, which no software writes."
            office.conceals("hidden_content", FAIL, problem, "Save it anew.", name)
        if KNOWN.fullmatch(name) or name.startswith("Configurations2/"):
            continue
        if name.startswith(("Basic/", "Scripts/")):
            office.conceals("active_content", FAIL, "The file holds macros.", "Save it without macros.")
        elif name.startswith("Thumbnails/"):
            office.conceals("hidden_content", REVIEW, "The file holds a small picture of itself.", "Save it as XLSX.")
        elif name.startswith("Pictures/"):
            parts, concealed = read_within(package.read(name), name, f"picture {name.rpartition('/')[2]}", limits)
            office.parts += parts
            office.concealed += concealed
        else:
            office.conceals("hidden_content", FAIL, "Another file is embedded in this one.", "Remove it.", "package")
            if name.endswith("content.xml"):
                text = as_seen(text_of(parse_xml(package.read(name))))
                office.parts.append(Part(PartKind.TEXT, "embedded object", text=text))
    for name in ("styles.xml", "meta.xml"):
        if name in package.names:
            _properties(office, parse_xml(package.read(name)))


def _properties(office: Office, root: Element) -> None:
    for one in descendants(root, "creator", "initial-creator", "printed-by"):
        if not SOFTWARE.fullmatch(text_of(one).strip()):
            cure = "Remove personal information from the properties of the file."
            office.conceals("metadata", REVIEW, "The properties of the file name its author or an organisation.", cure)
    texts = [
        as_seen(text_of(one))
        for one in descendants(root, "title", "subject", "description", "keyword", "user-defined", "p")
    ]
    if text := "\n".join(filter(None, texts)):
        office.parts.append(Part(PartKind.TEXT, "properties", text=text))
