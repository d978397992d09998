"""Without records: what tables and their populations give away, against brute force."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pandas as pd
import pytest

from extracts.disclosure.ledger.hits import Hit
from extracts.disclosure.ledger.nesting import Nesting, close_pairs
from extracts.disclosure.ledger.released import Counts, ReleasedTable, counts
from extracts.disclosure.ledger.symbolic import symbolic

from .made import AGES, BANDS, FILTERS, PLACES, SEXES, chosen, people, released, tabulated

OLD = released("offence, count\nDrugs, 180\nFraud, 88", "age between 16 and 24", release="1", file="old.csv")
NEVER = float("inf")


def told(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.attack for hit in hits]


def test_one_year_more_gives_that_year() -> None:
    found = symbolic([OLD, released("offence, count\nDrugs, 183\nFraud, 88", "age between 16 and 25")], threshold=10)
    assert told(found.hits) == ["183 - 180 = 3: offence Drugs, age 25"]
    assert [(hit.key, hit.value) for hit in found.implied] == [
        ({"offence": "Drugs", "age": "25"}, 3),
        ({"offence": "Fraud", "age": "25"}, 0),
    ]
    assert (found.hits[0].flagged.file, found.hits[0].flagged.key) == ("table.csv", {"offence": "Drugs"})
    assert found.proven


def test_nobody_apart_is_only_listed_unless_the_policy_says_so() -> None:
    new = released("offence, count\nFraud, 88", "age between 16 and 25")
    assert not symbolic([OLD, new], threshold=10).hits
    assert [hit.value for hit in symbolic([OLD, new], threshold=10, zeros=True).hits] == [0]


def test_the_new_table_may_lie_inside_the_old_one() -> None:
    found = symbolic([OLD, released("offence, count\nDrugs, 175", "age between 16 and 23")], threshold=10)
    assert told(found.hits) == ["180 - 175 = 5: offence Drugs, age 24"]


@pytest.mark.parametrize(
    ("population", "count"),
    [
        ("age between 17 and 25", 183),              # overlaps
        ("age between 16 and 24 and sex = 'F'", 150),  # 30 apart
        ("age > 30", 177),
        ("sex = 'F'", 177),
    ],
)  # fmt: skip
def test_what_is_not_nested_or_not_small_passes(population: str, count: int) -> None:
    found = symbolic([OLD, released(f"offence, count\nDrugs, {count}", population)], threshold=10)
    assert (found.hits, found.proven) == ((), True)


def test_three_counts_that_no_pair_gives_away() -> None:
    """A total of all ages, less the young of one release and the old of another, leaves the middle."""
    young = released("offence, count\nTheft, 100", "age < 30", release="1", file="young.csv")
    old = released("offence, count\nTheft, 200", "age > 40", release="2", file="old.csv")
    found = symbolic([young, old, released("offence, count\nTheft, 304")], threshold=10)
    assert told(found.hits) == ["304 - 100 - 200 = 4: age 30-40 or missing, offence Theft"]


def test_what_had_left_before_is_not_held_against_the_new_table() -> None:
    before = released("offence, count\nDrugs, 183", "age between 16 and 25", release="2")
    assert not symbolic([OLD, before, released("offence, count\nTheft, 50")], threshold=10).hits


def test_a_group_with_a_cell_of_its_own_is_left_to_the_threshold() -> None:
    sexes = released("sex, count\nF, 100\nM, 4\nTotal, 104", file="sexes.csv")
    ages = released("age, count\nUnder 18, 60\n18+, 44\nTotal, 104", file="ages.csv")
    assert not symbolic([sexes, ages], threshold=10).hits


def test_bands_are_compared_with_filters_over_the_same_variable() -> None:
    bands = released("age group, count\n16-24, 180\n25-34, 100", release="1")
    found = symbolic([bands, released("sex, count\nTotal, 183", "age between 16 and 25")], threshold=10)
    assert told(found.hits) == ["183 - 180 = 3: sex Total, age 25"]


def test_one_person_between_two_versions_of_the_data() -> None:
    before = released("offence, count\nDrugs, 180", release="1", dataset="v1")
    found = symbolic([before, released("offence, count\nDrugs, 181", dataset="v2")], threshold=10)
    assert [(hit.value, hit.key) for hit in found.hits] == [(1, {"offence": "Drugs"})]


@pytest.mark.parametrize(
    ("population", "said"),
    [("age ~ 3", "not a condition"), ("name like 'A%'", "something else"), ("offence > 3", "ranges and by names")],
)
def test_what_cannot_be_compared_is_not_proven(population: str, said: str) -> None:
    found = symbolic([OLD, released("offence, count\nDrugs, 500", population)], threshold=10)
    assert not found.proven
    assert any(said in problem for problem in found.problems)


def test_a_part_larger_than_its_whole_is_not_proven() -> None:
    found = symbolic([OLD, released("offence, count\nDrugs, 100", "age between 10 and 30")], threshold=10)
    assert not found.proven


def test_a_count_of_nobody_by_its_own_labels_is_not_proven() -> None:
    found = symbolic([OLD, released("sex, count\nMale, 500", "sex = 'Female'")], threshold=10)
    assert any("of nobody" in problem for problem in found.problems)


def test_without_time_nothing_is_proven() -> None:
    new = released("offence, count\nDrugs, 500", "age between 16 and 25")
    assert not symbolic([OLD, new], threshold=10, seconds=0).proven


def test_rounded_counts_are_known_between_bounds() -> None:
    old = released("offence, count\nDrugs, 180", "age < 25", release="1", off_by=2)
    found = symbolic([old, released("offence, count\nDrugs, 185", "age < 26", off_by=2)], threshold=10)
    assert [(hit.low, hit.high, hit.value) for hit in found.hits] == [(1, 9, None)]


# Everybody who can be told apart, and some of no listed category.
UNIVERSE = pd.DataFrame(
    [(age, sex, place) for age in (-1, *AGES, 6, 9.0) for sex in (*SEXES, "X") for place in (*PLACES, "Elsewhere")],
    columns=["age", "sex", "place"],
)


def _random_tables(rng: random.Random) -> tuple[pd.DataFrame, list[ReleasedTable]]:
    frame, tables = people(rng.randint(10, 60), rng), []
    for number in range(rng.randint(2, 4)):
        dimensions = rng.sample(["age", "sex", "place"], rng.randint(1, 2))
        release = "" if number == 0 else str(number)
        said = {"release": release, "file": f"{number}.csv"}
        tables.append(tabulated(frame, rng.choice(FILTERS), dimensions, rng, **said))
    return frame, tables


def _rows(frame: pd.DataFrame, tables: list[ReleasedTable], flat: Counts) -> list[frozenset[int]]:
    """Whom each cell counts, the naive way."""
    ages = {text: set(range(low, high + 1)) for bands in BANDS for text, low, high in bands}
    parts = [chosen(frame, table.population) for table in tables]
    found = []
    for number, name in zip(flat.table, flat.names, strict=True):
        part = parts[number]
        inside = pd.Series(True, index=part.index)
        for dimension, label in name.key.items():
            if dimension not in name.totals:
                inside &= part["age"].isin(ages[label]) if dimension == "age" else part[dimension] == label
        found.append(frozenset(part.index[inside]))
    return found


def _nested(
    found_rows: list[frozenset[int]], low: list[float], new: list[bool], threshold: int
) -> Iterator[tuple[int, int]]:
    for part, inside in enumerate(found_rows):
        for whole, around in enumerate(found_rows):
            close = 0 <= low[whole] - low[part] < threshold
            if part != whole and inside <= around and close and (new[part] or new[whole]):
                yield part, whole


@pytest.mark.parametrize("runs", [8, pytest.param(70, marks=pytest.mark.long)])
def test_every_nested_pair_that_brute_force_finds_and_no_other(runs: int) -> None:
    rng, pairs = random.Random(7), 0
    for _ in range(runs):
        _, tables = _random_tables(rng)
        found = counts(tables)
        rows = _rows(UNIVERSE, tables, found)
        expected = {frozenset(pair) for pair in _nested(rows, found.low.tolist(), found.new.tolist(), 4)}
        got = {frozenset((p.part, p.whole)) for p in close_pairs(Nesting(found), 4, until=NEVER)}
        assert got == expected
        pairs += len(got)
    assert pairs > 5 * runs


@pytest.mark.parametrize("runs", [8, pytest.param(70, marks=pytest.mark.long)])
def test_every_hit_is_true_of_the_people_and_every_small_pair_is_hit_or_shown(runs: int) -> None:
    rng, hits = random.Random(8), 0
    for _ in range(runs):
        frame, tables = _random_tables(rng)
        result, flat = symbolic(tables, threshold=4, seconds=5), counts(tables)
        assert result.proven, result.problems
        members = _rows(frame, tables, flat)
        by_name = {(n.file, tuple(n.key.items())): own for n, own in zip(flat.names, members, strict=True)}
        for hit in result.hits:
            terms = [(term, by_name[term.cell.file, tuple(term.cell.key.items())]) for term in hit.terms]
            if hit.value is not None and all(term.value is not None for term, _ in terms):
                assert sum(term.times * len(own) for term, own in terms) == pytest.approx(hit.value)
            assert any(term.cell.new for term in hit.terms)
            assert 1 <= hit.low <= hit.high < 4
        reported = {frozenset((t.cell.file, *t.cell.key.values()) for t in hit.terms) for hit in result.hits}
        for part, whole in _nested(members, flat.low.tolist(), flat.new.tolist(), 4):
            apart = members[whole] - members[part]
            certain = flat.predicates[part].within(flat.predicates[whole])
            if (
                apart
                and certain
                and flat.table[part] != flat.table[whole]
                and apart not in members
                and len(members[whole]) >= 4
            ):
                names = frozenset((flat.names[i].file, *flat.names[i].key.values()) for i in (part, whole))
                assert names in reported
                hits += 1
    assert hits > runs / 3
