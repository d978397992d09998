"""What each level of a breach means and brings: the codelist `breach_levels.csv`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("breach_levels.csv")
NOT_PUBLIC = "no"


@dataclass(frozen=True)
class BreachLevel:
    """One line of the codelist. `public` says what anyone may know of such incidents: "no", or how."""

    level: int
    label: str
    examples: str
    consequence: str
    public: str

    @property
    def is_counted_in_public(self) -> bool:
        return self.public != NOT_PUBLIC


@cache
def breach_levels() -> dict[int, BreachLevel]:
    """Level -> what it means, from the lowest up."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = [
            BreachLevel(int(row["level"]), row["label"], row["examples"], row["consequence"], row["public"])
            for row in csv.DictReader(lines)
        ]
    return {row.level: row for row in sorted(rows, key=lambda row: row.level)}
