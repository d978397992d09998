"""What people had been convicted of and cautioned for before, and beside, the recorded crimes of the journeys.

A career is a chain of index disposals: each is followed by a year in which the person reoffends or does not, and what
follows from that is the next disposal. A career stops before the first journey in which the person is charged or
cautioned, so that neither contradicts the other; everything after is told by the journeys.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from extracts.synthetic.chance import NONE, Flags, Floats, Ints, choose_by_row, happens, stream
from extracts.synthetic.codes import CALIBRATION, Codes, read_list
from extracts.synthetic.crimes import CUT_DAY, EPOCH, offence_weights
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.people import FEMALE
from extracts.synthetic.police_tables import OUTCOME_CODES, outcome_types
from extracts.synthetic.remembered import remembered
from extracts.synthetic.reoffending import (
    ADULT,
    BAND_STARTS,
    BANDS,
    COMMUNITY_ORDER,
    DISPOSALS,
    LONG_CUSTODY,
    SHORT_CUSTODY,
    SIX_MONTHS,
    SUSPENDED_SENTENCE,
    Situation,
    Year,
    bands,
    live_a_year,
)
from extracts.synthetic.sentences import DAYS_A_MONTH, WOMEN_JAILED, YOUNGEST_IN_CUSTODY
from extracts.synthetic.time_served import DEPORTED, DIED, Term, serve

FIRST_DISPOSAL = (date(2018, 1, 1) - EPOCH).days
# An index disposal needs a year to reoffend in and six months more to be proven, all before the cut.
LAST_INDEX = (date(2024, 6, 30) - EPOCH).days
MOST_DISPOSALS = 12
NEVER = 2**31

# Percent of suspects with a record, and of those who do not reoffend within the year, who come back later (assumed).
# Few children have one: children are some 5% of index disposals.
ON_RECORD_PCT, CHILD_ON_RECORD_PCT, RETURNS_PCT = 96, 35, 72
OLDEST = 80
# Share in percent of custodial sentences under twelve months that are of six months or less; and of custodial
# sentences for a reoffence that are of twelve months or more (assumed).
SHORT_PCT, LONG_AGAIN_PCT = 78, 26
# Median months of terms of twelve months or more (assumed).
LONG_MONTHS = 36
# How much more often those with 11 or more convictions steal from shops (assumed).
SHOPLIFTING = 3.0
# No custody without an offence that the police record: fraud and summary offences are left out of it.
WITHOUT_CUSTODY = ("10.1", "11.1", "12.1")
FOREIGN_PCT = {"W1": 0.5, "W9": 62}
FOREIGN_OTHERS_PCT = 20


@dataclass
class Careers:
    """One entry per disposal, in the order of the persons and of time.

    person      position in `people`; `disposal` in DISPOSALS; `group` in the list of offence groups
    offence     position in the list of offence codes, -1 unless custody or a court order
    committed   day of the offence, `sentenced` that of the sentence or caution
    index       day of release, of the order or of the caution; `year` what followed within a year
    days        imposed, NONE unless custody; `kind` and `how` it was served as in `time_served`, -1 otherwise
    """

    person: Ints
    disposal: Ints
    group: Ints
    offence: Ints
    committed: Ints
    sentenced: Ints
    index: Ints
    days: Ints
    kind: Ints
    how: Ints
    previous: Ints
    year: Year

    def __len__(self) -> int:
        return len(self.person)

    def where(self, kept: Flags | Ints) -> Careers:
        """The entries for which `kept` is true, or in its order."""
        plain = {name: column[kept] for name, column in vars(self).items() if name != "year"}
        return Careers(**plain, year=Year(**{name: column[kept] for name, column in vars(self.year).items()}))


def joined(parts: list[Careers]) -> Careers:
    """Several as one, in the order of the persons and of time."""
    plain = {name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0]) if name != "year"}
    years = [vars(part.year) for part in parts]
    both = Careers(**plain, year=Year(**{name: np.concatenate([year[name] for year in years]) for name in years[0]}))
    return both.where(np.lexsort((both.index, both.sentenced, both.person)))


def foreign(journeys: Journeys) -> Flags:
    """Per person: a foreign national (assumed by ethnic group)."""
    codes = journeys.codes.ethnicity.codes
    percent = np.array([FOREIGN_PCT.get(code, FOREIGN_OTHERS_PCT) for code in codes], dtype=np.float64)
    return happens(stream(journeys.seed, "nationality"), percent[journeys.people.ethnicity], len(journeys.people))


def cautioned(journeys: Journeys) -> Flags:
    """Per suspect: a caution, by the police's outcome of the crime (youth or adult)."""
    cautions = np.isin(outcome_types(journeys), [OUTCOME_CODES.index("2"), OUTCOME_CODES.index("3")])
    result: Flags = cautions[journeys.suspects.crime]
    return result


