"""PowerPoint presentations: tables and texts of every slide, hidden ones and speakers' notes too."""

from __future__ import annotations

import posixpath
import re

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

SLIDE = re.compile(r"ppt/slides/(slide\d+)\.xml")
NOTES = re.compile(r"ppt/notesSlides/[^/]+\.xml")
COMMENTS = re.compile(r"ppt/(?:modernC|c)omments/[^/]+\.xml|ppt/threadedComments/[^/]+\.xml")
MODELS = re.compile(r"ppt/(?:slideMasters|slideLayouts|notesMasters|handoutMasters)/[^/]+\.xml")
AUTHORS = re.compile(r"ppt/(?:commentAuthors|authors)\.xml")
MAIN = re.compile(
    "|".join(one.pattern for one in (SLIDE, NOTES, COMMENTS, MODELS, AUTHORS))
    + r"|ppt/(?:presentation|presProps|viewProps|tableStyles|revisionInfo)\.xml|ppt/tags/[^/]+\.xml"
)
PLACEHOLDERS = re.compile(
    r"(?:click|edit|second|third|fourth|fifth|level|master|text|styles?|title|to|subtitle|icon|add|#|‹|›|\W)*", re.I
)


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """Tables and texts of every slide, and what a show of them does not show. Raises CannotRead."""
    package = open_package(content, limits)
    office = gather(package, limits, MAIN)
    note_residue(office, package)
    size = _size(parse_xml(package.read("ppt/presentation.xml")))
    parts: list[Part] = []
    for member in package.names:
        if match := SLIDE.fullmatch(member):
            root = parse_xml(package.read(member))
            parts += _slide(root, match[1], limits)
            _conceal(office, root, match[1], size)
        elif MAIN.fullmatch(member) and member.endswith(".xml"):
            _beside(office, member, parse_xml(package.read(member)))
    _unlisted(office, package)
    return Contents("pptx", (*parts, *office.parts), tuple(office.concealed))


def _size(root: Element) -> tuple[int, int]:
    """Width and height of a slide in English Metric Units."""
    one = next(descendants(root, "sldSz"), None)
    sides = [attribute(one, name) or "" for name in ("cx", "cy")] if one is not None else ["", ""]
    width, height = (int(side) if re.fullmatch(r"\d{1,9}", side) else 2**31 for side in sides)
    return width, height


def _slide(root: Element, place: str, limits: Policy) -> list[Part]:
    """The tables of a slide and its text outside of them."""
    parts: list[Part] = []
    for number, table in enumerate(descendants(root, "tbl"), 1):
        parts += parts_of(_grid(table, limits), f"{place}, table {number}")
    lines = [as_seen(text_of(one)) for one in descendants(root, "p") if not _in_table(one)]
    lines += [attribute(one, name) or "" for one in descendants(root, "cNvPr") for name in ("descr", "title")]
    if text := "\n".join(filter(None, lines)):
        parts.append(Part(PartKind.TEXT, place, text=text))
    return parts


def _in_table(element: Element) -> bool:
    return any(local(above) == "tbl" for above in element.iterancestors())


def _grid(table: Element, limits: Policy) -> list[list[str]]:
    """A table by row and place; merged labels hold for all their places. Raises CannotRead."""
    grid: list[list[str]] = []
    for row in descendants(table, "tr"):
        line: list[str] = []
        for cell in children(row, "tc"):
            text = as_seen(" ".join(text_of(one) for one in descendants(cell, "p")))
            if not text and is_on(attribute(cell, "hMerge")) and line:
                text = line[-1]
            elif not text and is_on(attribute(cell, "vMerge")) and grid and len(line) < len(grid[-1]):
                text = grid[-1][len(line)]
            merged = is_on(attribute(cell, "hMerge")) or is_on(attribute(cell, "vMerge"))
            line.append("" if merged and is_number(text) else text)
        grid.append(line[:1] if len(line) > 1 and len(set(line)) == 1 and not is_number(line[0]) else line)
        if sum(map(len, grid)) > limits.max_cells:
            raise CannotRead(f"A table has more than {limits.max_cells:,} cells.", "Split it into smaller tables.")
    return grid


def _conceal(office: Office, root: Element, place: str, size: tuple[int, int]) -> None:
    """Note hidden slides and shapes, and shapes that lie beside the slide."""
    if (attribute(root, "show") or "1").lower() in ("0", "false"):
        office.conceals("hidden_content", FAIL, "A slide is hidden.", "Delete the slide, or show it.", place)
    if any(is_on(attribute(one, "hidden")) for one in descendants(root, "cNvPr")):
        office.conceals("hidden_content", FAIL, "A shape of a slide is hidden.", "Delete the shape.", place)
    for one in descendants(root, "off"):
        x, y = (
            int(text) if re.fullmatch(r"-?\d{1,11}", text := attribute(one, name) or "") else 0 for name in ("x", "y")
        )
        inside = -size[0] < x < size[0] and -size[1] < y < size[1]
        if not inside:
            office.conceals("hidden_content", REVIEW, "A shape lies beside its slide.", "Delete the shape.", place)


def _beside(office: Office, member: str, root: Element) -> None:
    """Texts of what is no slide: notes and comments conceal, masters and layouts are seen on every slide."""
    texts = [as_seen(text_of(one)) for one in descendants(root, "t", "text")]
    text = "\n".join(filter(None, texts))
    if NOTES.fullmatch(member) and not re.fullmatch(r"\d*", text):
        verdict = FAIL if re.search(r"\d", text) else REVIEW
        office.conceals("hidden_content", verdict, "Slides have speakers' notes.", "Delete the notes.", "notes")
    elif COMMENTS.fullmatch(member):
        text = text or as_seen(text_of(root))
        office.conceals("hidden_content", FAIL, "Slides have comments.", "Delete all comments.", "comments")
    elif AUTHORS.fullmatch(member):
        problem = "The presentation names people who commented on it."
        office.conceals("metadata", REVIEW, problem, "Remove personal information from the file.")
    elif member.startswith("ppt/tags/"):
        office.conceals(
            "hidden_content", REVIEW, "The presentation keeps data of an add-in.", "Save it without.", "tags"
        )
        text = " ".join(attribute(one, "val") or "" for one in descendants(root, "tag"))
    elif not MODELS.fullmatch(member) or PLACEHOLDERS.fullmatch(text):
        return
    if text:
        office.parts.append(Part(PartKind.TEXT, posixpath.basename(member).removesuffix(".xml"), text=text))


def _unlisted(office: Office, package: Package) -> None:
    """Slides that the presentation does not list are still in the file."""
    listed = sum(1 for _ in descendants(parse_xml(package.read("ppt/presentation.xml")), "sldId"))
    if sum(1 for name in package.names if SLIDE.fullmatch(name)) != listed:
        problem = "The file holds a slide that the presentation does not list."
        office.conceals("hidden_content", FAIL, problem, "Copy the slides shown into a new presentation.")
