"""People who are easily taken for one another: households, couples, twins, and parents and children of one name.

Without them the precision of linking would mean nothing. Everybody is in at most one such pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.synthetic.chance import Flags, Ints, happens
from extracts.synthetic.people import MALE, YEAR

# Percent of people who share surname and home with another one, are one of twins, or bear a parent's or child's name.
HOUSEHOLD_PCT, TWIN_PCT, NAMESAKE_PCT = 10.0, 0.6, 1.5
# Percent of couples and relatives (victim and suspect of one crime) who live together; of those, with one surname.
LIVE_TOGETHER_PCT, ONE_SURNAME_PCT = 60, 50
TWIN_DAYS = 31
GENERATION = (18 * YEAR, 42 * YEAR)

HOUSEHOLD, COUPLE, TWIN, NAMESAKE = range(4)


@dataclass(frozen=True)
class Ties:
    """One entry per pair: `other` takes after `one`. Households share surname and home, couples the home alone."""

    one: Ints
    other: Ints
    kind: Ints

    def of(self, *kinds: int) -> tuple[Ints, Ints]:
        """The pairs of these kinds."""
        chosen = np.isin(self.kind, kinds)
        return self.one[chosen], self.other[chosen]


def find_ties(
    rng: np.random.Generator, sex: Ints, born: Ints, alike: Ints, couples: tuple[Ints, Ints]
) -> Ties:  # fmt: skip
    """Tie people together.

    alike    number of the group (area and background) within which people can be of one family
    couples  pairs who are partners or relatives according to their records, in any order, with repeats
    """
    free: Flags = np.ones(len(sex), dtype=bool)
    found = []

    def take(pairs: tuple[Ints, Ints], kind: int, most: int) -> None:
        one, other = (side[:most] for side in pairs)
        free[one], free[other] = False, False
        found.append((one, other, np.full(len(one), kind)))

    one, other = _disjoint(*couples)
    together = happens(rng, LIVE_TOGETHER_PCT, len(one))
    surname = happens(rng, ONE_SURNAME_PCT, len(one))
    take((one[together & surname], other[together & surname]), HOUSEHOLD, len(one))
    take((one[together & ~surname], other[together & ~surname]), COUPLE, len(one))
    take(_neighbours(rng, alike, born, free, most=TWIN_DAYS), TWIN, _pairs(TWIN_PCT, sex))
    sons = _neighbours(rng, alike, born, free & (sex == MALE), least=GENERATION[0], most=GENERATION[1])
    take(sons, NAMESAKE, _pairs(NAMESAKE_PCT, sex))
    households = _pairs(HOUSEHOLD_PCT, sex) - len(found[0][0])
    take(_neighbours(rng, alike, born, free), HOUSEHOLD, max(households, 0))
    return Ties(*(np.concatenate([part[place] for part in found]) for place in range(3)))


def _pairs(percent: float, people: Ints) -> int:
    """How many pairs cover so many percent of the people."""
    return round(len(people) * percent / 200)


def _disjoint(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Pairs in which nobody comes twice."""
    first = np.unique(one, return_index=True)[1]
    one, other = one[first], other[first]
    first = np.unique(other, return_index=True)[1]
    one, other = one[first], other[first]
    single = ~np.isin(one, other) & ~np.isin(other, one)
    return one[single], other[single]


def _neighbours(
    rng: np.random.Generator, alike: Ints, born: Ints, free: Flags, *, least: float = 0, most: float = np.inf
) -> tuple[Ints, Ints]:
    """Random pairs of one group, the elder first, whose dates of birth are `least` to `most` days apart.

    Those who must be born close together stand in the order of their birth, the others in any.
    """
    who = np.flatnonzero(free)
    within = born[who] if most <= TWIN_DAYS else rng.random(len(who))
    order = who[np.lexsort((within, alike[who]))]
    one, other = order[0::2][: len(order) // 2], order[1::2]
    apart = np.abs(born[one] - born[other])
    fits = (alike[one] == alike[other]) & (apart >= least) & (apart <= most)
    elder = born[one] <= born[other]
    pairs = np.where(elder, one, other)[fits], np.where(elder, other, one)[fits]
    shuffled = rng.permutation(len(pairs[0]))
    return pairs[0][shuffled], pairs[1][shuffled]
