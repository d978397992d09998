"""XML without entities, document types, network or files, and the few ways in which readers walk it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeAlias

from lxml import etree

from extracts.disclosure.reading.triage import CannotRead

Element: TypeAlias = Any  # lxml has no types

DEEPEST = 200
CURE = "Save the file anew with ordinary software, or supply its tables as CSV files."


def parse_xml(content: bytes) -> Element:
    """The root of an XML document. Raises CannotRead for damage, entities, deep nesting and other than plain XML."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_blank_text=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        raise CannotRead("A part of the file is damaged XML.", CURE) from None
    kind = root.getroottree().docinfo.internalDTD
    if kind is not None and (any(True for _ in kind.iterentities()) or any(True for _ in kind.iterelements())):
        raise CannotRead("The file defines entities of its own, which may stand for other files.", CURE)
    if any(isinstance(node, etree._Entity) for node in root.iter()):
        raise CannotRead("The file uses entities that it does not define.", CURE)
    return root


def local(element: Element) -> str:
    """Name of an element without its namespace; "" for comments and processing instructions."""
    return _without_namespace(element.tag)


@lru_cache(maxsize=4096)
def _without_namespace(tag: object) -> str:
    """Comments and their like have a function for a tag."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """An attribute by its name without namespace, or None."""
    plain = element.get(name)
    if plain is not None:
        return str(plain)
    return next((str(value) for key, value in element.attrib.items() if _without_namespace(key) == name), None)


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """All elements of these names beneath one, in the order of the document."""
    return (one for one in element.iter() if local(one) in names)


def children(element: Element, *names: str) -> Iterator[Element]:
    """The children of these names."""
    return (one for one in element if local(one) in names)


def text_of(element: Element) -> str:
    """All text beneath an element, comments left out."""
    if not isinstance(element.tag, str):
        return ""
    return "".join(element.itertext(etree.Element)) if len(element) else str(element.text or "")
