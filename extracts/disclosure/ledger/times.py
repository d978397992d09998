"""Times as labels write them: the months of the calendar that "2023 Q1" is, and the moment that "6 months" reaches."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from extracts.disclosure.reading.labels import as_compared

NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAME = r"(?P<{}>(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*)\.?"
YEAR = r"(?P<year>(?:19|20)\d\d)"
CALENDAR = (
    re.compile(rf"(?:calendar )?(?:year )?{YEAR}"),
    re.compile(rf"(?:fy|financial year|year)? ?{YEAR} ?[-/–] ?(?:20)?(?P<end>\d\d)"),
    re.compile(rf"{YEAR}[ -]?q(?:uarter )?(?P<quarter>[1-4])"),
    re.compile(rf"q(?:uarter )?(?P<quarter>[1-4])[ -/]{YEAR}"),
    re.compile(rf"{YEAR}[ -]?h(?P<half>[12])"),
    re.compile(rf"h(?P<half>[12])[ -]{YEAR}"),
    re.compile(rf"{YEAR}[-/ ]?m?(?P<month>0[1-9]|1[0-2])"),
    re.compile(rf"(?P<month>0?[1-9]|1[0-2])[-/]{YEAR}"),
    re.compile(rf"{NAME.format('first')} ?(?:to|-|–) ?{NAME.format('last')} {YEAR}"),
    re.compile(rf"{NAME.format('first')}[ -]{YEAR}"),
    re.compile(rf"{YEAR}[ -]{NAME.format('first')}"),
)
AS_MONTH = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])")
# The same without a year: of any year, or of the one that the table is about.
YEARLESS = (
    re.compile(rf"{NAME.format('first')} ?(?:to|-|–) ?{NAME.format('last')}"),
    re.compile(r"q(?P<first_quarter>[1-4]) ?(?:to|-|–) ?q?(?P<last_quarter>[1-4])"),
    re.compile(NAME.format("first")),
    re.compile(r"q(?P<first_quarter>[1-4])"),
)
# Months of the year by its parts; a year of the state begins in April.
APRIL = 3
DAYS = {"day": 1.0, "week": 7.0, "fortnight": 14.0, "month": 30.4375, "year": 365.25}
DAYS |= {"d": 1.0, "wk": 7.0, "w": 7.0, "mth": 30.4375, "mo": 30.4375, "m": 30.4375, "yr": 365.25, "y": 365.25}
UNIT = "|".join(DAYS)
DURATION = re.compile(rf"(?P<number>\d+(?:\.\d+)?|one|two|three|six|twelve)[ -]?(?P<unit>{UNIT})s?")
NUMBERED = re.compile(
    rf"(?P<unit>{UNIT}|quarter|wave|round|visit|period|hearing)s? (?P<number>\d+)|q(?P<quarter>[1-4])"
)
WORDS = {"one": 1.0, "two": 2.0, "three": 3.0, "six": 6.0, "twelve": 12.0}


@dataclass(frozen=True)
class Months:
    """Months in a row, counted from the year 0: `start` is the first of them, `end` the first after them."""

    start: int
    end: int

    def holds(self, other: Months) -> bool:
        """Whether the other is a part of these and not the same."""
        return self != other and self.start <= other.start and other.end <= self.end


def stretches(labels: Iterable[str]) -> dict[str, Months]:
    """The labels that name months with their year. "2010-11" is November 2010 where another label is as "2010-03"."""
    found = {label: stretch for label in labels if (stretch := calendar(label))}
    if any(AS_MONTH.fullmatch(label) and stretch.end - stretch.start == 1 for label, stretch in found.items()):
        again = {label: calendar(label, as_month=True) for label in found if AS_MONTH.fullmatch(label)}
        found |= {label: stretch for label, stretch in again.items() if stretch}
    return found


def calendar(text: str, *, as_month: bool = False) -> Months | None:
    """The months that a label names with their year; None for any other text.

    as_month  whether "2010-11" is November 2010, and not the year of the state that begins in April
    """
    plain = as_compared(text.replace("_", " "))
    matches = (match for form in CALENDAR[2 * as_month :] if (match := form.fullmatch(plain)))
    return next((months for match in matches if (months := _months(match))), None)


def of_any_year(text: str) -> Months | None:
    """The months of a year that a label names without the year: "Jan to Mar", "Q1-Q3", "March"."""
    plain = as_compared(text.replace("_", " "))
    match = next((found for form in YEARLESS if (found := form.fullmatch(plain))), None)
    if match is None:
        return None
    named = match.groupdict()
    if "first" in named:
        first, last = (NAMES.index(named[name][:3]) for name in ("first", "last" if "last" in named else "first"))
        return Months(first, last + 1) if first <= last else None
    first = int(named["first_quarter"])
    last = int(named.get("last_quarter", first))
    return Months(3 * (first - 1), 3 * last) if first <= last else None


def _months(match: re.Match[str]) -> Months | None:
    named = {name: value for name, value in match.groupdict().items() if value}
    year = 12 * int(named["year"])
    if "end" in named:
        follows = (int(named["year"]) + 1) % 100 == int(named["end"])
        return Months(year + APRIL, year + APRIL + 12) if follows else None
    for part, length in (("quarter", 3), ("half", 6), ("month", 1)):
        if part in named:
            start = year + length * (int(named[part]) - 1)
            return Months(start, start + length)
    if "first" in named:
        first, last = (NAMES.index(named[name][:3]) for name in ("first", "last" if "last" in named else "first"))
        return Months(year + first, year + last + 1) if first <= last else None
    return Months(year, year + 12)


def moment(text: str) -> tuple[str, float] | None:
    """What kind of time a text reaches, and how far: ("time", 182.625) for "6 months"; None for no time."""
    plain = as_compared(text)
    if match := DURATION.fullmatch(plain):
        number = WORDS.get(match["number"]) or float(match["number"])
        return "time", DAYS[match["unit"]] * number
    if match := NUMBERED.fullmatch(plain):
        return (match["unit"] or "quarter", float(match["number"] or match["quarter"]))
    if months := calendar(plain):
        return "calendar", float(months.end)
    if re.fullmatch(NAME.format("name"), plain):
        return "month of the year", float(NAMES.index(plain[:3]))
    return ("number", float(plain)) if re.fullmatch(r"\d+(?:\.\d+)?", plain) else None
