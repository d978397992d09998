"""What a court decides: the outcome of each case record, its sentence, and every offence on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.synthetic.chance import NONE, Flags, Floats, Ints, choose_by_row, happens, stream
from extracts.synthetic.codes import Codes
from extracts.synthetic.courts import FOR_SENTENCE, FOR_TRIAL, IN_ABSENCE, MAGISTRATES, OUTCOMES, Cases, Defendants
from extracts.synthetic.crimes import CUT_DAY

CASE_OUTCOMES = ("convicted", "acquitted", "withdrawn/dismissed", "discontinued", "sent", "other")
CONVICTED, SENT, OTHER_OUTCOME = 0, 4, 5
MAGISTRATES_OUTCOME = dict.fromkeys(("DAC", "NCA", "JDA"), 1) | dict.fromkeys(
    ("DMA", "PDE", "PV1", "PV2", "PV3", "PW1", "PUP"), 2
) | {"PDP": 3, "WOF": 5, "DEC": 5}  # fmt: skip
CROWN_OUTCOME = dict.fromkeys(("DAC", "DMA", "NCA", "JDA"), 1) | dict.fromkeys(
    ("PDE", "PDP", "PV1", "PV2", "PV3", "PW1", "PUP"), 3
) | {"WOF": 5, "DEC": 5}  # fmt: skip

# Magistrates' sentences for recorded crime, disposals 01 to 09 (assumed: published totals are mostly motoring fines).
MAGISTRATES_DISPOSALS = (1.0, 10.0, 47.0, 22.0, 6.0, 7.3, 3.0, 4.0, 0.0)
FINE, COMMUNITY, SUSPENDED, CUSTODY = 2, 3, 4, 5
# Women go to prison about a third as often as men, so that men are 92% of those received (T43), and as many go (T29).
WOMEN_JAILED, MEN_JAILED = 0.36, 1.165
LIFE_DAYS = 99999
YOUNGEST_IN_CUSTODY = 12
DAYS_A_MONTH = 30.4375
UNITS = ("D", "W", "M", "Y", "H", "L")


@dataclass
class Sentences:
    """One entry per case record. `outcome` and `disposal` -1, lengths and fines (pennies) NONE where there is none."""

    outcome: Ints
    convicted_on: Ints
    disposal: Ints
    length: Ints
    unit: Ints
    custody_days: Ints
    fine: Ints


def decide(
    cases: Cases, defendants: Defendants, severity: Floats, age: Ints, female: Flags, murder: Flags, *, seed: int,
    codes: Codes,
) -> Sentences:  # fmt: skip
    """Outcome and sentence of each record as far as they are known on the cut day.

    severity, age (at first hearing), female and murder are per record.
    """
    rng = stream(seed, "sentences")
    finished = cases.completed <= CUT_DAY
    outcome = np.where(finished, _outcomes(cases, defendants), -1)
    guilty = (defendants.outcome[cases.defendant] <= IN_ABSENCE) & (cases.route <= FOR_TRIAL)
    guilty &= ~((cases.route == MAGISTRATES) & defendants.sent[cases.defendant])
    convicted_on = np.where(guilty & (cases.decided <= CUT_DAY), cases.decided, NONE)
    convicted_on = np.where(cases.route == FOR_SENTENCE, _convicted_before(cases), convicted_on)
    passed_on = _committed(cases)
    sentenced = (outcome == CONVICTED) & ~passed_on
    disposal = np.where(sentenced, _disposals(rng, cases.crown, severity, age, female, murder, codes), -1)
    length, unit, days = _lengths(rng, disposal, cases.crown, severity, murder)
    pounds = np.exp(np.log(190) + 0.7 * rng.standard_normal(len(cases)))
    fine = np.where(disposal == FINE, np.maximum(np.round(pounds / 5), 4).astype(np.int64) * 500, NONE)
    return Sentences(outcome, convicted_on, disposal, length, unit, days, fine)


def _committed(cases: Cases) -> Flags:
    """Magistrates' records whose sentence is left to the Crown Court."""
    committed = np.zeros(int(cases.defendant.max(initial=0)) + 1, dtype=bool)
    committed[cases.defendant[cases.route == FOR_SENTENCE]] = True
    passed_on: Flags = committed[cases.defendant] & (cases.route == MAGISTRATES)
    return passed_on


