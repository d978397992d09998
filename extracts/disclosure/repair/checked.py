"""The check of a repair: the repaired files, read anew and audited as an intruder would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from extracts.disclosure.audit.bounds import Contradiction, Integers
from extracts.disclosure.audit.deadline import Deadline
from extracts.disclosure.audit.grid import Hierarchies
from extracts.disclosure.audit.judgement import audited
from extracts.disclosure.audit.linked import linked
from extracts.disclosure.audit.part import TooSparse
from extracts.disclosure.audit.search import Intervals
from extracts.disclosure.audit.system import System
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.cells import Booleans, Cells
from extracts.disclosure.repair.sums import Asked, judged, of_system, published, told_to_lone
from extracts.disclosure.repair.tables import as_sums, telling_zeros
from extracts.disclosure.rounding import Rounding


@dataclass(frozen=True)
class Told:
    """Between what numbers a reader of all the tables knows a hidden or rounded cell to lie; infinite for no limit.

    hidden  the cell shows no number; else it shows a rounded one
    """

    key: Mapping[str, str]
    measure: str
    low: float
    high: float
    hidden: bool

    def to_json(self) -> dict[str, Any]:
        """A dictionary in which no limit is None."""
        ends = {name: one if np.isfinite(one) else None for name, one in (("low", self.low), ("high", self.high))}
        return {"key": dict(self.key), "measure": self.measure, "hidden": self.hidden, **ends}

    @property
    def said(self) -> str:
        """In words: `area North, fraud is 0 to 37`."""
        key = ", ".join([*(f"{name} {label}" for name, label in self.key.items()), *filter(None, [self.measure])])
        high = f"to {self.high:,.10g}" if np.isfinite(self.high) else "or more"
        return f"{key or 'the total of all'} is {self.low:,.10g} {high}"


@dataclass(frozen=True)
class Checked:
    """What the audit found in repaired tables, in numbers of cells.

    protected  hidden or rounded
    unsafe     shown, worked out or narrowed down to a number that may not be shown; and groups of which
               everybody is shown to be in one category
    doubtful   narrowed down further than the policy allows
    open       not known to be safe when time was up, or -1 when nothing could be audited
    told       the intervals of the protected counts, and of the sums that may not be shown
    """

    protected: int = 0
    unsafe: int = 0
    doubtful: int = 0
    open: int = 0
    told: tuple[Told, ...] = field(default=(), repr=False)

    def to_json(self) -> dict[str, int]:
        """The numbers of cells."""
        return {name: getattr(self, name) for name in ("protected", "unsafe", "doubtful", "open")}

    @property
    def safe(self) -> bool:
        """Whether nothing at all is left to object to."""
        return self.unsafe == self.doubtful == self.open == 0


NOT_AUDITED = Checked(open=-1)


def checked(
    tables: Sequence[Cells],
    policy: Policy,
    *,
    threshold: int,
    behind: Sequence[Asked] = (),
    hierarchies: Hierarchies | None = None,
    rounding: Rounding | None = None,
    seconds: float,
) -> Checked:
    """What an intruder could work out from repaired tables together, as they are read from their files.

    tables  with the evidence of their sums and means
    behind  per table, what the contributors behind these ask for; not needed for counts alone
    """
    deadline, found, told = Deadline(seconds), np.zeros(4, dtype=np.int64), list[Told]()
    counts = [cells.of_kind("count") for cells in tables]
    found[1] = sum(_small(cells, threshold, policy.zeros_disclosive, rounding) for cells in counts)
    if rounding is None or rounding.kind == "midpoint":  # otherwise a zero shown may not be one
        found[1] += sum(int(telling_zeros(cells).sum()) for cells in counts)
    try:
        for group in linked(counts, hierarchies=hierarchies, rounding=rounding):
            audit = audited(
                group.system, threshold=threshold, zeros=policy.zeros_disclosive, seconds=max(1.0, deadline.left)
            )
            unsafe = audit.unsafe | audit.shown_elsewhere(group.hidden, threshold=threshold)
            known = audit.protected & group.listed
            found += [int(one.sum()) for one in (known, unsafe, audit.doubtful, audit.open)]
            told += _told(group.system, audit.found, known)
        if any(one.primary.any() for one in behind):
            more, intervals = _sums(tables, behind, hierarchies, deadline)
            found, told = found + more, told + intervals
    except (Contradiction, TooSparse):
        return NOT_AUDITED
    numbers = dict(zip(("protected", "unsafe", "doubtful", "open"), found.tolist(), strict=True))
    return Checked(**numbers, told=tuple(told))


def _told(system: System, found: Intervals, protected: Booleans) -> list[Told]:
    return [
        Told(
            system.keys[at].as_dict(),
            system.keys[at].measure,
            float(found.low[at]),
            float(found.high[at]),
            bool(system.hidden[at]),
        )
        for at in np.flatnonzero(protected).tolist()
    ]


def _sums(
    tables: Sequence[Cells],
    behind: Sequence[Asked],
    hierarchies: Hierarchies | None,
    deadline: Deadline,
) -> tuple[Integers, list[Told]]:
    """The same for the sums of the tables. Raises Contradiction and TooSparse."""
    found, intervals = np.zeros(4, dtype=np.int64), list[Told]()
    for group in linked([as_sums(cells) for cells in tables], kind="total", hierarchies=hierarchies):
        asked = of_system(group, behind)
        system = published(group.system, asked.value, group.system.hidden)
        audit = judged(system, asked, deadline)
        unsafe, unknown = audit.unsafe | (asked.primary & ~system.hidden), audit.open
        for _, told in told_to_lone(system, asked, deadline):
            unsafe, unknown = unsafe | told.unsafe, unknown | told.open
        protected, left = system.hidden & group.listed, unknown & ~unsafe
        found += [int(protected.sum()), int(unsafe.sum()), 0, int(left.sum())]
        intervals += _told(system, audit.found, protected & asked.primary)
    return found, intervals


def _small(cells: Cells, threshold: int, zeros: bool, rounding: Rounding | None) -> int:
    """How many cells show a count that is below the threshold, by all that a reader knows of it."""
    shown, value = cells.states("number"), cells.numbers("value")
    low, high = rounding.known(value) if rounding else (value, value)
    return int((shown & (high < threshold) & ((low > 0) | (zeros & (value == 0)))).sum())


def lost(before: Cells, after: Cells) -> tuple[int, float]:
    """How many cells of a table were hidden or changed, and by how much its numbers changed in all.

    A hidden number counts in full. Both must have the same cells.
    """
    old, new = before.numbers("value"), np.where(after.states("number"), after.numbers("value"), np.nan)
    return int((~(old == new)).sum()), float(np.where(np.isnan(new), old, np.abs(old - new)).sum())
