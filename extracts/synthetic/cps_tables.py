"""The CPS's two tables: pre-charge decisions and finished prosecutions."""

from __future__ import annotations

import numpy as np

from extracts.synthetic.chance import NONE, Flags, Ints, Keys, choose_by_row, happens, new_keys, sequence_within, stream
from extracts.synthetic.codes import Coded
from extracts.synthetic.courts import FOR_TRIAL, MAGISTRATES, OUTCOMES, VICTIM_REASONS
from extracts.synthetic.crimes import CUT_DAY, EVIDENTIAL, OPEN, OUT_OF_COURT, WITHDREW
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.layout import Column
from extracts.synthetic.police_tables import HATE, hate_strands
from extracts.synthetic.sentences import SENT

FLAGS = ("DA", "RP", "AR", "CA", "ST", "HR", "HG", "HH", "HD", "OP", "MS", "VIW")
DECISIONS = ("CHG", "NFE", "NFP", "OCD", "ADF", "OTH")
CHARGE, NO_EVIDENCE, NO_INTEREST, DIVERTED, DROPPED, PENDING = range(6)
NFA_REASONS = (
    "insufficient evidence", "victim does not support", "identification", "legal element", "public interest", "other",
)  # fmt: skip
MEASURES = (
    "none",
    "screens",
    "live link",
    "screens|live link",
    "screens|intermediary",
    "s28 pre-recorded",
    "evidence in private|screens",
)


def flags(journeys: Journeys, crime: Ints) -> Coded:
    """Monitoring flags of the case, joined by `|`; the empty list is an empty text."""
    rng = stream(journeys.seed, "cps flags")
    codes, crimes, victims = journeys.codes, journeys.crimes, journeys.victims
    count = len(crimes)
    age = np.full(count, -1)
    first = (victims.sequence == 1) & (victims.kind == 0)
    age[victims.crime[first]] = victims.age[first]
    child, older = (age >= 0) & (age < 18), age >= 60
    rape = journeys.is_rape(np.arange(count))
    sexual = np.array(codes.subgroups.text("cps_category"))[crimes.subgroup] == "sexual"
    offence = np.array(codes.offences.codes)[crimes.offence]
    stalking = crimes.subgroup == codes.outcomes.place("Stalking and harassment")
    strand = np.array(HATE)[hate_strands(journeys)]
    cruelty, vulnerable = offence == "11A", sexual | child | (journeys.domestic & happens(rng, 40, count))
    marks = {
        "DA": journeys.domestic, "RP": rape, "AR": rape & (age >= 18), "CA": child & (sexual | cruelty), "ST": stalking,
        "HR": np.isin(strand, ("race", "multiple")), "HG": np.isin(strand, ("religion", "multiple")),
        "HH": np.isin(strand, ("sexual orientation", "transgender")), "HD": strand == "disability",
        "OP": older & happens(rng, 70, count), "MS": offence == "106", "VIW": vulnerable & (age >= 0),
    }  # fmt: skip
    bits = sum(mark[crime].astype(np.int64) << place for place, mark in enumerate(marks.values()))
    sets, index = np.unique(bits, return_inverse=True)
    return Coded(index, tuple("|".join(f for p, f in enumerate(FLAGS) if value >> p & 1) for value in sets.tolist()))


def record_keys(journeys: Journeys) -> Keys:
    """The CPS's person-record of each suspect who reaches it, one per case; empty for the others."""
    keys = new_keys(stream(journeys.seed, "cps records"), len(journeys.suspects))
    keys[journeys.charging.case[journeys.suspects.crime] == b""] = b""
    return keys


