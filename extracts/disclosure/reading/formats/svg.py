"""SVG pictures: marks, texts, and what they conceal."""

from __future__ import annotations

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents
from extracts.disclosure.reading.drawing import read_drawing
from extracts.disclosure.reading.markup import local, parse_xml
from extracts.disclosure.reading.office import Office
from extracts.disclosure.reading.triage import CannotRead


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """A picture part with its number of marks, texts, files packed into it, and what it conceals. Raises CannotRead."""
    root = parse_xml(content)
    if local(root) != "svg":
        raise CannotRead("The file is no drawing.", "Save the drawing as plain SVG.")
    office = Office()
    read_drawing(office, root, "", limits)
    return Contents("svg", tuple(office.parts), tuple(office.concealed))
