"""HMPPS's table of custodial periods."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from extracts.synthetic import careers
from extracts.synthetic.chance import NONE, Ints, Keys, choose_by_row, happens, new_keys, stream
from extracts.synthetic.codes import CALIBRATION, Coded, Codes, read_list
from extracts.synthetic.crimes import CUT_DAY
from extracts.synthetic.imprisonment import Periods, periods
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.layout import Column
from extracts.synthetic.people import FEMALE
from extracts.synthetic.police_tables import stated_ethnicity
from extracts.synthetic.sentences import LIFE_DAYS
from extracts.synthetic.time_served import CURFEW, RELEASE_TYPES, SENTENCE_TYPES

NATIONALITIES = ("UK", "foreign", "not known")
MEN, WOMEN, YOUTH = "men", "women", "youth"


def hmpps_custody_persons(journeys: Journeys) -> tuple[Keys, Ints, Ints]:
    """Per row of hmpps_custody: key of the person-record, position of the person, day of reception."""
    stays = periods(journeys)
    return _record_keys(journeys, len(stays)), stays.person, stays.received


def hmpps_custody_suspects(journeys: Journeys) -> Ints:
    """Per row of hmpps_custody: position of the suspect whose case it came from, -1 if it is from before."""
    return periods(journeys).suspect


def _record_keys(journeys: Journeys, count: int) -> Keys:
    return new_keys(stream(journeys.seed, "prison records"), count)


def custody_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of hmpps_custody, one row per period; people still inside on the cut day have no release."""
    rng = stream(journeys.seed, "hmpps_custody")
    stays = periods(journeys)
    count, codes, who = len(stays), journeys.codes, stays.person
    out = (stays.released != NONE) & (stays.released <= CUT_DAY)
    foreign = careers.foreign(journeys)[who].astype(np.int64)
    return {
        "custody_id_hash": new_keys(rng, count),
        "row_id_hash": _record_keys(journeys, count),
        "reception_date": stays.received,
        "establishment_first": _establishments(rng, journeys, stays),
        "custody_type": Coded(stays.kind, SENTENCE_TYPES),
        "ho_offence_code": codes.offences.column(stays.offence),
        "sentence_days": np.where(stays.days == LIFE_DAYS, NONE, stays.days),
        "age_at_reception": np.clip(journeys.people.age_on(who, stays.received), 10, 110),
        "ethnicity_sde": codes.ethnicity.column(stated_ethnicity(rng, journeys, who)),
        "nationality_group": Coded(np.where(happens(rng, 1, count), 2, foreign), NATIONALITIES),
        "release_date": np.where(out, stays.released, NONE),
        "release_type": Coded(np.where(out, stays.how, -1), RELEASE_TYPES),
        "recall_flag": stays.recalled,
        "hdc_flag": pa.array(stays.how == CURFEW, mask=~out),
    }


def probation_regions(codes: Codes) -> tuple[Ints, tuple[str, ...]]:
    """Per force, the position of its probation region, and the twelve regions."""
    table = read_list(CALIBRATION / "probation_regions.csv", "force_code")
    regions = tuple(sorted(set(table.text("region"))))
    by_force = dict(zip(table.codes, table.text("region"), strict=True))
    return np.array([regions.index(by_force[code]) for code in codes.forces.codes]), regions


def _establishments(rng: np.random.Generator, journeys: Journeys, stays: Periods) -> Coded:
    """The prison that receives from the courts of the region: for men, for women, or for those under 18."""
    prisons = read_list(CALIBRATION / "prisons.csv", "establishment")
    of_force, regions = probation_regions(journeys.codes)
    holds = np.array(prisons.text("holds"))
    serves = np.array([[region in row.split("|") for row in prisons.text("regions")] for region in regions])
    rows = np.vstack([serves * (holds == group) * prisons.number("weight") for group in (MEN, WOMEN, YOUTH)])
    sex = journeys.people.sex[stays.person]
    young = journeys.people.age_on(stays.person, stays.received) < 18
    group = np.where(sex == FEMALE, 1, np.where(young, 2, 0))
    region = of_force[journeys.people.force[stays.person]]
    return prisons.column(choose_by_row(rng, rows, group * len(regions) + region))
