"""Workbooks: XLSX and XLSM from their XML, ODS likewise, and old XLS files by calamine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.content_type import OLE
from extracts.disclosure.reading.contents import Contents, Part, PartKind
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.markup import Element, attribute, descendants, local, parse_xml, text_of
from extracts.disclosure.reading.office import FAIL, REVIEW, Office, gather
from extracts.disclosure.reading.package import Package, open_package
from extracts.disclosure.reading.residue import note_residue
from extracts.disclosure.reading.sheet import Sheet, conceal_sheet, sheet_parts
from extracts.disclosure.reading.spreadsheet_styles import hiding_conditions
from extracts.disclosure.reading.spreadsheetml import sheets_of, workbook_of

MAIN = re.compile(
    r"xl/(?:workbook|sharedStrings|styles|calcChain|metadata)\.xml|xl/worksheets/[^/]+\.xml|"
    r"xl/(?:tables|threadedComments)/[^/]+\.xml|xl/(?:comments/)?comments?\d*\.xml|xl/comments/[^/]+\.xml"
)
COMMENTS = re.compile(r"xl/(?:comments/)?comments?\d*\.xml|xl/(?:comments|threadedComments)/[^/]+\.xml")
RANGES = re.compile(r"(?:(?:'(?:[^']|'')+'|[\w.]+)!\$?[A-Z]{0,3}\$?\d*(?::\$?[A-Z]{0,3}\$?\d*)?,?)+")
SHEET_ELEMENTS = """
    sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges autoFilter
    sortState mergeCells phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup
    headerFooter rowBreaks colBreaks ignoredErrors drawing legacyDrawing legacyDrawingHF tableParts extLst picture
"""
SPOKEN = ("prompt", "promptTitle", "error", "errorTitle", "tooltip", "display")
OF_TABLES = ("comment", "altText", "altTextSummary")
KNOWN_ELEMENTS = frozenset(SHEET_ELEMENTS.split())


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """Tables and texts of every sheet, hidden ones too, and all that a workbook does not show. Raises CannotRead."""
    if content.startswith(OLE):
        from extracts.disclosure.reading.old_excel import read_xls

        return read_xls(content, limits)
    package = open_package(content, limits)
    if "xl/workbook.xml" in package.names:
        return _read_xlsx(package, limits)
    from extracts.disclosure.reading.opendocument import read_ods

    return read_ods(package, limits)


def _read_xlsx(package: Package, limits: Policy) -> Contents:
    office = gather(package, limits, MAIN)
    note_residue(office, package)
    root, book = workbook_of(package)
    found = list(sheets_of(package, root, book))
    values = {(sheet.name, *at): text for sheet, _ in found for at, text in sheet.cells.items()}
    parts: list[Part] = []
    for sheet, content in found:
        conceal_sheet(office, sheet, values)
        parts += sheet_parts(sheet, limits)
        parts += _beside_cells(office, sheet, content)
    _names(office, root)
    _comments(office, package)
    _of_tables(office, package)
    _unused_strings(office, found, book.strings)
    _unlisted(office, package, len(found))
    if hiding_conditions(package):
        problem = "Conditional formats may keep numbers from being seen."
        office.conceals("hidden_content", REVIEW, problem, "Delete the conditional formats.")
    return Contents("xlsx", (*parts, *office.parts), tuple(office.concealed))


def _beside_cells(office: Office, sheet: Sheet, root: Element) -> Iterator[Part]:
    """Texts of a sheet outside of its cells: header and footer, lists to choose from, conditional formats."""
    texts = []
    for one in root:
        if local(one) not in KNOWN_ELEMENTS:
            problem = "A sheet holds something that the engine does not know."
            office.conceals("hidden_content", REVIEW, problem, "Copy the values into a new sheet.", sheet.place)
        if local(one) in ("headerFooter", "dataValidations", "conditionalFormatting", "extLst"):
            # Codes of headers and footers, as &C for the middle, would stick to the numbers behind them.
            texts.append(as_seen(re.sub(r'&"[^"]*"|&[A-Z]', " ", text_of(one))))
        if local(one) in ("dataValidations", "hyperlinks"):
            texts += [attribute(inner, name) or "" for inner in one for name in SPOKEN]
    if text := "\n".join(filter(None, texts)):
        yield Part(PartKind.TEXT, sheet.place, text=text)


def _names(office: Office, root: Element) -> None:
    """Names that stand for ranges are ordinary; hidden ones and those that hold values are not."""
    for one in descendants(root, "definedName"):
        said, name = as_seen(text_of(one)), attribute(one, "name") or ""
        if about := as_seen(f"{attribute(one, 'comment') or ''} {attribute(one, 'description') or ''}"):
            office.parts.append(Part(PartKind.TEXT, "defined names", text=about))
        ordinary = RANGES.fullmatch(said) is not None
        if ordinary and (name.startswith("_xlnm.") or not attribute(one, "hidden")):
            continue
        verdict = FAIL if attribute(one, "hidden") in ("1", "true") or re.search(r"\d", said) else REVIEW
        problem = "A defined name holds a value, or is hidden."
        office.conceals("hidden_content", verdict, problem, "Delete the name in the name manager.", "defined names")
        office.parts.append(Part(PartKind.TEXT, "defined names", text=f"{name} {said}"))


def _comments(office: Office, package: Package) -> None:
    for name in package.names:
        if COMMENTS.fullmatch(name) and (text := as_seen(text_of(parse_xml(package.read(name))))):
            office.conceals("hidden_content", FAIL, "Cells have comments.", "Delete all comments.", "comments")
            office.parts.append(Part(PartKind.TEXT, "comments", text=text))


def _of_tables(office: Office, package: Package) -> None:
    """What is said of tables beside their cells: their comments and alternative texts."""
    for name in package.names:
        if name.startswith("xl/tables/") and name.endswith(".xml"):
            root = parse_xml(package.read(name))
            said = [attribute(one, key) or "" for one in root.iter() if local(one) for key in OF_TABLES]
            if text := "\n".join(filter(None, map(as_seen, said))):
                office.parts.append(Part(PartKind.TEXT, "descriptions of tables", text=text))


def _unused_strings(office: Office, found: list[tuple[Sheet, Element]], strings: tuple[str, ...]) -> None:
    """Texts that no cell shows are left of something deleted."""
    used = {text for sheet, _ in found for text in sheet.cells.values()}
    left = [text for text in strings if text and text not in used]
    if left:
        problem = "The file holds texts that no cell shows."
        office.conceals("hidden_content", FAIL, problem, "Save it anew.", "shared strings")
        office.parts.append(Part(PartKind.TEXT, "shared strings", text="\n".join(left)))


def _unlisted(office: Office, package: Package, listed: int) -> None:
    """Sheets that the workbook does not list are still in the file."""
    held = sum(1 for name in package.names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name))
    if held != listed:
        problem = "The file holds a sheet that the workbook does not list."
        office.conceals("hidden_content", FAIL, problem, "Copy the sheets shown into a new workbook.")