def pcd_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of cps_pcd: one charging decision per suspect referred, and early advice where it was sought."""
    rng = stream(journeys.seed, "cps_pcd")
    charging, codes = journeys.charging, journeys.codes
    referred = np.flatnonzero(charging.referred[journeys.suspects.crime])
    rape = journeys.is_rape(journeys.suspects.crime[referred])
    advised = referred[happens(rng, np.where(rape, 35, 4), len(referred))]
    suspect = np.r_[referred, advised]
    early = np.r_[np.zeros(len(referred), dtype=bool), np.ones(len(advised), dtype=bool)]
    order = np.lexsort((~early, suspect))
    suspect, early = suspect[order], early[order]
    crime, count = journeys.suspects.crime[suspect], len(suspect)
    decision = np.where(early, PENDING, _decisions(rng, journeys, suspect))
    received, decided = _decision_days(rng, journeys, crime, early)
    category = codes.subgroups.text("cps_category")
    again = np.where(journeys.is_rape(crime), 0.83, np.where(journeys.domestic[crime], 0.53, 0.35))
    serious = journeys.is_rape(crime) | journeys.domestic[crime]
    return {
        "pcd_id_hash": new_keys(rng, count),
        "cps_case_id_hash": charging.case[crime],
        "row_id_hash": record_keys(journeys)[suspect],
        "crime_id_hash": journeys.crimes.key[crime],
        "cps_area": cps_areas(journeys, crime),
        "received_date": received,
        "receipt_type": Coded(early.astype(np.int64), ("charging", "early_advice")),
        "consultations": np.minimum(1 + rng.poisson(again, count), 15),
        "action_plan_count": np.minimum(rng.poisson(np.where(serious, 1.0, 0.4), count), 10),
        "decision_code": Coded(decision, DECISIONS),
        "decision_date": decided,
        "days_receipt_to_decision": np.where(decided == NONE, NONE, decided - received),
        "nfa_reason": Coded(_reasons(rng, journeys, decision, crime), NFA_REASONS),
        "flags": flags(journeys, crime),
        "principal_offence_category": Coded(journeys.crimes.subgroup[crime], category),
    }


def cps_areas(journeys: Journeys, crime: Ints) -> Coded:
    return Coded(journeys.crimes.force[crime], journeys.codes.forces.text("cps_area"))


def _decisions(rng: np.random.Generator, journeys: Journeys, suspect: Ints) -> Ints:
    """Positions in DECISIONS, from how the police closed the crime."""
    ending = journeys.crimes.ending[journeys.suspects.crime[suspect]]
    charged = journeys.charging.charged_day[suspect] != NONE
    dropped = happens(rng, np.where(ending == WITHDREW, 38, 42), len(suspect))
    refused = np.where(np.isin(ending, (WITHDREW, EVIDENTIAL)) & dropped, DROPPED, NO_EVIDENCE)
    decision = np.where(ending == OUT_OF_COURT, DIVERTED, np.where(ending == OPEN, PENDING, refused))
    decision = np.where(journeys.charging.not_public_interest[journeys.suspects.crime[suspect]], NO_INTEREST, decision)
    return np.where(charged, CHARGE, decision)


def _decision_days(rng: np.random.Generator, journeys: Journeys, crime: Ints, early: Flags) -> tuple[Ints, Ints]:
    """Days of receipt and decision; early advice comes and is answered before the file; NONE while pending."""
    received, recorded = journeys.charging.received[crime], journeys.crimes.recorded[crime]
    decided = journeys.crimes.outcome_day[crime]
    asked = recorded + ((received - recorded) * rng.random(len(crime))).astype(np.int64)
    answered = asked + ((received - asked) * rng.random(len(crime))).astype(np.int64)
    return np.where(early, asked, received), np.where(early, answered, decided)


def _reasons(rng: np.random.Generator, journeys: Journeys, decision: Ints, crime: Ints) -> Ints:
    """Why no further action, as a position in NFA_REASONS."""
    drawn = choose_by_row(rng, np.array([[62.0, 0, 16, 14, 0, 8]]), np.zeros(len(crime), dtype=np.int64))
    reason = np.where(journeys.crimes.ending[crime] == WITHDREW, NFA_REASONS.index("victim does not support"), drawn)
    reason = np.where(decision == NO_INTEREST, NFA_REASONS.index("public interest"), reason)
    return np.where(np.isin(decision, (NO_EVIDENCE, NO_INTEREST, DROPPED)), reason, -1)


def finished(journeys: Journeys) -> Ints:
    """The case records that finish a prosecution: for trial in the Crown Court, else magistrates', by the cut."""
    cases, sent = journeys.cases, journeys.defendants.sent[journeys.cases.defendant]
    own = np.where(sent, cases.route == FOR_TRIAL, cases.route == MAGISTRATES)
    return np.flatnonzero(own & (cases.completed <= CUT_DAY) & (journeys.sentences.outcome != SENT))


def prosecution_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of cps_prosecution: one row per defendant whose prosecution has finished."""
    rng = stream(journeys.seed, "cps_prosecution")
    record = finished(journeys)
    defendant = journeys.cases.defendant[record]
    crime, count = journeys.defendants.crime[defendant], len(record)
    outcome = journeys.defendants.outcome[defendant]
    charged, completed = journeys.defendants.charged[defendant], journeys.cases.completed[record]
    groups = {row["code"]: row["reason_group"] for row in journeys.codes.prosecution_outcomes.rows}
    reason_groups = tuple(groups[code] for code in OUTCOMES)
    contact = np.minimum(3 + rng.geometric(0.06, count), completed - charged)
    return {
        "cps_case_id_hash": journeys.charging.case[crime],
        "defendant_seq": sequence_within(journeys.defendants.crime)[defendant],
        "row_id_hash": record_keys(journeys)[journeys.defendants.suspect[defendant]],
        "cps_area": cps_areas(journeys, crime),
        "court_tier": Coded(journeys.cases.crown[record].astype(np.int64), ("MC", "CC")),
        "flags": flags(journeys, crime),
        "charge_date": charged,
        "completion_date": completed,
        "outcome_code": Coded(outcome, OUTCOMES),
        "stop_reason_group": Coded(np.where(outcome <= 2, -1, outcome), reason_groups),
        "victim_attrition_post_charge": np.isin(outcome, VICTIM_REASONS),
        "special_measures": Coded(_measures(rng, journeys, crime), MEASURES),
        "pet_victim_contact_days": np.where(_has_victim(journeys)[crime], np.minimum(contact, 200), NONE),
        "days_charge_to_completion": np.minimum(completed - charged, 2500),
    }


def _has_victim(journeys: Journeys) -> Flags:
    """Per crime: whether a person is its victim."""
    result = np.zeros(len(journeys.crimes), dtype=bool)
    result[journeys.victims.crime[journeys.victims.kind == 0]] = True
    return result


def _measures(rng: np.random.Generator, journeys: Journeys, crime: Ints) -> Ints:
    """Special measures, as positions in MEASURES: common in sexual cases, some in domestic ones."""
    sexual = np.array(journeys.codes.subgroups.text("cps_category"))[journeys.crimes.subgroup[crime]] == "sexual"
    row = np.where(sexual, 2, np.where(journeys.domestic[crime], 1, 0))
    table = np.array([[97.0, 2, 0.6, 0.2, 0.2, 0, 0], [68, 22, 6, 3, 0.5, 0, 0.5], [18, 36, 14, 12, 5, 11, 4]])
    drawn = choose_by_row(rng, table, row)
    return np.where(_has_victim(journeys)[crime], drawn, 0)
