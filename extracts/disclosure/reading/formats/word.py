"""Word documents: tables, texts, tracked changes, comments and all else that a page does not show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents, Part, PartKind
from extracts.disclosure.reading.figures import is_number
from extracts.disclosure.reading.headers import parts_of
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.markup import Element, attribute, children, descendants, local, parse_xml, text_of
from extracts.disclosure.reading.office import FAIL, REVIEW, Office, gather
from extracts.disclosure.reading.package import Package, open_package
from extracts.disclosure.reading.residue import note_residue
from extracts.disclosure.reading.spreadsheet_styles import is_on
from extracts.disclosure.reading.triage import CannotRead

PAGES = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes)\.xml")
COMMENTS = re.compile(r"word/comments\d*\.xml")
MAIN = re.compile(
    PAGES.pattern
    + "|"
    + COMMENTS.pattern
    + r"|word/(?:styles|settings|fontTable|webSettings|numbering|stylesWithEffects|"
    r"commentsExtended|commentsIds|commentsExtensible|people)\.xml|word/fonts/[^/]+\.odttf"
)
DELETED, INSERTED = ("del", "moveFrom"), ("ins", "moveTo")
TEXTS = ("t", "tab", "br", "cr", "noBreakHyphen", "delText")
FETCHES = re.compile(r"\b(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|LINK|DATABASE|IMPORT|INCLUDE|MACROBUTTON)\b")
MOST_SPANNED = 200


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """Tables and texts of a document with its notes, headers and comments, and what it conceals. Raises CannotRead."""
    package = open_package(content, limits)
    office = gather(package, limits, MAIN)
    note_residue(office, package)
    unseen = _unseen_styles(package)
    parts: list[Part] = []
    for member in package.names:
        if PAGES.fullmatch(member):
            root = parse_xml(package.read(member))
            place = member.removeprefix("word/").removesuffix(".xml")
            parts += _page(root, "" if place == "document" else place, limits)
            _conceal(office, root, unseen)
        elif COMMENTS.fullmatch(member) and (text := as_seen(text_of(parse_xml(package.read(member))))):
            office.conceals("hidden_content", FAIL, "The document has comments.", "Delete all comments.", "comments")
            office.parts.append(Part(PartKind.TEXT, "comments", text=text))
    _settings(office, package)
    return Contents("docx", (*parts, *office.parts), tuple(office.concealed))


def _page(root: Element, place: str, limits: Policy) -> list[Part]:
    """The tables of a page and its text outside of them."""
    parts: list[Part] = []
    for number, table in enumerate(descendants(root, "tbl"), 1):
        parts += parts_of(_grid(table, limits), ", ".join(filter(None, (place, f"table {number}"))))
    lines = (as_seen("".join(_words(one))) for one in descendants(root, "p") if not _in_table(one))
    text = "\n".join(filter(None, lines))
    loose = as_seen(" ".join(text_of(one) for one in descendants(root, "t") if not _in_paragraph(one)))
    said = [attribute(one, name) or "" for one in descendants(root, "docPr", "cNvPr") for name in ("descr", "title")]
    said += [attribute(one, "val") or "" for one in descendants(root, "tblCaption", "tblDescription")]
    if text := "\n".join(filter(None, (text, loose, *map(as_seen, said)))):
        parts.append(Part(PartKind.TEXT, place or "text", text=text))
    return parts


def _in_table(element: Element) -> bool:
    return any(local(above) == "tbl" for above in element.iterancestors())


def _in_paragraph(element: Element) -> bool:
    return any(local(above) in ("p", "tbl") for above in element.iterancestors())


def _words(paragraph: Element) -> Iterator[str]:
    """Text of a paragraph, deleted text with it: it is still in the file."""
    for one in paragraph.iter():
        if local(one) in ("t", "delText"):
            yield text_of(one)
        elif local(one) in TEXTS:
            yield " "


def _grid(table: Element, limits: Policy) -> list[list[str]]:
    """A table by row and place; merged labels hold for all their places. Raises CannotRead."""
    grid: list[list[str]] = []
    for row in children_of_table(table):
        line: list[str] = []
        for before in descendants(row, "gridBefore"):
            line += [""] * _span(before)
        for cell in _cells(row):
            text = as_seen(" ".join("".join(_words(one)) for one in descendants(cell, "p") if _own(one, table)))
            merge = next(descendants(cell, "vMerge"), None)
            if merge is not None and attribute(merge, "val") != "restart" and not text and grid:
                above = grid[-1][len(line)] if len(line) < len(grid[-1]) else ""
                text = "" if is_number(above) else above
            across = max((_span(one) for one in descendants(cell, "gridSpan")), default=1)
            line += [text] + [text if not is_number(text) else ""] * (across - 1)
        grid.append(line[:1] if len(line) > 1 and len(set(line)) == 1 and not is_number(line[0]) else line)
        if sum(map(len, grid)) > limits.max_cells:
            raise CannotRead(f"A table has more than {limits.max_cells:,} cells.", "Split it into smaller tables.")
    return grid


def children_of_table(table: Element) -> Iterator[Element]:
    """Rows of this table, those of tables within it left out."""
    return (row for row in descendants(table, "tr") if _own(row, table))


def _own(element: Element, table: Element) -> bool:
    return next((above for above in element.iterancestors() if local(above) == "tbl"), None) is table


def _cells(row: Element) -> Iterator[Element]:
    """Cells of a row, those in content controls as well."""
    return (
        cell
        for cell in descendants(row, "tc")
        if next((a for a in cell.iterancestors() if local(a) == "tr"), None) is row
    )


def _span(element: Element) -> int:
    text = attribute(element, "val") or "1"
    return min(max(int(text), 1), MOST_SPANNED) if re.fullmatch(r"\d{1,6}", text) else 1


def _switched_on(properties: Element, name: str) -> bool:
    return any(attribute(one, "val") is None or is_on(attribute(one, "val")) for one in children(properties, name))


def _unseen(properties: Element) -> bool:
    """Whether properties of a run hide its text: hidden, white on nothing, or in letters of two points at most."""
    colour = next((attribute(one, "val") or "" for one in children(properties, "color")), "")
    ground = any(True for _ in children(properties, "shd", "highlight"))
    size = next((attribute(one, "val") or "" for one in children(properties, "sz")), "")
    return (
        _switched_on(properties, "vanish") or _switched_on(properties, "webHidden")
        or (colour.upper() == "FFFFFF" and not ground) or (size.isdecimal() and int(size) <= 4)
    )  # fmt: skip


def _unseen_styles(package: Package) -> frozenset[str]:
    """Styles that hide text."""
    if "word/styles.xml" not in package.names:
        return frozenset()
    styles = descendants(parse_xml(package.read("word/styles.xml")), "style")
    return frozenset(
        attribute(style, "styleId") or "" for style in styles if any(_unseen(one) for one in children(style, "rPr"))
    )


def _conceal(office: Office, root: Element, unseen: frozenset[str]) -> None:
    """Note tracked changes, hidden texts and fields that fetch."""
    for names in (DELETED, INSERTED):
        for one in descendants(root, *names):
            kept = as_seen(" ".join(text_of(inner) for inner in descendants(one, "t", "delText")))
            if kept or names is DELETED:
                problem = "The document holds tracked changes, with what was deleted and by whom."
                office.conceals("hidden_content", FAIL, problem, "Accept all changes.", "tracked changes")
                office.parts.append(Part(PartKind.TEXT, "tracked changes", text=kept))
    for run in descendants(root, "r"):
        styled = any(attribute(one, "val") in unseen for one in descendants(run, "rStyle"))
        if (styled or any(_unseen(one) for one in children(run, "rPr"))) and as_seen("".join(_words(run))):
            problem = "The document holds text that is not seen."
            office.conceals("hidden_content", FAIL, problem, "Delete it, or let it be seen.")
    for paragraph in descendants(root, "pStyle"):
        if attribute(paragraph, "val") in unseen:
            office.conceals("hidden_content", FAIL, "The document holds text that is not seen.", "Let it be seen.")
    fields = [text_of(one) for one in descendants(root, "instrText")]
    fields += [attribute(one, "instr") or "" for one in descendants(root, "fldSimple")]
    if any(re.search(r"\d{3}", field) for field in fields):
        office.parts.append(Part(PartKind.TEXT, "fields", text="\n".join(fields)))
    if FETCHES.search(" ".join(fields).upper()) or FETCHES.search("".join(fields).upper()):
        office.conceals("active_content", FAIL, "A field fetches something from outside.", "Unlink the fields.")
    if any(is_on(attribute(one, "hidden")) for one in descendants(root, "docPr", "cNvPr")):
        office.conceals("hidden_content", FAIL, "A drawing of the document is hidden.", "Delete it.")


def _settings(office: Office, package: Package) -> None:
    """Variables of the document and the data of a mail merge are kept in its settings."""
    if "word/settings.xml" not in package.names:
        return
    root = parse_xml(package.read("word/settings.xml"))
    for one in descendants(root, "docVar", "mailMerge"):
        office.conceals("hidden_content", FAIL, "The document keeps data in its settings.", "Paste it into a new file.")
        office.parts.append(Part(PartKind.TEXT, "settings", text=attribute(one, "val") or ""))
    if "word/people.xml" in package.names and list(descendants(parse_xml(package.read("word/people.xml")), "person")):
        problem = "The document names people who changed it."
        office.conceals("metadata", REVIEW, problem, "Remove personal information from the file.")
