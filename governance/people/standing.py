"""A person's standing, read from their records."""

from __future__ import annotations

from datetime import date
from typing import Any

from governance.people.accreditation import Sanctioned, Standing
from governance.people.declarations import in_force
from governance.people.lifecycle import GRANTED, IN_FORCE

# To be fetched along with people whose standing a page shows, so that it asks as often for one as for a thousand.
OF_ONE = ("accreditations", "trainings", "signed_declarations", "sanctions")
FETCHED = (*OF_ONE, *(f"accreditations__supervisor__{name}" for name in OF_ONE))


def standing_of(person: Any, on: date, *, supervised: bool = True) -> Standing:
    """What is on record of a person on that day: of several accreditations one that holds, in full if there is one.

    supervised  look at the supervisor's standing too, if they have not left; at their own supervisor nobody looks
    """
    granted = [one for one in person.accreditations.all() if one.state == GRANTED and one.accredited_from <= on]
    best = max(granted, key=lambda one: (one.accredited_until >= on, one.is_full, one.accredited_until), default=None)
    signed = max(person.signed_declarations.all(), key=lambda one: one.signed_at, default=None)
    wanted = in_force(on)
    supervisor = best.supervisor if best and supervised and best.supervisor and best.supervisor.is_active else None
    return Standing(
        accredited_until=best.accredited_until if best else None,
        trained_until=max((one.valid_until for one in person.trainings.all()), default=None),
        declared=signed.version if signed else "",
        wanted=wanted.version,
        wanted_since=wanted.since,
        provisional=bool(best and not best.is_full),
        supervisor=str(supervisor) if supervisor else "",
        supervisors=standing_of(supervisor, on, supervised=False) if supervisor else None,
        sanctions=tuple(
            Sanctioned(one.level, one.since, one.until) for one in person.sanctions.all() if one.state == IN_FORCE
        ),
    )
