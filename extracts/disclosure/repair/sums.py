"""Suppression of sums: which to hide, so that nobody works out a contribution, and what of repaired ones is unsafe.

A sum must be hidden when it has few contributors or when one or two of them give nearly all of it; and an
intruder's interval for it must then be wide by the same rule. Who contributes alone to a hidden sum
knows it, and may use it to work out others. A mean is taken for its sum, as if all knew how many contribute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from extracts.disclosure.audit.deadline import Deadline
from extracts.disclosure.audit.grid import Hierarchies
from extracts.disclosure.audit.intervals import intervals
from extracts.disclosure.audit.linked import Linked
from extracts.disclosure.audit.search import Intervals
from extracts.disclosure.audit.system import System
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.cells import Booleans, Cells, Floats
from extracts.disclosure.repair.linked import Group, groups_of
from extracts.disclosure.repair.suppress import costs, reaches, suppress
from extracts.disclosure.repair.tables import SLIGHT, TrueTable, as_sums
from extracts.disclosure.rules.evidence import contributions
from extracts.disclosure.rules.hidden_amounts import must_be_hidden

# What more must be hidden after an audit is added to the pattern at most so many times over.
ROUNDS = 6
# What it costs to hide what is hidden already: as good as nothing.
HIDDEN_COST = 1e-6


@dataclass(frozen=True)
class Asked:
    """What the contributors behind some sums ask for, one of each a cell.

    value    the true numbers
    primary  must be hidden
    reach    how far below and above its number an intruder must believe it to reach, in its unit
    alone    has a single contributor
    """

    value: Floats
    primary: Booleans
    reach: Floats
    alone: Booleans


def asked_of(cells: Cells, policy: Policy, *, threshold: int) -> Asked:
    """What a policy asks for the sums among some cells; nothing of those that are no sums.

    The reach is p% of the total, which is never less than the p% rule needs; or what the dominance
    rule needs, where that is more.

    Source: SDC Handbook, section 4.2: upper protection levels of magnitude tables, the largest contributions
    over k less the total, and p% of the largest less all but the two largest.
    """
    cells = as_sums(cells)
    sums = (cells.facts["kind"] == "total").to_numpy()
    primary = sums & must_be_hidden(cells, policy, threshold=threshold)
    total, largest, second = contributions(cells)
    reach = policy.p_percent / 100 * total
    for rule in policy.nk:
        reach = np.maximum(reach, (largest + (second if rule.n == 2 else 0.0)) / rule.k - total)
    alone = sums & (cells.numbers("n") == 1)
    return Asked(cells.numbers("value"), primary, np.where(primary, reach, 0.0), alone)


def of_system(linked: Linked, asked: Sequence[Asked]) -> Asked:
    """What is asked for the cells of one system, from what is asked for the cells of each table."""
    size = len(linked.system)
    found = Asked(np.full(size, np.nan), np.zeros(size, np.bool_), np.zeros(size), np.zeros(size, np.bool_))
    for number, own, there in linked.places():
        one = asked[number]
        found.value[there] = one.value[own]
        found.primary[there] |= one.primary[own]
        found.reach[there] = np.maximum(found.reach[there], one.reach[own])
        found.alone[there] |= one.alone[own]
    return found


def sums_to_hide(
    tables: Sequence[TrueTable],
    policy: Policy,
    *,
    threshold: int,
    by: str,
    hierarchies: Hierarchies | None = None,
    seconds: float = 60.0,
) -> list[Booleans]:
    """Per table, which of its sums to hide. What no pattern protects is not protected: audit the tables.

    Raises CannotRepair and TooSparse.
    """
    hidden, deadline = [np.zeros(len(table.cells), dtype=np.bool_) for table in tables], Deadline(seconds)
    asked = [asked_of(table.cells, policy, threshold=threshold) for table in tables]
    for group in groups_of(tables, hierarchies, kind="total"):
        pattern = _pattern(group, of_system(group.linked, asked), by, deadline)
        for number, own, there in group.linked.places():
            hidden[number][own] = pattern[there]
    return hidden


def _pattern(group: Group, asked: Asked, by: str, deadline: Deadline) -> Booleans:
    """The cells of a group to hide: what is asked for, then what an audit still finds, again and again."""
    wanted = asked.primary
    hidden = nothing = np.zeros(len(wanted), dtype=np.bool_)
    for _ in range(ROUNDS):
        if not wanted.any() or deadline.passed:
            break
        hidden = _with_more(group, hidden, wanted, asked.reach, nothing, by, deadline)
        seen = published(group.system, group.value, hidden)
        wanted = judged(seen, asked, deadline).unsafe
        if wanted.any():
            continue
        for own, told in told_to_lone(seen, asked, deadline):
            more = told.unsafe | told.open
            if more.any() and not deadline.passed:
                hidden, wanted = _with_more(group, hidden, more, asked.reach, own, by, deadline), wanted | more
    return hidden


def _with_more(
    group: Group, hidden: Booleans, wanted: Booleans, reach: Floats, known: Booleans, by: str, deadline: Deadline
) -> Booleans:
    """The hidden cells and more of them, so that those wanted reach as far for an intruder who has the known ones."""
    value, (low, high) = group.value, _known(group.value)
    # Rows that no table shows cannot be hidden for the sake of others.
    cost = np.where(group.linked.listed | wanted, costs(value, by=by), np.inf)
    cost = np.where(known, np.inf, np.where(hidden & ~wanted, HIDDEN_COST, cost))
    found = suppress(
        group.system.equations, value, wanted, low=np.where(known, value, low), high=np.where(known, value, high),
        lower=reach, upper=reach, cost=cost, seconds=deadline.left,
    )  # fmt: skip
    more: Booleans = hidden | found.hidden
    return more


def _known(value: Floats) -> tuple[Floats, Floats]:
    """What anybody knows of hidden sums: that they are 0 or more, unless some are less."""
    floor = -np.inf if (value < 0).any() else 0.0
    return np.full(len(value), floor), np.full(len(value), np.inf)


def published(system: System, value: Floats, hidden: Booleans) -> System:
    """What a reader would know if these cells were hidden; sums that add up to the last digit are taken for exact."""
    (low, high), unseen = _known(value), hidden | system.hidden
    shown = (value, value) if _adds_up(system, value) else (system.low, system.high)
    return replace(
        system, value=np.where(unseen, np.nan, value), hidden=unseen,
        low=np.where(unseen, low, shown[0]), high=np.where(unseen, high, shown[1]),
    )  # fmt: skip


def _adds_up(system: System, value: Floats) -> bool:
    """Whether the true numbers add up to the last digit in every equation whose numbers are all known."""
    told = abs(system.equations) @ np.isnan(value) == 0
    off = np.abs(system.equations @ np.nan_to_num(value))[told]
    return bool((off <= SLIGHT * np.nanmax(np.abs(value), initial=1.0)).all())


@dataclass(frozen=True)
class Judged:
    """What an audit of sums found, one of each a cell; those that are hidden to protect others may be known.

    unsafe    to be hidden by its contributors, and known more closely than the rules allow
    open      not known to be safe when time was up
    found     the intervals of those that must be hidden
    """

    unsafe: Booleans
    open: Booleans
    found: Intervals


def judged(system: System, asked: Asked, deadline: Deadline) -> Judged:
    """How closely a reader knows the hidden sums of a system. Raises Contradiction.

    Source: the p% and dominance rules, for the interval that anybody can work out (SDC Handbook, 4.2 and 4.4).
    """
    wanted = asked.primary & system.hidden
    found = intervals(
        system.equations, system.value, system.hidden, system.low, system.high,
        seconds=max(1.0, deadline.left), whole=False, wanted=wanted,
    )  # fmt: skip
    short = wanted & _short(found, asked)
    return Judged(short & found.proven, short & ~found.proven, found)


def _short(found: Intervals, asked: Asked) -> Booleans:
    """Which sums no table that was found takes as far from the true number as asked."""
    value, (low, high) = asked.value, _known(asked.value)
    fall, rise = reaches(value - low, high - value, asked.reach, asked.reach)
    room = SLIGHT * np.maximum(1.0, np.abs(value))
    far_enough = (found.seen_low <= value - fall + room) & (found.seen_high >= value + rise - room)
    short: Booleans = ~(far_enough & (found.seen_high - found.seen_low > room))
    return short


def told_to_lone(system: System, asked: Asked, deadline: Deadline) -> Iterator[tuple[Booleans, Judged]]:
    """Per hidden cell with one contributor: the cell, and what this contributor can tell of the others.

    Source: the singleton problem of the SDC Handbook, section 4.4.
    """
    for cell in np.flatnonzero(asked.alone & system.hidden).tolist():
        own = np.zeros(len(asked.value), dtype=np.bool_)
        own[cell] = True
        known = replace(
            system, hidden=system.hidden & ~own, value=np.where(own, asked.value, system.value),
            low=np.where(own, asked.value, system.low), high=np.where(own, asked.value, system.high),
        )  # fmt: skip
        yield own, judged(known, asked, deadline)
