"""Victims and suspects of each crime: who they are to each other and what the police recorded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.synthetic.chance import (
    NONE,
    Flags,
    Floats,
    Ints,
    Keys,
    choose,
    choose_by_row,
    happens,
    new_keys,
    sequence_within,
    stream,
)
from extracts.synthetic.codes import Codes
from extracts.synthetic.crimes import CHARGED, CUT_DAY, EVIDENTIAL, NO_SUSPECT, OPEN, OUT_OF_COURT, WITHDREW, Crimes
from extracts.synthetic.people import FEMALE, MALE, YOUNGEST_RETURNING, Slots

RELATIONSHIPS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "98", "99")
INTIMATE, FAMILY = (2, 3), (4, 5)
# Relationship among people known to each other who are not partners: family, friends, acquaintances (assumed).
OTHER_KNOWN = (0, 0, 0, 0, 22, 7, 12, 38, 8, 4, 6, 3)
# Partners withdraw this many times as often as other people known to the suspect, and relatives as often as friends
# (assumed: so that 55 to 62% of domestic abuse ends that way, T10).
PARTNER_RATIO, FAMILY_RATIO = 2.9, 1.6
VICTIM_TYPES = ("person", "business", "state")


@dataclass
class Victims:
    """One entry per victim of a crime, in the order of the crimes. `withdrew_day` is NONE if support held."""

    crime: Ints
    sequence: Ints
    key: Keys
    kind: Ints
    sex: Ints
    age: Ints
    relationship: Ints
    withdrew_day: Ints

    def __len__(self) -> int:
        return len(self.crime)


@dataclass
class Suspects:
    """One entry per suspect of a crime, in the order of the crimes."""

    crime: Ints
    sequence: Ints
    key: Keys
    sex: Ints
    age: Ints
    prolific: Flags
    arrest_day: Ints
    arrested: Flags

    def __len__(self) -> int:
        return len(self.crime)


def name_victims(crimes: Crimes, *, seed: int, codes: Codes) -> Victims:
    """The victims of the crimes that have any: a withdrawal always has one."""
    rng = stream(seed, "victims")
    percent = codes.subgroups.number("victim_pct")[crimes.subgroup]
    has_any = happens(rng, percent, len(crimes)) | (crimes.ending == WITHDREW)
    kind = _victim_kinds(rng, crimes, codes)
    several = happens(rng, 3.5, len(crimes)) & (kind == 0)
    counts = np.where(has_any, 1 + several * np.minimum(rng.geometric(0.7, len(crimes)), 8), 0)
    crime = np.repeat(np.arange(len(crimes)), counts)
    relationship = _relationships(rng, crimes, codes)[crime]
    relationship[kind[crime] > 0] = 0
    too_young = _limits(codes)[crimes.offence[crime], 2] < 16
    relationship[too_young & np.isin(relationship, INTIMATE)] = FAMILY[0]
    sex, age = _victim_sex_and_age(rng, crimes, codes, crime, relationship)
    return Victims(
        crime=crime,
        sequence=sequence_within(crime),
        key=new_keys(rng, len(crime)),
        kind=kind[crime],
        sex=sex,
        age=age,
        relationship=relationship,
        withdrew_day=_withdrawal_days(rng, crimes, crime),
    )


def _victim_kinds(rng: np.random.Generator, crimes: Crimes, codes: Codes) -> Ints:
    """0 person, 1 business, 2 state (assaults on officers have a person; damage can be to the state)."""
    business = happens(rng, codes.subgroups.number("business_pct")[crimes.subgroup], len(crimes)) & ~crimes.known
    shop = crimes.subgroup == codes.outcomes.place("Shoplifting")
    state = business & ~shop & happens(rng, 12, len(crimes))
    return np.where(state, 2, np.where(business | shop, 1, 0))


def _relationships(rng: np.random.Generator, crimes: Crimes, codes: Codes) -> Ints:
    """Victim to suspect, one per crime: strangers, or someone known, a partner more often after a withdrawal."""
    count = len(crimes)
    partner = codes.subgroups.number("intimate_pct")[crimes.subgroup] / 100
    odds = partner / (1 - partner) * np.where(crimes.ending == WITHDREW, PARTNER_RATIO, 1.0)
    is_partner = rng.random(count) < odds / (1 + odds)
    weights = np.tile(np.array(OTHER_KNOWN, dtype=np.float64), (2, 1))
    weights[1, list(FAMILY)] *= FAMILY_RATIO
    others = choose_by_row(rng, weights, (crimes.ending == WITHDREW).astype(np.int64))
    known = np.where(is_partner, np.where(happens(rng, 45, count), 2, 3), others)
    return np.where(crimes.known, known, np.where(happens(rng, 18, count), 1, 0))


def _victim_sex_and_age(
    rng: np.random.Generator, crimes: Crimes, codes: Codes, crime: Ints, relationship: Ints
) -> tuple[Ints, Ints]:
    """Sex and age at the offence, within what the offence code allows; partners are 16 or over."""
    subgroup, offence = crimes.subgroup[crime], crimes.offence[crime]
    partner = np.isin(relationship, INTIMATE)
    limits = _limits(codes)[offence]
    female = np.where(partner, 75, codes.subgroups.number("female_pct")[subgroup])
    sex = np.where(happens(rng, female, len(crime)), FEMALE, MALE)
    sex = np.where(limits[:, 0] > 0, limits[:, 0], sex)
    child = happens(rng, codes.subgroups.number("child_pct")[subgroup], len(crime)) & ~partner
    adult_age = np.minimum(18 + rng.gamma(1.7, 12.5, len(crime)).astype(np.int64), 104)
    age = np.where(child, rng.integers(1, 18, len(crime)), adult_age)
    low, high = np.maximum(limits[:, 1], np.where(partner, 16, 0)), limits[:, 2]
    within = low + np.floor(rng.random(len(crime)) * (np.minimum(high, 60) - low + 1)).astype(np.int64)
    return sex, np.where((age < low) | (age > high), within, age)


def _limits(codes: Codes) -> Ints:
    """Per offence code: the victim's sex (0 = any), lowest and highest age."""
    limits = np.tile(np.array([0, 0, 110]), (len(codes.offences.codes), 1))
    for row in codes.offence_weights.rows:
        place = codes.offences.place(row["ho_offence_code"])
        given = (row["victim_sex"], row["victim_min_age"], row["victim_max_age"])
        limits[place] = [int(value) if value else usual for value, usual in zip(given, (0, 0, 110), strict=True)]
    return limits


