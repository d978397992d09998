"""Dates of a twin: each column by its published quarters, those of one row drawn together so that their order holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from extracts.twin.asking import Period, quarter_days
from extracts.twin.laws import Places

QUARTERS, SPAN, NOTHING = "rows in each quarter", "first and last quarter", "nothing of it is published"
EPOCH = date(1970, 1, 1)
# How far apart two dates of one row may lie, as a share of their distributions: one standard deviation.
JITTER = 0.02
LAST = 1 - 1e-9

Days = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Quarters:
    """Stretches of days with shares that come to 1; days are evenly spread inside each. Days since 1970."""

    starts: Days
    lengths: Days
    shares: Places
    kept: str

    @property
    def mean(self) -> float:
        return float((self.shares * (self.starts + self.lengths / 2)).sum())

    def days_at(self, places: Places) -> Days:
        """The day at each place, later days at higher places."""
        reached = np.concatenate([[0.0], np.cumsum(self.shares)])
        which = np.clip(np.searchsorted(reached, places, side="right") - 1, 0, len(self.shares) - 1)
        inside = (places - reached[which]) / np.maximum(self.shares[which], 1e-12)
        moved = np.minimum((inside * self.lengths[which]).astype(np.int64), self.lengths[which] - 1)
        found: Days = self.starts[which] + np.maximum(moved, 0)
        return found

    def share_before(self, day: int) -> float:
        """The share of the rows whose day is before this one."""
        part = np.clip((day - self.starts) / self.lengths, 0.0, 1.0)
        return float((self.shares * part).sum())

    def distance(self, days: Days) -> float | None:
        """The share of rows that would have to move to another stretch to fall exactly as published; None untold."""
        if self.kept != QUARTERS or not len(days):
            return None
        seen = [
            ((days >= start) & (days < start + size)).mean()
            for start, size in zip(self.starts, self.lengths, strict=True)
        ]
        return float((np.abs(np.array(seen) - self.shares).sum() + 1 - sum(seen)) / 2)

    def within(self, period: Period) -> Quarters:
        """The same, cut to a period; evenly over the period where nothing is left."""
        first, last = (_days(day) for day in period)
        starts = np.maximum(self.starts, first)
        lengths = np.minimum(self.starts + self.lengths, last + 1) - starts
        left = lengths > 0
        shares = np.where(left, self.shares * lengths / self.lengths, 0.0)
        if not shares.sum():
            return evenly(period, NOTHING)
        return Quarters(starts[left], lengths[left], shares[left] / shares.sum(), self.kept)


def evenly(period: Period, kept: str) -> Quarters:
    first, last = (_days(day) for day in period)
    return Quarters(np.array([first]), np.array([last - first + 1]), np.array([1.0]), kept)


def dates_of(figures: Mapping[str, Any], period: Period) -> Quarters:
    """How a date falls: by its told quarters, or evenly from the first to the last, or over the period."""
    told = figures.get("quarters") or ()
    if told:
        spans = [quarter_days(one["quarter"]) for one in told]
        counts = np.array([float(one["count"]) for one in told])
        starts = np.array([_days(first) for first, _ in spans])
        lengths = np.array([(last - first).days + 1 for first, last in spans])
        return Quarters(starts, lengths, counts / counts.sum(), QUARTERS)
    if first := figures.get("first_quarter"):
        return evenly((quarter_days(first)[0], quarter_days(figures["last_quarter"])[1]), SPAN)
    return evenly(period, NOTHING)


def drawn_together(
    laws: Sequence[Quarters], absent: Sequence[npt.NDArray[np.bool_]], anchor: int | None, period: Period,
    chance: np.random.Generator,
) -> list[Days]:  # fmt: skip
    """The days of every date column of a table, row by row in the order that the means of the columns have.

    absent  for each column, the rows without a value: they hold no other date back
    anchor  the column by which rows are placed in the period: it falls exactly as published there, and lies inside
    """
    rows = len(absent[0])
    order = sorted(range(len(laws)), key=lambda place: laws[place].mean)
    fixed = order[0] if anchor is None else anchor
    low, high = 0.0, 1.0
    if anchor is not None:
        first, last = (_days(day) for day in period)
        low, high = laws[anchor].share_before(first), laws[anchor].share_before(last + 1)
    place = chance.uniform(0, 1, rows)
    days: list[Days] = [np.empty(0, np.int64)] * len(laws)
    for one in order:
        if one == fixed and anchor is not None:
            days[one] = laws[one].within(period).days_at(place)
        elif one == fixed:
            days[one] = laws[one].days_at(place)
        else:
            moved = low + (high - low) * place + chance.normal(0, JITTER, rows)
            days[one] = laws[one].days_at(np.clip(moved, 0.0, LAST))
    _put_in_order(days, absent, order, order.index(fixed))
    return days


def _put_in_order(days: list[Days], absent: Sequence[npt.NDArray[np.bool_]], order: list[int], fixed: int) -> None:
    """Move what is later than what follows it, from the fixed column outwards."""
    for chain, nearest in ((order[fixed:], np.maximum), (order[fixed::-1], np.minimum)):
        limit = np.where(absent[chain[0]], _open(nearest), days[chain[0]])
        for one in chain[1:]:
            days[one] = nearest(days[one], limit)
            limit = np.where(absent[one], limit, days[one])


def _open(nearest: Any) -> np.int64:
    """A limit that holds nothing back."""
    whole = np.iinfo(np.int64)
    return np.int64(whole.min if nearest is np.maximum else whole.max)


def as_dates(days: Days, absent: npt.NDArray[np.bool_]) -> pa.Array:
    return pa.array(days.astype(np.int32), mask=absent).cast(pa.int32()).view(pa.date32())


def _days(day: date) -> int:
    return (day - EPOCH).days
