"""Accreditation and training end by themselves: the last day is inside, the next one is not."""

from datetime import date, timedelta

import pytest

from governance.people.accreditation import Standing, why_not

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("standing", "says"),
    [
        (Standing(), "not an accredited"),
        (Standing(TODAY, TODAY), None),
        (Standing(TODAY - timedelta(days=1), TODAY), "accreditation ended on 21 November 2026"),
        (Standing(TODAY, None), "no safe researcher training"),
        (Standing(TODAY, TODAY - timedelta(days=1)), "training ended on 21 November 2026"),
    ],
)
def test_which_condition_fails(standing, says):
    reason = why_not(standing, on=TODAY)
    assert reason is None if says is None else says in reason
