"""What the probation service supervises: community and suspended orders, licences, and supervision after a sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.synthetic import careers
from extracts.synthetic.careers import Careers
from extracts.synthetic.chance import NONE, Flags, Ints, choose, choose_by_row, stream
from extracts.synthetic.crimes import CUT_DAY, FIRST_DAY
from extracts.synthetic.imprisonment import Periods, periods
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.remembered import remembered
from extracts.synthetic.reoffending import ADULT, COMMUNITY_ORDER, SUSPENDED_SENTENCE
from extracts.synthetic.sentences import COMMUNITY, SUSPENDED, UNITS
from extracts.synthetic.time_served import DEPORTED, DIED, LIFE, RECALL, REMAND, YEAR_DAYS

EVENT_TYPES = ("CO", "SSO", "LIC", "PSS", "YRO", "DSO")
ORDER, SUSPENDED_ORDER, LICENCE, AFTER_SENTENCE, YOUTH_ORDER, _ = range(6)
END_REASONS = ("EXP", "CMP", "ERP", "RVB", "RVO", "REC", "DIE", "TRF", "OTH")
EXPIRED, DONE, EARLY, BREACHED, REOFFENDED, RECALLED, DEAD, MOVED, OTHERWISE = range(9)
# How supervision ends before its time, by weight: not at all, good progress, breach, new offence, death, move, other
# (assumed: about seven orders in ten are completed).
ENDINGS = (EXPIRED, EARLY, BREACHED, REOFFENDED, DEAD, MOVED, OTHERWISE)
ENDING_WEIGHTS = np.array([[65.0, 5, 13, 9, 0.7, 2.3, 5], [66, 4, 12, 11, 0.7, 2.3, 4], [96, 0, 0, 0, 1, 2, 1]])


@dataclass
class Events:
    """One entry per event, in the order of the persons and of time.

    start, due  first and last day by the sentence; `end` the day it ended, for `reason` (position in END_REASONS)
    suspect     position in `suspects`, -1 where it belongs to no journey
    """

    person: Ints
    suspect: Ints
    kind: Ints
    offence: Ints
    committed: Ints
    start: Ints
    due: Ints
    end: Ints
    reason: Ints

    def __len__(self) -> int:
        return len(self.person)

    def where(self, kept: Flags | Ints) -> Events:
        """The entries for which `kept` is true, or in its order."""
        return Events(**{name: column[kept] for name, column in vars(self).items()})


@remembered
def events(journeys: Journeys) -> Events:
    """Every event that begins by the cut and had not ended before the first day of the data."""
    rng = stream(journeys.seed, "supervision")
    stays = periods(journeys)
    parts = [_orders(rng, journeys), _earlier_orders(rng, journeys, careers.live(journeys))]
    parts += [_of_adults(journeys, part) for part in (_licences(stays), _after_sentence(stays))]
    every = Events(**{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])})
    _end_sooner(rng, every)
    every = every.where((every.start <= CUT_DAY) & (every.end >= FIRST_DAY))
    return every.where(np.lexsort((every.kind, every.start, every.person)))


def _events(person: Ints, suspect: Ints, kind: Ints, offence: Ints, committed: Ints, start: Ints, due: Ints) -> Events:
    return Events(person, suspect, kind, offence, committed, start, due, due.copy(), np.full(len(person), EXPIRED))


def _orders(rng: np.random.Generator, journeys: Journeys) -> Events:
    """The orders of the journeys. Orders counted in hours run for a year; suspended ones as long as the suspension."""
    sentences = journeys.sentences
    record = np.flatnonzero(np.isin(sentences.disposal, (COMMUNITY, SUSPENDED)))
    suspect, crime = journeys.case_suspect[record], journeys.case_crime[record]
    start = journeys.cases.completed[record]
    suspended = sentences.disposal[record] == SUSPENDED
    in_months = (sentences.unit[record] == UNITS.index("M")) & ~suspended
    months = np.where(in_months, sentences.length[record], np.where(suspended, _suspended_for(rng, len(record)), 12))
    due = start + np.round(months * YEAR_DAYS / 12).astype(np.int64)
    kind = np.where(suspended, SUSPENDED_ORDER, ORDER)
    crimes = journeys.crimes
    every = _events(journeys.suspect_person[suspect], suspect, kind, crimes.offence[crime], crimes.committed[crime],
                    start, due)  # fmt: skip
    return _of_age(journeys, every)


def _earlier_orders(rng: np.random.Generator, journeys: Journeys, lives: Careers) -> Events:
    """The orders of the careers."""
    made = lives.where(np.isin(lives.disposal, (COMMUNITY_ORDER, SUSPENDED_SENTENCE)))
    suspended = made.disposal == SUSPENDED_SENTENCE
    ordered = np.array([12, 18, 24])[choose(rng, (70, 18, 12), len(made))]
    months = np.where(suspended, _suspended_for(rng, len(made)), ordered)
    due = made.index + np.round(months * YEAR_DAYS / 12).astype(np.int64)
    kind = np.where(suspended, SUSPENDED_ORDER, ORDER)
    none = np.full(len(made), -1)
    return _of_age(journeys, _events(made.person, none, kind, made.offence, made.committed, made.index, due))


def _suspended_for(rng: np.random.Generator, count: int) -> Ints:
    """Months of suspension."""
    months: Ints = np.array([12, 18, 24])[choose(rng, (45, 30, 25), count)]
    return months


def _of_age(journeys: Journeys, every: Events) -> Events:
    """Orders on children are with youth justice teams; those of seventeen are handed over, as youth orders."""
    age = journeys.people.age_on(every.person, every.start)
    every.kind = np.where(age == ADULT - 1, YOUTH_ORDER, every.kind)
    return every.where(age >= ADULT - 1)


def _of_adults(journeys: Journeys, every: Events) -> Events:
    """Without children, whom youth justice teams supervise after their release."""
    return every.where(journeys.people.age_on(every.person, every.start) >= ADULT)


def _licences(stays: Periods) -> Events:
    """From release to the end of the sentence, or to the recall."""
    same = np.r_[np.diff(stays.person) == 0, False][: len(stays)]
    back = np.where(same & stays.recalled, np.r_[stays.received[1:], 0][: len(stays)], NONE)
    out = _released(stays)
    freed, back = stays.where(out), back[out]
    every = _events(freed.person, freed.suspect, np.full(len(freed), LICENCE), freed.offence, freed.committed,
                    freed.released, freed.expires)  # fmt: skip
    every.end = np.where(back != NONE, back, every.due)
    every.reason = np.where(back != NONE, RECALLED, EXPIRED)
    return every


def _released(stays: Periods) -> Flags:
    """Released from a sentence, with some of it still to run."""
    never = np.isin(stays.kind, (LIFE, RECALL, REMAND)) | np.isin(stays.how, (DIED, DEPORTED))
    result: Flags = ~never & (stays.released != NONE) & (stays.expires > stays.released)
    return result


def _after_sentence(stays: Periods) -> Events:
    """After a term of less than a year: supervision until a year after release."""
    freed = stays.where(_released(stays) & (stays.days < YEAR_DAYS) & ~stays.recalled)
    return _events(freed.person, freed.suspect, np.full(len(freed), AFTER_SENTENCE), freed.offence, freed.committed,
                   freed.expires + 1, freed.released + YEAR_DAYS)  # fmt: skip


def _end_sooner(rng: np.random.Generator, every: Events) -> None:
    """End some supervision before its time. Licences are ended by recall alone, as far as the courts go."""
    row = np.where(every.kind == SUSPENDED_ORDER, 1, np.where(np.isin(every.kind, (LICENCE, AFTER_SENTENCE)), 2, 0))
    reason = np.array(ENDINGS)[choose_by_row(rng, ENDING_WEIGHTS, row)]
    part = np.where(reason == EARLY, 0.55 + 0.4 * rng.random(len(every)), 0.1 + 0.85 * rng.random(len(every)))
    sooner = (reason != EXPIRED) & (every.reason == EXPIRED)
    day = every.start + np.maximum(((every.due - every.start) * part).astype(np.int64), 1)
    every.end = np.where(sooner, np.minimum(day, every.due), every.end)
    every.reason = np.where(sooner, reason, every.reason)
