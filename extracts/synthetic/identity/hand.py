"""The hand that writes records: which of them go wrong, more often for those whom services write down worst."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from extracts.synthetic.chance import Flags, Floats, Ints
from extracts.synthetic.codes import Codes
from extracts.synthetic.identity.persons import Persons
from extracts.synthetic.identity.text import Text, widened
from extracts.synthetic.people import MALE, YEAR

# How many times as many mistakes are made with records of these people (assumed; ONS finds the same people linked
# least: men, aged 20 to 29, of ethnic minorities, in London).
YOUNG, MEN, MINORITY, LONDON = 1.35, 1.1, 1.3, 1.2
YOUNG_AGES = (16, 30)

# At most this share of the records that can go wrong in some way does, however low the number of those that can.
MOST = 0.9


@dataclass
class Hand:
    """Decides which records of one writer go wrong.

    rates  percent by kind of mistake
    care   per record how likely mistakes are, 1 on average
    made   what has gone wrong so far, by kind
    """

    rng: np.random.Generator
    rates: Mapping[str, float]
    care: Floats
    made: dict[str, Flags] = field(default_factory=dict)

    def slips(self, kind: str, possible: Flags | None = None) -> Flags:
        """The records in which this mistake is made: the share of all records that the table says, among those in
        which it is possible."""
        result = self._draw(self.rates[kind], possible)
        self.made[kind] = result
        return result

    def among(self, kind: str, possible: Flags, always: Flags | None = None, share: float = 0.0) -> Flags:
        """The records in which this mistake is made: the share that the table says of those in which it is possible.

        always  records in which it is made anyway, which are `share` of those that go wrong
        """
        result = self._draw((1 - share) * self.rates[kind] * _share(possible), possible)
        if always is not None:
            result |= possible & always
        self.made[kind] = result
        return result

    def recorded(self, kind: str, there: Flags | None = None) -> Flags:
        """The records that hold something of this kind: the share that the table says of those that could."""
        could: Flags = np.ones(len(self.care), dtype=bool) if there is None else there
        percent = self.rates[kind]
        if percent >= 50:
            held: Flags = could & ~self._draw((100 - percent) * _share(could), could)
        else:
            held = could & (self.rng.random(len(could)) * 100 < percent)
        self.made[kind] = held
        return held

    def _draw(self, percent: float, possible: Flags | None) -> Flags:
        count = len(self.care)
        if percent <= 0 or not count:
            return np.zeros(count, dtype=bool)
        if percent >= 100 and possible is None:
            return np.ones(count, dtype=bool)
        luck = self.rng.random(count)
        if possible is None:
            return luck < percent / 100 * self.care
        able = float(self.care[possible].sum())
        chance = np.minimum(percent / 100 * count / max(able, 1.0) * self.care, MOST)
        return possible & (luck < chance)


def _share(flags: Flags) -> float:
    return float(flags.mean()) if len(flags) else 0.0


def care(persons: Persons, who: Ints, day: Ints, codes: Codes) -> Floats:
    """How likely mistakes are with the record of each of these people, 1 on average."""
    white = np.array([group == "White" for group in codes.ethnicity.text("group_5plus1")])
    age = (day - persons.born[who]) / YEAR
    young = (age >= YOUNG_AGES[0]) & (age < YOUNG_AGES[1])
    result = np.where(young, YOUNG, 1.0) * np.where(persons.sex[who] == MALE, MEN, 1.0)
    result *= np.where(white[persons.ethnicity[who]], 1.0, MINORITY) * np.where(persons.london[who], LONDON, 1.0)
    scaled: Floats = result / max(float(result.mean()), 1e-9) if len(result) else result
    return scaled


def amended(column: Text, rows: Flags, change: Callable[[Text], Text]) -> Text:
    """The column with these rows changed. It may be changed in place."""
    at = np.flatnonzero(rows)
    if not len(at):
        return column
    new = change(column[at])
    column = widened(column, new.shape[1])
    column[at] = widened(new, column.shape[1])
    return column
