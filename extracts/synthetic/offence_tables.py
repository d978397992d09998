"""The offences on each court case: plea, verdict, result and sentence. The first one is the principal offence."""

from __future__ import annotations

import numpy as np

from extracts.synthetic.chance import NONE, Flags, Ints, choose, choose_by_row, happens, new_keys, stream
from extracts.synthetic.codes import Coded
from extracts.synthetic.court_tables import case_key_of, sequences
from extracts.synthetic.courts import AFTER_TRIAL, CONTESTED, FOR_TRIAL, GUILTY_PLEA, IN_ABSENCE, MAGISTRATES, OUTCOMES
from extracts.synthetic.crimes import CUT_DAY
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.layout import Column
from extracts.synthetic.sentences import COMMUNITY, CUSTODY, FINE, LIFE_DAYS, SENT, SUSPENDED, UNITS

PLEAS = ("G", "NG", "NONE", "IG", "ING")
VERDICTS = ("G", "NG", "NA", "NC")
# Disposal positions: no separate penalty counts as otherwise dealt with.
COMPENSATION, OTHERWISE = 6, 7

STOPPED_RESULT = {
    "DAC": "2004", "DMA": "2006", "JDA": "2004", "NCA": "2064", "PDE": "2053", "PDP": "2053", "PUP": "2051",
    "WOF": "2051", "DEC": "2065",
}  # fmt: skip
NO_EVIDENCE_OFFERED = {False: "2050", True: "2091"}


def offence_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of crt_offence: every case record has a principal offence, a third have more."""
    rng = stream(journeys.seed, "crt_offence")
    cases, codes = journeys.cases, journeys.codes
    record = np.repeat(np.arange(len(cases)), np.minimum(rng.geometric(0.72, len(cases)), 8))
    principal = np.r_[True, np.diff(record) > 0][: len(record)]
    crime, count = journeys.case_crime[record], len(record)
    disposal = _disposals(rng, journeys, record, principal)
    length, unit, fine = _sentences(rng, journeys, record, principal, disposal)
    plea, plea_day = _pleas(rng, journeys, record)
    return {
        "offence_id_hash": new_keys(rng, count),
        "case_id_hash": case_key_of(journeys)[record],
        "defendant_seq": sequences(journeys)[record],
        "cjs_code": codes.charges.column(_charges(rng, journeys, record, principal)),
        "offence_date": journeys.crimes.committed[crime],
        "indicated_plea": Coded(_indicated(rng, journeys, record), PLEAS),
        "plea": Coded(plea, PLEAS),
        "plea_date": plea_day,
        "verdict": Coded(_verdicts(rng, journeys, record), VERDICTS),
        "conviction_date": journeys.sentences.convicted_on[record],
        "result_code": codes.results.column(_results(rng, journeys, record, disposal)),
        "disposal": codes.disposals.column(disposal),
        "sentence_duration": length,
        "sentence_unit": Coded(unit, UNITS),
        "fine_amount": fine,
        "is_principal": principal,
    }


def _charges(rng: np.random.Generator, journeys: Journeys, record: Ints, principal: Flags) -> Ints:
    """The leading charge, then others that are no graver: either way or summary."""
    codes = journeys.codes
    lesser = np.isin(codes.charges.text("category"), ("CE", "CS")).astype(float)
    same = np.array(codes.charges.text("maps_to_subgroup"))
    rows = [lesser * np.where(same == name, 12.0, 0.6) for name in codes.outcomes.codes]
    subgroup = journeys.crimes.subgroup[journeys.case_crime[record]]
    other = choose_by_row(rng, np.array(rows), subgroup)
    return np.where(principal, journeys.defendants.charge[journeys.cases.defendant[record]], other)


def _disposals(rng: np.random.Generator, journeys: Journeys, record: Ints, principal: Flags) -> Ints:
    """The case's disposal on the principal offence; on others the same or a lesser one, often no separate penalty."""
    leading = journeys.sentences.disposal[record]
    rank = journeys.codes.disposals.number("seriousness_rank")
    drawn = np.array([OTHERWISE, FINE, COMMUNITY, CUSTODY])[choose(rng, (55, 15, 12, 18), len(record))]
    graver = rank[drawn] < rank[np.maximum(leading, 0)]
    other = np.where(graver, OTHERWISE, drawn)
    return np.where(principal | (leading < 0), leading, other)


