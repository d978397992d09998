"""Which groups are shown in a cell of their own, so that a difference says nothing new of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np
import numpy.typing as npt
from scipy import sparse

from extracts.disclosure.ledger.released import Counts
from extracts.disclosure.reading.cells import Booleans

Numbers = npt.NDArray[np.uint64]


class Shown:
    """Groups of people by a number that two groups share only if they are the same people.

    A group's number is the sum of one random 64-bit number per class in it, so that the number of
    a difference is a difference. Classes that are known to be empty do not count.
    """

    def __init__(self, counts: Counts, matrix: sparse.csr_array) -> None:
        random = np.random.default_rng(65).integers(1, 2**63, size=matrix.shape[1], dtype=np.uint64)
        random[empty_classes(counts, matrix)] = 0
        self.numbers = random
        sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(random[matrix.indices], dtype=np.uint64)])
        self.cells: Numbers = sums[matrix.indptr[1:]] - sums[matrix.indptr[:-1]]
        self.groups = {*self.cells.tolist(), 0}

    def difference(self, whole: int, part: int) -> int:
        """The group that is in one cell and not in another inside it."""
        return int((int(self.cells[whole]) - int(self.cells[part])) % 2**64)

    def of_class(self, number: int) -> int:
        """The group that one class is."""
        return int(self.numbers[number])


def empty_classes(counts: Counts, matrix: sparse.csr_array) -> Booleans:
    """Classes that hold nobody: those in a cell of 0, and those left when parts add up to their total."""
    empty = np.zeros(matrix.shape[1], dtype=np.bool_)
    rows = np.split(matrix.indices, matrix.indptr[1:-1])
    for place in np.flatnonzero(counts.high == 0).tolist():
        empty[rows[place]] = True
    for total, parts in _lines(counts):
        if counts.exact[[total, *parts]].all() and counts.low[parts].sum() == counts.low[total]:
            together = np.concatenate([rows[part] for part in parts])
            inside = np.unique(together)
            if len(inside) == len(together) and np.isin(inside, rows[total]).all():  # the parts do not overlap
                empty[np.setdiff1d(rows[total], inside)] = True
    return empty


def _lines(counts: Counts) -> Iterator[tuple[int, list[int]]]:
    """In every table, each total over one dimension with the cells that it is the total of."""
    places = range(len(counts.names))
    for _, own in groupby(places, key=lambda place: counts.table[place]):
        cells = list(own)
        for dimension in counts.names[cells[0]].key:
            lines: dict[tuple[str, ...], tuple[list[int], list[int]]] = {}
            for place in cells:
                name = counts.names[place]
                rest = tuple(label for other, label in name.key.items() if other != dimension)
                totals, parts = lines.setdefault((name.column if not name.key else "", *rest), ([], []))
                (totals if dimension in name.totals else parts).append(place)
            yield from ((totals[0], parts) for totals, parts in lines.values() if len(totals) == 1 and parts)
