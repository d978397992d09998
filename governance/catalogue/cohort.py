"""A cohort as data: whose records a project asks for. Every condition must hold; one is a set of values, or of days.

What a dataset lets people choose by (its dimensions) is in `cohort_frame.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from governance.catalogue.cohort_frame import ROLE, CohortFrame, Dimension


class BadCohort(ValueError):
    """The stored cohort is not of the form that `Cohort.to_json` writes."""


@dataclass(frozen=True, order=True)
class Condition:
    """One condition on the dimension `name`: one of `values`; or of days, from `first` to `last`, both included.

    A day that is None leaves that side open.
    """

    name: str
    values: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if bool(self.values) == self.is_period:
            raise BadCohort(f"The condition on {self.name} is either a set of values or a period.")
        if len(set(self.values)) != len(self.values):
            raise BadCohort(f"The condition on {self.name} names a value twice.")
        if self.first and self.last and self.first > self.last:
            raise BadCohort(f"The period of {self.name} ends before it begins.")

    @property
    def is_period(self) -> bool:
        return self.first is not None or self.last is not None

    def covers(self, other: Condition) -> bool:
        """Whether whatever meets `other` meets this too."""
        if self.name != other.name or self.is_period != other.is_period:
            return False
        if not self.is_period:
            return set(other.values) <= set(self.values)
        begins = self.first is None or (other.first is not None and other.first >= self.first)
        ends = self.last is None or (other.last is not None and other.last <= self.last)
        return begins and ends

    def to_json(self) -> dict[str, Any]:
        if self.values:
            return {"in": list(self.values)}
        days = {"from": self.first, "to": self.last}
        return {name: day.isoformat() for name, day in days.items() if day}


@dataclass(frozen=True)
class Cohort:
    """The conditions, one a dimension, in the order of their names. None of them is everybody and everything."""

    conditions: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        names = [condition.name for condition in self.conditions]
        if names != sorted(set(names)):
            raise BadCohort("The conditions of a cohort are one a dimension, in the order of their names.")

    @classmethod
    def of(cls, *conditions: Condition) -> Cohort:
        """A cohort of these conditions, put in order, and their values too."""
        sorted_values = (Condition(one.name, tuple(sorted(one.values)), one.first, one.last) for one in conditions)
        return cls(tuple(sorted(sorted_values, key=lambda one: one.name)))

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.conditions)

    def on(self, name: str) -> Condition | None:
        return next((condition for condition in self.conditions if condition.name == name), None)

    def covers(self, other: Cohort) -> bool:
        """Whether everybody in `other` is in this one, as far as the conditions tell."""
        return all((theirs := other.on(one.name)) is not None and one.covers(theirs) for one in self.conditions)

    def to_json(self) -> dict[str, Any]:
        """{} for everybody; otherwise dimension -> {"in": [values]} or {"from": day, "to": day}."""
        return {condition.name: condition.to_json() for condition in self.conditions}

    @classmethod
    def from_json(cls, stored: Any) -> Cohort:
        """Read what `to_json` wrote. Raises BadCohort for anything else: a cohort that is half read is too wide."""
        if not isinstance(stored, Mapping):
            raise BadCohort("The stored cohort cannot be read.")
        return cls(tuple(_condition(name, stored[name]) for name in sorted(stored)))


EVERYTHING = Cohort()


def _condition(name: str, stored: Any) -> Condition:
    known = isinstance(stored, Mapping) and stored and (set(stored) <= {"from", "to"} or set(stored) == {"in"})
    if not known:
        raise BadCohort(f"The stored condition on {name} cannot be read.")
    values = stored.get("in", [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadCohort(f"The stored condition on {name} cannot be read.")
    try:
        days = [date.fromisoformat(stored[side]) if side in stored else None for side in ("from", "to")]
    except (TypeError, ValueError) as problem:
        raise BadCohort(f"The stored condition on {name} cannot be read.") from problem
    return Condition(name, tuple(sorted(values)), *days)


def problems_of(cohort: Cohort, frame: CohortFrame | None) -> list[str]:
    """Why a dataset cannot be narrowed to a cohort, one sentence a reason; empty when it can."""
    if not cohort:
        return []
    if frame is None:
        return ["This dataset offers no conditions for a cohort."]
    return [reason for one in cohort.conditions if (reason := _problem(one, frame))]


def _problem(condition: Condition, frame: CohortFrame) -> str | None:
    dimension = frame.dimension(condition.name)
    if dimension is None:
        return f"A cohort cannot be chosen by {condition.name}."
    if dimension.is_period != condition.is_period:
        return f"{dimension.label} is chosen by {'days' if dimension.is_period else 'values'}."
    known = {code for code, _ in dimension.values}
    if unknown := [value for value in condition.values if value not in known]:
        return f"{dimension.label} has no value {', '.join(unknown)}."
    return None


def tables_of(cohort: Cohort, frame: CohortFrame | None) -> tuple[str, ...]:
    """The tables whose contents the conditions use, each once: their owners decide on the cohort too."""
    if frame is None:
        return ()
    role = cohort.on(ROLE)
    tables = [one.table for one in frame.roles if role is None or one.name in role.values]
    found: dict[str, None] = {}
    for condition in cohort.conditions:
        if dimension := frame.dimension(condition.name):
            used = tables if dimension.about_people else [table for table, _ in dimension.columns]
            found |= dict.fromkeys(used)
    return tuple(found)


def in_words(cohort: Cohort, frame: CohortFrame | None) -> str:
    """The cohort as one sentence. Names that the frame does not hold are given as they are stored."""
    if not cohort:
        return "Everybody and every case in the dataset."
    about_cases: list[str] = []
    about_people: list[str] = []
    for condition in cohort.conditions:
        dimension = frame.dimension(condition.name) if frame else None
        part = _words(condition, dimension)
        (about_people if dimension and dimension.about_people else about_cases).append(part)
    case = frame.case_label if frame else "record"
    parts = []
    if about_cases:
        parts.append(f"{case}s whose {_and(about_cases)}")
    if about_people:
        parts.append(f"people whose {_and(about_people)}")
    said = ", and of them ".join(parts)
    return f"Only {said}."


def _words(condition: Condition, dimension: Dimension | None) -> str:
    label = _lower(dimension.label) if dimension else condition.name
    if condition.is_period:
        return f"{label} is {_period(condition.first, condition.last)}"
    labels = dict(dimension.values) if dimension else {}
    return f"{label} is {_or([labels.get(value, value) for value in condition.values])}"


def _period(first: date | None, last: date | None) -> str:
    if first is None:
        return f"until {last:%-d %B %Y}"
    return f"from {first:%-d %B %Y}" + (f" to {last:%-d %B %Y}" if last else "")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _or(texts: Iterable[str]) -> str:
    *most, last = texts
    return f"{', '.join(most)} or {last}" if most else last


def _and(texts: Iterable[str]) -> str:
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last
