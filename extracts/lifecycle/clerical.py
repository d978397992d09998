"""The life of a clerical pair: two reviewers decide blind, a third settles what they disagree on.

The worker puts two decisions together. It can never be one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from governance.people.roles import Role
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class Verdict(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class PairState(State):
    WAITING = "waiting"
    ONE_DECIDED = "one_decided"
    TWO_DECIDED = "two_decided"
    DISAGREED = "disagreed"
    SETTLED = "settled"

    @property
    def label(self) -> str:
        return LABELS[self]


UNSEEN, ONE_DECIDED, TWO_DECIDED, DISAGREED, SETTLED = PairState
LABELS = {
    UNSEEN: "Waiting for two reviewers",
    ONE_DECIDED: "One of two reviewers has decided",
    TWO_DECIDED: "Both reviewers have decided",
    DISAGREED: "The two disagree: waiting for a third",
    SETTLED: "Settled",
}
REVIEWERS_TURN: frozenset[State] = frozenset({UNSEEN, ONE_DECIDED, DISAGREED})


def decided_already(pair: Any, person: Any, at: datetime) -> str | None:
    return "You have decided on this pair: somebody else must decide next." if pair.decided_by(person) else None


def not_own(pair: Any, person: Any, at: datetime) -> str | None:
    return None if pair.decided_by(person) else "The decision on this pair is not yours."


CLERICAL_PAIR = (
    # action       from           to            by            unless
    T("decide",    {UNSEEN},      ONE_DECIDED,  Role.LINKER),
    T("decide",    {ONE_DECIDED}, TWO_DECIDED,  Role.LINKER,  (decided_already,)),
    T("decide",    {DISAGREED},   SETTLED,      Role.LINKER,  (decided_already,)),
    T("undo",      {ONE_DECIDED}, UNSEEN,       Role.LINKER,  (not_own,)),
    T("agree",     {TWO_DECIDED}, SETTLED,      Role.WORKER),
    T("disagree",  {TWO_DECIDED}, DISAGREED,    Role.WORKER),
)  # fmt: skip

WAITING = {
    UNSEEN: Waiting("the linkage team", "Two reviewers decide, neither seeing the other's decision."),
    ONE_DECIDED: Waiting("the linkage team", "A second, different reviewer decides."),
    TWO_DECIDED: Waiting("the worker", "The two decisions are put together."),
    DISAGREED: Waiting("the linkage team", "A third reviewer's decision counts."),
    SETTLED: Waiting("nobody", "The next linkage uses the decision."),
}


def agreed(verdicts: Sequence[str]) -> bool:
    """Whether two verdicts come to the same. Two who are unsure agree: the pair stays in the grey zone."""
    first, second = verdicts
    return first == second
