"""What has to be in order before a project ends, by table `checklist.csv`."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("checklist.csv")


class Who(StrEnum):
    SYSTEM = "system"
    LEAD = "lead"
    MEMBER = "member"

    @property
    def label(self) -> str:
        return {"system": "Gatehouse", "lead": "The lead", "member": "Each member of the team"}[self.value]


@dataclass(frozen=True)
class Item:
    """One line of the table. `says` is what the answer has to tell in words; "" for one that is only ticked."""

    key: str
    question: str
    who: Who
    required: bool
    says: str
    hint: str


@cache
def checklist() -> tuple[Item, ...]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Item(row["key"], row["question"], Who(row["who"]), row["required"] == "yes", row["says"], row["hint"])
            for row in csv.DictReader(lines)
        )


def item_of(key: str) -> Item:
    """The line with this key. Raises KeyError."""
    return {item.key: item for item in checklist()}[key]


def answerable(who: Who) -> tuple[Item, ...]:
    return tuple(item for item in checklist() if item.who == who)


def left(
    answered: Collection[tuple[str, int]], team: Mapping[int, str], found: Mapping[str, str] | None = None
) -> list[str]:
    """What is still open, a sentence for each; empty when all that is required is there.

    answered  (key, number of the person it was answered by or for)
    team      number of each member -> name
    found     key -> what Gatehouse found to be open, "" for nothing; None leaves out what only it can say
    """
    keys = {key for key, _ in answered}
    open_ones = []
    for item in (item for item in checklist() if item.required):
        if item.who == Who.LEAD and item.key not in keys:
            open_ones.append(f"{item.question}: the lead has not answered.")
        if item.who == Who.MEMBER and (names := [team[pk] for pk in team if (item.key, pk) not in answered]):
            open_ones.append(f"Not declared yet by {', '.join(names)}.")
        if item.who == Who.SYSTEM and found is not None and found[item.key]:
            open_ones.append(found[item.key])
    return open_ones