@remembered
def told_from(journeys: Journeys) -> Ints:
    """Per person: the day from which the journeys tell the career (first crime charged or cautioned), else NEVER."""
    day = np.full(len(journeys.people), NEVER)
    proven = (journeys.charging.charged_day != NONE) | cautioned(journeys)
    np.minimum.at(day, journeys.suspect_person[proven], journeys.crimes.recorded[journeys.suspects.crime[proven]])
    return day


@remembered
def previous_convictions(journeys: Journeys) -> Ints:
    """Per person: convictions and cautions before the first that the data hold, by age; more if a prolific suspect."""
    rng = stream(journeys.seed, "previous convictions")
    table = read_list(CALIBRATION / "careers.csv", "youngest")
    weights = np.column_stack([table.number(band) for band in BANDS])
    prolific = np.zeros(len(journeys.people), dtype=bool)
    prolific[journeys.suspect_person[journeys.suspects.prolific]] = True
    age = journeys.people.age_on(np.arange(len(journeys.people)), _starts(journeys))
    row = np.searchsorted(np.array([int(code) for code in table.codes]), age, side="right") - 1
    band = choose_by_row(rng, np.vstack([weights, weights * (1, 2, 3, 6, 10)]),
                         np.maximum(row, 0) + prolific * len(weights))  # fmt: skip
    low, width = np.array([0, 1, 3, 7, 11])[band], np.array([1, 2, 4, 4, 1])[band]
    value = low + np.floor(rng.random(len(band)) * width).astype(np.int64)
    convictions: Ints = np.minimum(value + np.where(band == 4, rng.geometric(1 / 13, len(band)) - 1, 0), 180)
    return convictions


def _starts(journeys: Journeys) -> Ints:
    """Per person: the day of the first disposal that a career has here."""
    rng = stream(journeys.seed, "careers")
    days: Ints = rng.integers(FIRST_DISPOSAL, CUT_DAY + 1, len(journeys.people))
    return days


@remembered
def live(journeys: Journeys) -> Careers:
    """The careers of the suspects. Releases may lie after LAST_INDEX, and after the cut."""
    rng = stream(journeys.seed, "career steps")
    people, start, until = journeys.people, _starts(journeys), told_from(journeys)
    suspects = np.unique(journeys.suspect_person)
    age = people.age_on(suspects, start[suspects])
    on_record = happens(rng, np.where(age < ADULT, CHILD_ON_RECORD_PCT, ON_RECORD_PCT), len(suspects))
    on_record &= (age >= 10) & (age <= OLDEST) & (start[suspects] < until[suspects])
    person = suspects[on_record]
    previous, sentenced = previous_convictions(journeys)[person], start[person]
    committed = sentenced - rng.integers(5, 120, len(person))
    again = np.full(len(person), -1)
    is_foreign = foreign(journeys)
    steps = []
    for _ in range(MOST_DISPOSALS):
        step = _dispose(rng, journeys, person, previous, committed, sentenced, again, is_foreign[person])
        lag = rng.integers(5, SIX_MONTHS - 2, len(step))
        late = step.index + 366 + rng.geometric(1 / 500, len(step))
        returns = happens(rng, RETURNS_PCT, len(step)) & ~np.isin(step.how, (DIED, DEPORTED))
        next_offence = np.where(step.year.reoffended, step.index + step.year.first, late)
        proven = next_offence + lag
        undo(step.year, step.year.reoffended & (proven >= until[person]))
        kept = step.index < until[person]
        goes_on = kept & (step.year.reoffended | returns) & (proven < until[person]) & (proven <= CUT_DAY)
        again = np.where(step.year.reoffended, step.year.custodial, -1)[goes_on].astype(np.int64)
        committed, sentenced = next_offence[goes_on], proven[goes_on]
        person, previous = person[goes_on], previous[goes_on] + 1
        steps.append(step.where(kept))
    return joined(steps)


def undo(year: Year, where: Flags) -> None:
    """Take the reoffences of these entries back."""
    year.reoffended[where], year.custodial[where] = False, False
    year.first[where], year.count[where] = NONE, 0


