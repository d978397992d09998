"""The courts' cases and hearings. The offences on each case are in `offence_tables`."""

from __future__ import annotations

from functools import partial

import numpy as np

from extracts.synthetic.chance import NONE, Flags, Ints, Keys, choose_by_row, happens, new_keys, sequence_within, stream
from extracts.synthetic.codes import Coded, Codes
from extracts.synthetic.courts import FOR_SENTENCE, MAGISTRATES
from extracts.synthetic.crimes import CUT_DAY
from extracts.synthetic.hearings import EFFECTIVE, REASONS, RESULTS, TYPES, VACATED
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.layout import Column
from extracts.synthetic.police_tables import SEXES, area_codes, recorded_sex, stated_ethnicity
from extracts.synthetic.remembered import remembered
from extracts.synthetic.sentences import CASE_OUTCOMES, CONVICTED, LIFE_DAYS, SENT

TIERS = ("MC", "CC")
ROUTES = ("sent for trial", "committed for sentence", "appeal")
INITIATION = ("C", "Q", "R", "S")
MODES = ("I", "ETJ", "IPR", "EST", "U", "SUM", "NOMOT")
REMAND = ("UB", "CB", "PR", "NA")
LEGAL_AID = ("granted", "refused", "none", "not known")
RESULT_CLASSES = (
    "Adjournment", "Adjournment pre Judgement", "Adjournment post Judgement", "Judgement with final result", "Sentence",
    "Appeal Outcome", "Unresulted", "Adjournment with Judgement",
)  # fmt: skip


@remembered
def case_keys(journeys: Journeys) -> tuple[Keys, Keys]:
    """Per crime: the keys of its magistrates' and its Crown Court case, empty where there is none."""
    both = []
    for name, crown in (("magistrates cases", False), ("crown cases", True)):
        keys = new_keys(stream(journeys.seed, name), len(journeys.crimes))
        exists = np.zeros(len(keys), dtype=bool)
        exists[journeys.case_crime[journeys.cases.crown == crown]] = True
        keys[~exists] = b""
        both.append(keys)
    return both[0], both[1]


def case_key_of(journeys: Journeys) -> Keys:
    """The case key of each case record."""
    magistrates, crown = case_keys(journeys)
    return np.where(journeys.cases.crown, crown[journeys.case_crime], magistrates[journeys.case_crime])


@remembered
def record_keys(journeys: Journeys) -> Keys:
    """The courts' person-record of each case record."""
    return new_keys(stream(journeys.seed, "court records"), len(journeys.cases))


def sequences(journeys: Journeys) -> Ints:
    """The number of each case record's defendant within the crime's case."""
    return sequence_within(journeys.defendants.crime)[journeys.cases.defendant]


def case_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of crt_case."""
    rng = stream(journeys.seed, "crt_case")
    cases, codes, count = journeys.cases, journeys.codes, len(journeys.cases)
    crime, who = journeys.case_crime, journeys.suspect_person[journeys.case_suspect]
    done = cases.completed <= CUT_DAY
    sent = (cases.route == MAGISTRATES) & (journeys.sentences.outcome == SENT)
    disposal = journeys.sentences.disposal
    category = np.array(codes.charges.text("category"))
    types = ("CI", "CE", "CS", "CM")
    offence_type = np.array([types.index(code) for code in category])[journeys.defendants.charge[cases.defendant]]
    prolific = journeys.suspects.prolific[journeys.case_suspect]
    return {
        "case_id_hash": case_key_of(journeys),
        "defendant_seq": sequences(journeys),
        "court_tier": Coded(cases.crown.astype(np.int64), TIERS),
        "row_id_hash": record_keys(journeys),
        "court_code": codes.courts.column(_courts(rng, codes, journeys.crimes.force[crime], cases.crown)),
        "initiation_type": Coded(_initiation(journeys), INITIATION),
        "sex": Coded(recorded_sex(rng, journeys.people.sex[who]), SEXES),
        "age_at_first_hearing": np.clip(journeys.people.age_on(who, cases.first), 10, 100),
        "ethnicity_sde": codes.ethnicity.column(stated_ethnicity(rng, journeys, who)),
        "lsoa_residence": area_codes(journeys.people.area[who]),
        "earliest_offence_date": journeys.crimes.committed[crime],
        "charge_date": journeys.defendants.charged[cases.defendant],
        "first_hearing_date": cases.first,
        "sent_to_crown_date": np.where(sent, cases.completed, NONE),
        "receipt_route": Coded(cases.route, ROUTES),
        "mode_of_trial": Coded(_modes(rng, journeys, offence_type), MODES),
        "remand_status": Coded(remand(journeys), REMAND),
        "ho_offence_code": codes.offences.column(journeys.crimes.offence[crime]),
        "offence_type": Coded(offence_type, types),
        "completion_date": np.where(done, cases.completed, NONE),
        "case_outcome": Coded(journeys.sentences.outcome, CASE_OUTCOMES),
        "principal_disposal": codes.disposals.column(disposal),
        "custody_days": np.where(journeys.sentences.custody_days == LIFE_DAYS, LIFE_DAYS,
                                 np.minimum(journeys.sentences.custody_days, 36500)),
        "prev_convictions_cited": np.minimum(rng.negative_binomial(0.7, np.where(prolific, 0.045, 0.17), count), 200),
        "legal_aid_status": Coded(_legal_aid(rng, journeys), LEGAL_AID),
    }  # fmt: skip


def _courts(rng: np.random.Generator, codes: Codes, force: Ints, crown: Flags) -> Ints:
    """A court of the tier in the force's area, or in its region where the area has none."""
    tier, forces, regions = (np.array(codes.courts.text(name)) for name in ("court_tier", "force_code", "cj_region"))
    rows = []
    for code, region in zip(codes.forces.codes, codes.forces.text("cj_region"), strict=True):
        for wanted in TIERS:
            near = (tier == wanted) & (forces == code)
            rows.append(near if near.any() else (tier == wanted) & (regions == region))
    return choose_by_row(rng, np.array(rows, dtype=float), force * 2 + crown)