def _convicted_before(cases: Cases) -> Ints:
    """The day on which each record's defendant was convicted by magistrates, where the Crown Court only sentences."""
    day = np.full(int(cases.defendant.max(initial=0)) + 1, NONE)
    first = cases.route == MAGISTRATES
    day[cases.defendant[first]] = cases.decided[first]
    return day[cases.defendant]


def _outcomes(cases: Cases, defendants: Defendants) -> Ints:
    """The case outcome by prosecution outcome and tier; committals are convictions, appeals are `other`."""
    magistrates = np.array([MAGISTRATES_OUTCOME.get(code, CONVICTED) for code in OUTCOMES])
    crown = np.array([CROWN_OUTCOME.get(code, CONVICTED) for code in OUTCOMES])
    code = defendants.outcome[cases.defendant]
    result = np.where(cases.crown, crown[code], magistrates[code])
    result = np.where((cases.route == MAGISTRATES) & defendants.sent[cases.defendant], SENT, result)
    return np.where(cases.route > FOR_SENTENCE, OTHER_OUTCOME, result)


def _disposals(
    rng: np.random.Generator, crown: Flags, severity: Floats, age: Ints, female: Flags, murder: Flags, codes: Codes
) -> Ints:
    """Disposals by position. In the Crown Court custody rises with severity around its published share."""
    published = codes.disposals.number("crown_pct")
    tables = np.array([MAGISTRATES_DISPOSALS, published])
    drawn = choose_by_row(rng, tables, crown.astype(np.int64))
    other = tables.copy()
    other[:, CUSTODY] = 0
    instead = choose_by_row(rng, other, crown.astype(np.int64))
    centre = float(severity[crown].mean()) if crown.any() else 0.0
    custody_pct = published[CUSTODY] + 45 * (severity - centre)
    custody_pct = np.clip(custody_pct, 5, 97) * np.where(female, WOMEN_JAILED, MEN_JAILED)
    jailed = happens(rng, custody_pct, len(crown))
    drawn = np.where(crown, np.where(jailed | murder, CUSTODY, instead), drawn)
    spared = ~crown & female & (drawn == CUSTODY) & ~happens(rng, 100 * WOMEN_JAILED, len(crown))
    drawn = np.where(spared, instead, drawn)
    # Nobody under 18 gets a suspended sentence, and nobody under 12 is locked up for less than murder.
    child = ((age < 18) & (drawn == SUSPENDED)) | ((age < YOUNGEST_IN_CUSTODY) & (drawn == CUSTODY) & ~murder)
    return np.where(child, COMMUNITY, drawn)


def _lengths(
    rng: np.random.Generator, disposal: Ints, crown: Flags, severity: Floats, murder: Flags
) -> tuple[Ints, Ints, Ints]:
    """Length, unit (position in UNITS) and custodial days (NONE unless immediate custody)."""
    count = len(disposal)
    noise = rng.standard_normal(count)
    months = np.clip(np.round(np.exp(0.65 * noise) * (10.5 + 52 * severity**2)), 2, 360).astype(np.int64)
    weeks = np.clip(np.round(np.exp(0.5 * noise) * 12), 2, 52).astype(np.int64)
    custody = disposal == CUSTODY
    years = crown & custody & (months % 12 == 0)
    length = np.where(crown, np.where(years, months // 12, months), weeks)
    unit = np.where(crown, np.where(years, 3, 2), 1)
    days = np.where(crown, np.round(months * DAYS_A_MONTH).astype(np.int64), weeks * 7)
    suspended, community = disposal == SUSPENDED, disposal == COMMUNITY
    length = np.where(suspended, np.clip(months // 2, 2, 24), length)
    hours = happens(rng, 45, count)
    length = np.where(
        community, np.where(hours, rng.integers(4, 26, count) * 10, rng.integers(1, 4, count) * 6 + 6), length
    )
    unit = np.where(suspended, 2, np.where(community, np.where(hours, 4, 2), unit))
    life = murder & custody
    timed = (custody | suspended | community) & ~life
    return (
        np.where(timed, length, NONE),
        np.where(timed, unit, np.where(life, 5, -1)),
        np.where(life, LIFE_DAYS, np.where(custody, days, NONE)),
    )
