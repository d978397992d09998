"""Labels of a table as sets of values: "16-24", "65+", "Under 18", "Theft", "Unknown"."""

from __future__ import annotations

from collections.abc import Iterable

from extracts.disclosure.ledger import cuts
from extracts.disclosure.ledger.cuts import Cut, Intervals
from extracts.disclosure.ledger.values import Values, label, one
from extracts.disclosure.reading.bands import Band, band_of
from extracts.disclosure.reading.labels import as_compared

UNKNOWN = {"missing", "unknown", "not known", "not stated", "not recorded", "no answer", "null", "none", "nan", "na"}


def band(text: str) -> Intervals | None:
    """The numbers a band stands for; None for a text that is no band. "16-24" holds 24.5: bands have no gaps."""
    found = band_of(text)
    if found is None:
        return None
    low = cuts.LOWEST if found.low == cuts.LOWEST[0] else _edge(found, found.low, inside=not found.open_below)
    high = cuts.HIGHEST if found.high == cuts.HIGHEST[0] else _edge(found, found.high, inside=found.open_above)
    return cuts.joined([(low, high)])


def _edge(found: Band, number: float, *, inside: bool) -> Cut:
    """The place just before a number, or just after it: "24" is up to the 25th birthday, "24.5" ends just there."""
    if inside:
        return number, 0
    return (number, 1) if found.decimals else (number + 1, 0)


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
