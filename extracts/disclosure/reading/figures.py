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
    """Columns in which every figure has another in brackets, as `12 (4.5%)`, become two columns."""
    columns = list(zip(*rows, strict=True))
    made: list[tuple[str, Sequence[str]]] = []
    for heading, column in zip(headings, columns, strict=True):
        pairs = _pairs(column)
        if pairs is None:
            made.append((heading, column))
        else:
            made += zip(_names(heading), zip(*pairs, strict=True), strict=True)
    return [heading for heading, _ in made], [list(row) for row in zip(*(column for _, column in made), strict=True)]


def _pairs(column: Sequence[str]) -> list[tuple[str, str]] | None:
    """The two figures of every cell, signs of hiding for both; None unless at least one cell is such a pair."""
    pairs, found = [], False
    for text in column:
        match = in_brackets(text)
        if match and is_number(match["first"]) and is_number(match["second"]):
            pairs.append((as_plain(match["first"].strip()), as_plain(match["second"].strip())))
            found = True
        elif not text or read_number(text).state in ("hidden", "not_applicable"):
            pairs.append((text, text))
        else:
            return None
    return pairs if found else None


def _names(heading: str) -> tuple[str, str]:
    """Headings of the two columns: `n (%)` names both."""
    head, slash, last = heading.rpartition(" / ")
    match = NAMED_BRACKETS.fullmatch(last) if len(last) <= LONGEST else None
    if match and match["first"]:
        return head + slash + match["first"], head + slash + match["second"]
    return heading, f"{heading} (in brackets)"