def _withdrawal_days(rng: np.random.Generator, crimes: Crimes, crime: Ints) -> Ints:
    """The day support ended, before the police outcome; later in an investigation rather than sooner.

    The first victim of a crime closed for that reason always withdrew. Some withdraw although the
    investigation goes on without them, or is still open.
    """
    ending = crimes.ending[crime]
    anyway = np.zeros(7)
    anyway[[CHARGED, OUT_OF_COURT, NO_SUSPECT, EVIDENTIAL, WITHDREW, OPEN]] = (4, 4, 0, 0, 70, 10)
    withdrew = happens(rng, anyway[ending] * np.where(crimes.known[crime], 1, 0.5), len(crime))
    withdrew |= (ending == WITHDREW) & (sequence_within(crime) == 1)
    last = np.where(ending == OPEN, CUT_DAY, crimes.outcome_day[crime])
    day = crimes.recorded[crime] + ((last - crimes.recorded[crime]) * rng.beta(2, 1, len(crime))).astype(np.int64)
    return np.where(withdrew, day, NONE)


def name_suspects(crimes: Crimes, *, seed: int, codes: Codes) -> Suspects:
    """The suspects of the crimes in which one is identified."""
    rng = stream(seed, "suspects")
    counts = np.where(identified(rng, crimes), np.minimum(rng.geometric(0.93, len(crimes)), 6), 0)
    crime = np.repeat(np.arange(len(crimes)), counts)
    subgroup = crimes.subgroup[crime]
    prolific = happens(rng, codes.subgroups.number("prolific_pct")[subgroup], len(crime))
    juvenile = happens(rng, codes.subgroups.number("juvenile_pct")[subgroup], len(crime)) & ~prolific
    adult_age = np.minimum(18 + rng.gamma(1.6, 9.5, len(crime)).astype(np.int64), 90)
    arrested = happens(rng, codes.subgroups.number("arrest_pct")[subgroup], len(crime))
    last = np.where(crimes.ending == OPEN, CUT_DAY, crimes.outcome_day)[crime]
    wait = np.minimum(rng.geometric(0.25, len(crime)) - 1, last - crimes.recorded[crime])
    return Suspects(
        crime=crime,
        sequence=sequence_within(crime),
        key=new_keys(rng, len(crime)),
        sex=np.where(happens(rng, np.where(_sexual(codes)[subgroup], 2, 21), len(crime)), FEMALE, MALE),
        age=np.where(juvenile, 10 + choose(rng, (1, 2, 4, 8, 12, 16, 18, 18), len(crime)), adult_age),
        prolific=prolific,
        arrest_day=np.where(arrested, crimes.recorded[crime] + wait, NONE),
        arrested=arrested,
    )


