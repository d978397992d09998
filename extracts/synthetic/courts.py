"""Defendants in court: which court, what outcome, and on which days. Days after the cut are kept here, unseen.

A case record is one defendant before one tier: the magistrates' courts see every defendant; the Crown
Court sees those sent for trial, committed for sentence, or appealing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.synthetic.chance import (
    NONE,
    Flags,
    Floats,
    Ints,
    choose,
    choose_by_row,
    happens,
    log_normal_days,
    on_a_weekday,
    stream,
)
from extracts.synthetic.codes import CALIBRATION, Codes, read_list
from extracts.synthetic.crimes import Crimes
from extracts.synthetic.people import FEMALE
from extracts.synthetic.police import Suspects

OUTCOMES = (
    "CGP", "CAT", "CPA", "DAC", "DMA", "JDA", "NCA", "PDE", "PDP", "PV1", "PV2", "PV3", "PW1", "PUP", "WOF", "DEC",
)  # fmt: skip
GUILTY_PLEA, AFTER_TRIAL, IN_ABSENCE = 0, 1, 2
CONTESTED = (1, 3, 4, 5, 6)
VICTIM_REASONS = (9, 10, 11)
FOR_TRIAL, FOR_SENTENCE, APPEAL = 0, 1, 2
MAGISTRATES = -1

# Share in percent of convictions on either-way charges committed for sentence, and of convictions appealed (assumed).
COMMITTED_PCT, APPEALED_PCT = 9, 1.5
# Women are held in custody this many times as often as men (assumed).
WOMEN_HELD = 0.4


@dataclass
class Defendants:
    """One entry per charged suspect. `outcome` is a position in OUTCOMES, before any censoring."""

    suspect: Ints
    crime: Ints
    charged: Ints
    charge: Ints
    sent: Flags
    custody: Flags
    outcome: Ints

    def __len__(self) -> int:
        return len(self.suspect)


@dataclass
class Cases:
    """One entry per defendant and tier. `trial` is the day of the trial listing that decides, NONE without one.

    `plea_day` NONE means no plea; `decided` is the day of conviction, acquittal or stopping.
    """

    defendant: Ints
    route: Ints
    first: Ints
    plea_day: Ints
    trial: Ints
    decided: Ints
    completed: Ints

    def __len__(self) -> int:
        return len(self.defendant)

    @property
    def crown(self) -> Flags:
        crown: Flags = self.route != MAGISTRATES
        return crown

    def where(self, kept: Flags) -> Cases:
        """The records for which `kept` is true."""
        return Cases(**{name: column[kept] for name, column in vars(self).items()})


def bring_to_court(
    crimes: Crimes, suspects: Suspects, charged_day: Ints, situation: Ints, *, seed: int, codes: Codes
) -> Defendants:
    """The defendants, the charge that leads, where they are tried and how it ends.

    situation  per crime: 0 no personal victim, 1 victim, 2 domestic abuse, 3 rape
    """
    rng = stream(seed, "defendants")
    suspect = np.flatnonzero(charged_day != NONE)
    crime = suspects.crime[suspect]
    sent_crime = happens(rng, codes.subgroups.number("sent_pct")[crimes.subgroup], len(crimes))
    serious = codes.subgroups.number("severity")[crimes.subgroup[crime]] >= 0.75
    sent = sent_crime[crime] & (serious | (suspects.age[suspect] >= 18))
    charge = choose_by_row(rng, _charge_weights(codes), crimes.subgroup[crime] * 2 + sent)
    outcomes = read_list(CALIBRATION / "prosecutions.csv", "situation")
    weights = np.column_stack([outcomes.number(code) for code in OUTCOMES])
    row = np.where(sent, 3 + situation[crime], np.minimum(situation[crime], 2))
    severity = codes.subgroups.number("severity")[crimes.subgroup[crime]]
    held = np.where(suspects.sex[suspect] == FEMALE, WOMEN_HELD, 1.0)
    return Defendants(
        suspect=suspect,
        crime=crime,
        charged=charged_day[suspect],
        charge=charge,
        sent=sent,
        custody=suspects.arrested[suspect] & happens(rng, (8 + 40 * severity) * held, len(suspect)),
        outcome=choose_by_row(rng, weights, row),
    )


def _charge_weights(codes: Codes) -> Floats:
    """Weight of each charge (columns) per subgroup, not sent and sent (rows 2s and 2s + 1).

    Indictable-only charges go to the Crown Court; summary ones never do, unless the subgroup has no other.
    """
    category = np.array(codes.charges.text("category"))
    subgroup_of = np.array(codes.charges.text("maps_to_subgroup"))
    stand_in = dict(zip(codes.stand_in_charges.codes, codes.stand_in_charges.text("cjs_code"), strict=True))
    rows = []
    for subgroup in codes.outcomes.codes:
        fits = subgroup_of == subgroup
        if subgroup in stand_in:
            fits = np.array(codes.charges.codes) == stand_in[subgroup]
        for allowed in (("CE", "CS"), ("CI", "CE")):
            weights = (fits & np.isin(category, allowed)).astype(float)
            rows.append(weights if weights.any() else fits.astype(float))
    return np.array(rows)


def magistrates_cases(defendants: Defendants, *, seed: int) -> Cases:
    """Every defendant's first appearances; for those sent on, until the day they are sent."""
    rng = stream(seed, "magistrates")
    count = len(defendants)
    wait = np.where(defendants.custody, 1, 3 + log_normal_days(rng, 33, 0.5, count))
    first = on_a_weekday(defendants.charged + wait)
    trial_wait = log_normal_days(rng, 115, 0.6, count)
    cases = _through_court(rng, defendants.outcome, first, trial_wait, early=88, at_once=76, crown=False)
    later = happens(rng, 12, count)
    sent_day = on_a_weekday(first + np.where(later, log_normal_days(rng, 30, 0.4, count), 0))
    return Cases(
        defendant=np.arange(count),
        route=np.full(count, MAGISTRATES),
        first=first,
        plea_day=np.where(defendants.sent, NONE, cases.plea_day),
        trial=np.where(defendants.sent, NONE, cases.trial),
        decided=np.where(defendants.sent, sent_day, cases.decided),
        completed=np.where(defendants.sent, sent_day, cases.completed),
    )


