"""Working days of the service: Monday to Friday, less the bank holidays of England."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache

import holidays
import numpy as np

FEWEST_A_YEAR = 200  # of working days: to know how many years ahead a number of them can lead


def working_days_between(start: date, end: date) -> int:
    """How many working days have passed since `start`: those after it, up to and including `end`.

    The day on which something arrives does not count. 0 when `end` is not after `start`.
    """
    if end <= start:
        return 0
    after, until = start + date.resolution, end + date.resolution
    return int(np.busday_count(after, until, busdaycal=_calendar(start.year, until.year)))


def add_working_days(start: date, days: int) -> date:
    """The day on which so many working days have passed since `start`; `start` itself for 0.

    `working_days_between(start, add_working_days(start, days))` is `days` again. Raises ValueError for less than 0.
    """
    if days < 0:
        raise ValueError("Working days are counted forwards.")
    if days == 0:
        return start
    years = _calendar(start.year - 1, start.year + 1 + days // FEWEST_A_YEAR)
    return date.fromisoformat(str(np.busday_offset(start, days, roll="backward", busdaycal=years)))


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England in a year, with those that stand in for one on a weekend."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year, expand=False))


@lru_cache(maxsize=64)
def _calendar(first: int, last: int) -> np.busdaycalendar:
    free = [day for year in range(first, last + 1) for day in bank_holidays(year)]
    return np.busdaycalendar(holidays=np.array(sorted(free), dtype="datetime64[D]"))
