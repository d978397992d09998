"""How cells of XLSX workbooks are shown: number formats and colours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extracts.disclosure.reading.markup import Element, attribute, children, descendants, local, parse_xml
from extracts.disclosure.reading.number_formats import hides
from extracts.disclosure.reading.package import Package

WHITE = frozenset(["FFFFFFFF", "00FFFFFF", "FFFFFF"])
BUILT_IN = {0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 49: "@"}


@dataclass(frozen=True)
class Style:
    """How cells of one style are shown."""

    number: int = 0
    code: str = ""
    invisible: bool = False  # the colour of the text is that of the ground


def is_on(text: str | None) -> bool:
    """Whether a switch of Office XML is on."""
    return (text or "").lower() in ("1", "true", "on")


def is_nothing(size: str | None) -> bool:
    """Whether a height or width, in points or letters, is too small to be seen."""
    return size is not None and re.fullmatch(r"0*(?:\.\d*)?|0*1(?:\.0*)?", size) is not None


def hiding_conditions(package: Package) -> bool:
    """Whether formats that come with a condition show no number, or white letters on nothing."""
    if "xl/styles.xml" not in package.names:
        return False
    for one in _in(parse_xml(package.read("xl/styles.xml")), "dxfs"):
        codes = [attribute(code, "formatCode") or "" for code in descendants(one, "numFmt")]
        white = any(_colour(colour) == "white" for font in children(one, "font") for colour in children(font, "color"))
        ground = any(_colour(colour) != "white" for colour in descendants(one, "bgColor", "fgColor"))
        if any(hides(code, 1.0) or hides(code, 0.0) for code in codes) or (white and not ground):
            return True
    return False


def styles_of(package: Package) -> tuple[Style, ...]:
    if "xl/styles.xml" not in package.names:
        return ()
    root = parse_xml(package.read("xl/styles.xml"))
    codes = {whole(attribute(one, "numFmtId")): attribute(one, "formatCode") or "" for one in _in(root, "numFmts")}
    fonts = [next((_colour(one) for one in children(font, "color")), "") for font in _in(root, "fonts")]
    fills = [next((_colour(one) for one in descendants(fill, "fgColor")), "") for fill in _in(root, "fills")]
    return tuple(_style(one, codes, fonts, fills) for one in _in(root, "cellXfs"))


def _in(root: Element, group: str) -> Iterator[Element]:
    return (one for found in children(root, group) for one in found if local(one))


def _colour(element: Element) -> str:
    """A colour in a form in which two can be compared: white is white, whoever says so."""
    rgb = (attribute(element, "rgb") or "").upper()
    tinted = attribute(element, "tint") not in (None, "0", "0.0")
    if (
        rgb in WHITE
        or (attribute(element, "theme") == "0" and not tinted)
        or attribute(element, "indexed") in ("1", "9")
    ):
        return "white"
    return rgb or "|".join(f"{name}={value}" for name, value in sorted(element.attrib.items()))


def _style(element: Element, codes: dict[int, str], fonts: list[str], fills: list[str]) -> Style:
    number, font, fill = (whole(attribute(element, name)) for name in ("numFmtId", "fontId", "fillId"))
    ink = fonts[font] if font < len(fonts) else ""
    ground = (fills[fill] if fill < len(fills) else "") or "white"
    return Style(number, codes.get(number, BUILT_IN.get(number, "")), bool(ink) and ink == ground)


def whole(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,9}", text) else 0
