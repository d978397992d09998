"""HMPPS's table of assessments (OASys) of adults in prison and under supervision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.synthetic.careers import previous_convictions
from extracts.synthetic.chance import (
    NONE,
    Flags,
    Floats,
    Ints,
    Keys,
    choose_by_row,
    happens,
    new_keys,
    sequence_within,
    stream,
)
from extracts.synthetic.codes import Coded
from extracts.synthetic.crimes import CUT_DAY, FIRST_DAY
from extracts.synthetic.imprisonment import Periods, periods
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.layout import Column
from extracts.synthetic.probation_tables import ROSH, ROSH_WEIGHTS
from extracts.synthetic.remembered import remembered
from extracts.synthetic.reoffending import ADULT
from extracts.synthetic.supervision import LICENCE, ORDER, SUSPENDED_ORDER, Events, events
from extracts.synthetic.time_served import RECALL, REMAND

LAYERS = ("layer 1", "layer 3", "basic custody screening")
LAYER_1, LAYER_3, SCREENING = range(3)
# Percent assessed in full at the start: in prison, on orders, on licence; the rest of orders get layer 1 (assumed).
ASSESSED_PCT = {"prison": 62, "order": 58, "licence": 35}
DAYS_BETWEEN_REVIEWS, MOST_REVIEWS = 300, 4
OGRS = ("L", "M", "H", "V")
OGRS_FROM = np.array([50.0, 75.0, 90.0])

# Highest score of each section and how common a need is in it, on the scale of the logarithm of the odds (assumed).
SECTIONS = {
    "question_3_tot": (8, -1.3), "question_4_tot": (10, -0.5), "question_5_tot": (9, -0.9), "question_6_tot": (6, -0.6),
    "question_8_tot": (10, -1.2), "question_9_tot": (8, -1.1), "question_11_tot": (10, -0.1),
    "question_12_tot": (8, -0.7),
}  # fmt: skip


@dataclass
class Assessments:
    """One entry per assessment, in the order of the persons and of time; `layer` is a position in LAYERS."""

    person: Ints
    day: Ints
    layer: Ints
    sexual: Flags

    def __len__(self) -> int:
        return len(self.person)


def hmpps_oasys_persons(journeys: Journeys) -> tuple[Keys, Ints, Ints]:
    """Per row of hmpps_oasys: key of the person-record, position of the person, day of the assessment."""
    made = assessments(journeys)
    return _record_keys(journeys, len(made)), made.person, made.day


def _record_keys(journeys: Journeys, count: int) -> Keys:
    return new_keys(stream(journeys.seed, "assessment records"), count)


@remembered
def assessments(journeys: Journeys) -> Assessments:
    """Screenings on reception, assessments soon after the start of a sentence, and reviews while it runs."""
    rng = stream(journeys.seed, "assessments")
    stays = periods(journeys)
    parts = [_screenings(rng, stays), _in_prison(rng, stays), _supervised(rng, events(journeys))]
    person, day, layer, offence = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    adult = journeys.people.age_on(person, day) >= ADULT
    kept = adult & (day >= FIRST_DAY) & (day <= CUT_DAY)
    person, day, layer, offence = person[kept], day[kept], layer[kept], offence[kept]
    order = np.lexsort((layer, day, person))
    sexual = np.char.startswith(np.array(journeys.codes.offences.text("subgroup_code")), "02")
    return Assessments(person[order], day[order], layer[order], sexual[offence[order]])


def _screenings(rng: np.random.Generator, stays: Periods) -> tuple[Ints, Ints, Ints, Ints]:
    """On reception, within days."""
    fresh = stays.where((stays.kind != RECALL) & happens(rng, 85, len(stays)))
    day = fresh.received + rng.integers(0, 4, len(fresh))
    inside = (fresh.released == NONE) | (day <= fresh.released)
    return fresh.person[inside], day[inside], np.full(int(inside.sum()), SCREENING), fresh.offence[inside]


def _in_prison(rng: np.random.Generator, stays: Periods) -> tuple[Ints, Ints, Ints, Ints]:
    """In full, some weeks into a sentence that is long enough, and again each year or so."""
    served = stays.where(~np.isin(stays.kind, (RECALL, REMAND)) & happens(rng, ASSESSED_PCT["prison"], len(stays)))
    end = np.where(served.released == NONE, CUT_DAY, served.released)
    return _and_reviews(rng, served.person, served.sentenced + rng.integers(20, 80, len(served)), end,
                        np.full(len(served), LAYER_3), served.offence)  # fmt: skip


def _supervised(rng: np.random.Generator, every: Events) -> tuple[Ints, Ints, Ints, Ints]:
    """At the start of an order, in full or by layer 1, and of some licences."""
    order = np.isin(every.kind, (ORDER, SUSPENDED_ORDER))
    full = happens(rng, np.where(order, ASSESSED_PCT["order"], ASSESSED_PCT["licence"]), len(every))
    chosen = every.where(order | (full & (every.kind == LICENCE)))
    layer = np.where(full[order | (full & (every.kind == LICENCE))], LAYER_3, LAYER_1)
    return _and_reviews(rng, chosen.person, chosen.start + rng.integers(0, 25, len(chosen)), chosen.end, layer,
                        chosen.offence)  # fmt: skip


def _and_reviews(
    rng: np.random.Generator, person: Ints, first: Ints, end: Ints, layer: Ints, offence: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """The first assessment and a review every so often until the end; layer 1 is not reviewed."""
    fits = first <= end
    person, first, end, layer, offence = person[fits], first[fits], end[fits], layer[fits], offence[fits]
    more = np.clip((end - first) // DAYS_BETWEEN_REVIEWS, 0, MOST_REVIEWS) * (layer == LAYER_3)
    which = np.repeat(np.arange(len(person)), 1 + more)
    turn = sequence_within(which) - 1
    day = first[which] + turn * DAYS_BETWEEN_REVIEWS - (turn > 0) * rng.integers(0, 60, len(which))
    return person[which], day, layer[which], offence[which]


def assessment_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of hmpps_oasys."""
    rng = stream(journeys.seed, "hmpps_oasys")
    made = assessments(journeys)
    count, who = len(made), made.person
    previous = previous_convictions(journeys)[who]
    scores = _scores(rng, journeys, made, previous)
    homeless = (scores["question_3_tot"] >= 3) & happens(rng, 45, count)
    distress = happens(rng, 24, count)
    return {
        "assessment_id_hash": new_keys(rng, count),
        "row_id_hash": _record_keys(journeys, count),
        "assessment_date": made.day,
        "assessment_layer": Coded(made.layer, LAYERS),
        **scores,
        "question_3_3": homeless,
        "question_8_1": (scores["question_8_tot"] > 0) | happens(rng, 18, count),
        "question_10_5": np.where(distress, 2, 0),
        "question_10_6": choose_by_row(rng, np.array([[82.0, 13, 5], [44, 37, 19]]), distress.astype(np.int64)),
        "question_1_10": _prison_before(journeys)[who],
        "ogrs_band": Coded(_ogrs(journeys, made, previous), OGRS),
        "rosh_level": Coded(choose_by_row(rng, ROSH_WEIGHTS, made.sexual.astype(np.int64)), ROSH),
    }


