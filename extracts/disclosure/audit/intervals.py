"""Intervals: between what numbers an intruder knows each cell to lie, from everything that was published."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from extracts.disclosure.audit.attacker import Attacker, Outcome
from extracts.disclosure.audit.bounds import Booleans, Floats, propagated
from extracts.disclosure.audit.certify import INTERIOR, bounded, push_apart
from extracts.disclosure.audit.components import Component, components
from extracts.disclosure.audit.deadline import Deadline
from extracts.disclosure.audit.nullspace import fixed_values
from extracts.disclosure.audit.search import Intervals, Search

# Above so many unknown cells a component is not solved cell by cell: the first table takes the simplex method minutes.
CELL_BY_CELL = 5_000


def intervals(
    equations: csr_array,
    value: Floats,
    hidden: Booleans,
    low: Floats,
    high: Floats,
    *,
    seconds: float,
    whole: bool = True,
    enough: float = np.inf,
    wanted: Booleans | None = None,
) -> Intervals:
    """The interval of each cell that an intruder can compute.

    equations   m x n; equations @ true numbers == 0 (a total less its parts)
    value       published numbers; read only where a cell is neither hidden nor given bounds
    hidden      which cells are hidden
    low, high   what anybody knows of each cell beforehand: shown and exact, the value twice; rounded
                to base 5, value - 2 and value + 2; a hidden count, 0 and infinity. NaN for nothing
    seconds     stop after so long; what is not worked out by then is not proven
    whole       whether the cells are counts, so that bounds are rounded inwards
    enough      cells of which two tables differ by this much are not worked out any further
    wanted      cells to work out; all by default

    Raises Contradiction when no table agrees with what was published.

    Source: the attacker's linear programs of the SDC Handbook, section on secondary suppression
    ("auditing"). The bounds are those of real numbers, rounded inwards: whole tables may leave an
    interval that is narrower still, which is rare and not looked for.
    """
    low, high = known_beforehand(value, hidden, low, high)
    deadline = Deadline(seconds)
    bounds = propagated(equations, low, high, whole=whole)
    wanted = np.ones(len(low), dtype=np.bool_) if wanted is None else wanted
    search = Search.starting(bounds, whole=whole)
    for part in components(equations, bounds):
        if part.acyclic and bounds.settled:
            continue
        search.forget(part.places)
        if wanted[part.places].any():
            _work_out(search, part, wanted[part.places], enough, deadline)
    return search.intervals()


def known_beforehand(value: Floats, hidden: Booleans, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Bounds without gaps: the value of what is shown, and no bound for what is hidden, where none is given."""
    low = np.where(np.isnan(low), np.where(hidden, -np.inf, value), low)
    high = np.where(np.isnan(high), np.where(hidden, np.inf, value), high)
    return low, high


def _work_out(search: Search, part: Component, wanted: Booleans, enough: float, deadline: Deadline) -> None:
    """Find the bounds of one component: what equations alone fix, then random pushes, then cell by cell."""
    if deadline.passed:
        return
    found = fixed_values(part, whole=search.whole)
    search.fix(part.places[found.cells], found.values)
    within = bounded(part)
    attacker = Attacker(within, interior=len(part) > INTERIOR)
    push_apart(attacker, search, wanted, enough=enough, deadline=deadline)
    if len(part) <= CELL_BY_CELL:
        reusable = within is part and not attacker.interior
        _cell_by_cell(attacker if reusable else Attacker(part), search, wanted, enough, deadline)


def _cell_by_cell(attacker: Attacker, search: Search, wanted: Booleans, enough: float, deadline: Deadline) -> None:
    """Two linear programs for each cell whose bounds no table found so far reaches, the narrowest first."""
    part = attacker.component
    spread = np.nan_to_num(search.seen_high[part.places] - search.seen_low[part.places])
    order = np.argsort(spread, kind="stable")
    for cell in order[wanted[order]]:
        place = part.places[[cell]]
        for upper in (False, True):
            if deadline.passed:
                return
            if search.open_sides(place)[upper].any() and not search.wide(place, enough).any():
                _one_side(attacker, search, int(cell), upper, deadline)


def _one_side(attacker: Attacker, search: Search, cell: int, upper: bool, deadline: Deadline) -> None:
    """Push one cell down or up and write down how far it goes."""
    places, sign = attacker.component.places, 1.0 if upper else -1.0
    weights = np.zeros(len(places))
    weights[cell] = sign
    push = attacker.push(weights, seconds=deadline.left)
    if push.outcome is Outcome.ENDLESS:
        (search.seen_high if upper else search.seen_low)[places[cell]] = sign * np.inf
    elif push.point is not None:
        search.see(places, push.point)
        if push.outcome is Outcome.BEST:
            search.bound(int(places[cell]), sign * push.reached, upper=upper)
