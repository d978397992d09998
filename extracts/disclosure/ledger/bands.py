"""Labels of a table as sets of values: "16-24", "65+", "Under 18", "Theft", "Unknown"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from extracts.disclosure.ledger import cuts
from extracts.disclosure.ledger.cuts import Cut, Intervals
from extracts.disclosure.ledger.values import Values, label, one
from extracts.disclosure.reading.labels import as_compared

N = r"(?P<{}>-?\d+(?:\.\d+)?)"
LOW, HIGH = N.format("low"), N.format("high")
UNITS = r"(?:aged? |ages )?"
YEARS = r"(?: ?(?:years?(?: old)?|yrs?))?"
RANGE = re.compile(rf"{UNITS}(?:from |between )?{LOW} ?(?:-|–|—|to|and) ?{HIGH}{YEARS}")
# Words for an open end, and whether the number itself is in.
OPEN = (
    (re.compile(rf"{UNITS}(?:under|below|less than|younger than|<) ?{HIGH}{YEARS}"), "high", False),
    (re.compile(rf"{UNITS}(?:up to|at most|<=|≤) ?{HIGH}{YEARS}"), "high", True),
    (re.compile(rf"{UNITS}{HIGH}{YEARS} (?:and|or) (?:under|below|less|younger|fewer)"), "high", True),
    (re.compile(rf"{UNITS}(?:over|above|more than|older than|>) ?{LOW}{YEARS}"), "low", False),
    (re.compile(rf"{UNITS}(?:at least|from|>=|≥) ?{LOW}{YEARS}"), "low", True),
    (re.compile(rf"{UNITS}{LOW}{YEARS} ?(?:\+|plus)"), "low", True),
    (re.compile(rf"{UNITS}{LOW}{YEARS} (?:and|or) (?:over|above|more|older)"), "low", True),
)
UNKNOWN = {"missing", "unknown", "not known", "not stated", "not recorded", "no answer", "null", "none", "nan", "na"}


def band(text: str) -> Intervals | None:
    """The numbers a band stands for; None for a text that is no band. "16-24" holds 24.5: bands have no gaps.

    A range whose end is below its start, such as 2019-20, is no band.
    """
    plain = as_compared(text).replace("−", "-")
    if match := RANGE.fullmatch(plain):
        low, high = float(match["low"]), float(match["high"])
        return cuts.joined([((low, 0), _after(high, match["high"]))]) if low <= high else None
    for pattern, end, included in OPEN:
        if match := pattern.fullmatch(plain):
            number = float(match[end])
            if end == "low":
                return cuts.joined([((number, 0) if included else _after(number, match[end]), cuts.HIGHEST)])
            return cuts.joined([(cuts.LOWEST, _after(number, match[end]) if included else (number, 0))])
    return None


def _after(number: float, written: str) -> Cut:
    """The end of a band that includes a number: "24" is up to the 25th birthday, "24.5" ends just there."""
    return (number, 1) if "." in written else (number + 1, 0)


def sets_of(labels: Iterable[str]) -> dict[str, Values]:
    """The set of values that each label of one dimension stands for; totals are left out before.

    Bands are read as numbers only if every other label (but for those of missing values) is a band
    or a number too: among names, "10-12" is a name.
    """
    texts = list(dict.fromkeys(labels))
    known = [text for text in texts if as_compared(text) not in UNKNOWN]
    ordered = all(band(text) is not None or one(text).numbers for text in known)
    return {text: _set(text, ordered) for text in texts}


def _set(text: str, ordered: bool) -> Values:
    if as_compared(text) in UNKNOWN:
        return Values(labels=frozenset([label(text)]), missing=True)
    numbers = band(text) if ordered else None
    return Values(numbers=numbers) if numbers is not None else one(text)
