"""Whether, when and how often somebody reoffends within a year of a disposal, true to the published rates.

A logistic model whose terms are in `calibration/reoffending.csv`. They were fitted, once, so that generated index
disposals reproduce the published rates by disposal, age and previous convictions together (targets T31 to T38).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from extracts.synthetic.chance import NONE, Flags, Floats, Ints, happens
from extracts.synthetic.codes import CALIBRATION, read_list
from extracts.synthetic.sentences import WOMEN_JAILED

DISPOSALS = (
    "custody <12m", "custody 12m+", "community order", "suspended sentence", "caution", "fine", "discharge",
)  # fmt: skip
SHORT_CUSTODY, LONG_CUSTODY, COMMUNITY_ORDER, SUSPENDED_SENTENCE, CAUTION, FINED, DISCHARGED = range(7)
BANDS = ("0", "1-2", "3-6", "7-10", "11+")
BAND_STARTS = np.array([1, 3, 7, 11])

YEAR, SIX_MONTHS, ADULT = 365, 182, 18
MOST_REOFFENCES = 60
# Further reoffences of those who reoffend: a geometric count with this mean (T38 less one).
FURTHER = 2.8
# Share in percent of first reoffences that lead to custody, by band of previous convictions, and more after custody.
CUSTODIAL_PCT, CUSTODIAL_AFTER_PCT = np.array([2.0, 5, 10, 16, 26]), 14


@dataclass
class Situation:
    """What a person's chance of reoffending turns on, one entry per index disposal.

    disposal  position in DISPOSALS; `days` of custody, NONE without; `previous` convictions; ages in years
    """

    disposal: Ints
    days: Ints
    previous: Ints
    age: Ints
    female: Flags
    theft: Flags
    sexual: Flags


@dataclass
class Year:
    """The year after: `first` is in days (NONE without a reoffence), `count` 0 without one."""

    reoffended: Flags
    first: Ints
    count: Ints
    custodial: Flags


def bands(previous: Ints) -> Ints:
    """Positions in BANDS."""
    return np.searchsorted(BAND_STARTS, previous, side="right").astype(np.int64)


@lru_cache(maxsize=1)
def _terms() -> dict[str, float]:
    table = read_list(CALIBRATION / "reoffending.csv", "term")
    return dict(zip(table.codes, table.number("value").tolist(), strict=True))


def chance_percent(situation: Situation) -> Floats:
    """The chance in percent of a proven reoffence within a year."""
    terms = _terms()
    by_disposal = np.array([terms[name] for name in DISPOSALS])
    by_band = np.array([terms[name] for name in BANDS])
    young = situation.age < ADULT
    short = (situation.disposal == SHORT_CUSTODY) & (situation.days <= SIX_MONTHS)
    score = terms["constant"] + by_disposal[situation.disposal] + by_band[bands(situation.previous)]
    score = score + terms["juvenile"] * young + terms["short custody"] * short
    score = score + terms["female"] * situation.female + terms["theft"] * situation.theft
    percent: Floats = 100 / (1 + np.exp(-(score + terms["sexual"] * situation.sexual)))
    return percent


def live_a_year(rng: np.random.Generator, situation: Situation) -> Year:
    """Draw the year after each disposal."""
    count = len(situation.disposal)
    reoffended = happens(rng, chance_percent(situation), count)
    # Soon rather than late: half of first reoffences come within about four months.
    first = 1 + np.floor((YEAR - 1) * rng.random(count) ** 1.5).astype(np.int64)
    more = reoffences(rng, count)
    return Year(
        reoffended=reoffended,
        first=np.where(reoffended, first, NONE),
        count=np.where(reoffended, more, 0),
        custodial=reoffended & happens(rng, custodial_percent(situation), count),
    )


def reoffences(rng: np.random.Generator, count: int) -> Ints:
    """How many offences a year of reoffending holds."""
    return np.minimum(rng.geometric(1 / (1 + FURTHER), count), MOST_REOFFENCES).astype(np.int64)


def custodial_percent(situation: Situation) -> Floats:
    """The chance in percent that the first reoffence, if there is one, leads to custody."""
    after_custody = np.isin(situation.disposal, (SHORT_CUSTODY, LONG_CUSTODY))
    percent: Floats = CUSTODIAL_PCT[bands(situation.previous)] + CUSTODIAL_AFTER_PCT * after_custody
    percent = percent * np.where(situation.female, WOMEN_JAILED, 1.1)
    return np.where(situation.age < ADULT, percent * 0.4, percent)
