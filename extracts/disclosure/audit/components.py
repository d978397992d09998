"""Components: the parts of a system of equations that share no unknown cell, so that each is solved by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import block_array, csr_array
from scipy.sparse.csgraph import connected_components

from extracts.disclosure.audit.bounds import Bounds, Floats, Integers, room


@dataclass(frozen=True)
class Component:
    """Unknown cells that equations join: matrix @ unknown == right, and low <= unknown <= high.

    places  which cells of the whole system these are
    """

    places: Integers
    matrix: csr_array
    right: Floats
    low: Floats
    high: Floats

    def __len__(self) -> int:
        return len(self.places)

    @property
    def acyclic(self) -> bool:
        """Whether no circle of equations joins the cells, so that bounds by one equation at a time are the best."""
        return bool(self.matrix.nnz == sum(self.matrix.shape) - 1)


def components(equations: csr_array, bounds: Bounds) -> Iterator[Component]:
    """The components of the unknown cells, smallest first. Cells in no equation are in no component.

    equations  m x n; equations @ cells == 0
    bounds     of every cell; a cell is known when they are equal
    """
    known = bounds.high - bounds.low <= room(bounds.low, bounds.high)
    places = np.flatnonzero(~known)
    value = np.where(known, (bounds.low + bounds.high) / 2, 0.0)
    matrix, right = csr_array(equations[:, places]), -(equations @ value)
    used = np.flatnonzero(np.diff(matrix.indptr) > 0)
    matrix, right = csr_array(matrix[used]), right[used]
    for rows, columns in _groups(matrix):
        chosen = places[columns]
        part = csr_array(matrix[rows][:, columns])
        yield Component(chosen, part, right[rows], bounds.low[chosen], bounds.high[chosen])


def _groups(matrix: csr_array) -> Iterator[tuple[Integers, Integers]]:
    """Rows and columns that hang together, fewest columns first."""
    rows = int(matrix.shape[0])
    if not rows:
        return
    joined = block_array([[None, matrix], [matrix.T, None]], format="csr")
    number, label = connected_components(joined, directed=False)
    size = np.bincount(label[rows:], minlength=number)
    members = np.split(np.argsort(label, kind="stable"), np.cumsum(np.bincount(label, minlength=number))[:-1])
    for group in np.argsort(size, kind="stable"):
        inside = members[group]
        row, column = inside[inside < rows], inside[inside >= rows] - rows
        if len(row) and len(column):
            yield row.astype(np.int64), column.astype(np.int64)
