"""Periods in prison: under sentence or on remand, from the journeys and the careers, and what came after release."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.synthetic import careers
from extracts.synthetic.careers import Careers
from extracts.synthetic.chance import NONE, Flags, Ints, happens, log_normal_days, stream
from extracts.synthetic.court_tables import REMAND as REMAND_CODES
from extracts.synthetic.court_tables import remand
from extracts.synthetic.courts import MAGISTRATES, WOMEN_HELD
from extracts.synthetic.crimes import CUT_DAY, FIRST_DAY
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.people import FEMALE
from extracts.synthetic.remembered import remembered
from extracts.synthetic.reoffending import bands
from extracts.synthetic.sentences import LIFE_DAYS, YOUNGEST_IN_CUSTODY
from extracts.synthetic.time_served import (
    BY_COURT,
    DEPORTED,
    DETENTION,
    DIED,
    LIFE,
    RE_RELEASE,
    RECALL,
    REMAND,
    TRAINING,
    YEAR_DAYS,
    Served,
    Term,
    serve,
)

# Of releases on licence, percent recalled (assumed), for 14 days after a term under a year and 28 after a longer one.
RECALLED_PCT, RECALL_DAYS, LONG_RECALL_DAYS = 17, 14, 28
# Percent held on remand before a court order, by band of previous convictions (assumed).
HELD_PCT = np.array([6.0, 9, 14, 20, 28])


@dataclass
class Periods:
    """One entry per period in prison, in the order of the persons and of time.

    received, sentenced  days; `sentenced` NONE while only on remand
    released             NONE for life or while remanded; may lie after the cut
    kind, how            positions in SENTENCE_TYPES and RELEASE_TYPES (-1: none)
    days                 imposed, NONE on remand
    expires              the last day of the sentence, NONE for life and remand
    recalled             went back from licence: the recall has an entry of its own
    suspect              position in `suspects`, -1 where it belongs to no journey
    """

    person: Ints
    suspect: Ints
    offence: Ints
    committed: Ints
    received: Ints
    sentenced: Ints
    released: Ints
    kind: Ints
    how: Ints
    days: Ints
    expires: Ints
    recalled: Flags

    def __len__(self) -> int:
        return len(self.person)

    def where(self, kept: Flags | Ints) -> Periods:
        """The entries for which `kept` is true, or in its order."""
        return Periods(**{name: column[kept] for name, column in vars(self).items()})


@remembered
def periods(journeys: Journeys) -> Periods:
    """Every period that begins by the cut and had not ended before the first day of the data.

    Terms that run side by side are one period: the one that began first.
    """
    lives = careers.live(journeys)
    every = _joined([_sentenced(journeys), _remanded(journeys), _before(lives), _before_on_remand(journeys, lives)])
    of_age = journeys.people.age_on(every.person, every.received) >= YOUNGEST_IN_CUSTODY
    every = every.where(
        of_age & (every.received <= CUT_DAY) & ((every.released == NONE) | (every.released >= FIRST_DAY))
    )
    alone = _apart(every)
    both = _joined([alone, _recalls(journeys, alone)])
    return both.where(both.received <= CUT_DAY)


def _joined(parts: list[Periods]) -> Periods:
    both = Periods(**{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])})
    return both.where(np.lexsort((both.received, both.person)))


def _held(journeys: Journeys) -> Flags:
    """Per case record: remanded in custody there."""
    held: Flags = remand(journeys) == REMAND_CODES.index("PR")
    return held


def _first_hearing(journeys: Journeys) -> Ints:
    """Per defendant: the day of the first hearing."""
    cases = journeys.cases
    day = np.full(len(journeys.defendants), NONE)
    first = cases.route == MAGISTRATES
    day[cases.defendant[first]] = cases.first[first]
    return day


def _sentenced(journeys: Journeys) -> Periods:
    """The custodial sentences of the journeys. Time on remand counts from the first hearing."""
    rng = stream(journeys.seed, "prison terms")
    cases, sentences, crimes = journeys.cases, journeys.sentences, journeys.crimes
    record = np.flatnonzero(sentences.custody_days != NONE)
    suspect, crime = journeys.case_suspect[record], journeys.case_crime[record]
    person, days, sentenced = journeys.suspect_person[suspect], sentences.custody_days[record], cases.completed[record]
    held = _held(journeys)[record]
    received = np.where(held, _first_hearing(journeys)[cases.defendant[record]], sentenced)
    subgroup = crimes.subgroup[crime]
    sexual = np.array(journeys.codes.subgroups.text("cps_category"))[subgroup] == "sexual"
    severity = journeys.codes.subgroups.number("severity")[subgroup]
    age = journeys.people.age_on(person, sentenced)
    term = Term(received, sentenced, days, age, severity, sexual, careers.foreign(journeys)[person])
    served = serve(rng, term)
    expires = np.where(days == LIFE_DAYS, NONE, received + days)
    return _periods(person, suspect, crimes.offence[crime], crimes.committed[crime], received, sentenced, served, days,
                    expires)  # fmt: skip


def _periods(
    person: Ints, suspect: Ints, offence: Ints, committed: Ints, received: Ints, sentenced: Ints, served: Served,
    days: Ints, expires: Ints,
) -> Periods:  # fmt: skip
    never = np.zeros(len(person), dtype=bool)
    return Periods(person, suspect, offence, committed, received, sentenced, served.released, served.kind, served.how,
                   days, expires, never)  # fmt: skip


def _remanded(journeys: Journeys) -> Periods:
    """Defendants held on remand and never sent to prison, or not yet: until the court has finished with them."""
    cases, crimes = journeys.cases, journeys.crimes
    size = len(journeys.defendants)
    held, jailed = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    last = np.full(size, NONE)
    held[cases.defendant[_held(journeys)]] = True
    jailed[cases.defendant[journeys.sentences.custody_days != NONE]] = True
    np.maximum.at(last, cases.defendant, cases.completed)
    who = np.flatnonzero(held & ~jailed)
    suspect, crime = journeys.defendants.suspect[who], journeys.defendants.crime[who]
    received = _first_hearing(journeys)[who]
    released = np.maximum(last[who], received + 1)
    nothing = np.full(len(who), NONE)
    served = Served(np.full(len(who), REMAND), released, np.full(len(who), BY_COURT))
    return _periods(journeys.suspect_person[suspect], suspect, crimes.offence[crime], crimes.committed[crime], received,
                    nothing, served, nothing, nothing)  # fmt: skip


def _before(lives: Careers) -> Periods:
    """The custodial sentences of the careers."""
    jailed = lives.where(lives.days != NONE)
    served = Served(jailed.kind, jailed.index, jailed.how)
    return _periods(jailed.person, np.full(len(jailed), -1), jailed.offence, jailed.committed, jailed.sentenced,
                    jailed.sentenced, served, jailed.days, jailed.sentenced + jailed.days)  # fmt: skip


def _before_on_remand(journeys: Journeys, lives: Careers) -> Periods:
    """The time on remand of careers in which the court did not imprison: it ends with the sentence."""
    rng = stream(journeys.seed, "earlier remands")
    women = journeys.people.sex[lives.person] == FEMALE
    percent = HELD_PCT[bands(lives.previous)] * np.where(women, WOMEN_HELD, 1.0)
    ordered = (lives.days == NONE) & (lives.offence >= 0)
    held = lives.where(ordered & happens(rng, percent, len(lives)))
    count = len(held)
    length = np.minimum(log_normal_days(rng, 40, 0.8, count) + 1, np.maximum(held.sentenced - held.committed - 1, 1))
    nothing = np.full(count, NONE)
    served = Served(np.full(count, REMAND), held.sentenced, np.full(count, BY_COURT))
    return _periods(held.person, np.full(count, -1), held.offence, held.committed, held.sentenced - length, nothing,
                    served, nothing, nothing)  # fmt: skip


def _apart(every: Periods) -> Periods:
    """Without those that begin before an earlier one of the same person has ended."""
    line = every.person * 10**6
    end = np.where(every.released == NONE, line + 10**6 - 1, line + every.released)
    latest = np.maximum.accumulate(np.r_[-1, end[:-1]]) if len(end) else end
    return every.where(line + every.received > latest)


def _recalls(journeys: Journeys, every: Periods) -> Periods:
    """Returns to prison from licence, for a fixed time, before the sentence ends and before the next period."""
    rng = stream(journeys.seed, "recalls")
    room = _room(every)
    length = np.where(every.days < YEAR_DAYS, RECALL_DAYS, LONG_RECALL_DAYS)
    licensed = ~np.isin(every.kind, (LIFE, REMAND, TRAINING, DETENTION)) & ~np.isin(every.how, (DIED, DEPORTED))
    share = 0.1 + 0.8 * rng.random(len(every))
    back = every.released + 1 + ((np.minimum(every.expires, room) - every.released) * share).astype(np.int64)
    fits = licensed & (every.released != NONE) & (back + length < np.minimum(every.expires, room))
    chosen = fits & happens(rng, RECALLED_PCT, len(every)) & (back <= CUT_DAY)
    every.recalled = chosen
    again = every.where(chosen)
    again.received, again.released = back[chosen], (back + length)[chosen]
    again.kind, again.how = np.full(len(again), RECALL), np.full(len(again), RE_RELEASE)
    again.recalled = np.zeros(len(again), dtype=bool)
    return again


def _room(every: Periods) -> Ints:
    """The day before which a period's person must not be back in prison: the next reception."""
    same = np.r_[np.diff(every.person) == 0, False] if len(every) else np.zeros(0, dtype=bool)
    following = np.r_[every.received[1:], 0] if len(every) else every.received
    return np.where(same, following, 10**6)