def _initiation(journeys: Journeys) -> Ints:
    """How the case began, the same in both tiers: people in custody are always charged."""
    rng = stream(journeys.seed, "initiation")
    row = journeys.defendants.custody.astype(np.int64)
    drawn = choose_by_row(rng, np.array([[60.0, 34, 2, 4], [100, 0, 0, 0]]), row)
    return drawn[journeys.cases.defendant]


def _modes(rng: np.random.Generator, journeys: Journeys, offence_type: Ints) -> Ints:
    """Why the case is tried where it is."""
    sent = journeys.defendants.sent[journeys.cases.defendant]
    either = np.where(happens(rng, np.where(sent, 22, 78), len(sent)), np.where(sent, 1, 3), np.where(sent, 2, 4))
    return np.where(offence_type == 0, 0, np.where(offence_type == 1, either, 5))


def remand(journeys: Journeys) -> Ints:
    """Remand status as a position in REMAND: custody where the defendant was held, more in the Crown Court."""
    rng = stream(journeys.seed, "remand")
    held = journeys.defendants.custody[journeys.cases.defendant]
    row = np.where(held, 2, 0) + journeys.cases.crown
    return choose_by_row(rng, np.array([[52.0, 24, 1, 23], [42, 50, 7, 1], [12, 38, 48, 2], [4, 20, 76, 0]]), row)


def _legal_aid(rng: np.random.Generator, journeys: Journeys) -> Ints:
    return choose_by_row(rng, np.array([[42.0, 7, 44, 7], [90, 1, 6, 3]]), journeys.cases.crown.astype(np.int64))


def hearing_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of crt_hearing."""
    rng = stream(journeys.seed, "crt_hearing")
    hearings, cases, count = journeys.hearings, journeys.cases, len(journeys.hearings)
    trial = hearings.kind == TYPES.index("TRIAL")
    crown = cases.crown[hearings.case]
    usual = np.where(trial & (hearings.result == EFFECTIVE), np.where(crown, 260.0, 130.0), np.where(crown, 28.0, 18.0))
    minutes = np.exp(np.log(usual) + 0.6 * rng.standard_normal(count))
    remanded = remand(journeys)[hearings.case]
    released = (hearings.day == cases.completed[hearings.case]) & (journeys.sentences.outcome[hearings.case] >= 0)
    video = happens(rng, np.where(remanded == 2, 45, 9), count)
    present = choose_by_row(rng, np.array([[88.0, 9, 3], [96, 3, 1]]), crown.astype(np.int64))
    return {
        "hearing_id_hash": new_keys(rng, count),
        "case_id_hash": case_key_of(journeys)[hearings.case],
        "defendant_seq": sequences(journeys)[hearings.case],
        "hearing_date": hearings.day,
        "hearing_type": Coded(hearings.kind, TYPES),
        "hearing_duration_min": np.clip(np.round(minutes), 1, 600).astype(np.int64),
        "defendant_present": Coded(present, ("Y", "N", "A")),
        "listed_for_trial": trial,
        "trial_result": Coded(hearings.result, RESULTS),
        "trial_reason": Coded(hearings.reason, REASONS),
        "remand_at_end": Coded(np.where(released, REMAND.index("NA"), remanded), REMAND),
        "result_class": Coded(_result_classes(journeys), RESULT_CLASSES),
        "video_link": video,
    }


def _result_classes(journeys: Journeys) -> Ints:
    """What each hearing led to, from where it stands between decision and completion."""
    hearings, cases = journeys.hearings, journeys.cases
    place = partial(RESULT_CLASSES.index)
    day, decided, completed = hearings.day, cases.decided[hearings.case], cases.completed[hearings.case]
    outcome, route = journeys.sentences.outcome[hearings.case], cases.route[hearings.case]
    result = np.where(day < decided, place("Adjournment pre Judgement"), place("Adjournment post Judgement"))
    result = np.where((day == decided) & (decided < completed), place("Adjournment with Judgement"), result)
    last = (day == completed) & (outcome >= 0)
    sentence = last & (outcome == CONVICTED) & ((completed > decided) | (route == FOR_SENTENCE))
    result = np.where(last, place("Judgement with final result"), result)
    result = np.where(sentence, place("Sentence"), result)
    result = np.where(last & (outcome == SENT), place("Adjournment"), result)
    result = np.where(last & (route > FOR_SENTENCE), place("Appeal Outcome"), result)
    return np.where(hearings.result == VACATED, place("Unresulted"), result)
