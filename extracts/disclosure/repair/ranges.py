"""Protection by ranges: every primary cell must be able to lie as far below and above its value as was asked."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.repair.kernel import determined
from extracts.disclosure.repair.movement import Movements, Needs, Places, Room

# No cell is pushed further than so many times the greatest amount asked for.
FURTHEST = 10.0
# Pushes of many cells end when so many in a row meet less than this share of the needs left.
STALLED, LEAST = 3, 0.03
# Beyond so many cells only those around a cell are asked to move with it: the cheapest of each equation.
WHOLE, NEAR, CHEAPEST = 3_000, 600, 10


@dataclass
class Search:
    """A pattern of hidden cells, and which of the needs are known to be met.

    equations  m x n, sparse; primary  n booleans; cost  n floats, inf for cells that must not be hidden
    down, up   how far each cell may fall and rise from its true value
    until      when to stop, on the monotonic clock
    hidden     the pattern so far
    uses       per need, the secondary cells that a movement which meets it moves; None where it is not met
    """

    equations: sp.csr_array
    primary: Booleans
    cost: Floats
    down: Floats
    up: Floats
    needs: Needs
    until: float
    hidden: Booleans
    uses: list[frozenset[int] | None] = field(default_factory=list)
    by_cell: sp.csc_array = field(init=False)

    def __post_init__(self) -> None:
        self.uses = [None] * len(self.needs)
        self.by_cell = sp.csc_array(self.equations)

    @property
    def late(self) -> bool:
        """Whether time is up."""
        return time.monotonic() > self.until

    @property
    def unmet(self) -> Booleans:
        """Which needs are not known to be met."""
        return np.array([used is None for used in self.uses], dtype=np.bool_)

    def room(self) -> Room:
        """The room of the pattern so far."""
        most = FURTHEST * float(np.abs(self.needs.amount).max(initial=1.0))
        return Room(self.equations, self.hidden, self.down, self.up, most)

    def note(self, movement: Floats, wanted: Booleans) -> Booleans:
        """Write down which of the wanted needs a movement meets, and with which cells; returns those not met."""
        met = wanted & self.needs.met_by(movement)
        with_cells = frozenset(np.flatnonzero((movement != 0) & ~self.primary).tolist())
        for number in np.flatnonzero(met):
            self.uses[number] = with_cells
        return wanted & ~met


def hide_for_ranges(search: Search, *, seed: int = 0) -> None:
    """Hide more cells until the needs are met, then show again those that are not needed.

    First whatever the hidden cells give one another is found; then for each need that is left the
    movement that hides least; then secondary cells are shown again, dearest first.
    """
    chance = np.random.default_rng(seed)
    push_many(search, search.room(), search.unmet, chance)
    _meet_one_by_one(search)
    if len(search.hidden) <= WHOLE:
        shrink(search, chance)


def push_many(search: Search, room: Room, wanted: Booleans, chance: np.random.Generator) -> Booleans:
    """Push many cells at once, at random, and note what is met; returns the wanted needs that are still not."""
    amount, stalled = search.needs.amount, 0
    while wanted.any() and stalled < STALLED and not search.late:
        weight, left = np.zeros(len(search.hidden)), chance.permutation(np.flatnonzero(wanted))
        weight[search.needs.cell[left]] = np.sign(amount[left]) * chance.uniform(0.2, 1.0, len(left))
        after = search.note(room.push(weight), wanted)
        stalled = stalled + 1 if (wanted & ~after).sum() < max(1.0, LEAST * wanted.sum()) else 0
        wanted = after
    return wanted


def _meet_one_by_one(search: Search) -> None:
    """For each need not met, hide the cells of the cheapest movement that meets it."""
    whole = np.arange(len(search.hidden))
    moves = None if len(whole) > WHOLE else _Part(search, whole)
    for number in np.flatnonzero(search.unmet):
        if search.late:
            return
        if search.uses[number] is None:
            cell, amount = int(search.needs.cell[number]), float(search.needs.amount[number])
            movement = (moves or _Part(search, around(search, cell))).cheapest(cell, amount)
            if movement is not None:
                search.hidden |= movement != 0
                search.note(movement, search.unmet)


class _Part:
    """The movements of some of a pattern's cells, the others standing still."""

    def __init__(self, search: Search, places: Places) -> None:
        columns = sp.csr_array(sp.csc_array(search.equations)[:, places])
        columns = columns[np.flatnonzero(np.diff(columns.indptr))]
        self._moves = Movements(columns, search.down[places], search.up[places])
        self._places, self._search = places, search
        priced = np.flatnonzero(~search.hidden[places] & np.isfinite(search.cost[places]))
        self._moves.price(priced, search.cost[places[priced]])
        self._moves.free(np.flatnonzero(search.hidden[places]))

    def cheapest(self, cell: int, amount: float) -> Floats | None:
        """The movement of all cells that takes one as far at the least cost; what it moves is free from now on."""
        found = self._moves.cheapest(int(np.searchsorted(self._places, cell)), amount)
        if found is None:
            return None
        self._moves.free(np.flatnonzero((found != 0) & ~self._search.hidden[self._places]))
        movement = np.zeros(len(self._search.hidden))
        movement[self._places] = found
        return movement


