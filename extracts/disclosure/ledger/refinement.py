"""Refinement: every variable cut where any filter or label cuts it, and people sorted into what remains.

Two people in the same piece of every variable are in the same published cells, so each published
count is a sum over combinations of pieces (atoms). Atoms in the same cells are one class.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import sparse

from extracts.disclosure.ledger import cuts
from extracts.disclosure.ledger.cuts import Cut, Intervals
from extracts.disclosure.ledger.predicates import Box, Predicate
from extracts.disclosure.ledger.values import NONE, Values
from extracts.disclosure.reading.cells import Booleans

MOST_ATOMS = 200_000
MOST_ENTRIES = 20_000_000


@dataclass(frozen=True)
class Pieces:
    """One variable: its pieces, which together are all values, and which of them each set is made of."""

    pieces: tuple[Values, ...]
    masks: dict[Values, Booleans]


@dataclass(frozen=True)
class Refinement:
    """The pieces of every variable that some published cell depends on."""

    variables: dict[str, Pieces]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many pieces each variable has."""
        return tuple(len(pieces.pieces) for pieces in self.variables.values())

    @property
    def atoms(self) -> int:
        """How many combinations of pieces there are."""
        return math.prod(self.shape)

    def members(self, predicate: Predicate) -> npt.NDArray[np.int64]:
        """The numbers of the atoms that a population consists of, sorted."""
        found = [self._of_box(box) for box in predicate.boxes]
        return found[0] if len(found) == 1 else np.unique(np.concatenate([np.empty(0, np.int64), *found]))

    def _of_box(self, box: Box) -> npt.NDArray[np.int64]:
        places = [np.flatnonzero(pieces.masks[box[name]]) for name, pieces in self.variables.items()]
        if not places:
            return np.zeros(1, dtype=np.int64)
        found: npt.NDArray[np.int64] = np.ravel_multi_index(np.ix_(*places), self.shape).ravel()
        return found

    def people(self, atoms: npt.NDArray[np.int64]) -> Predicate:
        """The population that some atoms are: one box where they fill one, else a box each (at most 50)."""
        places = np.unravel_index(atoms, self.shape) if self.shape else ()
        sides = [np.unique(place) for place in places]
        if math.prod(len(side) for side in sides) == len(atoms):
            return Predicate((self._box(sides),))
        each = list(zip(*places, strict=True))[:50]
        return Predicate(tuple(self._box([np.array([place]) for place in atom]) for atom in each))

    def _box(self, sides: Sequence[npt.NDArray[np.int64]]) -> Box:
        return Box(
            {
                name: reduce(lambda one, other: one | other, (own.pieces[place] for place in side), NONE)
                for (name, own), side in zip(self.variables.items(), sides, strict=True)
            }
        )


def refine(predicates: Iterable[Predicate]) -> Refinement:
    """The coarsest refinement in which every population is a set of atoms."""
    boxes = {id(box): box for predicate in predicates for box in predicate.boxes}.values()
    names = {name for box in boxes for name in box.sets}
    # Equal sets are mostly the same object: those are told apart first, as comparing sets is slow.
    sets = {name: set({id(values): values for values in (box[name] for box in boxes)}.values()) for name in names}
    return Refinement({name: _pieces(many) for name, many in sorted(sets.items())})


def _pieces(many: set[Values]) -> Pieces:
    """The pieces of one variable; those that no set tells apart are one."""
    raw = _raw_pieces(many)
    known = list(many)
    table = _touching(raw, known)
    used = np.flatnonzero(table.any(axis=1))
    raw, table = [raw[place] for place in used.tolist()], table[used]
    packed = np.packbits(table, axis=1)  # rows of bytes are told apart sooner than rows of truths, in the same order
    _, group = np.unique(packed.view(np.dtype((np.void, packed.shape[1]))), return_inverse=True)
    group = group.ravel()
    merged, masks = [], np.zeros((len(known), int(group.max()) + 1), dtype=np.bool_)
    for number in range(masks.shape[1]):
        own = np.flatnonzero(group == number)
        merged.append(reduce(lambda one, other: one | other, (raw[place] for place in own)))
        masks[:, number] = table[own[0]]
    return Pieces(tuple(merged), dict(zip(known, masks, strict=True)))