def _scores(rng: np.random.Generator, journeys: Journeys, made: Assessments, previous: Ints) -> dict[str, Ints]:
    """Section scores: a person's needs hang together, differ by section, and rise with the record."""
    deep: Floats = stream(journeys.seed, "needs").standard_normal((len(journeys.people), len(SECTIONS) + 1))
    own = deep[made.person]
    common = 0.8 * own[:, -1] + 0.35 * np.log1p(previous) - 0.5
    result = {}
    for place, (name, (most, usual)) in enumerate(SECTIONS.items()):
        chance = 1 / (1 + np.exp(-(usual + common + 0.7 * own[:, place])))
        result[name] = rng.binomial(most, chance).astype(np.int64)
    return result


def _prison_before(journeys: Journeys) -> Ints:
    """Per person: previous custodial sentences, a share of the convictions."""
    share = 0.3 * stream(journeys.seed, "prison before").random(len(journeys.people))
    before = np.maximum(previous_convictions(journeys) - 2, 0) * share
    return np.minimum(np.floor(before), 9).astype(np.int64)


def _ogrs(journeys: Journeys, made: Assessments, previous: Ints) -> Ints:
    """Band of the reoffending score, a rising function of convictions and a falling one of age (assumed)."""
    age = journeys.people.age_on(made.person, made.day)
    rate = np.log((previous + 1) / 15)
    percent = 100 / (1 + np.exp(-(1.1 + 1.15 * rate - 0.035 * (age - 30))))
    return np.searchsorted(OGRS_FROM, percent, side="right").astype(np.int64)