def _dispose(
    rng: np.random.Generator, journeys: Journeys, person: Ints, previous: Ints, committed: Ints, sentenced: Ints,
    again: Ints, is_foreign: Flags,
) -> Careers:  # fmt: skip
    """One disposal each. again: 1 for a reoffence that led to custody, 0 for one that did not, -1 for either."""
    codes = journeys.codes
    age = journeys.people.age_on(person, sentenced)
    female = journeys.people.sex[person] == FEMALE
    disposal = _disposals(rng, previous, age, female, again)
    disposal = np.where((age < YOUNGEST_IN_CUSTODY) & (disposal <= LONG_CUSTODY), COMMUNITY_ORDER, disposal)
    days = custody_days(rng, disposal)
    jailed = days != NONE
    group, offence = _offences(rng, codes, previous, disposal)
    severity, sexual = group_severity(codes)[group], np.char.startswith(np.array(codes.groups.codes)[group], "02")
    term = Term(sentenced, sentenced, np.where(jailed, days, 1), age, severity, sexual, is_foreign)
    served = serve(rng, term)
    index = np.where(jailed, served.released, sentenced)
    how = np.where(jailed, served.how, -1)
    theft = np.char.startswith(np.array(codes.groups.codes)[group], "04")
    situation = Situation(disposal, days, previous, journeys.people.age_on(person, index), female, theft, sexual)
    year = live_a_year(rng, situation)
    undo(year, np.isin(how, (DIED, DEPORTED)))
    kind = np.where(jailed, served.kind, -1)
    return Careers(person, disposal, group, offence, committed, sentenced, index, days, kind, how, previous, year)


def _disposals(rng: np.random.Generator, previous: Ints, age: Ints, female: Flags, again: Ints) -> Ints:
    """Positions in DISPOSALS, by previous convictions; anything may follow, or only custody, or anything but."""
    table = read_list(CALIBRATION / "index_disposals.csv", "previous")
    weights = np.column_stack([table.number(name) for name in DISPOSALS])
    free, women = weights.copy(), weights.copy()
    free[:, [SHORT_CUSTODY, LONG_CUSTODY]] = 0
    women[:, [SHORT_CUSTODY, LONG_CUSTODY]] *= WOMEN_JAILED
    which = np.where(again == 0, 2, female.astype(np.int64))
    band = np.where(age < ADULT, len(BANDS), bands(previous))
    drawn = choose_by_row(rng, np.vstack([weights, women, free]), band + which * len(weights))
    long = happens(rng, LONG_AGAIN_PCT, len(age))
    return np.where(again == 1, np.where(long, LONG_CUSTODY, SHORT_CUSTODY), drawn)


def custody_days(rng: np.random.Generator, disposal: Ints) -> Ints:
    """Days imposed where the disposal is custody, NONE elsewhere."""
    count = len(disposal)
    short = happens(rng, SHORT_PCT, count)
    below = np.where(short, rng.integers(2, 27, count) * 7, rng.integers(183, 365, count))
    months = np.clip(np.round(np.exp(0.7 * rng.standard_normal(count)) * LONG_MONTHS), 12, 240)
    above = np.maximum(np.round(months * DAYS_A_MONTH), 365).astype(np.int64)
    return np.where(disposal == SHORT_CUSTODY, below, np.where(disposal == LONG_CUSTODY, above, NONE))


def group_severity(codes: Codes) -> Floats:
    """Per offence group, how grave it is from 0 to 1; summary offences hardly."""
    known = dict(zip(codes.subgroups.codes, codes.subgroups.number("severity").tolist(), strict=True))
    return np.array([known.get(label, 0.1) for label in codes.groups.text("label")])


def _offences(rng: np.random.Generator, codes: Codes, previous: Ints, disposal: Ints) -> tuple[Ints, Ints]:
    """Offence group and, for custody and court orders, an offence code of that group (positions)."""
    weights = codes.groups.number("charges_pct")
    for code, percent in (("10.1", 1.5), ("11.1", 9.0), ("12.1", 16.0)):
        weights[codes.groups.place(code)] = percent
    often = weights.copy()
    often[codes.groups.place("04.5")] *= SHOPLIFTING
    rows = np.vstack([weights, often] * 2)
    court = disposal <= SUSPENDED_SENTENCE
    rows[2:, codes.groups.places(*WITHOUT_CUSTODY)] = 0
    group = choose_by_row(rng, rows, (previous >= BAND_STARTS[-1]) + 2 * court)
    place = {name: at for at, name in enumerate(codes.outcomes.codes)}
    row = np.array([place.get(label, 0) for label in codes.groups.text("label")])[group]
    return group, np.where(court, choose_by_row(rng, offence_weights(codes), row), -1)
