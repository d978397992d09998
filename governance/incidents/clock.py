"""The regulator's clock: hours that pass by day, night and weekend, from when somebody noticed."""

from __future__ import annotations

from datetime import datetime, timedelta

# Article 33 of the UK GDPR: without undue delay and, where feasible, within 72 hours of having become aware of it.
WITHIN = timedelta(hours=72)
# Hours before the end. Of several steps that have come the nearest is told, also when some were missed.
STEPS = (48, 24, 6, 0)


def due_at(noticed_at: datetime) -> datetime:
    """The moment by which the regulator is told, where it has to be."""
    return noticed_at + WITHIN


def step_due(noticed_at: datetime, at: datetime) -> int | None:
    """The step that has come, in hours before the end; None while more than 48 hours are left."""
    left = due_at(noticed_at) - at
    return min((step for step in STEPS if left <= timedelta(hours=step)), default=None)


def left_in_words(noticed_at: datetime, at: datetime) -> str:
    """How long is left, in whole hours, or for how long it is over."""
    minutes = round((due_at(noticed_at) - at).total_seconds() / 60)
    hours = abs(minutes) // 60
    told = "less than an hour" if hours == 0 else f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{told} left" if minutes >= 0 else f"over for {told}"
