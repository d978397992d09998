"""The numbers that an Office chart keeps of the cells it was drawn from."""

from __future__ import annotations

from extracts.disclosure.reading.contents import Part, PartKind
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.headings import unique
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.markup import Element, attribute, children, descendants, text_of

LABELS, VALUES = ("cat", "xVal"), ("val", "yVal", "bubbleSize")


def chart_part(root: Element, place: str) -> list[Part]:
    """One table for a chart: its labels and one column for each series; its titles, if any, as text."""
    columns: list[tuple[str, dict[int, str]]] = []
    for number, series in enumerate(descendants(root, "ser"), 1):
        name = (
            next((as_seen(" ".join(_points(one).values())) for one in children(series, "tx")), "") or f"series {number}"
        )
        for role in (*LABELS, *VALUES):
            for one in children(series, role):
                label = "label" if role in LABELS else name if role != "bubbleSize" else f"{name} size"
                columns.append((label, _points(one)))
    columns += [("values", _points(one)) for one in descendants(root, "strDim", "numDim")]
    texts = [as_seen(text_of(one)) for one in descendants(root, "t")]
    text = "\n".join(filter(None, texts))
    tables = [Part(PartKind.CHART, place, table=_table(columns))] if any(points for _, points in columns) else []
    return [*tables, *([Part(PartKind.TEXT, place, text=text)] if text else [])]


def _points(element: Element) -> dict[int, str]:
    """Place to value of the points kept beneath an element."""
    found = {}
    for number, point in enumerate(descendants(element, "pt")):
        place = attribute(point, "idx") or ""
        found[int(place) if place.isdecimal() and len(place) < 8 else number] = as_seen(text_of(point))
    return found


def _table(columns: list[tuple[str, dict[int, str]]]) -> Table:
    """A table of all columns; labels that repeat those before them are left out."""
    kept: list[tuple[str, dict[int, str]]] = []
    for name, points in columns:
        if not (name == "label" and (name, points) in kept):
            kept.append((name, points))
    places = sorted({place for _, points in kept for place in points})
    rows = tuple(tuple(points.get(place, "") for _, points in kept) for place in places)
    return Table(unique([name for name, _ in kept]), rows, tuple(place + 2 for place in places))