def around(search: Search, cell: int) -> Places:
    """The cells that are cheapest to move with a cell: of each equation that it is in, then of each of theirs."""
    price = np.where(search.hidden, 0.0, search.cost)
    chosen, ring = {cell}, {cell}
    rows, columns = search.equations, search.by_cell
    while ring and len(chosen) < NEAR:
        equations = {int(row) for one in ring for row in columns.indices[columns.indptr[one] : columns.indptr[one + 1]]}
        found: set[int] = set()
        for row in sorted(equations):
            cells = rows.indices[rows.indptr[row] : rows.indptr[row + 1]]
            cells = cells[np.isfinite(price[cells])]
            found.update(cells[np.argsort(price[cells], kind="stable")[:CHEAPEST]].tolist())
        ring = found - chosen
        chosen |= ring
    return np.array(sorted(chosen), dtype=np.int64)


def shrink(search: Search, chance: np.random.Generator) -> None:
    """Show each secondary cell again, dearest first, if every need that is met still is without it."""
    room, secondary = search.room(), np.flatnonzero(search.hidden & ~search.primary)
    fixed = determined(search.equations, search.hidden)
    for cell in secondary[np.argsort(-search.cost[secondary], kind="stable")].tolist():
        if search.late:
            return
        trial = search.hidden.copy()
        trial[cell] = False
        # Without it a cell would be worked out exactly: no need to ask how far others can move.
        if (determined(search.equations, trial) & search.primary & ~fixed).any():
            continue
        room.bar(cell)
        if _still_met(search, room, cell, chance):
            search.hidden = trial
        else:
            room.unbar(cell)


def _still_met(search: Search, room: Room, cell: int, chance: np.random.Generator) -> bool:
    """Whether the needs met with a cell can be met without it; if not, nothing is changed."""
    before = list(search.uses)
    broken = np.array([used is not None and cell in used for used in before], dtype=np.bool_)
    order = np.argsort(-_nearness(search.equations, cell)[search.needs.cell], kind="stable")
    # Those nearest are the most at risk; the others are mostly met by a few pushes together.
    left = _each(search, room, broken, order[:6])
    if left is not None:
        left = _each(search, room, push_many(search, room, left, chance), order)
    if left is None or left.any():
        search.uses = before
        return False
    return True


def _each(search: Search, room: Room, wanted: Booleans, order: Places) -> Booleans | None:
    """Push the cells of these needs one by one, in order; None as soon as one is not met, else those not tried."""
    for number in order:
        if wanted[number]:
            weight = np.zeros(len(search.hidden))
            weight[search.needs.cell[number]] = np.sign(search.needs.amount[number])
            wanted = search.note(room.push(weight), wanted)
            if wanted[number] or search.late:
                return None
    return wanted


def _nearness(equations: sp.csr_array, cell: int) -> Floats:
    """How many ways lead from a cell to each other one over two equations."""
    there = np.zeros(equations.shape[1])
    there[cell] = 1.0
    both = abs(equations)
    for _ in range(2):
        there = both.T @ (both @ there)
    return np.asarray(there)
