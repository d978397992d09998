"""Sketches: which of many sets of people lie inside another with few people between them.

Every person has a place in one fixed shuffle. If A lies inside B and B has fewer than t people more,
the first person of A is among the first t of B, since at most t - 1 of B can come before. So it is
enough to keep the first t people of every set and to look up the first of each. What the look-up
gives is verified on the sets themselves, so nothing is missed and nothing is found by chance.

Source: bottom-t sketches (A. Broder, "On the resemblance and containment of documents", 1997).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

Ranks = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]
NOBODY = np.uint32(2**32 - 1)


def ranks(people: npt.NDArray[np.uint32], seed: int) -> Ranks:
    """The place of each person in the shuffle: a bijection of 32-bit numbers.

    Source: the finaliser of MurmurHash3 (A. Appleby, public domain), of which every step can be undone.
    """
    value = people ^ np.uint32(seed % 2**32)
    value ^= value >> np.uint32(16)
    value *= np.uint32(0x85EBCA6B)
    value ^= value >> np.uint32(13)
    value *= np.uint32(0xC2B2AE35)
    value ^= value >> np.uint32(16)
    # The largest number stands for nobody; who would have it shares the place before, which costs no completeness.
    shuffled: Ranks = np.minimum(value, NOBODY - np.uint32(1))
    return shuffled


@dataclass(frozen=True)
class Sketches:
    """Sets of people, by what is needed to look them up.

    size   per set: number of people
    first  sets x width: the smallest ranks, ascending, filled up with NOBODY
    read   gives one set by its place
    """

    size: npt.NDArray[np.uint32]
    first: Ranks
    read: Callable[[int], BitMap]

    def __len__(self) -> int:
        return len(self.size)


def sketch(sets: Iterable[BitMap], *, width: int, seed: int) -> Sketches:
    """Sketches of sets that are kept in memory. `width` is the largest threshold they can serve."""
    kept = list(sets)
    first = np.full((len(kept), width), NOBODY, dtype=np.uint32)
    for place, people in enumerate(kept):
        own = ranks(np.array(people.to_array(), dtype=np.uint32), seed)
        if len(own) > width:
            own = np.partition(own, width - 1)[:width]
        first[place, : len(own)] = np.sort(own)
    return Sketches(np.array([len(people) for people in kept], dtype=np.uint32), first, kept.__getitem__)


@dataclass(frozen=True)
class Index:
    """Sets that others are looked up in: their first people sorted, and the first of each sorted."""

    sketches: Sketches
    ranks_in_wholes: Ranks
    wholes: Places
    ranks_of_parts: Ranks
    parts: Places

    @classmethod
    def of(cls, sketches: Sketches, threshold: int) -> Index:
        """The index that serves one threshold. Raises ValueError when the sketches are too narrow for it."""
        if threshold > sketches.first.shape[1]:
            raise ValueError(f"These sketches serve thresholds up to {sketches.first.shape[1]}.")
        first = sketches.first[:, :threshold]
        order = np.argsort(first, axis=None, kind="stable")
        flat = first.ravel()[order]
        known = int(np.searchsorted(flat, NOBODY))
        wholes = order[:known] // threshold
        parts = np.argsort(first[:, 0], kind="stable")
        found = int(np.searchsorted(first[:, 0][parts], NOBODY))
        return cls(sketches, flat[:known], wholes, first[:, 0][parts[:found]], parts[:found])


@dataclass(frozen=True)
class Nested:
    """One set of the first sketches and one of the second, of which one lies inside the other."""

    first: int
    second: int
    first_is_part: bool
    apart: int


def nested(new: Sketches, index: Index, threshold: int) -> Iterator[Nested]:
    """Pairs of a new set and an indexed one, either inside the other, that 1 to below `threshold` people tell apart.

    Sets of nobody are left out: what is around them is a small set by itself.
    """
    for first, second, first_is_part in _candidates(new, index, threshold):
        other = index.sketches
        part, whole = (new.size[first], other.size[second]) if first_is_part else (other.size[second], new.size[first])
        keep = (whole > part) & (whole - part < threshold)
        for a, b in sorted(zip(first[keep].tolist(), second[keep].tolist(), strict=True)):
            mine, theirs = new.read(a), other.read(b)
            inside, around = (mine, theirs) if first_is_part else (theirs, mine)
            if inside.issubset(around):
                yield Nested(a, b, first_is_part, len(around) - len(inside))


def _candidates(new: Sketches, index: Index, threshold: int) -> Iterator[tuple[Places, Places, bool]]:
    """Pairs to verify: places of new sets, of indexed ones, and whether the new one would be the part."""
    ids = np.arange(len(new))
    parts = new.first[:, 0] != NOBODY
    first, second = _matches(new.first[parts, 0], ids[parts], index.ranks_in_wholes, index.wholes)
    yield first, second, True
    wholes = new.first[:, :threshold]
    row, column = np.nonzero(wholes != NOBODY)
    first, second = _matches(wholes[row, column], row, index.ranks_of_parts, index.parts)
    yield first, second, False


def _matches(wanted: Ranks, ids: Places, known: Ranks, places: Places) -> tuple[Places, Places]:
    """Every pair of an id and a place whose ranks are equal; `known` is sorted."""
    start = np.searchsorted(known, wanted, side="left")
    number = np.searchsorted(known, wanted, side="right") - start
    offset = np.arange(int(number.sum())) - np.repeat(np.cumsum(number) - number, number)
    return np.repeat(ids, number), places[np.repeat(start, number) + offset]
