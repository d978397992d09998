"""The check of a repair: the repaired files, read anew and audited as an intruder would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extracts.disclosure.audit.bounds import Contradiction, Integers
from extracts.disclosure.audit.deadline import Deadline
from extracts.disclosure.audit.grid import Hierarchies
from extracts.disclosure.audit.judgement import audited
from extracts.disclosure.audit.linked import linked
from extracts.disclosure.audit.part import TooSparse
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.repair.sums import Asked, judged, of_system, published, told_to_lone
from extracts.disclosure.repair.tables import telling_zeros
from extracts.disclosure.rounding import Rounding


@dataclass(frozen=True)
class Checked:
    """What the audit found in repaired tables, in numbers of cells.

    protected  hidden or rounded
    unsafe     shown, worked out or narrowed down to a number that may not be shown; and groups of which
               everybody is shown to be in one category
    doubtful   narrowed down further than the policy allows
    open       not known to be safe when time was up, or -1 when nothing could be audited
    """

    protected: int = 0
    unsafe: int = 0
    doubtful: int = 0
    open: int = 0

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

    behind  per table, what the contributors behind its sums ask for; not needed for counts alone
    """
    deadline, found = Deadline(seconds), np.zeros(4, dtype=np.int64)
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
            found += [int(one.sum()) for one in (audit.protected & group.listed, unsafe, audit.doubtful, audit.open)]
        if any(one.primary.any() for one in behind):
            found += _sums(tables, behind, hierarchies, deadline)
    except (Contradiction, TooSparse):
        return NOT_AUDITED
    return Checked(*found.tolist())


def _sums(
    tables: Sequence[Cells],
    behind: Sequence[Asked],
    hierarchies: Hierarchies | None,
    deadline: Deadline,
) -> Integers:
    """The same for the sums of the tables. Raises Contradiction and TooSparse."""
    found = np.zeros(4, dtype=np.int64)
    for group in linked(tables, kind="total", hierarchies=hierarchies):
        asked = of_system(group, behind)
        system = published(group.system, asked.value, group.system.hidden)
        audit = judged(system, asked, deadline)
        unsafe, unknown = audit.unsafe | (asked.primary & ~system.hidden), audit.open
        for _, told in told_to_lone(system, asked, deadline):
            unsafe, unknown = unsafe | told.unsafe, unknown | told.open
        protected, left = system.hidden & group.listed, unknown & ~unsafe
        found += [int(protected.sum()), int(unsafe.sum()), 0, int(left.sum())]
    return found


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
