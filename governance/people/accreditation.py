"""Is a person's standing as a researcher good at this moment? If not: what fails, since when, and who can cure it.

Conditions are those of the codelists accreditation_criteria and breach_levels: accreditation (five years, full or
provisional under a fully accredited supervisor), training with an end of its own, the declaration in its present words,
no sanction that stops use. They are looked at when something is used, not overnight.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

# Breach levels (codelist breach_levels): from this one on, use stops at once.
STOPS_USE = 2
WARNED_BEFORE = 90  # days


@dataclass(frozen=True)
class Sanctioned:
    """A sanction as it stands: its breach level, and its days; without `until` it has no end of its own."""

    level: int
    since: date
    until: date | None = None

    def stops(self, on: date) -> bool:
        return self.level >= STOPS_USE and self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class Standing:
    """What is on record of one person: the last day on which each thing holds, or None for never.

    declared     the version of the declaration that was signed last, "" for none
    wanted       the version that is in force, and `wanted_since` when it came into force
    provisional  works under a supervisor, whose own standing this rests on
    """

    accredited_until: date | None = None
    trained_until: date | None = None
    declared: str = ""
    wanted: str = ""
    wanted_since: date | None = None
    provisional: bool = False
    supervisor: str = ""
    supervisors: Standing | None = None
    sanctions: tuple[Sanctioned, ...] = ()


@dataclass(frozen=True)
class Condition:
    """One condition of use. It fails when there is a `problem`; then `cure` says who can help, `since` since when.

    until  the last day on which it holds, where that is known
    """

    name: str
    problem: str = ""
    cure: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def holds(self) -> bool:
        return not self.problem

    @property
    def sentence(self) -> str:
        """What fails and who can cure it, or ""."""
        return f"{self.problem}: {self.cure}." if self.problem else ""


def conditions(standing: Standing, *, on: date) -> tuple[Condition, ...]:
    """Every condition of a person's standing on that day, in the order in which they are told."""
    found = [_accredited(standing, on), _trained(standing, on), _declared(standing), _free_of_sanctions(standing, on)]
    if standing.provisional:
        found.insert(1, _supervised(standing, on))
    return tuple(found)


def why_not(standing: Standing, *, on: date) -> str | None:
    """Which conditions fail on that day and who can cure them, or None when all is well."""
    return told(conditions(standing, on=on))


def told(found: Iterable[Condition]) -> str | None:
    """The sentences of the conditions that fail, or None."""
    return " ".join(condition.sentence for condition in found if not condition.holds) or None


def ends_on(standing: Standing) -> date | None:
    """The last day on which accreditation, training and, where there is one, the supervisor's own all hold."""
    days = [standing.accredited_until, standing.trained_until]
    if standing.provisional:
        days.append(ends_on(standing.supervisors) if standing.supervisors else None)
    return min((day for day in days if day), default=None) if all(days) else None


def warning(condition: Condition, *, on: date) -> str | None:
    """That a condition will fail in 90 days or less, and who can prevent it; None for one that fails or is far off."""
    if not condition.holds or condition.until is None:
        return None
    left = (condition.until - on).days
    if left > WARNED_BEFORE:
        return None
    when = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days, on {_day(condition.until)}"
    return f"{condition.name} ends {when}: {condition.cure}."


def _accredited(standing: Standing, on: date) -> Condition:
    name, until = "Accreditation", standing.accredited_until
    if until is None:
        cure = "ask for accreditation, which research support decides on"
        return Condition(name, "You are not an accredited researcher", cure)
    cure = "ask for its renewal, which research support decides on"
    problem = f"Your accreditation ended on {_day(until)}" if on > until else ""
    return Condition(name, problem, cure, _after(until) if problem else None, until)


def _supervised(standing: Standing, on: date) -> Condition:
    """A provisional researcher works under somebody who is accredited in full, and whose own conditions all hold.

    Which of them fails, and since when, is the supervisor's own affair: it may be a sanction.
    """
    name, above = "Supervisor", standing.supervisors
    if above is None or above.provisional:
        cure = "ask for accreditation under another one, who is accredited in full"
        return Condition(name, "Your accreditation is provisional and has no supervisor", cure)
    if why_not(above, on=on):
        problem = f"Your supervisor, {standing.supervisor}, is not in good standing"
        return Condition(name, problem, f"{standing.supervisor} reads why, or ask under another supervisor")
    return Condition(name, cure=f"{standing.supervisor} has to renew it", until=ends_on(above))


def _trained(standing: Standing, on: date) -> Condition:
    name, until = "Safe researcher training", standing.trained_until
    if until is None:
        cure = "take it, and ask research support to record it"
        return Condition(name, "You have no safe researcher training on record", cure)
    problem = f"Your safe researcher training ended on {_day(until)}" if on > until else ""
    cure = "take it again, and ask research support to record it"
    return Condition(name, problem, cure, _after(until) if problem else None, until)


def _declared(standing: Standing) -> Condition:
    name = "Declaration"
    if standing.declared == standing.wanted != "":
        return Condition(name)
    if standing.declared:
        return Condition(name, "The researcher's declaration has changed", "sign its new words", standing.wanted_since)
    return Condition(name, "You have not signed the researcher's declaration", "sign it")


def _free_of_sanctions(standing: Standing, on: date) -> Condition:
    name, found = "No sanction", [one for one in standing.sanctions if one.stops(on)]
    if not found:
        return Condition(name)
    longest = max(found, key=lambda one: (one.until is None, one.until or one.since))
    until = f"until {_day(longest.until)}" if longest.until else "until it is lifted"
    problem = f"Your access is suspended since {_day(min(one.since for one in found))}, {until}"
    return Condition(name, problem, "you may appeal to research support", min(one.since for one in found))


def _after(day: date) -> date:
    """The first day on which something that lasted until `day` no longer holds."""
    return day + timedelta(days=1)


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
