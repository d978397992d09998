"""HTML pages: tables, the data in scripts, packed files, and all that a reader does not see."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents, Part, PartKind
from extracts.disclosure.reading.data_links import note_address
from extracts.disclosure.reading.drawing import read_drawing
from extracts.disclosure.reading.headers import parts_of
from extracts.disclosure.reading.html_tables import grid_of
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.markup import Element, attribute, descendants, local, text_of
from extracts.disclosure.reading.office import FAIL, REVIEW, Office
from extracts.disclosure.reading.script_data import literals
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.reading.types import as_text
from extracts.disclosure.reading.unseen_style import hiding_selectors, is_hidden

CURE = "Save the page anew, or supply its tables as CSV files."
LONGEST_SCRIPT = 300_000  # characters; beyond, only its lists and objects are read
LOADS = (
    "script",
    "img",
    "iframe",
    "link",
    "source",
    "video",
    "audio",
    "embed",
    "object",
    "track",
    "input",
    "frame",
    "image",
)
ACTIVE = ("iframe", "object", "embed", "applet", "form", "base", "frame", "portal")
WORDED = ("title", "alt", "value", "placeholder", "content", "summary", "label", "aria-label", "srcdoc", "datetime")
PACKED = re.compile(r"[A-Za-z0-9+/=_-]{400,}")
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
        _script(office, script, f"script {number}", limits)
    for number, drawing in enumerate(_drawings(root), 1):
        read_drawing(office, drawing, f"drawing {number}", limits)
    _hidden(office, root)
    _comments(office, root)
    _attributes(office, root, limits)
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
    return root


def _texts(element: Element) -> Iterator[str]:
    """Text of a page in its order, without what is read elsewhere."""
    for one in element:
        if local(one) and local(one) not in NOT_SHOWN:
            yield str(one.text or "")
            yield from _texts(one)
        elif local(one) == "head":
            yield from (text_of(title) for title in descendants(one, "title"))
        yield str(one.tail or "")


def _drawings(root: Element) -> Iterator[Element]:
    """The outermost drawings."""
    return (one for one in descendants(root, "svg") if not any(local(above) == "svg" for above in one.iterancestors()))


def _script(office: Office, script: Element, place: str, limits: Policy) -> None:
    """The data in a script: JSON as it is, otherwise every list and object that can be read without running it."""
    text, kind = text_of(script), (attribute(script, "type") or "").lower()
    if not text.strip():
        return
    if "json" in kind:
        try:
            _data(office, [json.loads(text)], place, limits)
            return
        except (ValueError, RecursionError):
            office.conceals("hidden_content", REVIEW, "Data in the page cannot be read.", CURE, place)
    problem = "The page runs a script, and may show other things than it holds."
    office.conceals("active_content", REVIEW, problem, "Save the chart as a picture and supply its table.", place)
    values = list(literals(text))
    _data(office, values, place, limits)
    if PACKED.search(text) and "bdata" not in text:
        office.conceals("hidden_content", FAIL, "Data are packed into a script.", "Remove the data.", place)
    office.parts.append(Part(PartKind.TEXT, place, text=text[:LONGEST_SCRIPT]))
    if len(text) > LONGEST_SCRIPT:
        problem = "A script is too long to be searched in full."
        office.conceals("hidden_content", REVIEW, problem, "Save the page without its libraries.", place)


def _data(office: Office, values: list[Any], place: str, limits: Policy) -> None:
    """Tables and charts in the values of a script. What the page does not show as a table is the data of a chart."""
    if not values:
        return
    from extracts.disclosure.reading.formats.structured import parts_of_value

    for value in values:
        for part in parts_of_value(_as_figure(value), place, limits):
            office.parts.append(part if part.table is None else Part(PartKind.CHART, part.place, part.table, part.text))


def _as_figure(value: Any) -> Any:
    """A list of Plotly traces, as its calls take them, in the form of a figure."""
    if isinstance(value, list) and value and all(isinstance(one, Mapping) and "type" in one for one in value):
        return {"data": value, "layout": {}}
    return value


def _hidden(office: Office, root: Element) -> None:
    """Elements that hold text and are not shown."""
    css = "\n".join(text_of(one) for one in descendants(root, "style"))
    classes, ids, other = hiding_selectors(css)
    if other:
        problem = "Styles of the page may hide parts of it."
        office.conceals("hidden_content", REVIEW, problem, "Save the page without these styles.")
    if re.search(r"@import|url\(\s*['\"]?(?:https?:)?//", css, re.I):
        office.conceals("active_content", REVIEW, "Styles of the page load something from outside.", CURE)
    if said := re.findall(r"content\s*:\s*(\"[^\"]+\"|'[^']+')", css):
        office.parts.append(Part(PartKind.TEXT, "styles", text="\n".join(said)))
    for one in root.iter():
        if local(one) and is_hidden(one, classes, ids) and (text := as_seen(text_of(one))):
            verdict = FAIL if re.search(r"\d", text) else REVIEW
            office.conceals("hidden_content", verdict, "The page has hidden parts.", "Delete the hidden parts.")
            office.parts.append(Part(PartKind.TEXT, "hidden parts", text=text))


def _comments(office: Office, root: Element) -> None:
    texts = [as_seen(str(one.text or "")) for one in root.getroottree().iter(etree.Comment, etree.PI)]
    for text in filter(None, texts):
        if re.search(r"\d", text):
            browsers = re.match(r"\[(?:if|endif)\b", text) is not None
            verdict = REVIEW if browsers else FAIL
            office.conceals("hidden_content", verdict, "The page has comments.", "Delete the comments.", "comments")
    if text := "\n".join(filter(None, texts)):
        office.parts.append(Part(PartKind.TEXT, "comments", text=text))


def _attributes(office: Office, root: Element, limits: Policy) -> None:
    """What is kept in attributes: words, data, addresses and reactions."""
    texts = []
    for one in root.iter():
        if local(one) in ACTIVE or (local(one) == "meta" and attribute(one, "http-equiv") == "refresh"):
            office.conceals("active_content", REVIEW, "The page holds another page or a form.", "Remove it.")
        if local(one) == "input" and (attribute(one, "type") or "").lower() == "hidden":
            office.conceals("hidden_content", FAIL, "The page has hidden fields.", "Remove them.")
        for key, value in one.attrib.items() if local(one) else ():
            texts += _attribute(office, one, str(key).lower(), str(value), limits)
    if text := "\n".join(filter(None, map(as_seen, texts))):
        office.parts.append(Part(PartKind.TEXT, "attributes", text=text))


def _attribute(office: Office, element: Element, name: str, value: str, limits: Policy) -> list[str]:
    """The words of one attribute, after noting what it loads, runs or conceals."""
    if name.startswith("on"):
        office.conceals("active_content", REVIEW, "The page reacts to its reader.", "Save the page without scripts.")
        return [value]
    if name in ("src", "href", "data", "srcset", "action", "poster", "background"):
        note_address(office, value, "packed file", limits, loads=local(element) in LOADS)
        return [] if value.startswith("data:") else [value]
    if name.startswith("data-") and re.search(r"\d", value):
        office.conceals("hidden_content", REVIEW, "Data are kept in attributes of the page.", "Remove them.")
        return [f"{name} {value}"]
    if name not in WORDED and len(value) > 500 and name not in ("style", "class", "d", "points"):
        office.conceals("hidden_content", REVIEW, "A very long value is kept in an attribute.", "Remove it.")
        return [value]
    return [value] if name in WORDED else []
