"""Recorded crimes: what, where, when, and how the police investigation ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from extracts.synthetic.chance import (
    NONE,
    Flags,
    Floats,
    Ints,
    Keys,
    choose,
    choose_by_row,
    happens,
    log_normal_days,
    new_keys,
    stream,
)
from extracts.synthetic.codes import Codes

EPOCH = date(1970, 1, 1)
FIRST_DAY = (date(2023, 1, 1) - EPOCH).days
CUT_DAY = (date(2025, 12, 31) - EPOCH).days

# The ways an investigation ends, in the order of the calibration table.
CHARGED, OUT_OF_COURT, NO_SUSPECT, EVIDENTIAL, WITHDREW, OTHER, OPEN = range(7)
OUTCOME_COLUMNS = (
    "charge_1", "oocd_2_3_6_7_8_22", "no_suspect_18", "evid_support_15", "victim_withdraw_14_16", "other", "open_0",
)  # fmt: skip

# A victim who knows the suspect withdraws this many times as often (London victims review, 2021/22: T12).
KNOWN_RATIO = 2.1

# The table of outcomes leaves 6% open, 7.1% charged and 5.3% out of court. With these the file also meets the published
# 8% open and the shares of charges and of out-of-court outcomes among those assigned (T02, T03), and still the share of
# charges among recorded crimes (T01).
OPEN_SCALE, CHARGE_SCALE, OUT_OF_COURT_SCALE = 1.3, 0.985, 0.8

# Investigations that end without a suspect are quicker, the rest slower, around the subgroup's median (assumed).
PACE = np.array([1.0, 1.1, 0.45, 1.5, 1.15, 1.6, 1.0])


@dataclass
class Crimes:
    """One entry per recorded crime. Dates are days; `outcome_day` is NONE while open."""

    key: Keys
    subgroup: Ints
    offence: Ints
    force: Ints
    recorded: Ints
    committed: Ints
    known: Flags
    ending: Ints
    outcome_day: Ints

    def __len__(self) -> int:
        return len(self.key)


def record_crimes(count: int, *, seed: int, codes: Codes) -> Crimes:
    """Draw `count` crimes recorded between FIRST_DAY and CUT_DAY, oldest first."""
    rng = stream(seed, "crimes")
    subgroup = choose(rng, codes.outcomes.number("mix_pct"), count)
    recorded = np.sort(rng.integers(FIRST_DAY, CUT_DAY + 1, count))
    known = happens(rng, _known_pct(codes)[subgroup], count)
    ending = choose_by_row(rng, _ending_weights(codes), subgroup * 2 + known)
    outcome_day = recorded + _days_to_outcome(rng, codes, subgroup, ending)
    outcome_day, ending = _still_open(rng, codes, subgroup, recorded, outcome_day, ending)
    return Crimes(
        key=new_keys(rng, count),
        subgroup=subgroup,
        offence=choose_by_row(rng, offence_weights(codes), subgroup),
        force=choose(rng, codes.forces.number("volume_weight"), count),
        recorded=recorded,
        committed=recorded - _days_before_recording(rng, codes, subgroup),
        known=known,
        ending=ending,
        outcome_day=outcome_day,
    )


def _known_pct(codes: Codes) -> Floats:
    """Percent of crimes in which victim and suspect know each other: a share of those with a suspect."""
    return codes.subgroups.number("known_pct") * (1 - codes.outcomes.number("no_suspect_18") / 100)


def _ending_weights(codes: Codes) -> Floats:
    """Chance of each ending (without OPEN) by subgroup, first for strangers and then for people known.

    Withdrawal keeps the ratio KNOWN_RATIO and the published share; a crime without a suspect is always
    by a stranger; what remains is spread over the other endings in their published proportions.
    """
    known = _known_pct(codes) / 100
    shares = np.column_stack([codes.outcomes.number(name) for name in OUTCOME_COLUMNS[:-1]])
    shares[:, CHARGED] *= CHARGE_SCALE
    shares[:, OUT_OF_COURT] *= OUT_OF_COURT_SCALE
    shares = shares / shares.sum(axis=1, keepdims=True)
    stranger_withdraws = shares[:, WITHDREW] / (known * KNOWN_RATIO + 1 - known)
    rows = np.repeat(shares, 2, axis=0)
    rest = [CHARGED, OUT_OF_COURT, EVIDENTIAL, OTHER]
    rows[0::2, WITHDREW] = stranger_withdraws
    rows[1::2, WITHDREW] = stranger_withdraws * KNOWN_RATIO
    rows[0::2, NO_SUSPECT] = np.minimum(shares[:, NO_SUSPECT] / (1 - known), 1 - stranger_withdraws)
    rows[1::2, NO_SUSPECT] = 0
    left = np.maximum(1 - rows[:, WITHDREW] - rows[:, NO_SUSPECT], 0)
    within = shares[:, rest] / shares[:, rest].sum(axis=1, keepdims=True)
    rows[:, rest] = np.repeat(within, 2, axis=0) * left[:, None]
    return rows


def offence_weights(codes: Codes) -> Floats:
    """Weight of every offence code (columns) in every subgroup (rows); codes without a weight are rare."""
    known_weights = dict(zip(codes.offence_weights.codes, codes.offence_weights.number("weight"), strict=True))
    weights = np.zeros((len(codes.outcomes.codes), len(codes.offences.codes)))
    for place, (code, subgroup) in enumerate(
        zip(codes.offences.codes, codes.offences.text("offence_subgroup"), strict=True)
    ):
        if subgroup in codes.outcomes.codes:
            weights[codes.outcomes.place(subgroup), place] = known_weights.get(code, 0.2)
    # Fraud is recorded nationally, so the list holds no code for it: articles for use in fraud stand in.
    weights[weights.sum(axis=1) == 0, codes.offences.place("33A")] = 1
    return weights


def _days_to_outcome(rng: np.random.Generator, codes: Codes, subgroup: Ints, ending: Ints) -> Ints:
    """Days from recording to outcome: log-normal around the subgroup's median, its charge median if charged."""
    charged = ending == CHARGED
    median = codes.outcomes.number("median_days_outcome")[subgroup] * PACE[ending]
    median = np.where(charged, codes.outcomes.number("median_days_charge")[subgroup], median)
    sigma = np.where(charged, codes.subgroups.number("charge_sigma")[subgroup], 1.1)
    return np.minimum(log_normal_days(rng, median, sigma, len(ending)), 3000)


