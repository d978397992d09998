"""HTML pages: tables, the data in scripts, packed files, and all that a reader does not see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents, Part, PartKind
from extracts.disclosure.reading.drawing import read_drawing
from extracts.disclosure.reading.encodings import as_text
from extracts.disclosure.reading.headers import parts_of
from extracts.disclosure.reading.html_tables import grid_of
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.markup import Element, descendants, local
from extracts.disclosure.reading.office import Office
from extracts.disclosure.reading.page_scripts import read_script
from extracts.disclosure.reading.page_unseen import note_attributes, note_comments, note_hidden
from extracts.disclosure.reading.triage import CannotRead

CURE = "Save the page anew, or supply its tables as CSV files."
NOT_SHOWN = ("script", "style", "table", "svg", "head")


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """Tables, chart data, texts, pictures and hidden parts of a page; no script of it runs. Raises CannotRead."""
    root = _parse(content)
    office = Office()
    number = 0
    for number, table in enumerate(descendants(root, "table"), 1):
        office.parts += parts_of(grid_of(table, limits), f"table {number}")
    if text := as_seen(" ".join(_texts(root))):
        office.parts.append(Part(PartKind.TEXT, "page", text=text))
    for number, script in enumerate(descendants(root, "script"), 1):
        read_script(office, script, f"script {number}", limits)
    for number, drawing in enumerate(_drawings(root), 1):
        read_drawing(office, drawing, f"drawing {number}", limits)
    note_hidden(office, root)
    note_comments(office, root)
    note_attributes(office, root, limits)
    return Contents("html", tuple(office.parts), tuple(office.concealed))


def _parse(content: bytes) -> Element:
    """The root of a page. Raises CannotRead when the parser gave up on it."""
    text = as_text(content)
    if text is None:
        raise CannotRead("The page is not text in an encoding that is known for certain.", CURE)
    parser = etree.HTMLParser(no_network=True, encoding="utf-8", huge_tree=False)
    try:
        root = etree.fromstring(re.sub(r"^\s*<\?xml[^>]*>", "", text).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        raise CannotRead("The page is damaged.", CURE) from None
    if root is None or any(one.level_name == "FATAL" for one in parser.error_log):
        raise CannotRead("The page is damaged, or nested too deeply.", CURE)
    # What follows the end of the page is shown like the page; the parser puts it beside the root.
    for one in [one for one in root.itersiblings() if local(one)]:
        root.append(one)
    return root


def _texts(element: Element) -> Iterator[str]:
    """Text of a page in its order, without what is read elsewhere."""
    for one in element:
        if local(one) and local(one) not in NOT_SHOWN:
            yield str(one.text or "")
            yield from _texts(one)
        elif local(one) == "head":
            yield from _texts(one)
        yield str(one.tail or "")


def _drawings(root: Element) -> Iterator[Element]:
    """The outermost drawings."""
    return (one for one in descendants(root, "svg") if not any(local(above) == "svg" for above in one.iterancestors()))
