"""The kinds of condition that an approval may carry (conditions.csv), and whether one makes sense."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from governance.catalogue.catalogue import Catalogue


@dataclass(frozen=True)
class Kind:
    """One kind of condition. `blocks_use`: nobody uses the data until its owner discharged it."""

    code: str
    label: str
    hint: str
    of_a_variable: bool
    blocks_use: bool


@cache
def kinds() -> Mapping[str, Kind]:
    """Code -> kind, in the order of the file."""
    with (Path(__file__).parent / "conditions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["kind"]: Kind(
            row["kind"], row["label"], row["hint"], row["about"] == "variable", row["blocks_use"] == "yes"
        )
        for row in rows
    }


def what_is_wrong(
    condition: Mapping[str, str], asked: Collection[str], requested: Mapping[str, Any], catalogue: Catalogue
) -> str:
    """Why a condition cannot be set, as a sentence, or "".

    condition  {"kind", "about": "" or "table.variable" or "table", "level", "text"}
    asked      the variables that the decider decides for, as "table.variable"
    """
    kind = kinds().get(condition["kind"])
    if kind is None:
        return "There is no such kind of condition."
    about = condition.get("about", "")
    if about and about not in asked and about not in {name.partition(".")[0] for name in asked}:
        return f"{about} is not asked of you."
    if not kind.of_a_variable:
        return "" if condition.get("text", "").strip() else f"{kind.label}: say what is meant."
    if about not in asked:
        return f"{kind.label}: choose the variable."
    table, name = about.split(".", 1)
    variable, wished = catalogue[table][name], requested[table]["variables"][name]["level"]
    ladder = catalogue.ladder(variable.ladder) if variable.ladder else None
    level = condition.get("level", "")
    if ladder is None or level not in [step.name for step in catalogue.levels(variable)]:
        return f"{kind.label}: {about} is not offered at that level of detail."
    if not ladder.is_finer(wished, level):
        return f"{kind.label}: the level must be coarser than the one that is asked for."
    return ""


def levels_set(conditions: Collection[Mapping[str, str]]) -> dict[str, list[str]]:
    """Variable ("table.variable") -> the coarser levels that conditions set for it."""
    found: dict[str, list[str]] = {}
    for condition in conditions:
        if condition["kind"] == "coarser":
            found.setdefault(condition["about"], []).append(condition["level"])
    return found
