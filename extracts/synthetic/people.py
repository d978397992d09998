"""People, made from the places in journeys that they fill, so that some come back.

Every victim and suspect of a crime is first a slot: somebody of this sex and about this age, in this
area, on this day. Slots that could be one person are put side by side at random, and a slot then
belongs to the same person as the one before it with the chance that its kind of person comes back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.synthetic.chance import Flags, Floats, Ints, Keys, choose_by_row, happens, new_keys, stream
from extracts.synthetic.codes import Codes

YEAR = 365.25
AREAS_PER_FORCE = 300
ADULT = 18
YOUNGEST_RETURNING = 10

# Chance in percent that the next slot is the same person again (assumed).
VICTIM_RETURNS, SUSPECT_RETURNS, PROLIFIC_RETURNS, CHANGES_SIDE = 9, 22, 78, 5

MALE, FEMALE = 1, 2


@dataclass
class Slots:
    """One entry per victim or suspect of a crime. `force` is a position in the list of forces."""

    crime: Ints
    force: Ints
    sex: Ints
    age: Ints
    day: Ints
    suspect: Flags
    prolific: Flags
    returning: Flags


@dataclass
class People:
    """One entry per person: `born` in days, `area` as six digits of an LSOA, `decile` 1 = most deprived."""

    key: Keys
    sex: Ints
    born: Ints
    ethnicity: Ints
    force: Ints
    area: Ints
    decile: Ints

    def __len__(self) -> int:
        return len(self.key)

    def age_on(self, person: Ints, day: Ints) -> Ints:
        """Whole years of age of `person` on `day`."""
        return np.floor((day - self.born[person]) / YEAR).astype(np.int64)


def settle(slots: Slots, *, seed: int, codes: Codes) -> tuple[People, Ints]:
    """The people behind the slots, and for every slot the position of its person."""
    rng = stream(seed, "people")
    person = _same_person(rng, slots)
    person = _apart_within_crime(person, slots.crime)
    earliest = np.lexsort((slots.day, person))
    first = earliest[np.r_[True, np.diff(person[earliest]) > 0][: len(earliest)]]
    born = slots.day[first] - np.ceil(slots.age[first] * YEAR).astype(np.int64) - rng.integers(0, 365, len(first))
    force = slots.force[first]
    area, decile = draw_areas(rng, codes, force)
    people = People(
        key=new_keys(rng, len(first)),
        sex=slots.sex[first],
        born=born,
        ethnicity=choose_by_row(rng, ethnicity_weights(codes), force),
        force=force,
        area=area,
        decile=decile,
    )
    return people, person


def _same_person(rng: np.random.Generator, slots: Slots) -> Ints:
    """Number the people: first within victims and within suspects, then across the two."""
    alike = (slots.force * 3 + slots.sex) * 2 + (slots.age >= ADULT)
    kind = alike * 4 + slots.suspect * 2 + slots.prolific
    returns = np.where(slots.suspect, SUSPECT_RETURNS, VICTIM_RETURNS)
    returns = np.where(slots.prolific, PROLIFIC_RETURNS, returns)
    run = _runs(rng, kind, np.where(slots.returning, returns, 0), slots.returning)
    starts = np.unique(run, return_index=True)[1]
    returning = slots.returning[starts]
    joined = _runs(rng, alike[starts], np.where(returning, CHANGES_SIDE, 0), returning)
    return joined[run]


def _runs(rng: np.random.Generator, alike: Ints, percent: Ints, returning: Flags) -> Ints:
    """Group numbers from 0: shuffle entries of one kind, then chain each to the one before by chance."""
    order = np.lexsort((rng.random(len(alike)), alike, returning))
    same_kind = np.r_[False, np.diff(alike[order]) == 0]
    after_returning = np.r_[False, returning[order][:-1]]
    chained = same_kind & after_returning & happens(rng, percent[order], len(order))
    result = np.empty(len(order), dtype=np.int64)
    result[order] = np.cumsum(~chained) - 1
    return result


def _apart_within_crime(person: Ints, crime: Ints) -> Ints:
    """Give a new number to whoever would fill two slots of one crime; numbers stay dense from 0."""
    order = np.lexsort((crime, person))
    twice = np.r_[False, (np.diff(person[order]) == 0) & (np.diff(crime[order]) == 0)][: len(order)]
    again = order[twice]
    person = person.copy()
    person[again] = person.max(initial=-1) + 1 + np.arange(len(again))
    return np.unique(person, return_inverse=True)[1].astype(np.int64)


def ethnicity_weights(codes: Codes) -> Floats:
    """Census shares by force (rows); London's minorities weigh two and a half times as much (assumed)."""
    shares = codes.ethnicity.number("population_2021_pct")
    white = np.array([group == "White" for group in codes.ethnicity.text("group_5plus1")])
    london = np.array([region == "London" for region in codes.forces.text("cj_region")])
    return np.where(london[:, None] & ~white, 2.5, 1.0) * shares


def draw_areas(rng: np.random.Generator, codes: Codes, force: Ints) -> tuple[Ints, Ints]:
    """An area in each force and its deprivation decile; deprived areas come up more often.

    Areas are numbered 9, the force's two digits and three more, above every real LSOA, so none is a real place.
    """
    decile = choose_by_row(rng, np.arange(15.0, 5.0, -1)[None, :], np.zeros(len(force), dtype=np.int64)) + 1
    number = rng.integers(0, AREAS_PER_FORCE // 10, len(force)) * 10 + decile - 1
    digits = np.array([int(code) for code in codes.forces.codes], dtype=np.int64)
    return 900_000 + digits[force] * 1000 + number, decile
