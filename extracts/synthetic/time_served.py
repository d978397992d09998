"""How long a sentence of custody is served: its type, the day of release and how the release comes about.

Rules of release are those of England and Wales in 2023 to 2025 (Criminal Justice Act 2003 and Sentencing Act 2020):
half of a standard term, 40% from 10 September 2024, two thirds of extended terms. Shares released early are assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from extracts.synthetic.chance import NONE, Flags, Floats, Ints, happens
from extracts.synthetic.crimes import EPOCH
from extracts.synthetic.sentences import LIFE_DAYS

SENTENCE_TYPES = ("SDS", "SDS40", "EDS", "SOPC", "DTO", "S250", "LIFE", "IPP", "FDR", "REM", "CIV")
STANDARD, AT_40, EXTENDED, PARTICULAR, TRAINING, DETENTION, LIFE, _, RECALL, REMAND, _ = range(11)
RELEASE_TYPES = ("CRD", "ARD", "HDC", "PAR", "ECSL", "SED", "COU", "REC", "DIC", "DEP")
CONDITIONAL, AUTOMATIC, CURFEW, PAROLE, EARLY_LICENCE, EXPIRY, BY_COURT, RE_RELEASE, DIED, DEPORTED = range(10)

YEAR_DAYS, FOUR_YEARS = 365, 1461
# The day from which standard terms are served to 40%, and those between which release came up to 70 days early.
FROM_40 = (date(2024, 9, 10) - EPOCH).days
EARLY_FROM, EARLY_70 = ((day - EPOCH).days for day in (date(2023, 10, 17), date(2024, 5, 23)))

# Percent, assumed: grave violent or sexual terms of four years or more that are extended, sexual terms for offenders
# of particular concern, terms ended on curfew, eligible releases brought forward, foreign nationals removed, deaths.
EXTENDED_PCT, PARTICULAR_PCT, CURFEW_PCT, EARLY_PCT, REMOVED_PCT, DIED_PCT = 14, 5, 24, 35, 35, 0.4
SHORTEST_CURFEW, SERVED_FIRST, CURFEW_MOST = 84, 28, 180


@dataclass
class Term:
    """One entry per sentence: days received into prison and sentenced, days imposed, and what the rules ask of it."""

    received: Ints
    sentenced: Ints
    days: Ints
    age: Ints
    severity: Floats
    sexual: Flags
    foreign: Flags


@dataclass
class Served:
    """One entry per sentence: positions in SENTENCE_TYPES and RELEASE_TYPES, and the day (NONE: never, for life)."""

    kind: Ints
    released: Ints
    how: Ints


def serve(rng: np.random.Generator, term: Term) -> Served:
    """Serve each term. A person held on remand for longer than the term asks leaves on the day of sentence."""
    count = len(term.days)
    kind = _kinds(rng, term)
    excluded = term.sexual | ((term.severity >= 0.5) & (term.days >= FOUR_YEARS))
    share = np.where(np.isin(kind, (EXTENDED, PARTICULAR)), 2 / 3 + rng.random(count) / 3, 0.5)
    half = term.received + np.ceil(term.days * share).astype(np.int64)
    early_40 = (kind == STANDARD) & ~excluded & (half >= FROM_40)
    kind = np.where(early_40, AT_40, kind)
    at_40 = np.maximum(term.received + np.ceil(term.days * 0.4).astype(np.int64), FROM_40)
    due = np.where(early_40, at_40, half)
    how = np.where(term.days < YEAR_DAYS, AUTOMATIC, CONDITIONAL)
    how = np.where(np.isin(kind, (EXTENDED, PARTICULAR)), PAROLE, how)
    released, how = _sooner(rng, term, kind, due, how, excluded)
    how = np.where(released <= term.sentenced, BY_COURT, how)
    released = np.maximum(released, term.sentenced)
    removed = term.foreign & (term.days >= YEAR_DAYS) & happens(rng, REMOVED_PCT, count)
    died = happens(rng, DIED_PCT, count) & (released > term.sentenced)
    how = np.where(died, DIED, np.where(removed, DEPORTED, how))
    cut_short = term.sentenced + ((released - term.sentenced) * rng.random(count)).astype(np.int64)
    released = np.where(died, cut_short, released)
    life = kind == LIFE
    return Served(kind, np.where(life, NONE, released), np.where(life, -1, how))


def _kinds(rng: np.random.Generator, term: Term) -> Ints:
    """The type of each sentence, before the change to 40%."""
    count = len(term.days)
    long = term.days >= FOUR_YEARS
    kind = np.full(count, STANDARD)
    kind = np.where(term.sexual & (term.days >= YEAR_DAYS) & happens(rng, PARTICULAR_PCT, count), PARTICULAR, kind)
    grave = (term.sexual | (term.severity >= 0.5)) & long
    kind = np.where(grave & happens(rng, EXTENDED_PCT, count), EXTENDED, kind)
    kind = np.where(term.age < 18, np.where(term.days <= 2 * YEAR_DAYS, TRAINING, DETENTION), kind)
    return np.where(term.days == LIFE_DAYS, LIFE, kind)


def _sooner(
    rng: np.random.Generator, term: Term, kind: Ints, due: Ints, how: Ints, excluded: Flags
) -> tuple[Ints, Ints]:
    """Release on curfew, or under the early release that ran until the change to 40%."""
    count = len(due)
    standard = np.isin(kind, (STANDARD, AT_40))
    inside = standard & (term.days >= SHORTEST_CURFEW) & (term.days <= FOUR_YEARS) & ~excluded
    sooner = due - np.minimum(CURFEW_MOST, term.days // 4)
    home = np.maximum.reduce([sooner, term.received + SERVED_FIRST, term.sentenced + 1])
    curfew = inside & (home < due) & happens(rng, CURFEW_PCT, count)
    lifted = np.where(due >= EARLY_70, 70, 18)
    window = standard & ~excluded & (due >= EARLY_FROM) & (due < FROM_40)
    ahead = np.maximum(due - lifted, term.sentenced + 1)
    early = ~curfew & window & (ahead < due) & happens(rng, EARLY_PCT, count)
    released = np.where(curfew, home, np.where(early, ahead, due))
    return released, np.where(curfew, CURFEW, np.where(early, EARLY_LICENCE, how))
