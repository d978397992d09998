"""Drawings in SVG: how many marks of which kind, and whether single records may be read off them."""

from __future__ import annotations

import re
from collections import Counter

from lxml import etree

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Part, PartKind
from extracts.disclosure.reading.data_links import note_address
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.markup import Element, attribute, descendants, local, text_of
from extracts.disclosure.reading.office import FAIL, REVIEW, SOFTWARE, Office
from extracts.disclosure.reading.unseen_style import hiding_selectors, is_hidden

MARKS = ("circle", "ellipse", "use", "path", "rect", "line", "polyline", "polygon", "text", "image")
WORDED = ("text", "title", "desc", "style", "metadata", "script", "foreignObject")
POINTS = ("circle", "ellipse", "use")
MANY_POINTS, LONG_LINE = 50, 400
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
LABELS = ("aria-label", "title", "desc", "alt", "aria-description", "label")
TRACES = ("docname", "export-filename", "absref")
CURE = "Show a smoothed or binned chart, or supply the counts behind it."


def read_drawing(office: Office, root: Element, place: str, limits: Policy) -> None:
    """Add a drawing to what was gathered: a picture with its marks, its texts, and what it conceals."""
    counts = Counter(local(one) for one in root.iter() if local(one) in MARKS)
    note = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
    office.parts.append(Part(PartKind.PICTURE, place, note=f"A drawing of {note}." if note else "An empty drawing."))
    texts = [as_seen(text_of(one)) for one in descendants(root, "text", "title", "desc", "tspan", "style") if _own(one)]
    texts += [as_seen(attribute(one, name) or "") for one in root.iter() if local(one) for name in LABELS]
    if text := "\n".join(dict.fromkeys(filter(None, texts))):
        office.parts.append(Part(PartKind.TEXT, place, text=text))
    _points(office, root, counts, place)
    _undrawn(office, root, place)
    _hidden(office, root, place)
    _attributes(office, root, place, limits)
    _comments(office, root, place)
    _metadata(office, root, place)


def _own(element: Element) -> bool:
    """Whether an element's text is not that of one above it, which holds it already."""
    parent = element.getparent()
    return local(element) != "tspan" or parent is None or local(parent) not in ("text", "tspan")


def _points(office: Office, root: Element, counts: Counter[str], place: str) -> None:
    """Many points of one shape, or a line of many corners, may be one for each record."""
    shapes = Counter(re.sub(r"[^A-Za-z]", "", attribute(one, "d") or "")[:40] for one in descendants(root, "path"))
    drawn = sum(counts[kind] for kind in POINTS)
    alike = max((number for shape, number in shapes.items() if len(shape) >= 2), default=0)
    if (most := max(drawn, alike, counts["rect"], counts["line"])) >= MANY_POINTS:
        problem = f"The drawing has {most} marks of one kind, which may be records."
        office.conceals("hidden_content", REVIEW, problem, CURE, place)
    lines = (
        attribute(one, "d") or attribute(one, "points") or ""
        for one in descendants(root, "path", "polyline", "polygon")
    )
    longest = max((len(NUMBER.findall(line)) // 2 for line in lines), default=0)
    if longest >= LONG_LINE:
        problem = f"A line of the drawing has about {longest} corners, which may be records."
        office.conceals("hidden_content", REVIEW, problem, CURE, place)


def _undrawn(office: Office, root: Element, place: str) -> None:
    """Text between marks, which is part of the file and never drawn."""
    pieces = []
    for one in root.iter():
        if local(one) and not any(local(above) in WORDED for above in (one, *one.iterancestors())):
            pieces += [str(one.text or ""), *(str(inner.tail or "") for inner in one)]
    if text := as_seen(" ".join(pieces)):
        office.conceals("hidden_content", FAIL, "The drawing holds text that is not drawn.", "Delete it.", place)
        office.parts.append(Part(PartKind.TEXT, place, text=text))


def _hidden(office: Office, root: Element, place: str) -> None:
    css = "\n".join(text_of(one) for one in descendants(root, "style"))
    classes, ids, _ = hiding_selectors(css)
    for one in root.iter():
        if local(one) and is_hidden(one, classes, ids) and any(True for _ in descendants(one, *MARKS, "tspan")):
            office.conceals("hidden_content", FAIL, "The drawing has hidden parts.", "Delete the hidden parts.", place)
            return


def _attributes(office: Office, root: Element, place: str, limits: Policy) -> None:
    """What runs, what is loaded, and what is kept in attributes that nobody sees."""
    for one in root.iter():
        if local(one) in ("script", "foreignObject", "animate", "set", "iframe", "handler"):
            kept = "content that runs or that is no drawing"
            office.conceals("active_content", FAIL, f"The drawing holds {kept}.", "Save it as plain SVG.", place)
            if text := as_seen(text_of(one)):
                office.parts.append(Part(PartKind.TEXT, place, text=text))
        for key, value in one.attrib.items() if local(one) else ():
            name = str(key).rpartition("}")[2].lower()
            if name.startswith("on"):
                office.conceals(
                    "active_content", REVIEW, "The drawing reacts to its reader.", "Save it as plain SVG.", place
                )
            elif name.startswith("data-"):
                _data(office, name, str(value), place)
            elif name in ("href", "src"):
                note_address(
                    office, str(value), f"{place}, picture" if place else "picture", limits, loads=local(one) != "a"
                )
            elif name in TRACES:
                problem = "The drawing names a file of somebody's computer."
                office.conceals("metadata", REVIEW, problem, "Save it as plain SVG.", place)


def _data(office: Office, name: str, value: str, place: str) -> None:
    office.parts.append(Part(PartKind.TEXT, place, text=f"{name} {as_seen(value)}"))
    if re.search(r"\d", value):
        problem = "Data are kept in attributes of the drawing."
        office.conceals("hidden_content", FAIL, problem, "Save it without interactive data.", place)


def _comments(office: Office, root: Element, place: str) -> None:
    """Comments; those that matplotlib writes beside the words it draws as shapes are labels."""
    texts = []
    for one in (
        root.getroottree().iter(etree.Comment, etree.PI) if root.getparent() is None else root.iter(etree.Comment)
    ):
        said, parent = as_seen(str(one.text or "")), one.getparent()
        texts.append(said)
        label = parent is not None and (attribute(parent, "id") or "").startswith("text_")
        if re.search(r"\d", said) and not label:
            office.conceals("hidden_content", REVIEW, "The drawing has comments.", "Delete the comments.", place)
    if text := "\n".join(filter(None, texts)):
        office.parts.append(Part(PartKind.TEXT, f"{place}, comments" if place else "comments", text=text))


def _metadata(office: Office, root: Element, place: str) -> None:
    for group in descendants(root, "metadata"):
        texts = [as_seen(text_of(one)) for one in group.iter() if local(one) and not len(one)]
        for one in descendants(group, "creator", "Agent", "publisher", "contributor", "rights"):
            if not all(SOFTWARE.fullmatch(said.split(",")[0]) for said in [as_seen(text_of(one))]):
                problem = "The metadata of the drawing name its author."
                office.conceals("metadata", REVIEW, problem, "Save it without metadata.", place)
        if text := "\n".join(filter(None, texts)):
            office.parts.append(Part(PartKind.TEXT, f"{place}, metadata" if place else "metadata", text=text))
