"""Who is written down by prisons, probation, schools, employers and the PNC extract: read from their tables' modules.

A table's module says who its person-records are about, in a function `<table>_persons` beside the builder of its
columns; `<table>_suspects`, where there is one, which arrest of these journeys each record comes from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import numpy as np

from extracts.synthetic.chance import NONE, Ints, Keys
from extracts.synthetic.generate import BUILDERS
from extracts.synthetic.identity.appearances import SENTENCES_LISTED, Appearances, plain
from extracts.synthetic.journeys import Journeys

# Person and day as one number.
_LINE = 1 << 20


@dataclass(frozen=True)
class Further:
    """How the persons of one further table are written down; `sentences` where the source knows their sentences."""

    table: str
    source: str
    writer: str
    role: str
    sentences: bool


FURTHER = (
    Further("hmpps_custody",   "prison_nomis",     "prison",    "offender", True),
    Further("hmpps_probation", "probation_delius", "probation", "offender", True),
    Further("hmpps_oasys",     "oasys",            "oasys",     "offender", False),
    Further("dfe_pupil",       "npd",              "npd",       "pupil",    False),
    Further("dwp_hmrc_spell",  "hmrc_paye",        "hmrc",      "worker",   False),
    Further("pnc_index",       "pnc",              "pnc",       "offender", False),
)  # fmt: skip


def further_appearances(journeys: Journeys) -> list[Appearances]:
    """Every person-record of the further tables that are built."""
    return [_of(journeys, row) for row in FURTHER if row.table in BUILDERS]


def _of(journeys: Journeys, row: Further) -> Appearances:
    module = import_module(BUILDERS[row.table].__module__)
    persons: Callable[[Journeys], tuple[Keys, Ints, Ints]] = getattr(module, f"{row.table}_persons")
    suspects: Callable[[Journeys], Ints] | None = getattr(module, f"{row.table}_suspects", None)
    key, person, day = persons(journeys)
    suspect = suspects(journeys) if suspects else np.full(len(key), -1)
    first = np.unique(key, return_index=True)[1]
    found = plain(row.source, row.writer, row.role, key[first], person[first], day[first], suspect=suspect[first])
    if row.sentences:
        found.sentences = _sentences(journeys, found)
    return found


def _sentences(journeys: Journeys, found: Appearances) -> Ints:
    """Days of sentences, newest first: the one that the record is about, then earlier ones of the same person.

    A record that comes from before these journeys is about a sentence passed on its day.
    """
    passed = np.flatnonzero(journeys.sentences.disposal >= 0)
    suspect, day = journeys.case_suspect[passed], journeys.cases.completed[passed]
    own = np.full(len(journeys.suspects) + 1, NONE)
    np.maximum.at(own, suspect, day)
    newest = np.where(found.suspect < 0, found.day, own[found.suspect])
    line = np.sort(journeys.suspect_person[suspect] * _LINE + day)
    result = np.full((len(found), SENTENCES_LISTED), NONE)
    result[:, 0] = newest
    if len(line):
        before = np.searchsorted(line, found.person * _LINE + np.maximum(newest, 0), side="left") - 1
        for place in range(1, SENTENCES_LISTED):
            at = np.maximum(before - place + 1, 0)
            theirs = (before >= place - 1) & (line[at] // _LINE == found.person) & (newest != NONE)
            result[:, place] = np.where(theirs, line[at] % _LINE, NONE)
    return result
