"""Conditions written as data: "owner is police or cps", "ethics_route is self and kind is not amendment"."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

OWNER = "owner"  # stands for the owners of the tables that are asked for; every other word for a question


class BadCondition(ValueError):
    """A condition cannot be read. The message says why."""


@dataclass(frozen=True)
class Clause:
    """`subject` is, or is not, one of `values`."""

    subject: str
    values: frozenset[str]
    negated: bool = False

    def holds(self, answers: Mapping[str, Any], owners: Set[str]) -> bool:
        given = owners if self.subject == OWNER else codes(answers.get(self.subject))
        return bool(given & self.values) is not self.negated


@dataclass(frozen=True)
class Condition:
    """Clauses that must all hold; without any it always does."""

    clauses: tuple[Clause, ...] = ()

    def holds(self, answers: Mapping[str, Any], owners: Set[str]) -> bool:
        return all(clause.holds(answers, owners) for clause in self.clauses)


ALWAYS = Condition()


def codes(value: Any) -> frozenset[str]:
    """The option codes in an answer: a choice, several, or a choice with a text."""
    if isinstance(value, Mapping):
        value = value.get("choice") or value.get("choices")
    if isinstance(value, str):
        return frozenset({value} if value else ())
    return frozenset(value) if isinstance(value, list) else frozenset()


def parsed(text: str) -> Condition:
    """The condition that a cell holds; an empty one always holds. Raises BadCondition."""
    if not text.strip():
        return ALWAYS
    return Condition(tuple(_clause(part) for part in text.split(" and ")))


def _clause(text: str) -> Clause:
    subject, verb, rest = text.strip().partition(" is ")
    negated = rest.startswith("not ")
    values = [value.strip() for value in rest.removeprefix("not ").split(" or ")]
    if not verb or not all(value and " " not in value for value in [subject, *values]):
        raise BadCondition(f"{text.strip()!r} is not written as: question is code or code.")
    return Clause(subject, frozenset(values), negated)