def crown_cases(defendants: Defendants, magistrates: Cases, rape: Flags, either_way: Flags, *, seed: int) -> Cases:
    """The Crown Court's records: sent for trial, committed for sentence, appeals. The flags are per defendant."""
    rng = stream(seed, "crown")
    sent = np.flatnonzero(defendants.sent)
    first = on_a_weekday(magistrates.completed[sent] + log_normal_days(rng, 27, 0.25, len(sent)))
    slower = np.where(rape[sent], 300.0, 205.0)
    trial_wait = log_normal_days(rng, slower, 0.6, len(sent))
    trials = _through_court(rng, defendants.outcome[sent], first, trial_wait, early=52, at_once=30, crown=True)
    trials.defendant, trials.route = sent, np.full(len(sent), FOR_TRIAL)
    convicted = (defendants.outcome <= AFTER_TRIAL) & ~defendants.sent
    draw = rng.random(len(defendants)) * 100
    committed = np.flatnonzero(convicted & either_way & (draw < COMMITTED_PCT))
    appealed = np.flatnonzero(convicted & (draw > 100 - APPEALED_PCT))
    return joined(trials, _after_magistrates(rng, magistrates, committed, FOR_SENTENCE, 35, 75),
                   _after_magistrates(rng, magistrates, appealed, APPEAL, 60, 100))  # fmt: skip


def _after_magistrates(
    rng: np.random.Generator, magistrates: Cases, who: Ints, route: int, wait: int, at_once: int
) -> Cases:
    """A record that begins some `wait` days (median) after the magistrates' court has finished."""
    first = on_a_weekday(magistrates.completed[who] + log_normal_days(rng, wait, 0.4, len(who)))
    more = np.where(happens(rng, at_once, len(who)), 0, log_normal_days(rng, 30, 0.4, len(who)))
    none = np.full(len(who), NONE)
    completed = on_a_weekday(first + more)
    return Cases(who, np.full(len(who), route), first, none, none, completed, completed)


def joined(*parts: Cases) -> Cases:
    """The parts as one, in the order of the defendants."""
    joined = {name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    order = np.lexsort((joined["route"], joined["defendant"]))
    return Cases(**{name: column[order] for name, column in joined.items()})


def _through_court(
    rng: np.random.Generator, outcome: Ints, first: Ints, trial_wait: Ints, *, early: float, at_once: float, crown: bool
) -> Cases:
    """Days of plea, trial, decision and completion, given how it ends.

    early    percent of guilty pleas entered at the first hearing; the rest come on the day of trial
    at_once  percent of early pleas sentenced there and then
    crown    trials last up to five days longer
    """
    count = len(outcome)
    trial = on_a_weekday(first + np.maximum(trial_wait, 14))
    guilty, contested = outcome == GUILTY_PLEA, np.isin(outcome, CONTESTED)
    stopped = outcome > 6
    early_plea = guilty & happens(rng, early, count)
    at_first = early_plea | (outcome == IN_ABSENCE) | (stopped & happens(rng, 25, count))
    listed = (contested | guilty | (stopped & happens(rng, 55, count))) & ~at_first
    midway = on_a_weekday(first + ((0.2 + 0.7 * rng.random(count)) * (trial - first)).astype(np.int64))
    decided = np.where(at_first, first, np.where(listed, trial, midway))
    lasts = choose(rng, (2, 2, 3, 3, 2, 1), count) if crown else np.zeros(count, dtype=np.int64)
    decided = on_a_weekday(decided + np.where(contested, lasts, 0))
    same_day = np.where(early_plea, happens(rng, at_once, count), happens(rng, 60, count))
    sentence_wait = np.where(same_day | (outcome > IN_ABSENCE), 0, log_normal_days(rng, 30, 0.4, count))
    pleads = guilty | contested | (stopped & ~at_first & happens(rng, 75, count))
    plea_day = np.where(guilty & ~early_plea, trial, first)
    return Cases(
        defendant=np.arange(count),
        route=np.full(count, MAGISTRATES),
        first=first,
        plea_day=np.where(pleads, plea_day, NONE),
        trial=np.where(listed, trial, NONE),
        decided=decided,
        completed=on_a_weekday(decided + sentence_wait),
    )
