"""HMPPS's table of probation events and their requirements."""

from __future__ import annotations

import numpy as np

from extracts.synthetic.chance import NONE, Flags, Ints, Keys, choose_by_row, happens, new_keys, sequence_within, stream
from extracts.synthetic.codes import CALIBRATION, Coded, CodeList, read_list
from extracts.synthetic.crimes import CUT_DAY
from extracts.synthetic.custody_tables import probation_regions
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.layout import Column
from extracts.synthetic.police_tables import SEXES, area_codes, stated_ethnicity
from extracts.synthetic.supervision import (
    AFTER_SENTENCE,
    BREACHED,
    DONE,
    END_REASONS,
    EVENT_TYPES,
    LICENCE,
    SUSPENDED_ORDER,
    Events,
    events,
)

ROSH = ("L", "M", "H", "V")
ROSH_WEIGHTS = np.array([[29.0, 55, 15, 1], [8, 46, 42, 4]])
# How many requirements, by weight: community orders, suspended ones, licences.
COUNT_WEIGHTS = np.array([[56.0, 33, 9, 2], [36, 40, 18, 6], [74, 20, 5, 1]])
# Percent of events filed under a second number for the same person, and under the number of somebody else (assumed).
SPLIT_PCT, MIXED_UP_PCT = 3, 0.3
DAYS_TO_START = 9


def hmpps_probation_persons(journeys: Journeys) -> tuple[Keys, Ints, Ints]:
    """Per event of hmpps_probation: key of the person-record (shared by its rows), position of the person, referral."""
    every = events(journeys)
    return _record_keys(journeys, len(every)), every.person, every.start


def hmpps_probation_suspects(journeys: Journeys) -> Ints:
    """Per event of hmpps_probation: position of the suspect whose case it came from, -1 if it is from before."""
    return events(journeys).suspect


def _record_keys(journeys: Journeys, count: int) -> Keys:
    return new_keys(stream(journeys.seed, "probation records"), count)


def probation_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of hmpps_probation, one row per event and requirement; what is open on the cut day has no end."""
    rng = stream(journeys.seed, "hmpps_probation")
    every = events(journeys)
    event, kind = _requirements(rng, every)
    begun, ended, reason = _course(rng, every, event, kind)
    of_force, regions = probation_regions(journeys.codes)
    who, codes = every.person, journeys.codes
    sexual = _sexual(journeys)[np.maximum(every.offence, 0)]
    ethnicity = stated_ethnicity(rng, journeys, who)
    return {
        "event_id_hash": new_keys(rng, len(every))[event],
        "rqmnt_seq": sequence_within(event),
        "estimated_offender_id": _offender_ids(rng, journeys, every)[event],
        "row_id_hash": _record_keys(journeys, len(every))[event],
        "event_type": Coded(every.kind[event], EVENT_TYPES),
        "referral_date": every.start[event],
        "main_offence_date": every.committed[event],
        "mo_code": codes.offences.column(every.offence[event]),
        "age_at_offence": np.clip(journeys.people.age_on(who, every.committed), 10, 110)[event],
        "gender": Coded(journeys.people.sex[who][event], SEXES),
        "ethnicity_desc": codes.ethnicity.column(ethnicity[event]),
        "lsoa_residence": area_codes(journeys.people.area[who][event]),
        "probation_area_desc": Coded(of_force[journeys.people.force[who]][event], regions),
        "rqmnt_type_main_category_desc": _types().column(kind),
        "rqmnt_commencement_date": begun,
        "rqmnt_termination_date": ended,
        "rqmnt_termination_reason_desc": Coded(reason, END_REASONS),
        "breach_count": _breaches(rng, every)[event],
        "rosh_level": Coded(choose_by_row(rng, ROSH_WEIGHTS, sexual.astype(np.int64))[event], ROSH),
    }


def _types() -> CodeList:
    """The requirements, how common each is, and how long it takes."""
    return read_list(CALIBRATION / "requirements.csv", "requirement")


def _sexual(journeys: Journeys) -> Flags:
    """Per offence code."""
    sexual: Flags = np.char.startswith(np.array(journeys.codes.offences.text("subgroup_code")), "02")
    return sexual


def _requirements(rng: np.random.Generator, every: Events) -> tuple[Ints, Ints]:
    """Event and type (position in the table of requirements) of each row: different types within an event."""
    table = _types()
    column = np.where(every.kind == SUSPENDED_ORDER, 1, np.where(np.isin(every.kind, (LICENCE, AFTER_SENTENCE)), 2, 0))
    weights = np.vstack([table.number(name) for name in ("community", "suspended", "licence")])
    count = 1 + choose_by_row(rng, COUNT_WEIGHTS, column)
    # The types with the smallest arrival times are a draw without replacement in proportion to the weights.
    arrival = rng.exponential(size=(len(every), weights.shape[1])) / np.maximum(weights, 1e-9)[column]
    order = np.argsort(arrival, axis=1)
    event = np.repeat(np.arange(len(every)), count)
    return event, order[event, sequence_within(event) - 1].astype(np.int64)


def _course(rng: np.random.Generator, every: Events, event: Ints, kind: Ints) -> tuple[Ints, Ints, Ints]:
    """Start, end and reason of each requirement: done when it is done, or when the event ends; NONE after the cut."""
    count = len(event)
    begun = np.minimum(every.start[event] + rng.geometric(1 / DAYS_TO_START, count) - 1, every.end[event])
    usual = _types().number("days")[kind] * np.exp(0.35 * rng.standard_normal(count))
    own = begun + np.maximum(usual, 7).astype(np.int64)
    licence = np.isin(every.kind[event], (LICENCE, AFTER_SENTENCE))
    first = (own < every.end[event]) & ~licence
    ended = np.where(first, own, every.end[event])
    reason = np.where(first, DONE, every.reason[event])
    known = ended <= CUT_DAY
    return np.where(begun <= CUT_DAY, begun, NONE), np.where(known, ended, NONE), np.where(known, reason, -1)


def _breaches(rng: np.random.Generator, every: Events) -> Ints:
    """Breaches per event: one at least where it was revoked for them by the cut."""
    revoked = (every.reason == BREACHED) & (every.end <= CUT_DAY)
    breaches: Ints = np.minimum(rng.poisson(0.32, len(every)) + revoked, 10).astype(np.int64)
    return breaches


def _offender_ids(rng: np.random.Generator, journeys: Journeys, every: Events) -> Keys:
    """The service's own number of the person: one each, but for a few who have two and fewer who share one."""
    own = new_keys(stream(journeys.seed, "offender numbers"), 2 * len(journeys.people))
    other = np.where(happens(rng, MIXED_UP_PCT, len(every)), rng.permutation(every.person), every.person)
    chosen: Keys = own[other + len(journeys.people) * happens(rng, SPLIT_PCT, len(every))]
    return chosen
