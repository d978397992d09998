"""Ids that stay: a person who is linked again keeps the id, whatever records came, went or were linked otherwise.

An id is a positive integer of 63 bits, made with a key from the person's smallest record: without the key nobody can
tell which record it came from, and the same deliveries give the same ids. An id that was given is never given again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Names = list[str]

NO_ID = 0
BITS_63 = (1 << 63) - 1
MOST_TRIES = 64


@dataclass(frozen=True)
class Changes:
    """What became of the persons: numbers of ids and persons.

    kept    same id as before, whatever records were added or taken away
    merged  old ids that went into a person with another old id
    split   persons with a new id who were part of an old one
    new     persons none of whose records had an id
    gone    old ids with no record left
    """

    kept: int
    merged: int
    split: int
    new: int
    gone: int

    def as_json(self) -> dict[str, int]:
        return asdict(self)


class IdsExhausted(RuntimeError):
    """No free id was found for a person. It can't happen with a key of 32 random bytes."""


def stable_ids(
    old: Ints,
    cluster: Ints,
    *,
    name_of: Callable[[Ints], Names],
    used: Ints,
    key: bytes,
    purpose: str = "person",
    gone: Ints | None = None,
) -> tuple[Ints, Changes]:
    """The id of each record, and what changed.

    old      per record its id so far, 0 for a new record; records in the order of their names (source, row id)
    cluster  per record the cluster it is in now, any integers
    name_of  positions of records -> their names, unique texts
    used     every id that was ever given
    key      32 bytes
    purpose  what is named: ids of another kind are other numbers
    gone     old ids of records that are withdrawn

    The cluster that holds most records of an id keeps it, and a cluster that holds several old ids keeps the one it
    holds most of; of equals the smaller id, then the cluster whose first record comes first. What is left over gets
    an id of its own.
    """
    _, first, dense = np.unique(cluster, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))  # clusters in the order of their first records
    label = rank[dense]
    smallest = np.sort(first)
    kept = _kept_ids(old, label, len(smallest))
    fresh = kept == NO_ID
    kept[fresh] = new_ids(name_of(smallest[fresh]), used=np.union1d(used, kept), key=key, purpose=purpose)
    return kept[label], _changes(old, label, kept, fresh, gone)


def _kept_ids(old: Ints, label: Ints, clusters: int) -> Ints:
    """Per cluster the old id that it keeps, 0 for none: pairs of cluster and id, largest overlap first."""
    known = old != NO_ID
    result: Ints = np.zeros(clusters, dtype=np.int64)
    if not known.any():
        return result
    pairs, overlap = np.unique(np.column_stack([label[known], old[known]]), axis=0, return_counts=True)
    pairs = pairs[np.lexsort((pairs[:, 0], pairs[:, 1], -overlap))]
    while len(pairs):
        # A pair that is the first left of its cluster and of its id is certain to be chosen.
        chosen = _first_of(pairs[:, 0]) & _first_of(pairs[:, 1])
        result[pairs[chosen, 0]] = pairs[chosen, 1]
        taken = np.isin(pairs[:, 0], pairs[chosen, 0]) | np.isin(pairs[:, 1], pairs[chosen, 1])
        pairs = pairs[~taken]
    return result


def _first_of(values: Ints) -> npt.NDArray[np.bool_]:
    """Where each value stands for the first time."""
    first = np.zeros(len(values), dtype=bool)
    first[np.unique(values, return_index=True)[1]] = True
    return first


def _changes(old: Ints, label: Ints, ids: Ints, fresh: npt.NDArray[np.bool_], gone: Ints | None) -> Changes:
    known = old != NO_ID
    before = np.unique(old[known])
    had_records = np.zeros(len(ids), dtype=bool)
    had_records[label[known]] = True
    kept = int((~fresh).sum())
    return Changes(
        kept=kept,
        merged=len(before) - kept,
        split=int((fresh & had_records).sum()),
        new=int((fresh & ~had_records).sum()),
        gone=0 if gone is None else len(np.setdiff1d(gone, before)),
    )


def new_ids(names: Names, *, used: Ints, key: bytes, purpose: str = "person") -> Ints:
    """An id for each name, none of them used and no two alike: later tries only where the first is taken."""
    ids: Ints = np.zeros(len(names), dtype=np.int64)
    left = np.arange(len(names))
    taken = np.unique(np.append(used, NO_ID))
    for attempt in range(MOST_TRIES):
        if not len(left):
            return ids
        tried = keyed_numbers([names[i] for i in left], key=key, purpose=f"{purpose} {attempt}")
        free = ~np.isin(tried, taken) & _first_of(tried)
        ids[left[free]] = tried[free]
        taken = np.union1d(taken, tried[free])
        left = left[~free]
    raise IdsExhausted(f"{len(left)} persons are left without an id.")


def keyed_numbers(texts: Sequence[str], *, key: bytes, purpose: str) -> Ints:
    """A positive number of 63 bits for each text: BLAKE2b under the key, another one for every purpose.

    Nobody without the key can go back from the number to the text, not even by trying all texts.
    """
    keyed = hashlib.blake2b(purpose.encode() + b"\0", key=key, digest_size=8)
    digests = bytearray()
    for text in texts:
        one = keyed.copy()
        one.update(text.encode())
        digests += one.digest()
    numbers = np.frombuffer(bytes(digests), dtype="<u8") & np.uint64(BITS_63)
    return np.maximum(numbers.astype(np.int64), 1)
