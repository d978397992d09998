"""Populations as sets of people: unions of boxes that can be intersected, compared and subtracted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from extracts.disclosure.ledger.values import ANY, Values

# More boxes than this come from a filter that nobody could read either.
MOST_BOXES = 2_000


class TooComplicated(ValueError):
    """A population falls into more pieces than can be compared."""


@dataclass(frozen=True)
class Box:
    """The people whose every named variable has a value of its set; other variables are free."""

    sets: Mapping[str, Values]

    def __getitem__(self, variable: str) -> Values:
        return self.sets.get(variable, ANY)

    def __and__(self, other: Box) -> Box | None:
        """The people in both; None if there can be none."""
        both = {name: self[name] & other[name] for name in self.sets.keys() | other.sets.keys()}
        return Box(both) if all(both.values()) else None

    def within(self, other: Box) -> bool:
        """Whether everybody in this box is in the other."""
        return all(self[name].within(values) for name, values in other.sets.items())

    def minus(self, other: Box) -> list[Box]:
        """The people of this box who are not in the other, as boxes that do not overlap."""
        if (self & other) is None:
            return [self]
        left, pieces = dict(self.sets), list[Box]()
        for name, values in sorted(other.sets.items()):
            mine = left.get(name, ANY)
            if outside := mine - values:
                pieces.append(Box({**left, name: outside}))
            left[name] = mine & values
        return pieces


@dataclass(frozen=True)
class Predicate:
    """The people in at least one of the boxes. No box is nobody; a box without variables, everybody."""

    boxes: tuple[Box, ...]

    def __and__(self, other: Predicate) -> Predicate:
        return _union(both for mine in self.boxes for theirs in other.boxes if (both := mine & theirs))

    def __or__(self, other: Predicate) -> Predicate:
        return _union((*self.boxes, *other.boxes))

    def __sub__(self, other: Predicate) -> Predicate:
        """The people who are in this population and not in the other, in boxes that do not overlap."""
        left: list[Box] = []
        for box in self.boxes:
            left += _less(box, (*left, *other.boxes))
        return Predicate(tuple(left))

    def within(self, other: Predicate) -> bool:
        """Whether the other population must hold everybody in this one."""
        if all(any(box.within(whole) for whole in other.boxes) for box in self.boxes):
            return True
        return len(other.boxes) > 1 and not (self - other).boxes

    @property
    def variables(self) -> set[str]:
        """Names of the variables that it depends on."""
        return {name for box in self.boxes for name in box.sets}


EVERYBODY = Predicate((Box({}),))
NOBODY = Predicate(())


def where(variable: str, values: Values) -> Predicate:
    """The people for whom one variable has a value of a set."""
    return Predicate((Box({variable: values}),)) if values else NOBODY


def _union(boxes: Iterable[Box]) -> Predicate:
    """The union, without boxes that lie inside another. Raises TooComplicated."""
    kept: list[Box] = []
    for box in boxes:
        if any(box.within(other) for other in kept):
            continue
        kept = [other for other in kept if not other.within(box)]
        kept.append(box)
        _require_few(kept)
    return Predicate(tuple(kept))


def _less(box: Box, others: Iterable[Box]) -> list[Box]:
    """What is left of a box without some others. Raises TooComplicated."""
    left = [box]
    for other in others:
        left = [piece for mine in left for piece in mine.minus(other)]
        _require_few(left)
    return left


def _require_few(boxes: list[Box]) -> None:
    if len(boxes) > MOST_BOXES:
        raise TooComplicated("The population has too many alternatives to be compared with others.")
