"""The derived table: how far each victim's case came, whether they stayed with it, and how it ended."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from extracts.synthetic.chance import NONE, Ints
from extracts.synthetic.codes import Coded
from extracts.synthetic.courts import IN_ABSENCE, VICTIM_REASONS
from extracts.synthetic.cps_tables import finished
from extracts.synthetic.crimes import (
    CHARGED,
    CUT_DAY,
    EPOCH,
    EVIDENTIAL,
    NO_SUSPECT,
    OPEN,
    OTHER,
    OUT_OF_COURT,
    WITHDREW,
)  # fmt: skip
from extracts.synthetic.hearings import CRACKED, EFFECTIVE
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.layout import Column
from extracts.synthetic.links import case_scores, linked_crimes
from extracts.synthetic.police_tables import subgroup_codes
from extracts.synthetic.withdrawals import withdrawal_reasons, withdrawal_stages

STAGES = ("REPORT", "POLICE", "CHARGE", "PRETRIAL", "TRIAL", "COMPLETE")
ENDINGS = (
    "open", "no suspect", "evidential (supported)", "victim withdrew", "out of court", "not charged (CPS)",
    "stopped post-charge (victim)", "stopped post-charge (other)", "acquitted", "convicted", "other",
)  # fmt: skip
BY_POLICE = {
    NO_SUSPECT: "no suspect", EVIDENTIAL: "evidential (supported)", WITHDREW: "victim withdrew",
    OUT_OF_COURT: "out of court", OTHER: "other", OPEN: "open",
}  # fmt: skip


def columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of drv_victim_journey, one row per row of pol_victim."""
    victims, crimes = journeys.victims, journeys.crimes
    ending, ended = endings(journeys)
    furthest = stages(journeys, ending)
    crime, stage = victims.crime, withdrawal_stages(journeys)
    withdrew = victims.withdrew_day != NONE
    reasons = journeys.codes.reasons.text("group")
    recorded = crimes.recorded[crime]
    censored = ending[crime] == ENDINGS.index("open")
    return {
        "crime_id_hash": crimes.key[crime],
        "victim_seq": victims.sequence,
        "cohort_quarter": _quarters(recorded),
        "offence_subgroup": subgroup_codes(journeys, crimes.subgroup[crime]),
        "force_code": journeys.codes.forces.column(crimes.force[crime]),
        "furthest_stage": Coded(furthest[crime], STAGES),
        "final_outcome": Coded(ending[crime], ENDINGS),
        "withdrew": withdrew,
        "withdrew_stage": Coded(np.where(withdrew, stage - 1, -1), STAGES),
        "withdrew_reason_group": Coded(withdrawal_reasons(journeys), reasons),
        "days_to_withdrawal": np.where(withdrew, victims.withdrew_day - recorded, NONE),
        "days_to_final": np.where(censored, NONE, ended[crime] - recorded),
        "censored": censored,
        "link_confidence": _confidence(journeys)[crime],
    }


def endings(journeys: Journeys) -> tuple[Ints, Ints]:
    """Per crime: the final outcome (position in ENDINGS) and its day, NONE while open.

    A charged crime is open until every defendant's prosecution has finished; then the gravest result counts.
    """
    crimes, charging = journeys.crimes, journeys.charging
    names = [BY_POLICE.get(ending, "open") for ending in range(7)]
    result = np.array([ENDINGS.index(name) for name in names])[crimes.ending]
    refused = charging.referred & np.isin(crimes.ending, (EVIDENTIAL, OTHER))
    result = np.where(refused, ENDINGS.index("not charged (CPS)"), result)
    done = finished(journeys)
    crime, size = journeys.case_crime[done], len(crimes)
    outcome = journeys.defendants.outcome[journeys.cases.defendant[done]]
    rank = np.where(
        outcome <= IN_ABSENCE, 3, np.where(outcome <= 6, 2, np.where(np.isin(outcome, VICTIM_REASONS), 1, 0))
    )
    gravest, last = np.full(size, -1), np.full(size, NONE)
    np.maximum.at(gravest, crime, rank)
    np.maximum.at(last, crime, journeys.cases.completed[done])
    defendants = np.bincount(journeys.defendants.crime, minlength=size)
    closed = (defendants > 0) & (np.bincount(crime, minlength=size) == defendants)
    by_rank = np.array([ENDINGS.index(n) for n in (
        "stopped post-charge (other)", "stopped post-charge (victim)", "acquitted", "convicted")])  # fmt: skip
    result = np.where(closed, by_rank[np.maximum(gravest, 0)], result)
    day = np.where(crimes.ending == CHARGED, np.where(closed, last, NONE), crimes.outcome_day)
    return result, day


def stages(journeys: Journeys, ending: Ints) -> Ints:
    """Per crime: the furthest stage reached, as a position in STAGES."""
    result = np.where(journeys.charging.referred, STAGES.index("CHARGE"), STAGES.index("POLICE"))
    result = np.where(journeys.crimes.ending == CHARGED, STAGES.index("PRETRIAL"), result)
    hearings = journeys.hearings
    tried = np.isin(hearings.result, (EFFECTIVE, CRACKED))
    result[journeys.case_crime[hearings.case[tried]]] = STAGES.index("TRIAL")
    complete = np.isin(ending, [ENDINGS.index("acquitted"), ENDINGS.index("convicted")])
    return np.where(complete, STAGES.index("COMPLETE"), result)


def _quarters(days: Ints) -> Coded:
    """The quarter of each day, as YYYYQn."""
    first = date(EPOCH.year, 1, 1) + timedelta(days=int(days.min(initial=CUT_DAY)))
    months = (days.astype("datetime64[D]")).astype("datetime64[M]").astype(np.int64)
    start = (first.year - 1970) * 12
    index = (months - start) // 3
    labels = tuple(f"{first.year + place // 4}Q{place % 4 + 1}" for place in range(int(index.max(initial=0)) + 1))
    return Coded(index, labels)


def _confidence(journeys: Journeys) -> Ints:
    """Per crime: the match score on its path to the CPS and the courts, in thousandths; 1 where there is no link."""
    result = np.full(len(journeys.crimes), 1000)
    result[linked_crimes(journeys)] = case_scores(journeys)
    return result
