"""The application form as data (questions.csv), and what is still missing from an application."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Question:
    key: str
    label: str
    hint: str
    max_words: int
    required: bool


@cache
def questions() -> tuple[Question, ...]:
    """The questions in the order of the form."""
    with (Path(__file__).parent / "questions.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Question(row["key"], row["label"], row["hint"], int(row["max_words"]), row["required"] == "yes")
            for row in csv.DictReader(file)
        )


def missing(answers: Mapping[str, Any], requested: Mapping[str, Any], period: Sequence[Any], ends_on: Any) -> list[str]:
    """What an application still lacks, as short phrases; empty when it can be submitted.

    answers    key of a question -> text
    requested  table -> {"reason": text, "variables": {name: {"level": ..., "reason": text}}}
    period     its first and last day, either may be None
    ends_on    the last day of the project, or None
    """
    lacking = [q.label.lower() for q in questions() if q.required and not str(answers.get(q.key) or "").strip()]
    if not all(period):
        lacking.append("the period of the data")
    if ends_on is None:
        lacking.append("the last day of the project")
    if not requested:
        lacking.append("at least one table")
    for table, wish in requested.items():
        if not wish.get("reason", "").strip():
            lacking.append(f"a reason for table {table}")
        chosen = wish.get("variables", {})
        if not chosen:
            lacking.append(f"at least one variable of {table}")
        bare = [name for name, variable in chosen.items() if not variable.get("reason", "").strip()]
        if bare:
            lacking.append(f"a reason for {', '.join(f'{table}.{name}' for name in bare)}")
    return lacking
