"""The true identities of the people: names, aliases, date of birth, homes and numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.synthetic.chance import Flags, Ints, happens, stream
from extracts.synthetic.codes import Codes
from extracts.synthetic.crimes import CUT_DAY
from extracts.synthetic.identity import numbers
from extracts.synthetic.identity.families import HOUSEHOLD, NAMESAKE, TWIN, Ties, find_ties
from extracts.synthetic.identity.homes import NEVER, Moves, Towns, draw_moves, in_london, towns
from extracts.synthetic.identity.stock import GROUPS, Stock, stock
from extracts.synthetic.identity.text import Text, chosen, constant, joined, kept, picked, present
from extracts.synthetic.people import FEMALE, YEAR, People

# Percent of people, all assumed: with an alias, of those under another surname or forename; young people with two
# surnames; women who changed theirs in the ten years before the cut; with a second name, by background of the first.
ALIAS_PCT, ALIAS_SURNAME_PCT, ALIAS_FORENAME_PCT = 14, 75, 55
DOUBLE_PCT, DOUBLE_SINCE = 5, 1985
RENAMED_PCT, RENAMED_DAYS, RENAMED_AGE = 11, 3653, 19
MIDDLE_PCT = {"british": 82, "irish": 75, "african": 60}
MIDDLE_PCT_OTHERS = 28
NAMESAKES_AT_HOME_PCT = 50


class TooManyPeople(ValueError):
    """More people than there are numbers for."""


@dataclass
class Persons:
    """One entry per person of a chunk. Text columns hold zeros where there is nothing.

    number          running number over all chunks
    middle          place in the stock of forenames, -1 for none
    former_surname  borne before the day `renamed`
    alias_forename  place in the stock, -1 for the person's own
    london          lives in London
    """

    number: Ints
    sex: Ints
    born: Ints
    ethnicity: Ints
    forename: Ints
    middle: Ints
    surname: Text
    former_surname: Text
    renamed: Ints
    alias_forename: Ints
    alias_surname: Text
    london: Flags
    moves: Moves
    areas: Towns
    pnc: Text
    cro: Text
    prison: Text
    probation: Text
    pupil: Text
    insurance: Text

    def __len__(self) -> int:
        return len(self.number)

    def surname_on(self, person: Ints, day: Ints) -> Text:
        """The surname a person bears on a day."""
        return chosen(day < self.renamed[person], picked(self.former_surname, person), picked(self.surname, person))

    @property
    def has_alias(self) -> Flags:
        return (self.alias_forename >= 0) | present(self.alias_surname)


def give_identities(
    people: People, couples: tuple[Ints, Ints], *, codes: Codes, seed: int, first: int, population: int, key: int
) -> tuple[Persons, Ties]:
    """The identities of people, and who is easily taken for whom.

    couples     positions of victims and suspects who are partners or relatives
    seed        of this chunk
    first       running number of the first of them
    population  at least as many as there will be in all chunks
    key         of the permutations of serial numbers, the same for all chunks

    Raises TooManyPeople.
    """
    count = len(people)
    if first + count > population:
        raise TooManyPeople(f"Numbers were set aside for {population:,} people.")
    rng = stream(seed, "identities")
    alike = people.force * 100 + people.ethnicity
    ties = find_ties(stream(seed, "families"), people.sex, people.born, alike, couples)
    born, ethnicity = people.born.copy(), people.ethnicity.copy()
    _take_after(ties, born, TWIN)
    forename, middle, surname = _names(rng, people, ties, born, ethnicity, codes)
    former, renamed = _former_names(rng, people.sex, born, surname)
    alias_forename, alias_surname = _aliases(rng, people.sex, born, surname)
    areas = towns(codes)
    moves = draw_moves(stream(seed, "homes"), areas, people.force)
    _share_homes(rng, moves, ties)
    return Persons(
        number=first + np.arange(count), sex=people.sex, born=born, ethnicity=ethnicity, forename=forename,
        middle=middle, surname=surname, former_surname=former, renamed=renamed, alias_forename=alias_forename,
        alias_surname=alias_surname, london=in_london(codes, people.force), moves=moves, areas=areas,
        **_numbers(rng, first + np.arange(count), born, population, key),
    ), ties  # fmt: skip


def _take_after(ties: Ties, column: Ints | Text, *kinds: int) -> None:
    one, other = ties.of(*kinds)
    column[other] = column[one]


def _names(
    rng: np.random.Generator, people: People, ties: Ties, born: Ints, ethnicity: Ints, codes: Codes
) -> tuple[Ints, Ints, Text]:  # fmt: skip
    """Forename, second name and surname; families share what they share."""
    names = stock()
    year = (1970 + born // YEAR).astype(np.int64)
    background, surname_background = names.background(rng, ethnicity, codes.ethnicity.codes)
    sex = people.sex - 1
    forename = names.draw_forenames(rng, background, sex, year)
    _take_after(ties, forename, NAMESAKE)
    middle = names.draw_middle_names(rng, background, sex, year)
    has_middle = np.array([MIDDLE_PCT.get(group, MIDDLE_PCT_OTHERS) for group in GROUPS])[background]
    middle = np.where(happens(rng, has_middle, len(middle)) & (middle != forename), middle, -1)
    double = happens(rng, np.where(year >= DOUBLE_SINCE, DOUBLE_PCT, 1), len(year))
    surname = _surnames(rng, names, surname_background, double)
    _take_after(ties, surname, HOUSEHOLD, TWIN, NAMESAKE)
    return forename, middle, surname


def _surnames(rng: np.random.Generator, names: Stock, background: Ints, double: Flags) -> Text:
    """Surnames, some of them of two joined by a hyphen."""
    single = picked(names.surnames, names.draw_surnames(rng, background))
    second = picked(names.surnames, names.draw_surnames(rng, background))
    return joined(single, kept(double, joined(constant("-", len(background)), second)))


def _former_names(rng: np.random.Generator, sex: Ints, born: Ints, surname: Text) -> tuple[Text, Ints]:
    """The surname before a marriage or its end, and the day of the change."""
    count = len(sex)
    day = CUT_DAY - rng.integers(0, RENAMED_DAYS, count)
    renamed = (sex == FEMALE) & (day - born > RENAMED_AGE * YEAR) & happens(rng, RENAMED_PCT, count)
    # Of another person of these people, so that it is of the frequency of surnames.
    former = kept(renamed, surname[rng.permutation(count)])
    return former, np.where(renamed, day, -NEVER)


def _aliases(rng: np.random.Generator, sex: Ints, born: Ints, surname: Text) -> tuple[Ints, Text]:
    """Other names that some people use."""
    count = len(sex)
    draw = rng.random((3, count)) * 100
    any_alias = draw[0] < ALIAS_PCT
    new_surname = any_alias & (draw[1] < ALIAS_SURNAME_PCT)
    new_forename = any_alias & ((draw[2] < ALIAS_FORENAME_PCT) | ~new_surname)
    year = (1970 + born // YEAR).astype(np.int64)
    forename = stock().draw_forenames(rng, np.zeros(count, dtype=np.int64), sex - 1, year)
    return np.where(new_forename, forename, -1), kept(new_surname, surname[rng.permutation(count)])


def _share_homes(rng: np.random.Generator, moves: Moves, ties: Ties) -> None:
    """Households, couples and twins live together; half of the namesakes do."""
    at_home = (ties.kind != NAMESAKE) | happens(rng, NAMESAKES_AT_HOME_PCT, len(ties.kind))
    moves.live_with(ties.other[at_home], ties.one[at_home])


def _numbers(rng: np.random.Generator, number: Ints, born: Ints, population: int, key: int) -> dict[str, Text]:
    """Every number anybody could have; which of them a service knows is its own matter."""
    year = (1970 + born // YEAR).astype(np.int64)
    known = np.clip(year + 13 + rng.gamma(1.3, 6.0, len(year)).astype(np.int64), year + 10, 2025)
    known = np.maximum(known, year)
    return {
        "pnc": numbers.pnc_numbers(number, known, population=population, key=key),
        "cro": numbers.cro_numbers(number, known, population=population, key=key + 10),
        "prison": numbers.prison_numbers(number, key=key + 20),
        "probation": numbers.probation_numbers(number, key=key + 30),
        "pupil": numbers.pupil_numbers(number, key=key + 40),
        "insurance": numbers.insurance_numbers(number, key=key + 50),
    }
