"""The Data Lab's table of index disposals from the Police National Computer."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from extracts.synthetic.careers import Careers
from extracts.synthetic.chance import Floats, Ints, Keys, new_keys, sequence_within, stream
from extracts.synthetic.codes import Coded
from extracts.synthetic.employment import Spells, spells
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.layout import Column
from extracts.synthetic.police_tables import SEXES, recorded_sex
from extracts.synthetic.records import disposals
from extracts.synthetic.reoffending import DISPOSALS, LONG_CUSTODY, SHORT_CUSTODY, YEAR

OLDEST = 90
# Chance in percent that a previous conviction or caution was of this type (assumed).
TYPES = {"violence": 22.0, "sexual": 1.2, "theft": 26.0, "drugs": 13.0, "breach": 11.0, "robbery": 2.0}
CUSTODY_SHARE = 0.3


def index_disposals(journeys: Journeys) -> Careers:
    """The rows of pnc_index as they are known here: with the days of custody, which the table does not hold."""
    every = disposals(journeys)
    return every.where(journeys.people.age_on(every.person, every.index) <= OLDEST)


def pnc_index_persons(journeys: Journeys) -> tuple[Keys, Ints, Ints]:
    """Per row of pnc_index: key of the person-record, position of the person, day of the index disposal."""
    rows = index_disposals(journeys)
    return _record_keys(journeys, len(rows)), rows.person, rows.index


def _record_keys(journeys: Journeys, count: int) -> Keys:
    return new_keys(stream(journeys.seed, "pnc records"), count)


def index_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of pnc_index, one row per person and index disposal from 2018 to eighteen months before the cut."""
    rng = stream(journeys.seed, "pnc_index")
    rows, people, codes = index_disposals(journeys), journeys.people, journeys.codes
    who, count = rows.person, len(rows)
    age, first_age = people.age_on(who, rows.index), _age_first(journeys, rows)
    rate = np.log((rows.previous + 1) / (np.maximum(age - first_age, 0) + 10))
    groups = codes.ethnicity.text("group_5plus1")
    return {
        "index_id_hash": new_keys(rng, count),
        "row_id_hash": _record_keys(journeys, count),
        "index_date": rows.index,
        "index_disposal": Coded(rows.disposal, DISPOSALS),
        "index_offence_group": codes.groups.column(rows.group),
        "age_at_index": age,
        "sex": Coded(recorded_sex(rng, people.sex[who]), SEXES),
        "ethnicity_5plus1": Coded(people.ethnicity[who], groups),
        "age_first_offence": first_age,
        "prev_convictions": np.minimum(rows.previous, 200),
        "prev_custody": _previous_custody(journeys, rows),
        "copas_rate": pa.array(np.round(rate, 2)),
        "prev_type_flags": _types(journeys, rows),
        **_work(spells(journeys), rows),
        "reoffended_1y": rows.year.reoffended,
        "reoffences_1y": rows.year.count,
        "days_to_first_reoffence": rows.year.first,
        "custodial_reoffence_1y": rows.year.custodial,
    }


def _starts(rows: Careers) -> Ints:
    """Per row: the position of its person's first row."""
    return np.arange(len(rows)) - sequence_within(rows.person) + 1


def _age_first(journeys: Journeys, rows: Careers) -> Ints:
    """Age at the first offence, the same for all rows of a person: earlier, the more convictions there were."""
    rng = stream(journeys.seed, "age at first offence")
    start = _starts(rows)
    offence = journeys.people.age_on(rows.person, rows.committed)
    before = rng.gamma(1.5 + 0.12 * np.minimum(rows.previous, 40), 2.5).astype(np.int64) * (rows.previous > 0)
    age: Ints = np.clip(offence[start] - before[start], 10, OLDEST)
    return age


def _previous_custody(journeys: Journeys, rows: Careers) -> Ints:
    """Custodial sentences before: a share of the convictions before the data, and those among earlier rows."""
    rng = stream(journeys.seed, "previous custody")
    start = _starts(rows)
    share = CUSTODY_SHARE * rng.random(len(rows)) * (journeys.people.age_on(rows.person, rows.index) >= 18)
    before = np.floor(np.maximum(rows.previous - 2, 0) * share).astype(np.int64)[start]
    jailed = np.isin(rows.disposal, (SHORT_CUSTODY, LONG_CUSTODY)).astype(np.int64)
    so_far = np.cumsum(jailed) - jailed
    total: Ints = np.minimum(before + so_far - so_far[start], 60)
    return total


def _types(journeys: Journeys, rows: Careers) -> Coded:
    """The types of previous offences, joined by `|`: the more convictions, the more of them; they never go away."""
    luck: Floats = stream(journeys.seed, "previous types").random((len(journeys.people), len(TYPES)))
    chance = 1 - (1 - np.array(list(TYPES.values())) / 100) ** rows.previous[:, None]
    had = luck[rows.person] < chance
    bits = (had.astype(np.int64) << np.arange(len(TYPES))).sum(axis=1)
    names = tuple(TYPES)
    texts = ("|".join(n for p, n in enumerate(names) if value >> p & 1) for value in range(2 ** len(names)))
    return Coded(bits, tuple(texts))


def _work(work: Spells, rows: Careers) -> dict[str, Column]:
    """Employment and benefits in the year before the index date, and employment in the year after it."""
    jobs, benefits = work.where(work.paid), work.where(~work.paid)
    after = _days_in(jobs, rows.person, rows.index + 1, rows.index + YEAR)
    return {
        "employed_prior_year": _days_in(jobs, rows.person, rows.index - YEAR, rows.index - 1) > 0,
        "benefits_prior_year": _days_in(benefits, rows.person, rows.index - YEAR, rows.index - 1) > 0,
        "employed_12m": after > 0,
        "days_employed_12m": after,
    }


def _days_in(work: Spells, person: Ints, since: Ints, until: Ints) -> Ints:
    """Days of each window (both ends count) in which its person has a spell; spells of a kind do not overlap."""
    start, end = np.searchsorted(work.person, person), np.searchsorted(work.person, person, side="right")
    row = np.repeat(np.arange(len(person)), end - start)
    spell = np.repeat(start, end - start) + sequence_within(row) - 1
    days = np.minimum(work.end[spell], until[row]) - np.maximum(work.start[spell], since[row]) + 1
    total = np.bincount(row, np.maximum(days, 0), len(person))
    return np.minimum(total, YEAR).astype(np.int64)
