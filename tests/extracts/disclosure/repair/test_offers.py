"""Offers of repairs: those that are worked out at once, and a word on those that are not."""

from __future__ import annotations

import pytest

from extracts.disclosure.description import Description, FileDescription
from extracts.disclosure.layout import Layout
from extracts.disclosure.policy import SRS_10
from extracts.disclosure.repairs import MOST_CELLS, TOO_LARGE, TOO_LONG, Offer, repairs

SAID = Description((FileDescription("t.csv", "FREQ", layout=Layout("long", rows=("area",), counts=("n",))),))


def _files(rows: int) -> dict[str, bytes]:
    lines = ["area,n", *(f"Area {at},{3 if at % 5 == 0 else 100 + at}" for at in range(rows))]
    return {"t.csv": "\n".join([*lines, ""]).encode()}


@pytest.mark.slow
def test_a_small_table_is_repaired_and_nothing_more_is_said() -> None:
    offer = repairs(_files(10), SAID, SRS_10)
    assert offer.repairs and not offer.note


@pytest.mark.slow
def test_what_is_not_worked_out_is_said() -> None:
    assert repairs(_files(MOST_CELLS + 1), SAID, SRS_10) == Offer(note=TOO_LARGE)
    hurried = repairs(_files(10), SAID, SRS_10, seconds=-1.0)
    assert ([one.kind for one in hurried.repairs], hurried.note) == (["suppress"], TOO_LONG)
