"""What a page holds and does not show: hidden elements, comments, attributes."""

from __future__ import annotations

import re

from lxml import etree

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Part, PartKind
from extracts.disclosure.reading.data_links import note_address
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.markup import Element, attribute, descendants, local, text_of
from extracts.disclosure.reading.office import FAIL, REVIEW, Office
from extracts.disclosure.reading.unseen_style import hiding_selectors, is_hidden

LOADED = "script img iframe link source video audio embed object track input frame image"
LOADS = frozenset(LOADED.split())
ACTIVE = ("iframe", "object", "embed", "applet", "form", "base", "frame", "portal")
WORDED = ("title", "alt", "value", "placeholder", "content", "summary", "label", "aria-label", "srcdoc", "datetime")
# Attributes that hold numbers by nature, none of them data.
PRESENTATION = """
    style class id border width height colspan rowspan align valign scope lang charset name type rel for role span
    size tabindex cellpadding cellspacing bgcolor color face headers xmlns version http-equiv media target start cols
    rows maxlength min max step nowrap frame rules hspace vspace marginwidth marginheight crossorigin integrity
"""
COUNT = re.compile(r"\b[nN]\s?[=:]\s?\d")  # even where only names stand, as in `id`
ORDINARY = frozenset(PRESENTATION.split())


def note_hidden(office: Office, root: Element) -> None:
    """Elements that hold text and are not shown."""
    css = "\n".join(text_of(one) for one in descendants(root, "style"))
    classes, ids, other = hiding_selectors(css)
    if other:
        problem = "Styles of the page may hide parts of it."
        office.conceals("hidden_content", REVIEW, problem, "Save the page without these styles.")
    if re.search(r"@import|url\(\s*['\"]?(?:https?:)?//", css, re.I):
        office.conceals("active_content", REVIEW, "Styles of the page load something from outside.", "Save it without.")
    for said_aside in re.findall(r"/\*(.*?)\*/", css, flags=re.S):
        office.parts.append(Part(PartKind.TEXT, "styles", text=as_seen(said_aside)))
        if re.search(r"\d", said_aside):
            office.conceals("hidden_content", REVIEW, "Styles of the page have comments.", "Delete the comments.")
    css += "\n".join(attribute(one, "style") or "" for one in root.iter() if local(one))
    # Words that a style adds, and values that a page gives a name of its own.
    said = re.findall(r"content\s*:\s*(\"[^\"]+\"|'[^']+')", css) + re.findall(r"--[\w-]+\s*:\s*([^;}]+)", css)
    if said:
        office.parts.append(Part(PartKind.TEXT, "styles", text="\n".join(said)))
    for one in root.iter():
        if local(one) and is_hidden(one, classes, ids) and (text := as_seen(text_of(one))):
            verdict = FAIL if re.search(r"\d", text) else REVIEW
            office.conceals("hidden_content", verdict, "The page has hidden parts.", "Delete the hidden parts.")
            office.parts.append(Part(PartKind.TEXT, "hidden parts", text=text))


def note_comments(office: Office, root: Element) -> None:
    # The tree begins at its root: what stands before and after it is reached from there.
    around = [*root.itersiblings(etree.Comment, etree.PI, preceding=True), *root.itersiblings(etree.Comment, etree.PI)]
    inside = root.getroottree().iter(etree.Comment, etree.PI)
    texts = [as_seen(str(one.text or "")) for one in dict.fromkeys([*around, *inside])]
    for text in filter(None, texts):
        if re.search(r"\d", text):
            browsers = re.match(r"\[(?:if|endif)\b", text) is not None
            verdict = REVIEW if browsers else FAIL
            office.conceals("hidden_content", verdict, "The page has comments.", "Delete the comments.", "comments")
    if text := "\n".join(filter(None, texts)):
        office.parts.append(Part(PartKind.TEXT, "comments", text=text))


def note_attributes(office: Office, root: Element, limits: Policy) -> None:
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
    if name in WORDED or COUNT.search(value):
        return [value]
    drawn = any(local(above) == "svg" for above in (element, *element.iterancestors()))
    if not drawn and name not in ORDINARY and re.search(r"\d", value):
        office.conceals("hidden_content", REVIEW, "Data are kept in attributes of the page.", "Remove them.")
        return [f"{name} {value}"]
    return []
