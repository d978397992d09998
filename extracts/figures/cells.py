"""Safe counts of a cohort: cells that the build made safe, added up. No record is looked at, whatever is asked.

Every answer is a sum of the same published cells, so that asking again and again tells no more than the cells do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, prod, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from extracts.figures.safe import STEP, THRESHOLD
from governance.catalogue.cohort import Cohort, Condition

YEARS = "years"
# Of the difference between two rounded running totals, each off by up to half a step: one standard deviation.
OF_A_RUN = STEP / sqrt(6)
# Of a sum of n people in cells that were rounded each alone: at most this times the square root of n.
OF_A_PERSON = 3.0
# How many standard deviations "give or take" says: about 19 times in 20 the true number lies inside.
SURE = 2.0


@dataclass(frozen=True)
class Answer:
    """How many people there are in a cohort, once for each case: `about` is None under the threshold.

    give_or_take  how far off the number may be because of the rounding
    whole_years   the period was counted by whole years
    """

    about: int | None
    give_or_take: int
    whole_years: bool
    fewer_than: int = THRESHOLD


@dataclass(frozen=True)
class Axis:
    """One dimension of the cube; place 0 is for what has none of the values."""

    name: str
    values: tuple[str, ...]
    years: bool

    @property
    def size(self) -> int:
        return len(self.values) + 1

    def places(self, condition: Condition | None) -> list[int] | None:
        """The places that meet a condition, rising; None for all of them."""
        if condition is None:
            return None
        if self.years:
            first = condition.first.year if condition.first else 0
            last = condition.last.year if condition.last else 9999
            return [place for place, year in enumerate(self.values, 1) if first <= int(year) <= last]
        return [place for place, value in enumerate(self.values, 1) if value in condition.values]


@dataclass(frozen=True)
class Cube:
    """The cells of a release. `index` numbers the combinations of places, the last axis running fastest."""

    axes: tuple[Axis, ...]
    index: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Cube:
        """Read what the build wrote. Raises KeyError, TypeError or ValueError for anything else."""
        axes = tuple(Axis(one["name"], tuple(one["values"]), one["kind"] == YEARS) for one in stored["dimensions"])
        index = np.cumsum(np.array(stored["gaps"], np.int64))
        counts = STEP * np.array(stored["tens"], np.int64)
        if len(index) != len(counts) or (len(index) and int(index[-1]) >= prod(axis.size for axis in axes)):
            raise ValueError("The cells do not fit the dimensions.")
        return cls(axes, index, counts)

    @cached_property
    def _digits(self) -> list[npt.NDArray[np.int64]]:
        """For each axis the place of every cell."""
        rest, found = self.index, []
        for axis in reversed(self.axes):
            rest, place = np.divmod(rest, axis.size)
            found.append(place)
        return found[::-1]

    def can_count(self, cohort: Cohort) -> bool:
        """Whether every condition is on a dimension of the cube."""
        return {one.name for one in cohort.conditions} <= {axis.name for axis in self.axes}

    def count(self, cohort: Cohort) -> Answer:
        """The people of a cohort. Raises ValueError for a condition that the cube knows nothing of."""
        if not self.can_count(cohort):
            raise ValueError("The counts of this release do not know every condition.")
        chosen = [axis.places(cohort.on(axis.name)) for axis in self.axes]
        inside = np.ones(len(self.index), bool)
        for digits, places in zip(self._digits, chosen, strict=True):
            if places is not None:
                inside &= np.isin(digits, places)
        total = int(self.counts[inside].sum())
        years = any(axis.years and cohort.on(axis.name) and _cuts(cohort.on(axis.name)) for axis in self.axes)
        about = total if total >= THRESHOLD else None
        return Answer(about, _margin(total, _runs(chosen, [axis.size for axis in self.axes])), years)


def _cuts(condition: Condition | None) -> bool:
    """Whether a period begins or ends inside of a year."""
    if condition is None:
        return False
    begins = condition.first is not None and (condition.first.month, condition.first.day) != (1, 1)
    ends = condition.last is not None and (condition.last.month, condition.last.day) != (12, 31)
    return begins or ends


def _runs(chosen: Sequence[list[int] | None], sizes: Sequence[int]) -> int:
    """In how many stretches of neighbouring cells the chosen ones lie."""
    restricted = [number for number, places in enumerate(chosen) if places is not None]
    if not restricted:
        return 1
    last = restricted[-1]
    places = chosen[last] or []
    stretches = sum(1 for place in places if place - 1 not in places)
    before = prod(size if one is None else len(one) for one, size in zip(chosen[:last], sizes[:last], strict=True))
    return max(1, before * stretches)


def _margin(total: int, runs: int) -> int:
    off = min(SURE * OF_A_RUN * sqrt(runs), STEP + SURE * OF_A_PERSON * sqrt(total))
    return STEP * ceil(off / STEP)
