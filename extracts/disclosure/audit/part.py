"""One measure of a table: its grid, what is known of each place, and the totals that are no sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from extracts.disclosure.audit import subtotals
from extracts.disclosure.audit.bounds import Floats, Integers
from extracts.disclosure.audit.grid import Dimension, Hierarchies, codes, dimensions, lines, places, size
from extracts.disclosure.audit.system import Doubt, Keys, System
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.rounding import Rounding

# A grid so many times larger than its table is not filled in, unless it is small all the same.
SPARSE, SMALL = 4, 50_000
# Differences of numbers below this are rounding of the arithmetic.
SLIGHT = 1e-6
# So many sums that hold exactly between rounded numbers show that the totals were made from rounded parts.
NO_CHANCE = 8


class TooSparse(ValueError):
    """A table shows too few of the combinations of its labels to be audited."""


@dataclass(frozen=True)
class Part:
    """The cells of one measure of a table, and what is known of each place of its grid."""

    sides: tuple[Dimension, ...]
    cells: Cells
    codes: Integers
    low: Floats
    high: Floats
    whole: bool

    @classmethod
    def of(cls, cells: Cells, whole: bool, hierarchies: Hierarchies, rounding: Rounding | None) -> Part:
        """The part, with hierarchies given or told from the numbers. Raises TooSparse."""
        known = {name: hierarchies.get(name) or subtotals.parents(cells, name) for name in cells.dimensions}
        sides = dimensions(cells, known)
        if size(sides) > max(SPARSE * len(cells), SMALL):
            raise TooSparse("The table shows too few of the combinations of its labels.")
        coded = codes(cells, sides)
        part = cls(sides, cells, coded, *_known(cells, whole, None), whole)
        if rounding is None:
            return part
        loose = cls(sides, cells, coded, *_known(cells, whole, rounding), whole)
        return loose.without_totals() if part.adds_up() else loose

    def places(self) -> Integers:
        """Where each cell stands in the grid."""
        return places(self.codes, self.sides)

    def spread(self) -> tuple[Floats, Floats]:
        """What is known of each place of the grid: nothing of rows left out but that no count is below 0."""
        floor = 0.0 if self.whole or not (self.cells.numbers("value") < 0).any() else -np.inf
        low, high = np.full(size(self.sides), floor), np.full(size(self.sides), np.inf)
        at = self.places()
        np.maximum.at(low, at, self.low)
        np.minimum.at(high, at, self.high)
        return low, high

    def excess(self) -> Iterator[tuple[int, int, Integers, Floats, Floats]]:
        """Per family: axis, parent, places of the parents, and between what numbers each exceeds its parts."""
        low, high = self.spread()
        for axis, family, parent, children in lines(self.sides):
            least, most = low[parent] - high[children].sum(axis=1), high[parent] - low[children].sum(axis=1)
            yield axis, family.parent, parent, least, most

    def adds_up(self) -> bool:
        """Whether the numbers shown add up exactly on many lines and fail to on none."""
        sums = [(least == 0) & (most == 0) for *_, least, most in self.excess()]
        shown = [np.isfinite(least) & (least == most) for *_, least, most in self.excess()]
        held, asked = sum(int(held.sum()) for held in sums), sum(int(one.sum()) for one in shown)
        return held == asked >= NO_CHANCE

    def without_totals(self) -> Part:
        """The same where totals say nothing of their own: they are the sums of rounded parts."""
        parents = np.zeros(size(self.sides), dtype=np.bool_)
        for _, _, parent, _ in lines(self.sides):
            parents[parent] = True
        total = parents[self.places()]
        return replace(self, low=np.where(total, 0.0, self.low), high=np.where(total, np.inf, self.high))

    def doubts(self, *, unlisted: bool) -> tuple[Part, list[Doubt]]:
        """The part with equations only where they can hold, and the totals that are not the sum of their parts."""
        sides, found = list(self.sides), list[Doubt]()
        first = self.first()
        for axis, parent, where, least, most in self.excess():
            odd = (most < -SLIGHT) | (least > SLIGHT)
            for line in np.flatnonzero(odd & (first[where] >= 0)).tolist():
                found.append(Doubt(int(first[where[line]]), sides[axis].name, float(least[line]), float(most[line])))
            if (most < -SLIGHT).any():
                sides[axis] = sides[axis].without(parent)
            elif odd.any() and unlisted:
                sides[axis] = sides[axis].with_not_listed(parent)
        return replace(self, sides=tuple(sides)), found

    def first(self) -> Integers:
        """Per place of the grid, the first of the cells that stands there, or -1."""
        at, found = self.places(), np.full(size(self.sides), -1, dtype=np.int64)
        found[at[::-1]] = np.arange(len(at))[::-1]
        return found

    def too_high(self) -> Integers:
        """Places of the totals that exceed their parts."""
        return np.concatenate(
            [np.zeros(0, np.int64), *(where[least > SLIGHT] for *_, where, least, _ in self.excess())]
        )

    def system(self, at: Integers, population: str, measure: str, *, unlisted: bool) -> System:
        """The system. `at` says where the cells of this part stand in the table."""
        part, doubts = self.doubts(unlisted=unlisted)
        low, high = part.spread()
        first = part.first()
        there = np.flatnonzero(first >= 0)
        cells, value, hidden = np.full(len(low), -1, dtype=np.int64), np.full(len(low), np.nan), np.ones(len(low), bool)
        cells[there] = at[first[there]]
        value[there] = part.cells.numbers("value")[first[there]]
        hidden[there] = ~part.cells.states("number")[first[there]]
        keys = Keys(population, measure, part.sides)
        placed = tuple(replace(doubt, cell=int(at[doubt.cell])) for doubt in doubts)
        slips = part.too_high()  # none where parts that are not listed were allowed for
        low[slips], high[slips] = 0.0, np.inf
        return System(keys, _equations(part.sides), value, hidden, low, high, cells, self.whole, placed)


def _known(cells: Cells, whole: bool, rounding: Rounding | None) -> tuple[Floats, Floats]:
    """What a reader knows of each cell from the cell itself."""
    value = cells.numbers("value")
    shown = cells.states("number") & ~np.isnan(value)
    if not whole:
        spread = cells.numbers("spread")
        return np.where(shown, value - spread, -np.inf), np.where(shown, value + spread, np.inf)
    # What is no count is not known: another rule asks a person about it.
    odd = shown & ((value < 0) | (value != np.floor(value)))
    low = np.where(shown, value, np.nan_to_num(cells.numbers("low"), nan=0.0))
    high = np.where(shown, value, np.nan_to_num(cells.numbers("high"), nan=np.inf))
    if rounding:
        least, most = rounding.known(value)
        moved = shown & rounding.fits(value)
        low, high = np.where(moved, least, low), np.where(moved, most, high)
    low, high = np.where(odd, 0.0, low), np.where(odd, np.inf, high)
    structural = cells.flags("structural")
    return np.where(structural, 0.0, low), np.where(structural, 0.0, high)


def _equations(sides: Sequence[Dimension]) -> csr_array:
    """A row for each total: itself less its parts."""
    rows, columns, data, first = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)], 0
    for _, _, parent, children in lines(sides):
        number, parts = children.shape
        row = np.arange(first, first + number)
        rows += [row, np.repeat(row, parts)]
        columns += [parent, children.ravel()]
        data += [np.ones(number), -np.ones(number * parts)]
        first += number
    entries = (np.concatenate(data), (np.concatenate(rows), np.concatenate(columns)))
    return csr_array(entries, shape=(first, size(sides)))
