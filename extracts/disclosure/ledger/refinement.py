"""Refinement: every variable cut where any filter or label cuts it, and people sorted into what remains.

Two people in the same piece of every variable are in the same published cells, so each published
count is a sum over combinations of pieces (atoms). Atoms in the same cells are one class.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import sparse

from extracts.disclosure.ledger import cuts
from extracts.disclosure.ledger.cuts import Cut, Intervals
from extracts.disclosure.ledger.predicates import Box, Predicate
from extracts.disclosure.ledger.values import Label, Values, union

Places = npt.NDArray[np.int64]
MOST_ATOMS = 200_000
MOST_ENTRIES = 20_000_000


@dataclass(frozen=True)
class Pieces:
    """One variable: its pieces, which together are all values, and the places of those that each set is made of."""

    pieces: tuple[Values, ...]
    places: dict[Values, Places]


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

    def members(self, predicate: Predicate) -> Places:
        """The numbers of the atoms that a population consists of, sorted."""
        found = [self._of_box(box) for box in predicate.boxes]
        return found[0] if len(found) == 1 else np.unique(np.concatenate([np.empty(0, np.int64), *found]))

    def _of_box(self, box: Box) -> Places:
        places = [pieces.places[box[name]] for name, pieces in self.variables.items()]
        if not places:
            return np.zeros(1, dtype=np.int64)
        found: Places = np.ravel_multi_index(np.ix_(*places), self.shape).ravel()
        return found

    def people(self, atoms: Places) -> Predicate:
        """The population that some atoms are: one box where they fill one, else a box each (at most 50)."""
        places = np.unravel_index(atoms, self.shape) if self.shape else ()
        sides = [np.unique(place) for place in places]
        if math.prod(len(side) for side in sides) == len(atoms):
            return Predicate((self._box(sides),))
        each = list(zip(*places, strict=True))[:50]
        return Predicate(tuple(self._box([np.array([place]) for place in atom]) for atom in each))

    def _box(self, sides: Sequence[Places]) -> Box:
        return Box(
            {
                name: union(own.pieces[place] for place in side.tolist())
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
    raw, made_of = _raw_pieces(many)
    sets_with: list[list[int]] = [[] for _ in raw]
    for number, places in enumerate(made_of.values()):
        for place in places.tolist():
            sets_with[place].append(number)
    alike: dict[tuple[int, ...], list[int]] = {}
    for place, numbers in enumerate(sets_with):
        alike.setdefault(tuple(numbers), []).append(place)
    alike.pop((), None)
    merged = tuple(union(raw[place] for place in places) for places in alike.values())
    group = np.full(len(raw), -1, dtype=np.int64)
    for number, own in enumerate(alike.values()):
        group[own] = number
    return Pieces(merged, {values: np.unique(group[places]) for values, places in made_of.items()})


def _raw_pieces(many: Iterable[Values]) -> tuple[list[Values], dict[Values, Places]]:
    """The finest pieces, and the places of those that each set is made of.

    They are all numbers and days between neighbouring cuts, every label named, all other labels, and no value.
    Each set is looked up in them, as trying every set on every piece takes time by the square of the labels.
    """
    sets = list(many)
    numbers, days = (_Line.of(lines) for lines in ([own.numbers for own in sets], [own.days for own in sets]))
    labels = sorted(frozenset[Label]().union(*(own.labels for own in sets)))
    first = len(numbers.pieces) + len(days.pieces)
    at = {label: place for place, label in enumerate(labels, first)}
    raw = [
        *(Values(numbers=part) for part in numbers.pieces),
        *(Values(days=part) for part in days.pieces),
        *(Values(labels=frozenset([label])) for label in labels),
        Values(labels=frozenset(labels), others=True),
        Values(missing=True),
    ]
    made_of = {}
    for own in sets:
        named = np.array(sorted(at[label] for label in own.labels), dtype=np.int64)
        if own.others:
            named = np.append(
                np.setdiff1d(np.arange(first, first + len(labels)), named, assume_unique=True), len(raw) - 2
            )
        missing = np.arange(len(raw) - own.missing, len(raw))
        inside = [numbers.places(own.numbers), len(numbers.pieces) + days.places(own.days), named, missing]
        made_of[own] = np.concatenate(inside).astype(np.int64)
    return raw, made_of


@dataclass(frozen=True)
class _Line:
    """A line cut into pieces, in order."""

    pieces: tuple[Intervals, ...]
    starts: dict[Cut, int]

    @classmethod
    def of(cls, sets: Iterable[Intervals]) -> _Line:
        """The line, cut wherever one of the sets begins or ends."""
        ordered = sorted({cuts.LOWEST, cuts.HIGHEST}.union(*(own.cuts for own in sets)))
        pieces = tuple(Intervals((pair,)) for pair in pairwise(ordered))
        return cls(pieces, {edge: place for place, edge in enumerate(ordered)})

    def places(self, own: Intervals) -> Places:
        """The places of the pieces that a set is made of."""
        runs = [np.arange(self.starts[low], self.starts[high]) for low, high in own.parts]
        return np.concatenate([np.empty(0, np.int64), *runs])


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
    atoms: Sequence[Places]

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


def _alike(members: Sequence[Places], atoms: int) -> tuple[Places, list[Places]]:
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
