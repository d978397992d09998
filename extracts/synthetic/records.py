"""The criminal record of everybody who has one: the careers, and the journeys' own sentences and cautions.

This is what the Police National Computer holds of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.synthetic import careers
from extracts.synthetic.careers import LAST_INDEX, NEVER, Careers, cautioned, joined, previous_convictions, told_from
from extracts.synthetic.chance import NONE, Flags, Ints, sequence_within, stream
from extracts.synthetic.crimes import CUT_DAY
from extracts.synthetic.imprisonment import Periods, periods
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.people import FEMALE
from extracts.synthetic.remembered import remembered
from extracts.synthetic.reoffending import (
    CAUTION,
    COMMUNITY_ORDER,
    DISCHARGED,
    FINED,
    LONG_CUSTODY,
    SHORT_CUSTODY,
    SIX_MONTHS,
    SUSPENDED_SENTENCE,
    YEAR,
    Situation,
    live_a_year,
    reoffences,
)
from extracts.synthetic.sentences import CUSTODY
from extracts.synthetic.time_served import RECALL, YEAR_DAYS

# The index disposal for each of the courts' disposals, in their order; custody is told by the periods in prison.
OF_COURT = np.array(
    [DISCHARGED, DISCHARGED, FINED, COMMUNITY_ORDER, SUSPENDED_SENTENCE, -1, FINED, DISCHARGED, DISCHARGED]
)


def on_record(journeys: Journeys) -> Ints:
    """The persons who have a record: positions in `people`, in order."""
    known = told_from(journeys) != NEVER
    known[careers.live(journeys).person] = True
    return np.flatnonzero(known)


@remembered
def disposals(journeys: Journeys) -> Careers:
    """Every index disposal up to LAST_INDEX, in the order of the persons and of time."""
    every = joined([careers.live(journeys), _of_journeys(journeys, periods(journeys))])
    every = every.where(every.index <= LAST_INDEX)
    every.previous = previous_convictions(journeys)[every.person] + sequence_within(every.person) - 1
    _what_the_journeys_tell(journeys, every)
    return every


@dataclass
class _Given:
    """One entry per sentence or caution of a journey; `days` NONE unless custody."""

    suspect: Ints
    disposal: Ints
    sentenced: Ints
    index: Ints
    days: Ints


def _of_journeys(journeys: Journeys, stays: Periods) -> Careers:
    """The journeys' own disposals, each with a year of its own."""
    given = _given(journeys, stays)
    rng = stream(journeys.seed, "years after")
    person, crime = journeys.suspect_person[given.suspect], journeys.suspects.crime[given.suspect]
    group = _groups(journeys)[journeys.crimes.subgroup[crime]]
    code = np.array(journeys.codes.groups.codes)[group]
    order = np.lexsort((given.index, given.sentenced, person))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = sequence_within(person[order]) - 1
    previous = previous_convictions(journeys)[person] + rank
    situation = Situation(
        given.disposal, given.days, previous, journeys.people.age_on(person, given.index),
        journeys.people.sex[person] == FEMALE, np.char.startswith(code, "04"), np.char.startswith(code, "02"),
    )  # fmt: skip
    unset = np.full(len(person), -1)
    return Careers(
        person, given.disposal, group, journeys.crimes.offence[crime], journeys.crimes.committed[crime],
        given.sentenced, given.index, given.days, unset, unset, previous, live_a_year(rng, situation),
    )  # fmt: skip


def _given(journeys: Journeys, stays: Periods) -> _Given:
    """Sentences of the courts other than custody, cautions, and releases from custody."""
    disposal, cases = journeys.sentences.disposal, journeys.cases
    record = np.flatnonzero((disposal >= 0) & (disposal != CUSTODY))
    warned = np.flatnonzero(cautioned(journeys))
    cautions = journeys.crimes.outcome_day[journeys.suspects.crime[warned]]
    term = (stays.suspect >= 0) & (stays.sentenced != NONE) & (stays.kind != RECALL) & (stays.released != NONE)
    freed = stays.where(term)
    kind = np.where(freed.days < YEAR_DAYS, SHORT_CUSTODY, LONG_CUSTODY)
    none = np.full(len(record) + len(warned), NONE)
    return _Given(
        suspect=np.r_[journeys.case_suspect[record], warned, freed.suspect],
        disposal=np.r_[OF_COURT[disposal[record]], np.full(len(warned), CAUTION), kind],
        sentenced=np.r_[cases.completed[record], cautions, freed.sentenced],
        index=np.r_[cases.completed[record], cautions, freed.released],
        days=np.r_[none, freed.days],
    )


def _groups(journeys: Journeys) -> Ints:
    """Per subgroup, its position in the list of offence groups."""
    place = {label: at for at, label in enumerate(journeys.codes.groups.text("label"))}
    return np.array([place[name] for name in journeys.codes.outcomes.codes])


def _what_the_journeys_tell(journeys: Journeys, every: Careers) -> None:
    """Whoever was charged or cautioned, and found guilty, for an offence within the year has reoffended."""
    person, committed, proven, jailed = _proven(journeys)
    order = np.argsort(person * 10**6 + committed, kind="stable")
    line = (person * 10**6 + committed)[order]
    start = np.searchsorted(line, every.person * 10**6 + every.index + 1)
    end = np.searchsorted(line, every.person * 10**6 + every.index + YEAR, side="right")
    row = np.repeat(np.arange(len(every)), end - start)
    which = order[np.repeat(start, end - start) + sequence_within(row) - 1]
    in_time = proven[which] <= every.index[row] + YEAR + SIX_MONTHS
    row, which = row[in_time], which[in_time]
    year = every.year
    days = committed[which] - every.index[row]
    sooner = np.where(year.reoffended, year.first, YEAR + 1)
    np.minimum.at(sooner, row, days)
    first = days == sooner[row]
    year.custodial[row[first]] = jailed[which[first]]
    year.first = np.where(sooner <= YEAR, sooner, NONE)
    told = np.bincount(row, minlength=len(every))
    drawn = np.where(year.reoffended, year.count, reoffences(stream(journeys.seed, "reoffences told"), len(every)))
    year.count = np.where(told > 0, np.maximum(drawn, told), year.count)
    year.reoffended = year.reoffended | (year.count > 0)


def _proven(journeys: Journeys) -> tuple[Ints, Ints, Ints, Flags]:
    """Person, day of the offence, day it was proven and whether custody followed, of what was proven by the cut."""
    cases, sentences = journeys.cases, journeys.sentences
    record = np.flatnonzero((sentences.disposal >= 0) & (cases.completed <= CUT_DAY))
    warned = np.flatnonzero(cautioned(journeys))
    suspect = np.r_[journeys.case_suspect[record], warned]
    crime = journeys.suspects.crime[suspect]
    proven = np.r_[sentences.convicted_on[record], journeys.crimes.outcome_day[journeys.suspects.crime[warned]]]
    jailed = np.r_[sentences.disposal[record] == CUSTODY, np.zeros(len(warned), dtype=bool)]
    return journeys.suspect_person[suspect], journeys.crimes.committed[crime], proven, jailed