def _touching(raw: Sequence[Values], known: Sequence[Values]) -> Booleans:
    """Which pieces each set has something of. Pieces of one label are looked up, as there may be thousands."""
    single = {next(iter(piece.labels)): row for row, piece in enumerate(raw) if piece.labels and not piece.others}
    table, rows = np.zeros((len(raw), len(known)), dtype=np.bool_), np.array(list(single.values()), dtype=np.int64)
    for column, values in enumerate(known):
        table[rows, column] = values.others
        table[[single[label] for label in values.labels], column] = not values.others
    for row in set(range(len(raw))) - set(single.values()):
        table[row] = [bool(raw[row] & values) for values in known]
    return table


def _raw_pieces(many: set[Values]) -> list[Values]:
    """All numbers and days between neighbouring cuts, every label named, all other labels, no value."""
    labels = frozenset(label for values in many for label in values.labels)
    return [
        *(Values(numbers=part) for part in _between({cut for values in many for cut in values.numbers.cuts})),
        *(Values(days=part) for part in _between({cut for values in many for cut in values.days.cuts})),
        *(Values(labels=frozenset([label])) for label in sorted(labels)),
        Values(labels=labels, others=True),
        Values(missing=True),
    ]


def _between(edges: set[Cut]) -> list[Intervals]:
    ordered = sorted(edges | {cuts.LOWEST, cuts.HIGHEST})
    return [Intervals((pair,)) for pair in pairwise(ordered)]


class TooManyAtoms(ValueError):
    """The published cells cut their variables into more combinations than can be looked at."""


@dataclass(frozen=True)
class Classes:
    """People in the same published cells.

    matrix  csr array (cells x classes) of 0 and 1: count of a cell = sum over its classes
    atoms   per class: the numbers of its atoms
    """

    refinement: Refinement
    matrix: sparse.csr_array
    atoms: Sequence[npt.NDArray[np.int64]]

    def people(self, number: int) -> Predicate:
        """The population of one class."""
        return self.refinement.people(self.atoms[number])


def classes(predicates: Sequence[Predicate]) -> Classes:
    """Sort everybody who is in a published cell into classes. Raises TooManyAtoms."""
    refinement = refine(predicates)
    if refinement.atoms > MOST_ATOMS:
        raise TooManyAtoms(f"The tables together have more than {MOST_ATOMS:,} combinations of categories.")
    members, entries = [], 0
    for predicate in predicates:
        members.append(refinement.members(predicate))
        entries += len(members[-1])
        if entries > MOST_ENTRIES:
            raise TooManyAtoms("The tables together have too many combinations of categories.")
    group, atoms = _alike(members, refinement.atoms)
    rows = np.repeat(np.arange(len(members)), [len(own) for own in members])
    columns = group[np.concatenate([np.empty(0, np.int64), *members])]
    matrix = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(members), len(atoms)))
    matrix.data[:] = 1.0
    return Classes(refinement, matrix, atoms)


def _alike(
    members: Sequence[npt.NDArray[np.int64]], atoms: int
) -> tuple[npt.NDArray[np.int64], list[npt.NDArray[np.int64]]]:
    """The class of each atom (-1 for none), by the exclusive or of one random 64-bit number per cell."""
    numbers = np.random.default_rng(64).integers(1, 2**63, size=len(members), dtype=np.uint64)
    pattern = np.zeros(atoms, dtype=np.uint64)
    for own, number in zip(members, numbers, strict=True):
        pattern[own] ^= number
    distinct, group = np.unique(pattern, return_inverse=True)
    group = group.ravel().astype(np.int64)
    if len(distinct) and distinct[0] == 0:
        group -= 1
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(int(group.max(initial=-1)) + 2))
    return group, [order[a:b] for a, b in pairwise(starts)]
