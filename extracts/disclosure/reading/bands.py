"""Bands: labels that stand for a range of numbers, such as `16-24`, `65+` or `Under 18`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extracts.disclosure.reading.labels import as_compared

N = r"(?P<{}>-?\d+(?:\.\d+)?)"
LOW, HIGH = N.format("low"), N.format("high")
UNITS = r"(?:aged? |ages )?"
YEARS = r"(?: ?(?:years?(?: old)?|yrs?))?"
RANGE = re.compile(rf"{UNITS}(?:from |between )?{LOW} ?(?:-|–|—|to|and) ?{HIGH}{YEARS}", re.ASCII)
# Words for an open end, and whether the number itself is in.
OPEN = (
    (re.compile(rf"{UNITS}(?:under|below|less than|younger than|<) ?{HIGH}{YEARS}"), False),
    (re.compile(rf"{UNITS}(?:up to|at most|<=|≤) ?{HIGH}{YEARS}"), True),
    (re.compile(rf"{UNITS}{HIGH}{YEARS} (?:and|or) (?:under|below|less|younger|fewer)"), True),
    (re.compile(rf"{UNITS}(?:over|above|more than|older than|>) ?{LOW}{YEARS}"), False),
    (re.compile(rf"{UNITS}(?:at least|from|>=|≥) ?{LOW}{YEARS}"), True),
    (re.compile(rf"{UNITS}{LOW}{YEARS} ?(?:\+|plus)"), True),
    (re.compile(rf"{UNITS}{LOW}{YEARS} (?:and|or) (?:over|above|more|older)"), True),
)


@dataclass(frozen=True)
class Band:
    """A range of numbers.

    open_below, open_above  the edge itself is outside
    decimals                its edge is written with decimals: then 24.5 is beyond 24, else within it, as of ages
    """

    low: float = float("-inf")
    high: float = float("inf")
    open_below: bool = False
    open_above: bool = False
    decimals: bool = False

    def condition(self, column: str) -> str:
        """SQL that holds for the numbers inside."""
        found = []
        if self.low > float("-inf"):
            found.append(f"{column} {'>' if self.open_below else '>='} {self.low!r}")
        if self.high < float("inf"):
            found.append(f"{column} {'<' if self.open_above else '<='} {self.high!r}")
        return " AND ".join(found) or "TRUE"


def band_of(label: str) -> Band | None:
    """The range that a label names, or None: for a plain number, and for a range upside down such as 2019-20."""
    text = as_compared(label).replace("\u2212", "-")
    if match := RANGE.fullmatch(text):
        low, high = float(match["low"]), float(match["high"])
        return Band(low, high, decimals="." in match["high"]) if low <= high else None
    for pattern, included in OPEN:
        if match := pattern.fullmatch(text):
            ((end, number),) = match.groupdict().items()
            if end == "low":
                return Band(low=float(number), open_below=not included, decimals="." in number)
            return Band(high=float(number), open_above=not included, decimals="." in number)
    return None
