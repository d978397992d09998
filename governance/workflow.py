"""Lifecycles as tables: who may take which action on a record in which state, and why not.

A lifecycle is a tuple of transitions. Code, pages, tests and the reference all read that table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

# (record, person, at) -> a sentence that says why not, or None.
Guard = Callable[[Any, Any, datetime], str | None]


class Refused(Exception):
    """A person may not do this now. The message is a sentence that one would say to their face."""


class State(StrEnum):
    """Base of each lifecycle's states: the value is stored, the label is read by people."""

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(state.value, state.label) for state in cls]


@dataclass(frozen=True)
class Transition:
    """One row of a lifecycle: `by` may take `action` in any of `sources`, which leads to `target`."""

    action: str
    sources: Collection[State]
    target: State
    by: StrEnum
    unless: tuple[Guard, ...] = ()


Lifecycle = tuple[Transition, ...]


@dataclass(frozen=True)
class Waiting:
    """What the status line says of a state: who holds the record, and what happens next."""

    holder: str
    next: str


def resolve(
    lifecycle: Lifecycle, action: str, record: Any, person: Any, roles: Collection[StrEnum], at: datetime
) -> Transition:
    """Find the transition by which `person` may take `action` on `record`.

    Raises Refused. The role is looked at first, then the state, then the guards,
    so that nobody learns about what they may not touch.
    """
    state = type(lifecycle[0].target)(record.state)
    moves = [move for move in lifecycle if move.action == action and move.by in roles]
    if not moves:
        raise Refused(f"Your role does not let you {action} this.")
    moves = [move for move in moves if state in move.sources]
    if not moves:
        raise Refused(f"You cannot {action} this while it is {state.label[0].lower()}{state.label[1:]}.")
    reasons = [reason for guard in moves[0].unless if (reason := guard(record, person, at))]
    if reasons:
        raise Refused(" ".join(reasons))
    return moves[0]


def allowed(lifecycle: Lifecycle, record: Any, person: Any, roles: Collection[StrEnum], at: datetime) -> list[str]:
    """The actions that `person` may take on `record` now, in the order of the table, each once."""
    actions = dict.fromkeys(move.action for move in lifecycle)
    return [action for action in actions if not why_not(lifecycle, action, record, person, roles, at)]


def why_not(
    lifecycle: Lifecycle, action: str, record: Any, person: Any, roles: Collection[StrEnum], at: datetime
) -> str:
    """The sentence by which `action` would be refused now, or "" when it would not."""
    try:
        resolve(lifecycle, action, record, person, roles, at)
    except Refused as refusal:
        return str(refusal)
    return ""


def hindrances(
    lifecycle: Lifecycle, record: Any, person: Any, roles: Collection[StrEnum], at: datetime
) -> dict[str, str]:
    """Action -> reason, for the actions that role and state allow now and only a guard forbids."""
    here = [move for move in lifecycle if move.by in roles and record.state in move.sources]
    reasons = {move.action: why_not(lifecycle, move.action, record, person, roles, at) for move in here}
    return {action: reason for action, reason in reasons.items() if reason}


def grid(lifecycle: Lifecycle) -> Mapping[str, Mapping[str, list[str]]]:
    """State -> role -> actions: the whole table seen from the states' side, empty cells included."""
    cells: dict[str, dict[str, list[str]]] = {state.value: defaultdict(list) for state in states(lifecycle)}
    for move in lifecycle:
        for source in move.sources:
            if move.action not in cells[source.value][move.by.value]:
                cells[source.value][move.by.value].append(move.action)
    return {state: dict(row) for state, row in cells.items()}


def states(lifecycle: Lifecycle) -> Iterable[State]:
    """Every state of the lifecycle's own enumeration, in the order in which it is written."""
    return list(type(lifecycle[0].target))
