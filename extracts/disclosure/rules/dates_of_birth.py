"""Dates of birth: columns of full dates that lie as birthdays do."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from itertools import pairwise

from extracts.disclosure.reading.columns import words_of

YEAR = r"(?:18|19|20)\d\d"
DATE = re.compile(
    rf"(?:(?P<y>{YEAR})[-/.](?P<m>\d\d?)[-/.](?P<d>\d\d?)|(?P<d2>\d\d?)[-/. ](?P<m2>\d\d?)[-/. ](?P<y2>{YEAR}))"
    r"(?:[ T]\d.*)?",
    re.ASCII,
)

# Of birthdays: at least so many, over so many years, on so many days of the month, few of them evenly apart.
FEWEST, YEARS, DAYS = 10, 25, 8
MOSTLY = 0.8
EVENTS = "offence arrest charge hearing sentence release reception conviction court event recorded"
OTHER_EVENTS, BIRTH = frozenset(EVENTS.split()), frozenset(["dob", "birth", "birthday", "birthdate", "born"])


def dates_of_birth(heading: str, filled: Sequence[str]) -> bool:
    """Whether a column of values (none empty) holds dates of birth.

    By heading, when nearly all values are full dates; or by how they lie: over at least 25 years, on many
    different days of the month, and not evenly apart as the days of a time series are.
    """
    words = set(words_of(heading))
    dates = _mostly_dates(filled)
    if not dates:
        return False
    if words & BIRTH:
        return True
    return not words & OTHER_EVENTS and _as_birthdays(dates)


def _mostly_dates(filled: Sequence[str]) -> list[datetime.date]:
    """The dates among the values, or none when fewer than most of the values are dates."""
    room, dates = (1 - MOSTLY) * len(filled), list[datetime.date]()
    for value in filled:
        date = as_date(value)
        if date is not None:
            dates.append(date)
        elif (room := room - 1) < 0:
            return []
    return dates


def as_date(text: str) -> datetime.date | None:
    """The date that a text is, year first or day first, or None."""
    found = DATE.fullmatch(text)
    if not found:
        return None
    parts = [int(found[name] or found[name + "2"]) for name in ("y", "m", "d")]
    try:
        return datetime.date(*parts)
    except ValueError:
        try:
            return datetime.date(parts[0], parts[2], parts[1])
        except ValueError:
            return None


def _as_birthdays(dates: Sequence[datetime.date]) -> bool:
    """Whether many dates lie far apart, on all days of the month and unevenly."""
    distinct = sorted(set(dates))
    if len(distinct) < FEWEST or (distinct[-1] - distinct[0]).days < YEARS * 365:
        return False
    gaps = {(later - earlier).days for earlier, later in pairwise(distinct)}
    return len({date.day for date in distinct}) >= DAYS and len(gaps) > max(4, len(distinct) // 4)