def _sexual(codes: Codes) -> Flags:
    return np.array([category == "sexual" for category in codes.subgroups.text("cps_category")])


def domestic(crimes: Crimes, victims: Victims, codes: Codes) -> Flags:
    """Per crime: whether its first victim is 16 or over and a partner or relative (drugs and driving aside)."""
    first = victims.sequence == 1
    related = np.isin(victims.relationship, INTIMATE + FAMILY) & (victims.age >= 16) & (victims.kind == 0)
    result: Flags = np.zeros(len(crimes), dtype=bool)
    result[victims.crime[first]] = related[first]
    category = codes.subgroups.text("cps_category")
    possible = np.array(
        [name in {"homicide", "person", "sexual", "damage", "public order", "theft"} for name in category]
    )
    result &= possible[crimes.subgroup]
    return result


def identified(rng: np.random.Generator, crimes: Crimes) -> Flags:
    """Whether the police name a suspect: never without one by definition, seldom when strangers' victims withdraw."""
    percent = np.array([100.0, 100, 0, 100, 0, 100, 0])[crimes.ending]
    percent = np.where(crimes.ending == WITHDREW, np.where(crimes.known, 72, 20), percent)
    percent = np.where(crimes.ending == OPEN, np.where(crimes.known, 75, 30), percent)
    return happens(rng, percent, len(crimes))


def slots_of(crimes: Crimes, victims: Victims, suspects: Suspects, *, seed: int) -> tuple[Slots, Ints]:
    """The places that people fill, victims (persons only) first; and the victims' rows that are persons.

    Children under ten, offences long ago and visitors from another force stand apart: they do not come back.
    """
    rng = stream(seed, "slots")
    persons = np.flatnonzero(victims.kind == 0)
    crime = np.r_[victims.crime[persons], suspects.crime]
    age = np.r_[victims.age[persons], suspects.age]
    suspect = np.r_[np.zeros(len(persons), dtype=bool), np.ones(len(suspects), dtype=bool)]
    day = crimes.committed[crime]
    limits = age < YOUNGEST_RETURNING
    child_victim = ~suspect & (age < 18)
    returning = ~limits & ~child_victim & (crimes.recorded[crime] - day < 365)
    home = crimes.force[crime]
    away = happens(rng, 6, len(crime))
    home = np.where(away, rng.permutation(home), home)
    sex = np.r_[victims.sex[persons], suspects.sex]
    prolific = np.r_[np.zeros(len(persons), dtype=bool), suspects.prolific]
    return Slots(crime, home, sex, age, day, suspect, prolific, returning), persons


def observed_weights(codes: Codes) -> Floats:
    """Officer-observed ethnicity (columns IC1-6, 9) for each self-defined code (rows); one in twenty differs."""
    seen = {"White": 0, "Mixed": 2, "Asian": 3, "Black": 2, "Other": 5, "Not stated": 6}
    usual = np.array([seen[group] for group in codes.ethnicity.text("group_5plus1")])
    usual[codes.ethnicity.place("W9")] = 1
    usual[codes.ethnicity.place("A4")] = 4
    weights = np.full((len(usual), 7), 0.05 / 6)
    weights[np.arange(len(usual)), usual] = 0.95
    return weights


def observe(rng: np.random.Generator, codes: Codes, ethnicity: Ints) -> Ints:
    """What an officer puts down, as a position in IC1, IC2, IC3, IC4, IC5, IC6, IC9."""
    return choose_by_row(rng, observed_weights(codes), ethnicity)
