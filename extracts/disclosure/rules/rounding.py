"""Rounding: where the policy has counts rounded, a count that is not is exact."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.policy import ROUNDINGS
from extracts.disclosure.reading.cells import Booleans, Cells
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rounding import Rounding
from extracts.disclosure.subject import Subject

CODE = "rounding"


def findings(subject: Subject) -> Iterator[Finding]:
    """Counts that the policy's rounding cannot give, and percentages that no counts so rounded give.

    Source: OpenSAFELY (base 5; midpoint 6: 0 stays 0, any other is ceil(x/6)*6-3), ONS 10-5 rule.
    """
    rounding = ROUNDINGS[subject.policy.rounding]
    if rounding is None:
        return
    cells = subject.cells.of_kind("count")
    cells = cells.where(cells.states("number"))
    for place in subject.places(cells, ~rounding.fits(cells.numbers("value"))):
        yield subject.finding(
            CODE, Verdict.FAIL, cells, place,
            problem="The count is not rounded as the policy asks.",
            attack="Exact counts of two tables can be subtracted from each other.",
            cure=f"Round every count ({subject.policy.rounding}), and make totals from the rounded ones.",
        )  # fmt: skip
    shares = subject.cells.of_kind("percentage")
    shares = shares.where(shares.states("number"))
    for place in subject.places(shares, _of_exact_counts(shares, rounding)):
        yield subject.finding(
            CODE, Verdict.REVIEW, shares, place,
            problem="No rounded count gives this percentage of its base: it is one of exact counts.",
            attack="The percentage times its base is closer to the exact count than a rounded one may be.",
            cure="Work percentages out from the rounded counts.",
        )  # fmt: skip


def _of_exact_counts(shares: Cells, rounding: Rounding) -> Booleans:
    """Percentages of a rounded base that no rounded count gives."""
    low, high, base = (shares.numbers(name) for name in ("low", "high", "base"))
    few = (base > 0) & rounding.fits(base) & (high - low < rounding.by)
    fitting = np.zeros(len(shares), dtype=np.bool_)
    for more in range(rounding.by):
        fitting |= (low + more <= high) & rounding.fits(low + more)
    found: Booleans = few & ~fitting
    return found
