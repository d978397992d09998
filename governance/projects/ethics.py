"""The ethics self-assessment: items scored 1 to 3, and whether an ethics reviewer has to read it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

SCORES = {1: "1, low risk", 2: "2, medium risk", 3: "3, high risk"}


@dataclass(frozen=True)
class Item:
    """One item of the self-assessment, under its principle."""

    key: str
    principle: str
    text: str


@dataclass(frozen=True)
class EthicsRules:
    """The items of one version of the form, and the total above which a reviewer is needed."""

    items: tuple[Item, ...]
    total_above: int


@dataclass(frozen=True)
class EthicsRoute:
    """Where a self-assessment leads, and a sentence that says what decided it.

    unscored  items that have no score yet; while there are any, a reviewer is needed
    """

    needs_reviewer: bool
    total: int
    highest: int
    why: str
    unscored: tuple[str, ...] = ()


def route(scores: Mapping[str, int], rules: EthicsRules) -> EthicsRoute:
    """Where these scores (item -> 1, 2 or 3) lead. Raises ValueError for an item or score that there is not.

    An item without a score counts for a reviewer: what nobody has weighed is not low risk.
    """
    keys = [item.key for item in rules.items]
    if strange := sorted(scores.keys() - set(keys)):
        raise ValueError(f"The self-assessment has no item {strange[0]}.")
    if wrong := [key for key, score in scores.items() if score not in SCORES]:
        raise ValueError(f"Item {wrong[0]} is scored 1, 2 or 3.")
    total, highest = sum(scores.values()), max(scores.values(), default=0)
    unscored = tuple(key for key in keys if key not in scores)
    needed, why = _decided(total, _numbers([key for key in keys if scores.get(key) == 3], keys), unscored, rules)
    return EthicsRoute(needed, total, highest, why, unscored)


def _decided(total: int, threes: str, unscored: Collection[str], rules: EthicsRules) -> tuple[bool, str]:
    if threes:
        return True, f"An ethics reviewer reads it, because of a score of 3 for {threes}."
    if total > rules.total_above:
        return True, f"An ethics reviewer reads it, because the total of {total} is above {rules.total_above}."
    if unscored:
        return True, f"{len(unscored)} of {len(rules.items)} items have no score yet: until then it goes to a reviewer."
    return False, f"No reviewer is needed: no item scores 3, and the total of {total} is at most {rules.total_above}."


def _numbers(chosen: Collection[str], keys: list[str]) -> str:
    """The items by their numbers in the list: "item 2", "items 2 and 5"."""
    numbers = [str(keys.index(key) + 1) for key in chosen]
    if len(numbers) < 2:
        return f"item {numbers[0]}" if numbers else ""
    return f"items {', '.join(numbers[:-1])} and {numbers[-1]}"
