"""The education department's table: the school history of young people with a criminal record, in England."""

from __future__ import annotations

import numpy as np

from extracts.synthetic.careers import previous_convictions
from extracts.synthetic.chance import NONE, Flags, Floats, Ints, Keys, happens, new_keys, stream
from extracts.synthetic.codes import Coded
from extracts.synthetic.crimes import EPOCH
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.layout import Column
from extracts.synthetic.people import FEMALE
from extracts.synthetic.records import on_record

FIRST_COHORT, LAST_COHORT = 1985, 2010
# The last cohort to have finished key stage 4 by the cut; those without tests at eleven, because of the pandemic.
LAST_KS4, WITHOUT_KS2 = 2009, (2009, 2010)
MATCHED_PCT = 92
KS4, FSM, SEN, SOCIAL_CARE = ("0", "1"), ("0", "1"), ("N", "K", "E"), ("none", "CIN", "CPP", "CLA")


def dfe_pupil_persons(journeys: Journeys) -> tuple[Keys, Ints, Ints]:
    """Per row of dfe_pupil: key of the person-record, position of the person, first day of the last school year."""
    person = pupils(journeys)
    cohort = _cohorts(journeys)[person]
    start = ((cohort + 15 - EPOCH.year).astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)
    return _record_keys(journeys, len(person)), person, start + 243


def _record_keys(journeys: Journeys, count: int) -> Keys:
    return new_keys(stream(journeys.seed, "pupil records"), count)


def pupils(journeys: Journeys) -> Ints:
    """The people on record who went to school in England in the cohorts that the department holds."""
    person = on_record(journeys)
    cohort = _cohorts(journeys)[person]
    english = np.array(journeys.codes.forces.text("country"))[journeys.people.force[person]] == "England"
    matched = happens(stream(journeys.seed, "pupils"), MATCHED_PCT, len(person))
    chosen: Ints = person[english & matched & (cohort >= FIRST_COHORT) & (cohort <= LAST_COHORT)]
    return chosen


def _cohorts(journeys: Journeys) -> Ints:
    """Per person: the year in which the school year of the birth ended (they run from 1 September to 31 August)."""
    months: Ints = journeys.people.born.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return (months + 4) // 12 + EPOCH.year


def pupil_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of dfe_pupil, one row per person."""
    rng = stream(journeys.seed, "dfe_pupil")
    person = pupils(journeys)
    cohort, count = _cohorts(journeys)[person], len(person)
    hardship, trouble = _lots(rng, journeys, person)
    poor, special = _share(rng, hardship, 45), _share(rng, trouble, 47)
    excluded = _share(rng, trouble, 6)
    absent = _share(rng, hardship + trouble, 68)
    suspended = np.minimum(rng.negative_binomial(0.5, 1 / (1 + 7 * np.exp(0.6 * trouble))), 60)
    ks2 = np.clip(np.floor(2.3 - 0.75 * (hardship + trouble) / 1.4 + 0.9 * rng.standard_normal(count)), 1, 5)
    passed = _share(rng, -(hardship + trouble), 24)
    return {
        "row_id_hash": _record_keys(journeys, count),
        "birth_year_cohort": cohort,
        "ks2_band": np.where(np.isin(cohort, WITHOUT_KS2), NONE, ks2.astype(np.int64)),
        "ks4_english_maths": Coded(np.where(cohort > LAST_KS4, -1, passed.astype(np.int64)), KS4),
        "fsm6": Coded(poor.astype(np.int64), FSM),
        "sen_provision": Coded(np.where(special, 1 + _share(rng, trouble, 17), 0), SEN),
        "suspensions": np.maximum(suspended, excluded).astype(np.int64),
        "permanent_exclusion": excluded,
        "persistent_absence": absent,
        "social_care_highest": Coded(_social_care(rng, hardship), SOCIAL_CARE),
        "alternative_provision": excluded & happens(rng, 75, count) | _share(rng, trouble, 14),
    }


def _lots(rng: np.random.Generator, journeys: Journeys, person: Ints) -> tuple[Floats, Floats]:
    """Hardship at home and trouble at school, about standard normal; both rise with the record, less among girls."""
    record = np.log1p(previous_convictions(journeys)[person]) - 1.3
    decile = (5.5 - journeys.people.decile[person]) / 2.9
    girl = journeys.people.sex[person] == FEMALE
    hardship: Floats = 0.35 * decile + 0.2 * record + 0.9 * rng.standard_normal(len(person))
    trouble: Floats = 0.35 * record - 0.5 * girl + 0.4 * hardship + 0.8 * rng.standard_normal(len(person))
    return hardship, trouble


def _share(rng: np.random.Generator, lot: Floats, percent: float) -> Flags:
    """True for about this percent of all, and likelier the higher the lot."""
    odds = percent / (100 - percent) * np.exp(0.9 * lot) * 0.9
    return happens(rng, 100 * odds / (1 + odds), len(lot))


def _social_care(rng: np.random.Generator, hardship: Floats) -> Ints:
    """Highest status, as a position in SOCIAL_CARE: a third in need, some of them protected or looked after."""
    need, more = _share(rng, hardship, 33), _share(rng, hardship, 30)
    return np.where(need, 1 + more + (more & happens(rng, 60, len(hardship))), 0)
