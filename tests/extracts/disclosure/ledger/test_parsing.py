"""Filters: read as researchers write them, or refused; never guessed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from extracts.disclosure.ledger.microdata import numbered
from extracts.disclosure.ledger.parsing import UnreadablePopulation, population
from extracts.disclosure.ledger.predicates import EVERYBODY
from extracts.disclosure.ledger.universe import Universe, of_predicates
from extracts.disclosure.ledger.values import told


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("age between 16 and 24", "age >= 16 and age <= 24"),
        ("16 <= age <= 24", "age between 16 and 24"),
        ("(age > 16) & (sex == 'F')", "sex = 'F' and 16 < age"),
        ("year in (2019, 2020)", "year = '2019' or year = 2020"),
        ("not (a = 1 or b <> 'x')", "a <> 1 and b = 'X'"),
        ("a not in (1, 2)", "not a in (1,2)"),
        ("charged_on >= date '2019-01-01'", "charged_on >= '2019-01-01'"),
        ('sex = "F"', "'f' = sex"),
        ("a is not null", "not a is null"),
        ("", "all"),
    ],
)
def test_two_ways_to_write_one_population(text: str, same: str) -> None:
    one, other = population(text), population(same)
    assert one.within(other) and other.within(one)


@pytest.mark.parametrize(
    "text",
    [
        "f(age) = 3", "age > height", "name like 'A%'", "t.age = 1", "a = 1; drop table t", "age", "a = null",
        "a in (select 1)", "age >", "name > 'M'", "a = 'x' || 'y'", "case when a = 1 then 2 end = 2", "(" * 3000,
        "exists (select 1)", "age = 1e5", "age + 1 = 3", "a in ()",
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused(text: str) -> None:
    with pytest.raises(UnreadablePopulation):
        population(text)


def test_missing_values_are_in_no_comparison() -> None:
    assert not EVERYBODY.within(population("age = 3 or age <> 3"))
    assert EVERYBODY.within(population("age = 3 or age <> 3 or age is null"))


def test_a_difference_is_named_by_what_it_is() -> None:
    left = population("age between 16 and 25") - population("age between 16 and 24")
    left = Universe.of(of_predicates([left])).fitted(left)
    assert [told(box["age"]) for box in left.boxes] == ["25"]


Row = tuple[float, str | None]
Test = Callable[[Row], "bool | None"]  # None is SQL's unknown


def _filter(rng: random.Random, depth: int = 3) -> tuple[str, Test]:
    """A random filter with a naive way to evaluate it in three-valued logic."""
    if depth == 0 or rng.random() < 0.3:
        return _comparison(rng)
    kind = rng.choice(["and", "or", "not"])
    left, a = _filter(rng, depth - 1)
    if kind == "not":
        return f"not ({left})", lambda row: None if (value := a(row)) is None else not value
    right, b = _filter(rng, depth - 1)
    stop = kind == "or"

    def both(row: Row) -> bool | None:
        values = (a(row), b(row))
        return stop if stop in values else None if None in values else not stop

    return f"({left}) {kind} ({right})", both


def _comparison(rng: random.Random) -> tuple[str, Test]:
    number, name = rng.randint(0, 6), rng.choice("ABC")
    tests: list[tuple[str, Test]] = [
        (f"age > {number}", lambda row: None if math.isnan(row[0]) else row[0] > number),
        (f"age <= {number}", lambda row: None if math.isnan(row[0]) else row[0] <= number),
        (f"age between 2 and {number}", lambda row: None if math.isnan(row[0]) else 2 <= row[0] <= number),
        (f"age <> {number}", lambda row: None if math.isnan(row[0]) else row[0] != number),
        (f"place = '{name}'", lambda row: None if row[1] is None else row[1] == name),
        (f"place not in ('{name}', 'B')", lambda row: None if row[1] is None else row[1] not in (name, "B")),
        ("place is null", lambda row: row[1] is None),
        ("age is not null", lambda row: not math.isnan(row[0])),
    ]
    return rng.choice(tests)


ROWS: list[Row] = [(age, place) for age in (*range(-1, 8), 2.5, math.nan) for place in ("A", "B", "C", "D", None)]
FRAME = pd.DataFrame(ROWS, columns=["age", "place"])


@pytest.mark.slow
def test_populations_hold_whom_the_naive_way_holds_and_subsets_are_subsets() -> None:
    rng, data = random.Random(5), numbered(FRAME, None)
    for _ in range(100):
        (one, a), (other, b) = _filter(rng), _filter(rng)
        mine, theirs = population(one), population(other)
        in_one, in_other = (np.array([test(row) is True for row in ROWS]) for test in (a, b))
        assert (data.records(one) == in_one).all()
        assert (_records(mine & theirs) == (in_one & in_other)).all()
        assert (_records(mine - theirs) == (in_one & ~in_other)).all()
        # Ages are numbers here, as no filter calls them anything else; the rows have all that filters tell apart.
        universe = Universe.of(of_predicates([mine, theirs]))
        assert universe.fitted(mine).within(universe.fitted(theirs)) == bool((in_one <= in_other).all())


def _records(predicate: object) -> np.ndarray:
    data = numbered(FRAME, None)
    found = np.zeros(len(FRAME), dtype=int)
    for box in predicate.boxes:  # type: ignore[attr-defined]
        found += data.box(box)
    return found > 0


WORDS = [
    "age", "sex", "between", "and", "or", "not", "in", "(", ")", "=", "<", ">", "<=", "16", "24", "'F'", "is", "null",
    "like", "%", "select", "*", "--", ";", '"x"', "date", "'2019-13-01'", "case", "1e999", "-", "+", "&", "|", "~",
    "[", "]", "{", "}", "é", "None", "true", "cast", "as", "::int", "interval", "@x", "?", "$1",
]  # fmt: skip


@pytest.mark.slow
def test_nonsense_is_refused_and_nothing_else_happens() -> None:
    rng, refused = random.Random(1), 0
    for _ in range(1500):
        text = " ".join(rng.choice(WORDS) for _ in range(rng.randint(2, 12)))
        try:
            population(text)
        except UnreadablePopulation:
            refused += 1
    assert refused > 1400
