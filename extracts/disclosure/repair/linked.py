"""Suppression in several tables at once: a cell of two tables is one cell, hidden in both or in neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from extracts.disclosure.audit.deadline import Deadline
from extracts.disclosure.audit.grid import Hierarchies
from extracts.disclosure.audit.judgement import audited
from extracts.disclosure.audit.linked import Linked, linked
from extracts.disclosure.audit.system import System
from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.repair.suppress import Pattern, costs, suppress
from extracts.disclosure.repair.tables import CannotRepair, TrueTable, as_sums, true_values, unsafe_counts

# Secondary cells may be narrowed down as well; they are then protected too, at most so many times over.
ROUNDS = 4


@dataclass(frozen=True)
class Group:
    """Tables about the same people: their one system, and the true number of each of its cells."""

    linked: Linked
    value: Floats

    @property
    def system(self) -> System:
        """The one system of all the tables."""
        return self.linked.system


def groups_of(
    tables: Sequence[TrueTable], hierarchies: Hierarchies | None = None, *, kind: str = "count"
) -> list[Group]:
    """The counts of the tables, or their sums, in groups of those that have cells in common.

    Raises CannotRepair and TooSparse.
    """
    found = linked([as_sums(table.cells) for table in tables], kind=kind, hierarchies=hierarchies)
    found = [one for one in found if len(one.system)]
    if any(doubt.most < 0 for one in found for system in one.systems for doubt in system.doubts):
        raise CannotRepair("A total is less than its parts: correct the table first.")
    return [Group(one, true_values(one.system)) for one in found]


def hidden_in_tables(
    tables: Sequence[TrueTable],
    *,
    threshold: int,
    zeros: bool,
    by: str,
    hierarchies: Hierarchies | None = None,
    seconds: float = 60.0,
) -> list[Booleans]:
    """Per table, which of its cells to hide so that nothing below the threshold can be worked out or narrowed down.

    threshold  smallest count that may be shown, and the least width of what an intruder can work out
    zeros      whether zeros must be hidden too
    by         what loss is counted by: `count` of cells or `value`

    What no pattern can protect is not protected by this one: audit the tables. Raises CannotRepair,
    TooSparse.
    """
    hidden = [np.zeros(len(table.cells), dtype=np.bool_) for table in tables]
    deadline = Deadline(seconds)
    unsafe = [table.unsafe(threshold=threshold, zeros=zeros) for table in tables]
    for group in groups_of(tables, hierarchies):
        primary = unsafe_counts(group.value, threshold=threshold, zeros=zeros)
        for number, own, there in group.linked.places():
            primary[there] |= unsafe[number][own]
        pattern = pattern_of(group, primary, threshold=threshold, zeros=zeros, by=by, deadline=deadline)
        for number, own, there in group.linked.places():
            hidden[number][own] = pattern.hidden[there]
    return hidden


def pattern_of(group: Group, primary: Booleans, *, threshold: int, zeros: bool, by: str, deadline: Deadline) -> Pattern:
    """The cells of a group to hide so that the primary ones, over its system, are protected.

    Secondary cells that an audit finds too narrow are protected as well.
    """
    # Rows that no table shows cannot be hidden for the sake of others.
    cost = np.where(group.linked.listed | primary, costs(group.value, by=by), np.inf)
    protected = primary
    for _ in range(ROUNDS):
        pattern = _pattern(group, protected, cost, threshold, deadline.left)
        audit = audited(as_published(group.system, group.value, pattern.hidden), threshold=threshold, zeros=zeros,
                        seconds=max(1.0, deadline.left))  # fmt: skip
        weak = (audit.unsafe | audit.doubtful) & ~protected
        if not weak.any() or deadline.passed:
            break
        protected = protected | weak
    return replace(pattern, secondary=pattern.hidden & ~primary)


def _pattern(group: Group, protected: Booleans, cost: Floats, threshold: int, seconds: float) -> Pattern:
    """A pattern in which the interval of each protected cell is as wide as the threshold."""
    nothing, endless = np.zeros(len(cost)), np.full(len(cost), np.inf)
    lower = np.minimum(group.value, threshold // 2)
    return suppress(
        group.system.equations, group.value, protected, low=nothing, high=endless,
        lower=lower, upper=threshold - lower, cost=cost, seconds=seconds,
    )  # fmt: skip


def as_published(system: System, value: Floats, hidden: Booleans) -> System:
    """What a reader of the tables would know if these cells were hidden: of a hidden count, that it is 0 or more."""
    unseen = hidden | system.hidden
    return replace(
        system,
        value=np.where(unseen, np.nan, value),
        hidden=unseen,
        low=np.where(unseen, 0.0, value),
        high=np.where(unseen, np.inf, value),
    )