def _still_open(
    rng: np.random.Generator, codes: Codes, subgroup: Ints, recorded: Ints, outcome_day: Ints, ending: Ints
) -> tuple[Ints, Ints]:
    """Open the crimes whose outcome lies after the cut, and as many more, mostly recent, as the target asks for."""
    cut_off = outcome_day > CUT_DAY
    size = len(codes.outcomes.codes)
    share = np.bincount(subgroup, cut_off, size) / np.maximum(np.bincount(subgroup, minlength=size), 1)
    target = codes.outcomes.number("open_0") / 100 * OPEN_SCALE
    missing = np.clip((target - share) / np.maximum(1 - share, 1e-9), 0, None)
    recency = 2 * (recorded - FIRST_DAY) / (CUT_DAY - FIRST_DAY)
    is_open = cut_off | (rng.random(len(ending)) < missing[subgroup] * recency)
    return np.where(is_open, NONE, outcome_day), np.where(is_open, OPEN, ending)


def _days_before_recording(rng: np.random.Generator, codes: Codes, subgroup: Ints) -> Ints:
    """Days from offence to recording: short as a rule, years for the share that is historic."""
    count = len(subgroup)
    usual = log_normal_days(rng, codes.subgroups.number("delay_days")[subgroup], 1.3, count)
    historic = happens(rng, codes.subgroups.number("historic_pct")[subgroup], count)
    years = log_normal_days(rng, 2500, 0.9, count) + 365
    return np.clip(np.where(historic, years, np.minimum(usual, 364)), 0, 20000)
