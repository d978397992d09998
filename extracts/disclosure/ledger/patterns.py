"""Linear combinations with records: groups of people that any sum of published counts fixes.

People who are in the same published cells form an atom. A count is the sum of its atoms; an atom
whose size the counts fix can be worked out by whoever knows who is in which cell.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap
from scipy import sparse

from extracts.disclosure.ledger import linear
from extracts.disclosure.ledger.microdata import bitmap


@dataclass(frozen=True)
class Atoms:
    """People by the cells they are in.

    matrix  csr array (cells x atoms) of 0 and 1
    size    per atom: number of people
    """

    matrix: sparse.csr_array
    size: npt.NDArray[np.int64]


def atoms(sets: Sequence[BitMap]) -> Atoms:
    """Sort everybody who is in at least one of the sets by the sets they are in."""
    people = np.array(BitMap.union(*sets).to_array() if sets else [], dtype=np.uint32)
    numbers = np.random.default_rng(66).integers(1, 2**63, size=len(sets), dtype=np.uint64)
    pattern = np.zeros(int(people.max(initial=0)) + 1, dtype=np.uint64)
    for own, number in zip(sets, numbers, strict=True):
        pattern[np.asarray(own.to_array())] ^= number
    _, first, size = np.unique(pattern[people], return_index=True, return_counts=True)
    chosen = np.sort(people[first])
    order = np.argsort(people[first], kind="stable")
    one_each = bitmap(chosen)
    inside = [np.searchsorted(chosen, np.asarray((own & one_each).to_array())) for own in sets]
    rows = np.repeat(np.arange(len(sets)), [len(own) for own in inside])
    columns = np.concatenate([np.empty(0, np.int64), *inside])
    matrix = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(sets), len(chosen)))
    return Atoms(matrix, size[order].astype(np.int64))


@dataclass(frozen=True)
class Combination:
    """A small group that several counts give away: factors per cell, the others 0; and how many people it has."""

    factors: dict[int, float]
    people: int


def combinations(
    sets: Sequence[BitMap], new: npt.NDArray[np.bool_], table: Sequence[int], *, threshold: int, until: float
) -> tuple[list[Combination], bool]:
    """Groups of 1 to below `threshold` people that three cells or more give away, a new one among them.

    sets, new, table  per published count: its people, whether it is in the request, its table
    until             `time.monotonic()` at which to stop; then the answer is not complete

    Groups that one table alone fixes, or what has left already, are left to others; so are groups
    that have a cell of their own and differences of two.
    """
    found = atoms(sets)
    small = found.size < threshold
    # Whoever is in a cell below the threshold is found there.
    small[found.matrix[np.flatnonzero([len(own) < threshold for own in sets])].indices] = False
    if not small.any() or time.monotonic() > until:
        return [], not small.any()
    fixed, complete = linear.determined(found.matrix, until=until)
    tables = np.array(table)
    groups = [np.flatnonzero(tables == number) for number in np.unique(tables).tolist()]
    wanted = fixed & small
    if wanted.any():
        wanted &= ~linear.fixed_within(found.matrix, [*groups, np.flatnonzero(~new)], until=until)
    hits = []
    for place in np.flatnonzero(wanted).tolist():
        left = until - time.monotonic()
        factors = linear.combination(found.matrix, place, seconds=left) if left > 0 else None
        if factors is None:
            complete = False
            continue
        used = np.flatnonzero(factors).tolist()
        if len(used) > 2:
            hits.append(Combination({cell: float(factors[cell]) for cell in used}, int(found.size[place])))
    return hits, complete
