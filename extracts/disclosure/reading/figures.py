"""Figures as tables print them: with footnote markers, thin spaces and a second number in brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.numbers import BLANK, read_number

MARKER = re.compile(
    r"\s*(?:\[(?:note\s*\w{1,3}|[rpbe]|n\d{1,2})\]|[*\u2020\u2021\u00a7]+|[\u00b9\u00b2\u00b3\u2070-\u2079\u1d43-\u1d50]+)$",
    re.I,
)
LONGEST = 80  # characters of a figure; longer texts are not searched, as patterns would take long over them
SPACED = re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?:\.\d+)?")
WITH_BRACKETS = re.compile(r"(?P<first>[^()]*\d[^()]*?)\s*\((?P<second>[^()]*\d[^()]*)\)")
UNITS = re.compile(r"n\s*=\s*(?P<n>\d[\d,]*)", re.IGNORECASE)
FIGURE = r"-?\d[\d,]*(?:\.\d+)?"
ENDS = re.compile(rf"(?P<low>{FIGURE})(?:\s*[-\u2013]\s*|\s+to\s+|[,;]\s+)(?P<high>{FIGURE})")
NAMED_BRACKETS = re.compile(r"(?P<first>[^()]*?)\s*\((?P<second>[^()]+)\)")


def as_plain(text: str) -> str:
    """A figure without its footnote marker and the spaces between its thousands; any other text as it is."""
    if len(text) > LONGEST:
        return text
    plain = text
    while (shorter := MARKER.sub("", plain)) != plain and shorter:
        plain = shorter
    if SPACED.fullmatch(plain):
        plain = plain.replace(" ", "")
    return plain if plain != text and read_number(plain.removesuffix("%")).state == "number" else text


@lru_cache(maxsize=65_536)
def is_number(text: str) -> bool:
    """Whether a text is a number, with or without a percent sign and a marker."""
    return bool(text) and read_number(as_plain(text).removesuffix("%")).state == "number"


@lru_cache(maxsize=65_536)
def is_figure(text: str) -> bool:
    """Whether a text is a number, one with another in brackets, or a sign that stands where one is hidden."""
    if is_number(text) or in_brackets(text):
        return True
    return text.lower() not in BLANK and read_number(text).state in ("hidden", "not_applicable")


def in_brackets(text: str) -> re.Match[str] | None:
    """The two figures of `12 (4.5%)`, `first` and `second`, or None."""
    return WITH_BRACKETS.fullmatch(text) if len(text) <= LONGEST and text.endswith(")") else None


def is_year(text: str) -> bool:
    """Whether a text is a calendar year."""
    return re.fullmatch(r"(?:19|20)\d\d", as_seen(text)) is not None


def split_brackets(headings: list[str], rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Columns in which every figure has others in brackets, as `12 (4.5%)`, `29% (n=7)` or `21 (7-60)`, are split."""
    columns = list(zip(*rows, strict=True))
    made: list[tuple[str, Sequence[str]]] = []
    for heading, column in zip(headings, columns, strict=True):
        split = _split(column)
        if split is None:
            made.append((heading, column))
        else:
            made += zip(_names(heading, column, len(split[0])), zip(*split, strict=True), strict=True)
    return [heading for heading, _ in made], [list(row) for row in zip(*(column for _, column in made), strict=True)]


def _split(column: Sequence[str]) -> list[tuple[str, ...]] | None:
    """The figures of every cell, signs of hiding for all; None unless at least one has another in brackets."""
    figures = [_figures(text) for text in column]
    width = max(map(len, filter(None, figures)), default=0)
    found: list[tuple[str, ...]] = []
    for text, several in zip(column, figures, strict=True):
        if several and len(several) == width:
            found.append(several)
        elif not text or read_number(text).state in ("hidden", "not_applicable"):
            found.append((text,) * width)
        else:
            return None
    return found if width else None


def _figures(text: str) -> tuple[str, ...]:
    """The figure of a text and those in brackets behind it: one, the number of units, or both ends of a range."""
    match = in_brackets(text)
    if not match or not is_number(match["first"].strip()):
        return ()
    first, second = as_plain(match["first"].strip()), match["second"].strip()
    if units := UNITS.fullmatch(second):
        return first, units["n"]
    if ends := ENDS.fullmatch(second):
        return first, ends["low"], ends["high"]
    return (first, as_plain(second)) if is_number(second) else ()


def _names(heading: str, column: Sequence[str], width: int) -> tuple[str, ...]:
    """Headings of the columns: `n (%)` names both; those of the ends of a range say which of its ends each is."""
    head, slash, last = heading.rpartition(" / ")
    match = NAMED_BRACKETS.fullmatch(last) if len(last) <= LONGEST else None
    if match and match["first"] and not UNITS.fullmatch(match["second"]):
        first, second = head + slash + match["first"], head + slash + match["second"]
    else:
        first, second = heading, f"{heading} (in brackets)"
        if any((found := in_brackets(text)) and UNITS.fullmatch(found["second"].strip()) for text in column):
            second = f"{heading} n"
    if width < 3:
        return first, second
    words = second.lower()
    low, high = ("q1", "q3") if "iqr" in words or "quartile" in words else ("low", "high")
    low, high = ("min", "max") if "range" in words and low == "low" else (low, high)
    return first, f"{second} {low}", f"{second} {high}"
