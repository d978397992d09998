"""The values that each variable can have at all, as far as filters and labels show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from extracts.disclosure.ledger import cuts
from extracts.disclosure.ledger.cuts import Intervals
from extracts.disclosure.ledger.predicates import Box, Predicate
from extracts.disclosure.ledger.values import ANY, Label, Values


@dataclass(frozen=True)
class Universe:
    """Per variable: everything it can be, and whether its numbers are whole.

    A variable is a number, a day or a name if that is how filters and labels use it; its numbers
    are whole if theirs are. So "all ages" and "under 18 or 18 and over" are the same people.
    A label that holds others (`holds`) stands for its own people and theirs.
    """

    everything: Mapping[str, Values]
    whole: frozenset[str]
    holds: Mapping[str, Mapping[Label, frozenset[Label]]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, sets: Mapping[str, Iterable[Values]], holds: Mapping[str, Mapping[Label, frozenset[Label]]] | None = None
    ) -> Universe:
        """The universe in which all the sets make sense."""
        known = {name: list(many) for name, many in sets.items()}
        whole = frozenset(name for name, many in known.items() if _are_whole(many))
        return cls({name: _everything(many) for name, many in known.items()}, whole, holds or {})

    def values(self, name: str, values: Values) -> Values:
        """A set of one variable as it is in this universe."""
        if own := self.holds.get(name):
            values = replace(values, labels=values.labels.union(*(own.get(label, ()) for label in values.labels)))
        inside = values & self.everything.get(name, ANY)
        return inside.as_integers() if name in self.whole else inside

    def fitted(self, people: Predicate) -> Predicate:
        """A population as it is in this universe, every variable named in every box."""
        names = self.everything.keys() | people.variables
        boxes = ({name: self.values(name, box[name]) for name in names} for box in people.boxes)
        return Predicate(tuple(Box(sets) for sets in boxes if all(sets.values())))


def of_predicates(people: Iterable[Predicate]) -> dict[str, set[Values]]:
    """The sets that populations use, by variable."""
    sets: dict[str, set[Values]] = {}
    for predicate in people:
        for box in predicate.boxes:
            for name, values in box.sets.items():
                sets.setdefault(name, set()).add(values)
    return sets


def mixed(sets: Mapping[str, Iterable[Values]]) -> list[str]:
    """The variables that are given by ranges here and by names there, so that their sets cannot be compared."""
    return [name for name, many in sorted(sets.items()) if sum(_kinds(list(many), ranges=True)) > 1]


def _everything(many: list[Values]) -> Values:
    numbers, days, labels = _kinds(many, ranges=False)
    if not (numbers or days or labels):
        return ANY
    found = Values(others=labels, missing=True)
    if numbers:
        found = replace(found, numbers=cuts.EVERYTHING)
    return replace(found, days=cuts.EVERYTHING) if days else found


def _kinds(many: list[Values], *, ranges: bool) -> tuple[bool, bool, bool]:
    """Whether numbers, days and names are used; with `ranges`, only numbers and days that are more than a point."""
    numbers = any(_used(values.numbers, 0.0 if ranges else -1.0) for values in many)
    days = any(_used(values.days, 1.0 if ranges else -1.0) for values in many)
    return numbers, days, any(values.labels and not (values.missing and not values.others) for values in many)


def _used(intervals: Intervals, longer_than: float) -> bool:
    return any(
        high[0] - low[0] > longer_than for low, high in intervals.parts if (low, high) != cuts.EVERYTHING.parts[0]
    )


def _are_whole(many: list[Values]) -> bool:
    ends = {number for values in many for number, _ in values.numbers.cuts} - {cuts.LOWEST[0], cuts.HIGHEST[0]}
    return all(number == int(number) for number in ends)
