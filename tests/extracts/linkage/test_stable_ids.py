"""Ids over several deliveries: who keeps one, who gets a new one, and that none comes back."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.linkage.stable_ids import BITS_63, Changes, keyed_numbers, new_ids, stable_ids

KEY = bytes(range(32))
NONE = np.zeros(0, dtype=np.int64)


def linked(old: list[int], cluster: list[int], *, used: np.ndarray = NONE) -> tuple[list[int], Changes]:
    ids, changes = stable_ids(
        np.array(old, dtype=np.int64), np.array(cluster), name_of=lambda at: [f"r{i}" for i in at],
        used=np.union1d(used, old), key=KEY,
    )  # fmt: skip
    return ids.tolist(), changes


# Old ids of the records (0: new record), their clusters now, ids expected (letters: fresh ones), what changed.
CASES = {
    "the same again":         ([7, 7, 8],          [1, 1, 2],          [7, 7, 8],             Changes(2, 0, 0, 0, 0)),
    "a new record joins":     ([7, 7, 0],          [1, 1, 1],          [7, 7, 7],             Changes(1, 0, 0, 0, 0)),
    "a new person":           ([7, 0, 0],          [1, 2, 2],          [7, "a", "a"],         Changes(1, 0, 0, 1, 0)),
    "the larger id is kept":  ([7, 8, 8],          [1, 1, 1],          [8, 8, 8],             Changes(1, 1, 0, 0, 0)),
    "of equals the smaller":  ([8, 7],             [1, 1],             [7, 7],                Changes(1, 1, 0, 0, 0)),
    "the larger part keeps":  ([7, 7, 7],          [1, 2, 2],          ["a", 7, 7],           Changes(1, 0, 1, 0, 0)),
    "of halves the first":    ([7, 7],             [2, 1],             [7, "a"],              Changes(1, 0, 1, 0, 0)),
    "a part joins another":   ([7, 7, 7, 8],       [1, 1, 2, 2],       [7, 7, 8, 8],          Changes(2, 0, 0, 0, 0)),
    "what is taken is not":   ([7, 7, 7, 7, 7, 8], [1, 1, 1, 2, 2, 2], [7, 7, 7, 8, 8, 8],    Changes(2, 0, 0, 0, 0)),
    "both parts in strangers": ([7, 7, 0, 0],      [1, 2, 1, 2],       [7, "a", 7, "a"],      Changes(1, 0, 1, 0, 0)),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_who_keeps_an_id(case):
    old, cluster, expected, changes = CASES[case]
    ids, changed = linked(old, cluster)
    fresh = {letter: ids[expected.index(letter)] for letter in set(expected) if isinstance(letter, str)}

    assert ids == [fresh.get(wanted, wanted) for wanted in expected]
    assert not set(fresh.values()) & set(old)
    assert changed == changes


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_as_choosing_one_by_one(records):
    """Largest overlap first, written as a loop."""
    old, cluster = map(list, zip(*records, strict=True))
    overlaps = Counter((c, o) for o, c in records if o)
    first = {c: cluster.index(c) for c in cluster}
    kept: dict[int, int] = {}
    for c, o in sorted(overlaps, key=lambda pair: (-overlaps[pair], pair[1], first[pair[0]])):
        if c not in kept and o not in kept.values():
            kept[c] = o
    ids, _ = linked(old, cluster)

    assert [i if c in kept else None for i, c in zip(ids, cluster, strict=True)] == [kept.get(c) for c in cluster]
    assert len(set(zip(ids, cluster, strict=True))) == len(set(ids)) == len(set(cluster))


def test_an_id_never_comes_back():
    """A person is split, and what the first record would be called is taken by the rest of the old one."""
    (first, _), _ = linked([0, 0], [1, 1])
    ids, _ = linked([first, first, first], [2, 1, 1])
    assert ids[1] == first and ids[0] != first

    gone = np.array([first])
    (again,), _ = linked([0], [1], used=gone)
    assert again not in gone


def test_ids_hang_on_the_key_and_not_on_the_order():
    names = ["a", "b", "c"]
    ids = new_ids(names, used=NONE, key=KEY)
    assert new_ids(names[::-1], used=NONE, key=KEY).tolist() == ids.tolist()[::-1]
    assert not set(new_ids(names, used=NONE, key=bytes(32))) & set(ids)
    assert all(0 < i <= BITS_63 for i in ids)


def test_a_number_for_each_purpose():
    texts = [f"text {i}" for i in range(2000)]
    numbers = {purpose: keyed_numbers(texts, key=KEY, purpose=purpose) for purpose in ("person 0", "asn")}
    assert not set(numbers["asn"]) & set(numbers["person 0"])
    assert len(set(numbers["asn"])) == 2000
    assert numbers["asn"].min() > 0 and np.median(numbers["asn"]) > 2**61
