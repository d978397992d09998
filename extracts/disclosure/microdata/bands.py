"""Bands: labels that stand for a range of numbers, such as `16-24`, `65+` or `Under 18`."""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMBER = r"(-?\d+(?:\.\d+)?)"
BETWEEN = re.compile(rf"(?:aged? |ages )?{NUMBER}\s*(?:-|–|—|to|and)\s*{NUMBER}(?: years)?", re.IGNORECASE)
FROM = re.compile(
    rf"(?:aged? |ages )?(?:{NUMBER}\s*(?:\+|and over|or over|or more|and above|or older)|(?:>=|≥)\s*{NUMBER})",
    re.IGNORECASE,
)
ABOVE = re.compile(rf"(?:over|above|more than|>)\s*{NUMBER}", re.IGNORECASE)
BELOW = re.compile(rf"(?:under|below|less than|younger than|<)\s*{NUMBER}", re.IGNORECASE)
UP_TO = re.compile(rf"(?:up to|(?:<=|≤))\s*{NUMBER}|{NUMBER} (?:and|or) (?:under|below|younger|less)", re.IGNORECASE)


@dataclass(frozen=True)
class Band:
    """A range of numbers; `open_below` and `open_above` say that the edge itself is outside."""

    low: float = float("-inf")
    high: float = float("inf")
    open_below: bool = False
    open_above: bool = False

    def condition(self, column: str) -> str:
        """SQL that holds for the numbers inside."""
        found = []
        if self.low > float("-inf"):
            found.append(f"{column} {'>' if self.open_below else '>='} {self.low!r}")
        if self.high < float("inf"):
            found.append(f"{column} {'<' if self.open_above else '<='} {self.high!r}")
        return " AND ".join(found) or "TRUE"


def band_of(label: str) -> Band | None:
    """The range that a label names, or None. A plain number names none."""
    text = label.strip()
    if match := BETWEEN.fullmatch(text):
        low, high = float(match[1]), float(match[2])
        return Band(low, high) if low <= high else None
    if match := FROM.fullmatch(text):
        return Band(low=float(match[1] or match[2]))
    if match := ABOVE.fullmatch(text):
        return Band(low=float(match[1]), open_below=True)
    if match := BELOW.fullmatch(text):
        return Band(high=float(match[1]), open_above=True)
    if match := UP_TO.fullmatch(text):
        return Band(high=float(match[1] or match[2]))
    return None
