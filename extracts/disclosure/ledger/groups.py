"""Who a difference is about, in the words of the tables."""

from __future__ import annotations

from extracts.disclosure.ledger.nesting import Pair
from extracts.disclosure.ledger.parsing import variable
from extracts.disclosure.ledger.predicates import Box, Predicate
from extracts.disclosure.ledger.released import GROUPED, CellName, Counts
from extracts.disclosure.ledger.values import told

MOST_TOLD = 3


def group_of_difference(counts: Counts, pair: Pair, flagged: CellName) -> dict[str, str]:
    """The labels of one of the cells, with those variables changed that tell the whole from the part.

    d01: {"offence": "Drugs", "age": "25"} for ages 16-25 less ages 16-24. People who differ in several
    ways are told in full as `group`.
    """
    key = dict(flagged.key)
    if pair.same:
        return key
    whole, part = counts.predicates[pair.whole], counts.predicates[pair.part]
    left = whole - part
    if len(left.boxes) != 1 or len(whole.boxes) != 1:
        return {**key, "group": _in_words(left)}
    return key | _changed(key, left.boxes[0], whole.boxes[0])


def _changed(key: dict[str, str], left: Box, whole: Box) -> dict[str, str]:
    names = {GROUPED.sub("", variable(dimension)): dimension for dimension in key}
    names |= {variable(dimension): dimension for dimension in key}
    return {names.get(name, name): told(left[name]) for name in left.sets if left[name] != whole[name]}


def group_of_class(people: Predicate) -> dict[str, str]:
    """The variables of a class of people and their labels."""
    if len(people.boxes) != 1:
        return {"group": _in_words(people)}
    words = {name: told(values) for name, values in sorted(people.boxes[0].sets.items())}
    return {name: text for name, text in words.items() if text != "all"}


def _in_words(people: Predicate) -> str:
    told_boxes = [
        " and ".join(f"{name} {told(values)}" for name, values in sorted(box.sets.items()) if told(values) != "all")
        for box in people.boxes[:MOST_TOLD]
    ]
    return " or ".join(told_boxes) + (" or others" if len(people.boxes) > MOST_TOLD else "")
