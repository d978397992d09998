"""Positions: a quantile with few units beyond it is nearly the value of one of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.reading.cells import Booleans, Cells, Floats
from extracts.disclosure.reading.statistics import position_of
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "quantile"
ROOM = 1e-9


def few_beyond(n: Floats, share: Floats, *, tail: int) -> Booleans:
    """Find the quantiles with fewer than `tail` units on either side.

    n      units with a value; share  of them that lie below the quantile, between 0 and 1

    Source: ABS DataLab and the ESSnet guidelines: quantiles need a minimum of contributors in each tail and band.
    """
    few: Booleans = n * np.minimum(share, 1 - share) < tail - ROOM
    return few


def few_there(below: Floats, above: Floats, sharing: Floats, *, tail: int) -> Booleans:
    """Find the quantiles that fewer than `tail` units are known to be at or beyond, on either side.

    below, above, sharing  units with values below, above and at the quantile; NaN for unknown, which is not found

    Units with many values weigh more in a quantile than they are: of 100 values above one all may be of one unit.
    """
    few: Booleans = np.minimum(below, above) + sharing < tail
    return few


def few_between(n: Floats, shares: Floats, *, tail: int) -> Booleans:
    """Find the quantiles between which and the next lower one of the same units there are fewer than `tail`.

    shares  of the quantiles of one group, in ascending order
    """
    few: Booleans = np.concatenate([[False], n[1:] * np.diff(shares) < tail - ROOM]) if len(shares) else n < 0
    return few


def findings(subject: Subject) -> Iterator[Finding]:
    """Quantiles with too few units beyond or between them, or whose number of units is unknown."""
    cells = subject.cells.of_kind("position")
    cells = cells.where(cells.states("number") & ~cells.flags("structural"))
    n, share = cells.numbers("n"), shares_of(cells, subject.described.layout.statistic)
    # What is shared by enough units is nobody's own value.
    shared = cells.numbers("sharing") >= subject.threshold
    tail = max(subject.policy.tail, subject.threshold)
    sides = (cells.numbers(name) for name in ("below", "above", "sharing"))
    unsafe = few_beyond(n, share, tail=tail) | few_there(*sides, tail=tail) | _close(cells, n, share, tail)
    unsafe &= ~shared
    for place in subject.places(cells, unsafe):
        yield subject.finding(
            CODE, Verdict.FAIL, cells, place,
            problem=f"Fewer than {tail} {subject.unit} lie beyond this quantile, or between it and the next.",
            attack=f"{subject.are(n[place])} in this group: one of the few beyond it can tell who has which value.",
            cure="Show a quantile nearer to the middle, fewer of them, or a larger group.",
        )  # fmt: skip
    for place in subject.places(cells, np.isnan(n) & ~shared):
        yield subject.finding(
            CODE, Verdict.REVIEW, cells, place,
            problem="How many have a value is not known, so neither is how many lie beyond this quantile.",
            cure="Show the number of units beside it, or supply it as evidence.",
        )  # fmt: skip


def shares_of(cells: Cells, statistic: str) -> Floats:
    """The share below each quantile, by its row's statistic or its heading; a quartile's for what names none."""
    names = cells.labels[statistic] if statistic in cells.labels else cells.facts["column"]
    found = [position_of(str(name)) for name in names]
    return np.array([0.25 if share is None else share for share in found], dtype=np.float64)


def _close(cells: Cells, n: Floats, share: Floats, tail: int) -> Booleans:
    """Quantiles of one group that lie too near to the next lower one."""
    found = np.zeros(len(cells), dtype=np.bool_)
    for places in _groups(cells).values():
        order = np.array(places)[np.argsort(share[places], kind="stable")]
        distinct = order[np.concatenate([[True], np.diff(share[order]) > 0])]
        found[distinct[few_between(n[distinct], share[distinct], tail=tail)]] = True
    return found


def _groups(cells: Cells) -> dict[tuple[str, ...], list[int]]:
    """Places of the quantiles of each group: those that differ in their statistic alone."""
    found: dict[tuple[str, ...], list[int]] = {}
    names = [name for name in cells.dimensions if position_of_all(cells, name) is False]
    for place in range(len(cells)):
        key = tuple(str(cells.labels[name].iloc[place]) for name in names)
        found.setdefault(key, []).append(place)
    return found


def position_of_all(cells: Cells, name: str) -> bool:
    """Whether every label of a dimension names a quantile."""
    return len(cells) > 0 and all(position_of(str(label)) is not None for label in cells.labels[name].unique())
