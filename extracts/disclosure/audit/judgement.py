"""What of an audit is unsafe: cells that totals give back, or narrow down to fewer people than may be shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.disclosure.audit.bounds import Booleans, Floats
from extracts.disclosure.audit.intervals import intervals
from extracts.disclosure.audit.search import Intervals
from extracts.disclosure.audit.system import Key, System


@dataclass(frozen=True)
class Audit:
    """A system, the interval of each cell, and which cells these make unsafe.

    protected  hidden or rounded: everything but the numbers that are shown as they are
    exact      protected, yet worked out exactly
    unsafe     worked out, or narrowed down, to a number that may not be shown
    doubtful   narrowed down more than the policy allows, though perhaps to a number that may be shown
    open       not known to be safe when time was up
    """

    system: System
    found: Intervals
    protected: Booleans
    exact: Booleans
    unsafe: Booleans
    doubtful: Booleans
    open: Booleans

    def shown_elsewhere(self, hidden: Booleans, *, threshold: int) -> Booleans:
        """Which cells that some table hides are shown by another, though they are below the threshold and not 0."""
        number = self.found.high
        found: Booleans = hidden & ~self.protected & (number < threshold) & (number > 0)
        return found

    def implied(self) -> list[tuple[Key, float, float]]:
        """Key, lowest and highest value of the cells that are worked out exactly or narrowed down too far."""
        return [(self.system.keys[at], float(self.found.low[at]), float(self.found.high[at])) for at in self.told]

    @property
    def told(self) -> list[int]:
        """Where the cells are that are worked out exactly or narrowed down too far."""
        return [int(at) for at in np.flatnonzero(self.exact | self.unsafe | self.doubtful)]


def audited(system: System, *, threshold: int, zeros: bool, seconds: float) -> Audit:
    """The intervals of a system's protected cells, judged.

    threshold  smallest count that may be shown, and smallest width of an interval
    zeros      whether a count known to be 0 is unsafe too
    seconds    stop after so long; what is not known to be safe by then is open

    Raises Contradiction when no table agrees with what was published.
    """
    protected = system.low < system.high
    found = intervals(
        system.equations, system.value, system.hidden, system.low, system.high,
        seconds=seconds, whole=system.whole, enough=float(threshold), wanted=protected,
    )  # fmt: skip
    exact = protected & (found.low == found.high)
    unsafe, doubtful = judged(found, system.low, system.high, system.hidden, threshold=threshold, zeros=zeros)
    safe = found.proven | (found.certain_width >= threshold) | (found.low >= threshold)
    unsafe, doubtful = unsafe & protected, doubtful & protected & found.proven
    return Audit(system, found, protected, exact, unsafe, doubtful, protected & ~safe & ~unsafe)


def given_back(system: System, *, p_percent: float, seconds: float) -> tuple[Booleans, bool]:
    """Which hidden amounts of a system are known to within p%, and whether all the others are known not to be.

    Raises Contradiction. Source: the p% rule of the SDC Handbook, for the interval that an outsider can work out.
    """
    there = system.hidden & (system.high > system.low)
    found = intervals(
        system.equations, system.value, system.hidden, system.low, system.high,
        seconds=seconds, whole=False, wanted=there,
    )  # fmt: skip
    width, size = found.high - found.low, np.maximum(np.abs(found.low), np.abs(found.high))
    near = there & np.isfinite(width) & (width <= p_percent / 100 * size)
    return near, bool((found.proven | near | ~there).all())


def judged(
    found: Intervals, low: Floats, high: Floats, hidden: Booleans, *, threshold: int, zeros: bool
) -> tuple[Booleans, Booleans]:
    """Which intervals are unsafe, and which are doubtful.

    low, high  what the table itself says of each cell: what its author chose to tell
    hidden     whether the cell shows no number; else it shows a rounded one

    Unsafe is a cell that must lie below the threshold though its own sign doesn't say so, because
    it is then one of a group that is too small; a cell known to within half of what its sign says,
    if it is below the threshold; and any cell worked out exactly to such a number. A cell known to be
    0 is unsafe only where zeros are. Doubtful is any other cell that may be below the threshold and
    is known more closely than the threshold, or than its sign says.

    Source: protection intervals of the SDC Handbook, with the threshold as the protection level.
    """
    width, said = found.high - found.low, high - low
    narrowed = width < said
    nobody = (found.high == 0) & (not zeros)
    few = narrowed & (found.high < threshold) & ~nobody
    halved = width + 1 <= (said + 1) / 2
    unsafe = few & (np.where(hidden, found.high < np.minimum(high, threshold), width == 0) | (hidden & halved))
    close = narrowed & (found.low < threshold) & (width < threshold) & ~nobody
    # Every rounded number is narrowed a little by its neighbours.
    doubtful = close & ~unsafe & (hidden | halved) & ~_no_zero(found, low, high)
    return unsafe, doubtful


def _no_zero(found: Intervals, low: Floats, high: Floats) -> Booleans:
    """Where a reader learns no more than that a cell is not 0, as of every hidden cell where zeros are shown."""
    told: Booleans = (low == 0) & (found.low == 1) & (found.high == high)
    return told
