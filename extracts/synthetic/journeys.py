"""Whole journeys, from the crime to the court, with everything that is true of them: what the tables are cut from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from extracts.synthetic import charging, courts, crimes, hearings, people, police, sentences
from extracts.synthetic.chance import NONE, Flags, Ints
from extracts.synthetic.codes import Codes

Progress = Callable[[str, float], None]


@dataclass
class Journeys:
    """The truth of all journeys; days after the cut are among it.

    victim_person   position in `people` per victim, -1 for businesses and the state
    suspect_person  position in `people` per suspect
    domestic        per crime
    case_suspect    position in `suspects` per court case record
    """

    seed: int
    codes: Codes
    crimes: crimes.Crimes
    victims: police.Victims
    suspects: police.Suspects
    people: people.People
    victim_person: Ints
    suspect_person: Ints
    domestic: Flags
    charging: charging.Charging
    defendants: courts.Defendants
    cases: courts.Cases
    sentences: sentences.Sentences
    hearings: hearings.Hearings

    @property
    def case_suspect(self) -> Ints:
        return self.defendants.suspect[self.cases.defendant]

    @property
    def case_crime(self) -> Ints:
        return self.defendants.crime[self.cases.defendant]

    def is_rape(self, crime: Ints) -> Flags:
        """Whether these crimes are rape offences."""
        rape: Flags = self.crimes.subgroup[crime] == self.codes.outcomes.place("Rape offences")
        return rape


def simulate(count: int, *, seed: int, codes: Codes, progress: Progress) -> Journeys:
    """Play out `count` crimes. The same seed gives the same journeys."""
    progress("Recording crimes", 0.0)
    crime = crimes.record_crimes(count, seed=seed, codes=codes)
    victims = police.name_victims(crime, seed=seed, codes=codes)
    suspects = police.name_suspects(crime, seed=seed, codes=codes)
    progress("Finding the people", 0.1)
    slots, persons = police.slots_of(crime, victims, suspects, seed=seed)
    folk, person = people.settle(slots, seed=seed, codes=codes)
    victim_person = np.full(len(victims), -1)
    victim_person[persons] = person[: len(persons)]
    suspect_person = person[len(persons) :]
    _same_age(crime, victims, suspects, folk, victim_person, suspect_person)
    progress("Charging suspects", 0.25)
    domestic = police.domestic(crime, victims, codes)
    charges = charging.decide_charges(crime, suspects, domestic, seed=seed, codes=codes)
    situation = _situations(crime, victims, domestic, codes)
    defendants = courts.bring_to_court(crime, suspects, charges.charged_day, situation, seed=seed, codes=codes)
    progress("Going to court", 0.35)
    cases = _court_cases(defendants, crime, seed=seed, codes=codes)
    journeys = Journeys(
        seed, codes, crime, victims, suspects, folk, victim_person, suspect_person, domestic, charges, defendants,
        cases, *_decisions(crime, cases, defendants, suspects, folk, suspect_person, seed=seed, codes=codes),
    )  # fmt: skip
    _withdraw_after_charge(journeys)
    return journeys


def _same_age(
    crime: crimes.Crimes, victims: police.Victims, suspects: police.Suspects, folk: people.People,
    victim_person: Ints, suspect_person: Ints,
) -> None:  # fmt: skip
    """Take the ages from the people: somebody who comes back is older by then."""
    persons = victim_person >= 0
    victims.age[persons] = folk.age_on(victim_person[persons], crime.committed[victims.crime[persons]])
    suspects.age[:] = np.clip(folk.age_on(suspect_person, crime.committed[suspects.crime]), 10, 100)


def _situations(crime: crimes.Crimes, victims: police.Victims, domestic: Flags, codes: Codes) -> Ints:
    """Per crime: 0 no personal victim, 1 a victim, 2 domestic abuse, 3 rape."""
    result = np.zeros(len(crime), dtype=np.int64)
    result[victims.crime[victims.kind == 0]] = 1
    result[domestic] = 2
    return np.where(crime.subgroup == codes.outcomes.place("Rape offences"), 3, result)


def _court_cases(defendants: courts.Defendants, crime: crimes.Crimes, *, seed: int, codes: Codes) -> courts.Cases:
    """The case records of both tiers that have begun by the cut, in the order of the defendants."""
    magistrates = courts.magistrates_cases(defendants, seed=seed)
    rape = crime.subgroup[defendants.crime] == codes.outcomes.place("Rape offences")
    either_way = np.array([category == "CE" for category in codes.charges.text("category")])[defendants.charge]
    crown = courts.crown_cases(defendants, magistrates, rape, either_way, seed=seed)
    both = courts.joined(magistrates, crown)
    return both.where(both.first <= crimes.CUT_DAY)


def _decisions(
    crime: crimes.Crimes, cases: courts.Cases, defendants: courts.Defendants, suspects: police.Suspects,
    folk: people.People, suspect_person: Ints, *, seed: int, codes: Codes,
) -> tuple[sentences.Sentences, hearings.Hearings]:  # fmt: skip
    subgroup = crime.subgroup[defendants.crime[cases.defendant]]
    suspect = defendants.suspect[cases.defendant]
    age = folk.age_on(suspect_person[suspect], cases.first)
    decided = sentences.decide(
        cases, defendants, codes.subgroups.number("severity")[subgroup], age,
        suspects.sex[suspect] == people.FEMALE, subgroup == codes.outcomes.place("Homicide"), seed=seed, codes=codes,
    )  # fmt: skip
    sent = defendants.sent[cases.defendant]
    return decided, hearings.list_hearings(cases, defendants.outcome[cases.defendant], sent, seed=seed)


def _withdraw_after_charge(journeys: Journeys) -> None:
    """First victims whose prosecution was stopped for want of them withdrew then, if they had not before."""
    cases, defendants, victims = journeys.cases, journeys.defendants, journeys.victims
    stopped = np.isin(defendants.outcome[cases.defendant], courts.VICTIM_REASONS) & (cases.decided <= crimes.CUT_DAY)
    stopped &= journeys.sentences.outcome != sentences.SENT
    day = np.full(len(journeys.crimes), NONE)
    day[journeys.case_crime[stopped]] = cases.decided[stopped]
    first = (victims.sequence == 1) & (day[victims.crime] != NONE)
    victims.withdrew_day[first] = day[victims.crime[first]]
