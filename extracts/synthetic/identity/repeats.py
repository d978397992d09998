"""Identity records alone, for people who are written down again and again: a test of linking at any size.

Nothing is played out: a person has some arrests, and each goes on to the CPS, the courts, prison and probation with
fixed chances. About three records a person in seven sources, and as many true pairs as records times three.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.synthetic.chance import NONE, Flags, Ints, Keys, choose, choose_by_row, happens, new_keys, stream
from extracts.synthetic.codes import Codes
from extracts.synthetic.crimes import CUT_DAY, FIRST_DAY
from extracts.synthetic.identity import numbers
from extracts.synthetic.identity.appearances import SENTENCES_LISTED, Appearances
from extracts.synthetic.identity.mistakes import split_date
from extracts.synthetic.identity.text import Text, blank, kept, picked
from extracts.synthetic.people import FEMALE, MALE, YEAR, People, ethnicity_weights

RECORDS_PER_PERSON = 2.98

# All assumed. Percent of people who are arrested often, and the chances that an arrest is the last one.
PROLIFIC_PCT, LAST_ARREST, LAST_ARREST_PROLIFIC = 12, 0.88, 0.235
MOST_ARRESTS = 30
FEMALE_PCT, ANY_AGE_PCT = 24, 42
VICTIM_PCT = 19


@dataclass(frozen=True)
class Stage:
    """Where an arrest leads, in percent of arrests and days after it; whether a sentence is known there."""

    source: str
    writer: str
    role: str
    percent: float
    days: int
    sentenced: bool


STAGES = (
    Stage("pol_suspect",      "pol_suspect", "suspect",   100, 0,   False),
    Stage("cps_defendant",    "cps",         "defendant", 35,  20,  False),
    Stage("mags_hocas",       "magistrates", "defendant", 26,  55,  True),
    Stage("crown_xhibit",     "crown",       "defendant", 7,   95,  True),
    Stage("prison_nomis",     "prison",      "offender",  7,   160, True),
    Stage("probation_delius", "probation",   "offender",  10,  165, True),
)  # fmt: skip
# Days from arrest to sentence.
SENTENCE_DAYS = 150


@dataclass(frozen=True)
class _Arrests:
    key: Keys
    person: Ints
    day: Ints
    number: Text
    case: Text
    crown: Text
    sentence: Ints


def people_at_random(count: int, *, seed: int, codes: Codes) -> People:
    """So many people of all ages and areas, mostly men."""
    rng = stream(seed, "people")
    force = choose(rng, codes.forces.number("volume_weight"), count)
    age = np.where(happens(rng, ANY_AGE_PCT, count), rng.uniform(10, 78, count), 12 + rng.gamma(2.6, 9.5, count))
    none = np.zeros(count, dtype=np.int64)
    return People(
        key=new_keys(rng, count),
        sex=np.where(happens(rng, FEMALE_PCT, count), FEMALE, MALE),
        born=(FIRST_DAY - np.minimum(age, 92) * YEAR).astype(np.int64),
        ethnicity=choose_by_row(rng, ethnicity_weights(codes), force),
        force=force,
        area=none,
        decile=none,
    )


def repeat_appearances(
    people: People, *, seed: int, codes: Codes, first: int, key: int
) -> tuple[list[Appearances], Keys]:  # fmt: skip
    """The records of these people in every source, and the keys of the arrests they refer to.

    first  running number of the first arrest of this chunk
    key    of the permutations of serial numbers
    """
    rng = stream(seed, "appearances")
    arrests = _arrests(rng, people, codes, first, key)
    parts = [_victims(rng, len(people))]
    parts += [_stage(rng, arrests, stage) for stage in STAGES]
    return parts, arrests.key


def _arrests(rng: np.random.Generator, people: People, codes: Codes, first: int, key: int) -> _Arrests:
    prolific = happens(rng, PROLIFIC_PCT, len(people))
    times = rng.geometric(np.where(prolific, LAST_ARREST_PROLIFIC, LAST_ARREST))
    person = np.repeat(np.arange(len(people)), np.minimum(times, MOST_ARRESTS))
    count = len(person)
    day = rng.integers(FIRST_DAY, CUT_DAY + 1, count)
    year, number = split_date(day)[0], first + np.arange(count)
    force = np.array([int(code) for code in codes.forces.codes])[people.force[person]]
    sentence = np.where(happens(rng, 70, count), day + SENTENCE_DAYS, NONE)
    return _Arrests(
        new_keys(rng, count), person, day, numbers.arrest_numbers(number, year, force, key=key + 60),
        numbers.case_references(number, year, force, key=key + 70),
        numbers.crown_numbers(number, year, key=key + 80), sentence,
    )  # fmt: skip


def _victims(rng: np.random.Generator, count: int) -> Appearances:
    person = np.flatnonzero(happens(rng, VICTIM_PCT, count))
    some = len(person)
    return Appearances(
        "pol_victim", "pol_victim", "victim", new_keys(rng, some), person, rng.integers(FIRST_DAY, CUT_DAY + 1, some),
        np.full(some, -1), blank(some), blank(some), blank(some), np.full((some, SENTENCES_LISTED), NONE),
    )  # fmt: skip


def _stage(rng: np.random.Generator, arrests: _Arrests, stage: Stage) -> Appearances:
    at = np.flatnonzero(_reaches(rng, stage, len(arrests.key)))
    crown: Flags = np.full(len(at), stage.writer == "crown")
    sentences = np.full((len(at), SENTENCES_LISTED), NONE)
    if stage.sentenced:
        sentences[:, 0] = arrests.sentence[at]
    key = arrests.key[at] if stage.source == "pol_suspect" else new_keys(rng, len(at))
    return Appearances(
        stage.source, stage.writer, stage.role, key, arrests.person[at], arrests.day[at] + stage.days, at,
        picked(arrests.number, at), picked(arrests.case, at), kept(crown, picked(arrests.crown, at)), sentences,
    )  # fmt: skip


def _reaches(rng: np.random.Generator, stage: Stage, count: int) -> Flags:
    return happens(rng, stage.percent, count)
