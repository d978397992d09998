"""Working days: Monday to Friday, less the bank holidays of England."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.working_days import add_working_days, bank_holidays, working_days_between

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def counted_one_by_one(start: date, end: date) -> int:
    days = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    return sum(day.weekday() < 5 and day not in bank_holidays(day.year) for day in days)


def test_the_bank_holidays_are_those_that_the_government_publishes():
    """www.gov.uk/bank-holidays, England and Wales. Boxing Day of 2026 is a Saturday: the Monday stands in for it."""
    on_weekdays = sorted(day for day in bank_holidays(2026) if day.weekday() < 5)
    assert [f"{day:%d/%m}" for day in on_weekdays] == [
        "01/01", "03/04", "06/04", "04/05", "25/05", "31/08", "25/12", "28/12",
    ]  # fmt: skip
    assert {date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)} <= bank_holidays(
        2022
    ) | bank_holidays(2023)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 11, 30), date(2026, 11, 30), 0),  # the day of arrival does not count
        (date(2026, 11, 30), date(2026, 12, 1), 1),
        (date(2026, 11, 27), date(2026, 11, 30), 1),  # Friday to Monday
        (date(2026, 11, 28), date(2026, 11, 29), 0),  # over a weekend
        (date(2026, 12, 24), date(2026, 12, 29), 1),  # Christmas, a weekend, and Monday for Boxing Day
        (date(2026, 12, 31), date(2027, 1, 4), 1),  # New Year's Day is a Friday
        (date(2026, 12, 2), date(2026, 12, 1), 0),  # nothing passes backwards
    ],
)
def test_what_has_passed(start, end, days):
    assert working_days_between(start, end) == days


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 30), 0, date(2026, 11, 30)),
        (date(2026, 11, 30), 5, date(2026, 12, 7)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # from a Saturday on
        (date(2026, 12, 24), 1, date(2026, 12, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
    ],
)
def test_when_they_will_have_passed(start, days, end):
    assert add_working_days(start, days) == end


@settings(deadline=None)
@given(start=DAYS, days=st.integers(0, 400))
def test_what_was_added_has_passed(start, days):
    assert working_days_between(start, add_working_days(start, days)) == days


@settings(deadline=None)
@given(start=DAYS, length=st.integers(-10, 500))
def test_the_count_is_that_of_one_by_one(start, length):
    end = start + timedelta(days=length)
    assert working_days_between(start, end) == counted_one_by_one(start, end)


def test_nothing_is_counted_backwards():
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(date(2026, 11, 30), -1)