def _sentences(
    rng: np.random.Generator, journeys: Journeys, record: Ints, principal: Flags, disposal: Ints
) -> tuple[Ints, Ints, Ints]:
    """Length, unit and fine in pennies. Custody on a lesser offence runs for a part of the principal term."""
    sentences = journeys.sentences
    same = disposal == sentences.disposal[record]
    timed = np.isin(disposal, (CUSTODY, SUSPENDED, COMMUNITY)) & same
    length, unit = sentences.length[record], sentences.unit[record]
    part = np.maximum((length * (0.2 + 0.6 * rng.random(len(record)))).astype(np.int64), 1)
    length = np.where(principal | (length == NONE), length, part)
    alone = ~same & (disposal == COMMUNITY)
    length = np.where(timed, length, np.where(alone, 12, NONE))
    unit = np.where(timed, unit, np.where(alone, UNITS.index("M"), -1))
    fine = np.where(same, sentences.fine[record], rng.integers(8, 60, len(record)) * 500)
    return length, unit, np.where(disposal == FINE, fine, NONE)


def _pleas(rng: np.random.Generator, journeys: Journeys, record: Ints) -> tuple[Ints, Ints]:
    """Plea (position in PLEAS) and its day; nothing before it was entered, nor on cases sent on."""
    cases = journeys.cases
    code = journeys.defendants.outcome[cases.defendant[record]]
    day = cases.plea_day[record]
    entered = (day != NONE) & (day <= CUT_DAY)
    plea = np.where(code == GUILTY_PLEA, 0, 1)
    absent = (code == IN_ABSENCE) & (cases.decided[record] <= CUT_DAY) & (cases.route[record] == MAGISTRATES)
    plea = np.where(entered, plea, np.where(absent & happens(rng, 80, len(record)), 2, -1))
    return plea, np.where(plea < 0, NONE, np.where(absent, cases.decided[record], day))


def _indicated(rng: np.random.Generator, journeys: Journeys, record: Ints) -> Ints:
    """The indication before venue, in the magistrates' court on charges triable either way."""
    cases, defendants = journeys.cases, journeys.defendants
    defendant = cases.defendant[record]
    either = np.array([category == "CE" for category in journeys.codes.charges.text("category")])
    asked = (cases.route[record] == MAGISTRATES) & either[defendants.charge[defendant]]
    guilty = (cases.plea_day[record] == cases.first[record]) & (defendants.outcome[defendant] == GUILTY_PLEA)
    answered = asked & happens(rng, 80, len(record))
    return np.where(answered, np.where(guilty, PLEAS.index("IG"), PLEAS.index("ING")), -1)


def _verdicts(rng: np.random.Generator, journeys: Journeys, record: Ints) -> Ints:
    """Guilty or not after a trial or in absence; no conviction where stopped; none after a guilty plea."""
    cases, outcome = journeys.cases, journeys.sentences.outcome[record]
    code = journeys.defendants.outcome[cases.defendant[record]]
    known = (cases.decided[record] <= CUT_DAY) & (cases.route[record] <= FOR_TRIAL)
    known &= ~((cases.route[record] == MAGISTRATES) & journeys.defendants.sent[cases.defendant[record]])
    alternative = (code == AFTER_TRIAL) & happens(rng, 2, len(record))
    verdict = np.where(np.isin(code, (AFTER_TRIAL, IN_ABSENCE)), np.where(alternative, 2, 0), 3)
    verdict = np.where(np.isin(code, CONTESTED[1:]), 1, verdict)
    return np.where(known & (outcome != SENT) & (code != GUILTY_PLEA), verdict, -1)


def _results(rng: np.random.Generator, journeys: Journeys, record: Ints, disposal: Ints) -> Ints:
    """The CJS result: by disposal and age for a sentence, by the reason for a case that ended without one."""
    cases, place = journeys.cases, journeys.codes.results.place
    age = journeys.people.age_on(journeys.suspect_person[journeys.case_suspect[record]], cases.first[record])
    young, youth = age < 21, age < 18
    options: dict[int, int | Ints] = {
        0: place("1017"), 1: place("1018"), FINE: place("1015"),
        SUSPENDED: np.where(young, place("1134"), place("1115")),
        COMMUNITY: np.where(youth, place("1141"), place("1116")),
        CUSTODY: np.where(youth, place("1081"), np.where(young, place("1024"), place("1002"))),
        OTHERWISE: np.where(happens(rng, 80, len(record)), place("1057"), place("1016")),
    }  # fmt: skip
    result = np.full(len(record), -1)
    for position, codes in options.items():
        result = np.where(disposal == position, codes, result)
    life = (journeys.sentences.custody_days[record] == LIFE_DAYS) & (disposal == CUSTODY)
    result = np.where(life, place("1121"), result)
    ended = (journeys.sentences.outcome[record] > 0) & (journeys.sentences.outcome[record] != SENT)
    ended &= cases.route[record] <= FOR_TRIAL
    stopped = np.where(cases.crown[record], place(NO_EVIDENCE_OFFERED[True]), place(NO_EVIDENCE_OFFERED[False]))
    by_code = np.array([place(STOPPED_RESULT[code]) if code in STOPPED_RESULT else -1 for code in OUTCOMES])
    found = by_code[journeys.defendants.outcome[cases.defendant[record]]]
    return np.where(ended, np.where(found < 0, stopped, found), result)
