"""Scripts of pages: the data in them, which no one has to run to read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Part, PartKind
from extracts.disclosure.reading.markup import Element, attribute, text_of
from extracts.disclosure.reading.office import FAIL, REVIEW, Office
from extracts.disclosure.reading.script_data import literals

LONGEST_SCRIPT = 300_000  # characters; beyond, only its lists and objects are read
PACKED = re.compile(r"[A-Za-z0-9+/=_-]{400,}")


def read_script(office: Office, script: Element, place: str, limits: Policy) -> None:
    """The data in a script: JSON as it is, otherwise every list and object that can be read without running it."""
    text, kind = text_of(script), (attribute(script, "type") or "").lower()
    if not text.strip():
        return
    if "json" in kind:
        try:
            _data(office, [json.loads(text)], place, limits)
            return
        except (ValueError, RecursionError):
            office.conceals("hidden_content", REVIEW, "Data in the page cannot be read.", "Supply the table.", place)
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
