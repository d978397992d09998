"""A person's standing as pages show it: each condition with what comes next, and the records behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from governance.people import accreditation
from governance.people.accreditation import Condition
from governance.people.declarations import in_force
from governance.people.lifecycle import REQUESTED
from governance.people.models import User, local_day


@dataclass(frozen=True)
class Line:
    """One condition as a row: its state in a word with a colour, the day that matters, what to do."""

    name: str
    state: str
    colour: str
    since: date | None
    until: date | None
    what: str


def lines(conditions: Iterable[Condition], on: date) -> list[Line]:
    return [_line(condition, on) for condition in conditions]


def _line(condition: Condition, on: date) -> Line:
    soon = accreditation.warning(condition, on=on)
    state, colour = ("Ends soon", "yellow") if soon else ("Holds", "green") if condition.holds else ("Fails", "red")
    return Line(condition.name, state, colour, condition.since, condition.until, condition.sentence or soon or "")


def in_short(person: User, at: datetime) -> str:
    """What fails of a person's standing, or else what ends within 90 days, with who can cure it; "" if all is well."""
    day = local_day(at)
    found = accreditation.conditions(person.standing_on(day), on=day)
    warnings = [warning for condition in found if (warning := accreditation.warning(condition, on=day))]
    return accreditation.told(found) or " ".join(warnings)


def context_of(person: User, at: datetime) -> dict[str, Any]:
    """The variables that a page of one person's standing needs, in a fixed number of queries."""
    day = local_day(at)
    found = accreditation.conditions(person.standing_on(day), on=day)
    accreditations = list(person.accreditations.all())
    return {
        "lines": lines(found, day),
        "holds": all(condition.holds for condition in found),
        "until": accreditation.ends_on(person.standing_on(day)),
        "accreditations": accreditations,
        "request_waits": next((one for one in accreditations if one.state == REQUESTED), None),
        "trainings": list(person.trainings.all()),
        "sanctions": list(person.sanctions.all()),
        "signed": list(person.signed_declarations.all()),
        "wanted": in_force(day),
    }
