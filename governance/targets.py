"""How long each stage should take at the most: the one table of targets, in working days (targets.csv).

Status lines, reminders and the public figures all read it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("targets.csv")


@dataclass(frozen=True)
class Target:
    """How many working days a record should wait in a state for somebody to take the action, or one beside it."""

    record: str
    state: str
    action: str
    days: int


@cache
def targets() -> tuple[Target, ...]:
    with TABLE.open(newline="", encoding="utf-8") as file:
        return tuple(
            Target(row["record"], row["state"], row["action"], int(row["target_working_days"]))
            for row in csv.DictReader(file)
        )


def days_for(record: str, state: str) -> int | None:
    """The target of a kind of record (the model's name) in a state; None where there is none."""
    return next((target.days for target in targets() if (target.record, target.state) == (record, state)), None)
