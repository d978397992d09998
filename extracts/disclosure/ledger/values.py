"""Sets of the values one variable may have: numbers, days, labels, or no value at all."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from extracts.disclosure.ledger import cuts
from extracts.disclosure.ledger.cuts import Cut, Intervals
from extracts.disclosure.reading.labels import as_compared

NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, order=True)
class Label:
    """A label: equal to another that reads the same, whatever its capitals."""

    compared: str
    shown: str = field(compare=False)


def label(text: str) -> Label:
    """The label that a text is."""
    return Label(as_compared(text), text)


@dataclass(frozen=True)
class Values:
    """A set of values of one variable. The four kinds never meet: 25 is no label and no day.

    numbers  numbers, also those that are written as text
    days     days as ordinals of the Gregorian calendar
    labels   the labels in the set or, if `others`, the only labels that are not
    missing  whether having no value counts
    """

    numbers: Intervals = cuts.NOTHING
    days: Intervals = cuts.NOTHING
    labels: frozenset[Label] = frozenset()
    others: bool = False
    missing: bool = False

    def __bool__(self) -> bool:
        return bool(self.numbers or self.days or self.labels or self.others or self.missing)

    def __invert__(self) -> Values:
        return Values(~self.numbers, ~self.days, self.labels, not self.others, not self.missing)

    def __and__(self, other: Values) -> Values:
        if self.others and other.others:
            labels, others = self.labels | other.labels, True
        elif self.others or other.others:
            named, left_out = (other, self) if self.others else (self, other)
            labels, others = named.labels - left_out.labels, False
        else:
            labels, others = self.labels & other.labels, False
        numbers, days = self.numbers & other.numbers, self.days & other.days
        return Values(numbers, days, labels, others, self.missing and other.missing)

    def __or__(self, other: Values) -> Values:
        return union((self, other))

    def __sub__(self, other: Values) -> Values:
        return self & ~other

    def within(self, other: Values) -> bool:
        """Whether every value of this set is in the other."""
        return not self - other

    def as_integers(self) -> Values:
        """The set for a variable whose numbers are all whole."""
        return replace(self, numbers=self.numbers.as_integers())


def union(many: Iterable[Values]) -> Values:
    """The values in at least one of many sets, at once: one after the other would take time by their square."""
    sets = list(many)
    named = frozenset().union(*(values.labels for values in sets if not values.others))
    left_out = [values.labels for values in sets if values.others]
    return Values(
        cuts.joined(part for values in sets for part in values.numbers.parts),
        cuts.joined(part for values in sets for part in values.days.parts),
        frozenset.intersection(*left_out) - named if left_out else named,
        bool(left_out),
        any(values.missing for values in sets),
    )


NONE = Values()
ANY = ~NONE
PRESENT = replace(ANY, missing=False)


def one(text: str) -> Values:
    """The value that a text stands for: a number, a day in ISO form, or a label."""
    text = text.strip()
    if NUMBER.fullmatch(text):
        return Values(numbers=cuts.between(float(text), float(text)))
    if (day := ordinal(text)) is not None:
        return Values(days=cuts.between(day, day).as_integers())
    return Values(labels=frozenset([label(text)]))


def ordinal(text: str) -> float | None:
    """The day that an ISO date names, as a number; None for any other text."""
    if not DAY.fullmatch(text):
        return None
    try:
        return float(dt.date.fromisoformat(text).toordinal())
    except ValueError:
        return None


def told(values: Values) -> str:
    """The set as a label for people: "25", "25-29", "65+", "under 18", "Drugs or Fraud", "not Theft"."""
    if _is_all(values):
        return "all"
    parts = [_told_numbers(*part) for part in values.numbers.parts] if values.numbers != cuts.EVERYTHING else []
    parts += [_told_days(*part) for part in values.days.parts] if values.days != cuts.EVERYTHING else []
    names = sorted(one.shown for one in values.labels)
    if not values.others:
        parts += names
    elif names:
        parts.append(f"not {' or '.join(names)}")
    if values.missing and not names:
        parts.append("missing")
    return " or ".join(parts) or ("any" if values else "nothing")


def _is_all(values: Values) -> bool:
    """Whether a set is all there is of the kinds that it has, and no value too."""
    whole = all(kind in (cuts.EVERYTHING, cuts.NOTHING) for kind in (values.numbers, values.days))
    return whole and values.missing and not values.labels and bool(replace(values, missing=False))


def _told_numbers(low: Cut, high: Cut) -> str:
    """An interval in words. Whole numbers have cuts below only, so 25 up to below 30 is 25-29."""
    (start, above), (end, through) = low, high
    if math.isinf(start) and math.isinf(end):
        return "any number"
    if math.isinf(end):
        return f"over {start:.15g}" if above else f"{start:.15g}+"
    if math.isinf(start):
        return f"up to {end:.15g}" if through else f"under {end:.15g}"
    if start == end:
        return f"{start:.15g}"
    if not (above or through) and start == int(start) and end == int(end):
        return f"{start:.15g}" if end == start + 1 else f"{start:.15g}-{end - 1:.15g}"
    return f"{'over ' if above else ''}{start:.15g} to {'' if through else 'under '}{end:.15g}"


def _told_days(low: Cut, high: Cut) -> str:
    first = "" if math.isinf(low[0]) else dt.date.fromordinal(int(low[0])).isoformat()
    last = "" if math.isinf(high[0]) else dt.date.fromordinal(int(high[0]) - 1).isoformat()
    if not first or not last:
        return f"from {first}" if first else f"up to {last}" if last else "any day"
    return first if first == last else f"{first} to {last}"
