"""Working lives of the people with a criminal record: jobs, benefits between them, and what prison does to both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from extracts.synthetic.careers import previous_convictions
from extracts.synthetic.chance import (
    NONE,
    Flags,
    Ints,
    choose_by_row,
    happens,
    log_normal_days,
    sequence_within,
    stream,
)  # fmt: skip
from extracts.synthetic.crimes import CUT_DAY, EPOCH
from extracts.synthetic.imprisonment import Periods, periods
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.people import YEAR
from extracts.synthetic.records import on_record
from extracts.synthetic.remembered import remembered
from extracts.synthetic.reoffending import bands
from extracts.synthetic.time_served import DEPORTED, DIED

FIRST_DAY = (date(2017, 1, 1) - EPOCH).days
FOR_EVER = 10**6 - 1
MOST_JOBS = 9
LEAVES_SCHOOL, RETIRES = 16, 66

# How attached people are to work: hardly, on and off, steadily. Weights by band of previous convictions, days between
# jobs and in a job (medians), and percent of gaps with a benefit (all assumed).
ATTACHMENT = np.array([[15.0, 40, 45], [22, 46, 32], [32, 46, 22], [42, 42, 16], [55, 36, 9]])
GAP_DAYS, JOB_DAYS = np.array([1100.0, 260, 70]), np.array([90.0, 200, 700])
BENEFIT_PCT = np.array([38.0, 14, 7])

# Of those released, percent who have a job six weeks later and did not go back inside (19.4 in March 2023: T39).
SIX_WEEKS, EMPLOYED_PCT = 42, 20.5


@dataclass
class Spells:
    """One entry per spell, in the order of the persons; `end` is FOR_EVER while open, `attachment` 0 to 2."""

    person: Ints
    start: Ints
    end: Ints
    paid: Flags
    attachment: Ints

    def __len__(self) -> int:
        return len(self.person)

    def where(self, kept: Flags | Ints) -> Spells:
        """The entries for which `kept` is true, or in its order."""
        return Spells(**{name: column[kept] for name, column in vars(self).items()})


@remembered
def spells(journeys: Journeys) -> Spells:
    """Every spell that begins by the cut. Jobs do not overlap one another, nor do benefits; nobody works in prison."""
    rng = stream(journeys.seed, "working lives")
    stays = periods(journeys)
    free = _outside(_working_lives(rng, journeys, on_record(journeys)), stays)
    return _joined([_without_job_at_six_weeks(free, stays), _found_work(rng, stays)])


def _joined(parts: list[Spells]) -> Spells:
    both = Spells(**{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])})
    both = both.where(both.start <= CUT_DAY)
    both = both.where(np.lexsort((both.start, both.paid, both.person)))
    same = np.r_[(np.diff(both.person) == 0) & (np.diff(both.paid) == 0), False][: len(both)]
    following = np.where(same, np.r_[both.start[1:], 0][: len(both)], FOR_EVER + 2)
    both.end = np.maximum(np.minimum(both.end, following - 1), both.start)
    same_day = np.r_[False, same[:-1] & (np.diff(both.start) == 0)][: len(both)]
    return both.where(~same_day)


def _working_lives(rng: np.random.Generator, journeys: Journeys, person: Ints) -> Spells:
    """Jobs and benefits by turns, from school or the first day on."""
    attachment = choose_by_row(rng, ATTACHMENT, bands(previous_convictions(journeys)[person]))
    born = journeys.people.born[person]
    time = np.maximum(FIRST_DAY, born + int(LEAVES_SCHOOL * YEAR) + rng.integers(0, 400, len(person)))
    last = np.minimum(born + int(RETIRES * YEAR), CUT_DAY)
    parts = []
    for step in range(MOST_JOBS):
        gap = np.minimum(log_normal_days(rng, GAP_DAYS[attachment], 0.9, len(person)), 5000)
        gap = np.where((step == 0) & happens(rng, 50, len(person)), 0, gap)
        start = time + gap
        end = start + np.minimum(log_normal_days(rng, JOB_DAYS[attachment], 0.9, len(person)), 5000) + 1
        claims = happens(rng, BENEFIT_PCT[attachment], len(person)) & (gap > 60) & (time <= last)
        parts.append(Spells(person, time + 14, start - 1, np.zeros(len(person), dtype=bool), attachment).where(claims))
        parts.append(Spells(person, start, end, np.ones(len(person), dtype=bool), attachment).where(start <= last))
        going = end < last
        person, attachment, time, last = person[going], attachment[going], end[going] + 1, last[going]
    return _joined(parts)


def _pairs(stays: Periods, work: Spells) -> tuple[Ints, Ints]:
    """Positions of every period with every spell of the same person."""
    start = np.searchsorted(work.person, stays.person)
    end = np.searchsorted(work.person, stays.person, side="right")
    stay = np.repeat(np.arange(len(stays)), end - start)
    return stay, np.repeat(start, end - start) + sequence_within(stay) - 1


def _outside(work: Spells, stays: Periods) -> Spells:
    """Spells end on the day of reception; those that would begin inside, or after death or removal, do not."""
    stay, spell = _pairs(stays, work)
    gone = (stays.released == NONE) | np.isin(stays.how, (DIED, DEPORTED))
    until = np.where(gone, FOR_EVER, stays.released)[stay]
    received, begins = stays.received[stay], work.start[spell]
    never = np.zeros(len(work), dtype=bool)
    never[spell[(begins >= received) & (begins <= until)]] = True
    end = work.end.copy()
    cut = (begins < received) & (end[spell] >= received)
    np.minimum.at(end, spell[cut], received[cut])
    return Spells(work.person, work.start, end, work.paid, work.attachment).where(~never)


def _without_job_at_six_weeks(work: Spells, stays: Periods) -> Spells:
    """Without the jobs begun in the first six weeks after a release: those are drawn by themselves."""
    stay, spell = _pairs(stays, work)
    begins, out = work.start[spell], stays.released[stay]
    soon = work.paid[spell] & (out != NONE) & (begins > out) & (begins <= out + SIX_WEEKS)
    dropped = np.zeros(len(work), dtype=bool)
    dropped[spell[soon]] = True
    return work.where(~dropped)


def _found_work(rng: np.random.Generator, stays: Periods) -> Spells:
    """The jobs of those who have found one by six weeks after release, until the next reception at the latest."""
    count = len(stays)
    same = np.r_[np.diff(stays.person) == 0, False][:count]
    inside_again = np.where(same, np.r_[stays.received[1:], 0][:count], FOR_EVER)
    start = stays.released + rng.integers(3, SIX_WEEKS, count)
    end = np.minimum(stays.released + SIX_WEEKS + log_normal_days(rng, 150, 0.9, count), inside_again)
    free = (stays.released != NONE) & ~np.isin(stays.how, (DIED, DEPORTED))
    chosen = free & (inside_again > stays.released + SIX_WEEKS) & happens(rng, EMPLOYED_PCT, count)
    return Spells(stays.person, start, end, np.ones(count, dtype=bool), np.ones(count, dtype=np.int64)).where(chosen)
