"""From the police to a charge: referral to the CPS, its decision, and who is charged by whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.synthetic.chance import NONE, Flags, Floats, Ints, Keys, happens, log_normal_days, new_keys, stream
from extracts.synthetic.codes import Codes
from extracts.synthetic.crimes import CHARGED, CUT_DAY, EVIDENTIAL, OPEN, OTHER, OUT_OF_COURT, WITHDREW, Crimes
from extracts.synthetic.police import Suspects

# For every suspect whom the CPS charges, this many whom it does not, by how the police close the crime.
# Set so that 75% of legal decisions are charges and 16% of suspects end for want of the victim (T18, T19).
PER_CHARGE = {WITHDREW: 0.24, EVIDENTIAL: 0.18, OUT_OF_COURT: 0.03, OPEN: 0.04}

# Days from receipt to decision: median and sigma (means near T20 for rape, T21 for domestic abuse).
RAPE_DAYS, DOMESTIC_DAYS, OTHER_DAYS = (135.0, 0.85), (24.0, 1.0), (18.0, 1.1)

# The police decide this share of other matters only after the CPS found no public interest (outcome 9), seldom of rape.
PUBLIC_INTEREST_PCT, OF_RAPE_PCT = 6, 2.5


@dataclass
class Charging:
    """Per crime: `case` (CPS key, empty without one), `referred`, `not_public_interest`, `received`.

    Per suspect: `charged_day`, NONE if not charged.
    """

    case: Keys
    referred: Flags
    not_public_interest: Flags
    received: Ints
    charged_day: Ints


def decide_charges(crimes: Crimes, suspects: Suspects, domestic: Flags, *, seed: int, codes: Codes) -> Charging:
    """Refer crimes to the CPS, and charge the suspects of the crimes that end in a charge."""
    rng = stream(seed, "charging")
    crime_charged = crimes.ending == CHARGED
    charged = crime_charged[suspects.crime] & ((suspects.sequence == 1) | happens(rng, 75, len(suspects)))
    by_cps = crime_charged & happens(rng, _cps_pct(codes, crimes, domestic), len(crimes))
    rape = crimes.subgroup == codes.outcomes.place("Rape offences")
    no_interest = np.where(rape, OF_RAPE_PCT, PUBLIC_INTEREST_PCT)
    not_public_interest = (crimes.ending == OTHER) & happens(rng, no_interest, len(crimes))
    referred = by_cps | not_public_interest | _refused(rng, crimes, suspects, charged & by_cps[suspects.crime], codes)
    case = new_keys(rng, len(crimes))
    case[~(referred | crime_charged)] = b""
    return Charging(
        case=case,
        referred=referred,
        not_public_interest=not_public_interest,
        received=np.where(referred, _received(rng, crimes, domestic, codes), NONE),
        charged_day=np.where(charged, crimes.outcome_day[suspects.crime], NONE),
    )


def _cps_pct(codes: Codes, crimes: Crimes, domestic: Flags) -> Floats:
    percent = codes.subgroups.number("cps_charge_pct")[crimes.subgroup]
    return np.where(domestic, np.maximum(percent, 92), percent)


def _refused(rng: np.random.Generator, crimes: Crimes, suspects: Suspects, charged: Flags, codes: Codes) -> Flags:
    """The crimes that went to the CPS and were not charged (or not yet), in proportion to the charges."""
    size = len(codes.outcomes.codes)
    subgroup, ending = crimes.subgroup[suspects.crime], crimes.ending[suspects.crime]
    charges = np.bincount(subgroup, charged, size)
    has_suspect = np.zeros(len(crimes), dtype=bool)
    has_suspect[suspects.crime] = True
    result = np.zeros(len(crimes), dtype=bool)
    for kind, ratio in PER_CHARGE.items():
        available = np.maximum(np.bincount(subgroup, ending == kind, size), 1)
        percent = 100 * np.minimum(charges * ratio / available, 1)
        result |= (crimes.ending == kind) & has_suspect & happens(rng, percent[crimes.subgroup], len(crimes))
    return result


def _received(rng: np.random.Generator, crimes: Crimes, domestic: Flags, codes: Codes) -> Ints:
    """The day the CPS received the case, never before the crime was recorded."""
    rape = crimes.subgroup == codes.outcomes.place("Rape offences")
    median = np.where(rape, RAPE_DAYS[0], np.where(domestic, DOMESTIC_DAYS[0], OTHER_DAYS[0]))
    sigma = np.where(rape, RAPE_DAYS[1], np.where(domestic, DOMESTIC_DAYS[1], OTHER_DAYS[1]))
    end = np.where(crimes.ending == OPEN, CUT_DAY, crimes.outcome_day)
    days = np.minimum(log_normal_days(rng, median, sigma, len(crimes)), 2000)
    return end - np.minimum(days, end - crimes.recorded)
