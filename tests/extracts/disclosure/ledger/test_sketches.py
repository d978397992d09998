"""Sketches: every nested pair is found, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from pyroaring import BitMap

from extracts.disclosure.ledger.sketches import Index, nested, ranks, sketch


@pytest.mark.slow
def test_every_pair_that_brute_force_finds_and_no_other() -> None:
    rng, pairs = np.random.default_rng(11), 0
    for run in range(600):
        threshold = int(rng.integers(2, 6))
        sets = [_random_set(rng) for _ in range(8)]
        sets += [_grown(rng.choice(np.array(sets, dtype=object)), rng) for _ in range(6)]
        new, old = sets[::2], sets[1::2]
        index = Index.of(sketch(old, width=6, seed=run), threshold)
        found = {
            (p.first, p.second, p.first_is_part, p.apart)
            for p in nested(sketch(new, width=6, seed=run), index, threshold)
        }
        assert found == set(_brute_force(new, old, threshold))
        pairs += len(found)
    assert pairs > 300


def _brute_force(new: list[BitMap], old: list[BitMap], threshold: int) -> list[tuple[int, int, bool, int]]:
    found = []
    for a, mine in enumerate(new):
        for b, theirs in enumerate(old):
            for part, whole, first_is_part in ((mine, theirs, True), (theirs, mine, False)):
                if len(part) and part < whole and len(whole) - len(part) < threshold:
                    found.append((a, b, first_is_part, len(whole) - len(part)))
    return found


def _random_set(rng: np.random.Generator) -> BitMap:
    return BitMap(rng.choice(40, size=int(rng.integers(0, 30)), replace=False).tolist())


def _grown(people: BitMap, rng: np.random.Generator) -> BitMap:
    return people | BitMap(rng.choice(40, size=int(rng.integers(0, 5)), replace=False).tolist())


def test_no_two_people_share_a_place_in_the_shuffle() -> None:
    places = ranks(np.arange(200_000, dtype=np.uint32), 12345)
    assert len(np.unique(places)) == 200_000


def test_a_threshold_beyond_the_sketches_is_refused() -> None:
    with pytest.raises(ValueError, match="up to 6"):
        Index.of(sketch([BitMap([1])], width=6, seed=1), 7)
