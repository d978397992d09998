"""The tax authority's and the benefit department's table of spells."""

from __future__ import annotations

import numpy as np

from extracts.synthetic.chance import NONE, Ints, Keys, choose_by_row, new_keys, stream
from extracts.synthetic.codes import Coded
from extracts.synthetic.crimes import CUT_DAY
from extracts.synthetic.employment import Spells, spells
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.layout import Column

TYPES = ("P45", "RTI", "SA", "JSA", "ESA", "IS", "IB", "UC")
# By weight: jobs; benefits that begin before 2019, while Universal Credit came in, and after (assumed).
TYPE_WEIGHTS = np.array([[52.0, 40, 8, 0, 0, 0, 0, 0], [0, 0, 0, 34, 28, 6, 2, 30], [0, 0, 0, 4, 9, 0, 0, 87]])
UNIVERSAL_CREDIT = 17_897
PAY_BANDS = ("<5k", "5-10k", "10-20k", "20-30k", "30k+")
PAY_WEIGHTS = np.array([[34.0, 28, 28, 8, 2], [18, 22, 38, 17, 5], [5, 10, 36, 32, 17]])
SECTIONS = tuple("ABCDEFGHIJKLMNOPQRSTU")
# Sections of industry by weight: mostly support services, building, catering and shops (assumed).
SECTION_WEIGHTS = (1.2, 0.1, 9, 0.2, 1.2, 14, 13, 8, 14, 1.5, 0.8, 1.2, 3, 29, 1, 2, 5, 2, 2.5, 0.2, 0.1)


def dwp_hmrc_spell_persons(journeys: Journeys) -> tuple[Keys, Ints, Ints]:
    """Per person with a spell: key of the person-record, position of the person, day on which the first spell begins.

    The spells of a person share the record.
    """
    work = spells(journeys)
    person, place = np.unique(work.person, return_inverse=True)
    first = np.full(len(person), CUT_DAY)
    np.minimum.at(first, place, work.start)
    return _record_keys(journeys)[person], person, first


def _record_keys(journeys: Journeys) -> Keys:
    """Per person."""
    return new_keys(stream(journeys.seed, "tax records"), len(journeys.people))


def spell_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of dwp_hmrc_spell; spells still running on the cut day have no end."""
    rng = stream(journeys.seed, "dwp_hmrc_spell")
    work = spells(journeys)
    count = len(work)
    pay = choose_by_row(rng, PAY_WEIGHTS, work.attachment)
    section = choose_by_row(rng, np.array([SECTION_WEIGHTS], dtype=np.float64), np.zeros(count, dtype=np.int64))
    return {
        "spell_id_hash": new_keys(rng, count),
        "row_id_hash": _record_keys(journeys)[work.person],
        "spell_type": Coded(_types(rng, work), TYPES),
        "start_date": work.start,
        "end_date": np.where(work.end <= CUT_DAY, work.end, NONE),
        "pay_band": Coded(np.where(work.paid, pay, -1), PAY_BANDS),
        "industry_section": Coded(np.where(work.paid, section, -1), SECTIONS),
    }


def _types(rng: np.random.Generator, work: Spells) -> Ints:
    row = np.where(work.paid, 0, np.where(work.start < UNIVERSAL_CREDIT, 1, 2))
    return choose_by_row(rng, TYPE_WEIGHTS, row)
