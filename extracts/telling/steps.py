"""When people are warned before something ends, and reminded of what waits: days in, a step out."""

from __future__ import annotations

from datetime import date
from math import ceil

# Days before the last day. Of several steps that have come the nearest is told, also when days were missed.
STEPS = (90, 30, 7, 0)
TOLD_AFTERWARDS = 30  # for so many days after the end, somebody who was not told on the day still is
REMINDED_AT = 0.6  # of the working days that a state should take


def step_due(until: date, *, on: date) -> int | None:
    """The step that has come for something whose last day is `until`; None when it is far off or long over."""
    left = (until - on).days
    if left < -TOLD_AFTERWARDS:
        return None
    return min((step for step in STEPS if left <= step), default=None)


def ends(what: str, until: date, *, on: date) -> str:
    """That something ends, or has ended, on a day."""
    return f"{what} {'ended' if on > until else 'ends'} on {until:%-d %B %Y}"


def is_to_be_reminded(passed: int, target: int) -> bool:
    """Whether so many working days use up 60 per cent of the target."""
    return passed >= ceil(REMINDED_AT * target)


def is_overdue(passed: int, target: int) -> bool:
    return passed > target
