"""Refinement and nesting: the pieces of a naive twin, and work that grows with the labels and not with their square."""

from __future__ import annotations

import random

import pytest

from extracts.disclosure.ledger import cuts
from extracts.disclosure.ledger.nesting import Nesting, close_pairs
from extracts.disclosure.ledger.predicates import Box, Predicate
from extracts.disclosure.ledger.refinement import refine
from extracts.disclosure.ledger.released import counts
from extracts.disclosure.ledger.values import NONE, Values, label, union

from .made import released


def _set(rng: random.Random) -> Values:
    names = frozenset(label(f"L{at}") for at in rng.sample(range(6), rng.randint(0, 4)))
    numbers = cuts.NOTHING
    for _ in range(rng.randint(0, 2)):
        low = rng.randint(0, 8)
        numbers = numbers | cuts.between(low, low + rng.randint(0, 4))
    return Values(numbers, cuts.NOTHING, names, rng.random() < 0.3, rng.random() < 0.3)


def test_many_sets_at_once_are_their_union_by_complements() -> None:
    rng = random.Random(1)
    for _ in range(200):
        many = [_set(rng) for _ in range(rng.randint(0, 4))]
        expected = NONE
        for one in many:
            expected = ~(~expected & ~one)
        assert union(many) == expected


def test_each_set_is_made_of_the_pieces_that_it_meets_and_no_two_pieces_are_alike() -> None:
    rng = random.Random(2)
    for _ in range(100):
        many = [own for own in (_set(rng) for _ in range(rng.randint(1, 6))) if own]
        if not many:
            continue
        own = refine(Predicate((Box({"x": values}),)) for values in many).variables["x"]
        for values in many:
            assert own.places[values].tolist() == [at for at, piece in enumerate(own.pieces) if piece & values]
            assert union(own.pieces[at] for at in own.places[values].tolist()) == values
        meeting = [tuple(bool(piece & values) for values in many) for piece in own.pieces]
        assert len(set(meeting)) == len(meeting)


def test_a_table_of_twice_the_labels_takes_about_twice_the_comparisons(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    both = Values.__and__

    def counted(one: Values, other: Values) -> Values:
        nonlocal calls
        calls += 1
        return both(one, other)

    monkeypatch.setattr(Values, "__and__", counted)
    work = []
    for size in (40, 80):
        calls = 0
        table = "area, count\n" + "\n".join(f"Area {at}, {50 + at}" for at in range(size))
        assert not list(close_pairs(Nesting(counts([released(table)])), 10, until=float("inf")))
        work.append(calls)
    assert work[1] <= 2 * work[0] + 10
