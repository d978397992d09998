"""Certification: a few random pushes of all cells together show that many intervals are wide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from extracts.disclosure.audit.attacker import Attacker
from extracts.disclosure.audit.bounds import Booleans, Floats, propagated
from extracts.disclosure.audit.components import Component, components
from extracts.disclosure.audit.deadline import Deadline
from extracts.disclosure.audit.search import Search

PUSHES = 24
# Pushes that show nothing new, after which cells are worked out one by one or left.
IDLE = 4
# Above so many unknown cells, pushes are by the interior point method.
INTERIOR = 2_000


def push_apart(attacker: Attacker, search: Search, wanted: Booleans, *, enough: float, deadline: Deadline) -> None:
    """Look for consistent tables that differ as much as can be, in all the wanted cells that are not settled yet.

    Every pair of pushes is in opposite directions. Cells that are wide `enough` are left alone. The
    attacker's component must be `bounded`.
    """
    part, random = attacker.component, np.random.default_rng(1)
    idle, sign = 0, np.zeros(len(part))
    for number in range(PUSHES):
        below, above = search.open_sides(part.places)
        left = wanted & ~search.wide(part.places, enough) & (below | above)
        if not left.any() or idle >= IDLE or deadline.passed:
            return
        sign = random.choice([-1.0, 1.0], len(part)) if number % 2 == 0 else -sign
        weights = np.where(left, np.where(below & above, sign, above * 1.0 - below), 0.0)
        before = _spread(search, part)
        push = attacker.push(weights * random.uniform(0.5, 1.5, len(part)), seconds=deadline.left)
        if push.point is not None:
            search.see(part.places, push.point)
        idle = 0 if _spread(search, part) > before * (1 + 1e-9) or number < 2 else idle + 1


def _spread(search: Search, part: Component) -> float:
    """How far apart the numbers found are, added up over the component."""
    return float(np.nansum(search.seen_high[part.places] - search.seen_low[part.places]))


def bounded(part: Component) -> Component:
    """The component with far bounds where it has none. Tables within narrower bounds are consistent all the same."""
    if np.isfinite(part.low).all() and np.isfinite(part.high).all():
        return part
    known = np.concatenate([part.low[np.isfinite(part.low)], part.high[np.isfinite(part.high)], part.right])
    far = 10 * (np.abs(known).max(initial=0.0) + 1_000)
    return replace(part, low=np.maximum(part.low, -far), high=np.minimum(part.high, far))


def certified(
    equations: csr_array, low: Floats, high: Floats, *, width: float, seconds: float, whole: bool = True
) -> Booleans:
    """Which cells are shown to take numbers at least `width` apart in tables that agree with what was published.

    Arguments as for `intervals`. False only means that it wasn't shown. Raises Contradiction.

    Source: two feasible tables that differ in many cells at once prove many intervals wide; so some
    tens of linear programs replace two for each cell.
    """
    deadline, bounds = Deadline(seconds), propagated(equations, low, high, whole=whole)
    search = Search.starting(bounds, whole=whole)
    for part in components(equations, bounds):
        if part.acyclic and bounds.settled:
            continue
        search.forget(part.places)
        everything = np.ones(len(part), dtype=np.bool_)
        attacker = Attacker(bounded(part), interior=len(part) > INTERIOR)
        push_apart(attacker, search, everything, enough=width, deadline=deadline)
    return search.wide(np.arange(len(low)), width)
