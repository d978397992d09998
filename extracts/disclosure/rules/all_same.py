"""All the same: when everybody behind a mean has one value, the mean is everybody's value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from extracts.disclosure.reading.cells import Booleans, Cells, Floats
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.named import named
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rules.evidence import ROOM, contributions, judged
from extracts.disclosure.subject import Subject

CODE = "all_same"
# Statistics that say what the one value is. A mode that all share is for the rule on modes.
OF_A_VALUE = ("total", "mean", "shape", "position", "endpoint")
FAR_ABOVE = 20
SPREADS = frozenset(["sd", "std", "stddev", "stdev", "deviation", "variance", "var"])


def unsafe_totals(n: Floats, total: Floats, largest: Floats) -> Booleans:
    """Find the totals to which two or more units contribute exactly the same.

    n               contributors
    total, largest  absolute values, in the unit of the published total

    No contribution is above the largest, so they are all equal just when the total is n times it.
    Source: attribute disclosure by a group without variation; arithmetic.
    """
    unsafe: Booleans = (n >= 2) & (n * largest <= total + ROOM * total)
    return unsafe


def without_variation(n: Floats, minimum: Floats, maximum: Floats) -> Booleans:
    """Find the cells in which two or more units have records that all hold the same value.

    n                 units with a value;  minimum, maximum  of their records; NaN where no records say

    Their contributions differ where they have different numbers of records, yet each is known by its value.
    Source: table 2.2 of the facts, "all values equal": minimum = maximum within the cell, at any size.
    """
    same: Booleans = (n >= 2) & (minimum == maximum)
    return same


def findings(subject: Subject) -> Iterator[Finding]:
    """Statistics of a value that is the same for everybody, and spreads that say so themselves."""
    cells = subject.cells.of_kind(*OF_A_VALUE)
    cells = cells.where(cells.states("number") & ~cells.flags("structural"))
    same = without_variation(cells.numbers("n"), cells.numbers("minimum"), cells.numbers("maximum"))
    same |= np.isin(_places(cells), _places(_equal_contributions(subject)))
    for place in subject.places(cells, same):
        yield subject.finding(
            CODE, Verdict.FAIL, cells, place,
            problem="Everybody who contributes to this cell has the same value.",
            attack=f"Knowing that one of the {subject.unit} is in this group is knowing their value.",
            cure="Merge the cell with others, or hide it.",
        )  # fmt: skip
    plain = _no_spread(cells) & _beside_larger(cells) & ~same
    for place in subject.places(cells, plain):
        yield subject.finding(
            CODE, Verdict.FAIL, cells, place,
            problem="The spread shown is zero: everybody in this cell has the value that stands beside it.",
            attack=f"Knowing that one of the {subject.unit} is in this group is knowing their value.",
            cure="Merge the cell with others, or hide it.",
        )  # fmt: skip
    for place in subject.places(cells, _no_spread(cells) & ~plain & ~same):
        yield subject.finding(
            CODE, Verdict.REVIEW, cells, place,
            problem="The spread shown is zero: everybody in this cell may have the same value.",
            attack="Where the spread is nothing, the mean or any other value beside it is everybody's.",
            cure="Show more decimals, merge the cell with others, or hide it.",
        )  # fmt: skip


def _beside_larger(cells: Cells) -> Booleans:
    """Spreads of two or more units, in a row with a mean or median far above what the spread's decimals hide."""
    centres = cells.where(cells.facts["kind"].isin(["mean", "position"]).to_numpy())
    beside = dict(zip(centres.facts["row"], np.abs(centres.numbers("value")), strict=True))
    centre = np.array([beside.get(row, np.nan) for row in cells.facts["row"]], dtype=np.float64)
    found: Booleans = (cells.numbers("n") >= 2) & (centre >= FAR_ABOVE * cells.numbers("spread"))
    return found


def _equal_contributions(subject: Subject) -> Cells:
    """The amounts to which all contribute the same."""
    cells = judged(subject)
    total, largest, _ = contributions(cells)
    return cells.where(unsafe_totals(cells.numbers("n"), total, largest))


def _places(cells: Cells) -> npt.NDArray[np.int64]:
    """Where in the table the cells stand: subsets of one table keep its index."""
    return cells.facts.index.to_numpy(dtype=np.int64)


def _no_spread(cells: Cells) -> Booleans:
    """Spreads of exactly 0, where no records say more. A skewness of 0 is no spread."""
    shape = (cells.facts["kind"] == "shape").to_numpy()
    spread = np.array([bool(SPREADS & set(words_of(name))) for name in named(cells)], dtype=np.bool_)
    found: Booleans = shape & spread & (cells.numbers("value") == 0) & np.isnan(cells.numbers("minimum"))
    return found
