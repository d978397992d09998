"""With records: tables made anew, amounts, and tables that the records do not give."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

from extracts.disclosure.layout import Layout
from extracts.disclosure.ledger.amounts import Limits, unsafe
from extracts.disclosure.ledger.released import ReleasedTable
from extracts.disclosure.rules.differencing import differences

from .made import FILTERS, chosen, of_layout, people, released, tabulated

PEOPLE = people(400, random.Random(6))


def table(population: str, **said: object) -> ReleasedTable:
    return tabulated(PEOPLE, population, ["place"], random.Random(1), **said)


@pytest.mark.slow
def test_records_and_definitions_find_the_same_pairs_where_definitions_can() -> None:
    rng, some, few = random.Random(9), 0, people(100, random.Random(6))
    for _ in range(6):
        old = tabulated(few, rng.choice(FILTERS), ["age", "place"], rng, release="1", file="old.csv")
        new = tabulated(few, rng.choice(FILTERS), ["sex", "place"], rng)
        anew = differences([old, new], threshold=10, microdata=few, unit="person_id")
        told = differences([old, new], threshold=10)
        assert anew.proven
        pairs = {hit.attack for hit in told.hits if len(hit.terms) == 2}
        assert pairs <= {hit.attack for hit in anew.hits}
        some += len(pairs)
    assert some > 2


def test_nesting_that_only_records_show_is_not_by_definition() -> None:
    """A region holds its towns, though no label says so."""
    frame = PEOPLE.assign(region=np.where(PEOPLE["place"] == "Corby", "South", "North"))
    frame = pd.concat(
        [frame, pd.DataFrame({"person_id": range(900, 904), "region": "South", "place": "Dale", "age": 3})]
    )
    sizes = frame["region"].value_counts()
    old = released(f"region, count\nSouth, {sizes['South']}", release="1")
    new = released(f"place, count\nCorby, {(frame['place'] == 'Corby').sum()}")
    (hit,) = differences([old, new], threshold=10, microdata=frame, unit="person_id").hits
    assert (hit.value, hit.by_definition, hit.flagged.key) == (4, False, {"place": "Corby"})


def test_three_counts_that_no_pair_gives_away() -> None:
    parts = {name: len(chosen(PEOPLE, name)) for name in ("age < 2", "age >= 3", "")}
    frame = pd.concat([PEOPLE[PEOPLE["age"] != 2], PEOPLE[PEOPLE["age"] == 2].head(4)])
    young, old = (released(f"all, count\nTotal, {parts[name]}", name, release=name) for name in ("age < 2", "age >= 3"))
    new = released(f"all, count\nTotal, {len(frame)}")
    found = differences([young, old, new], threshold=10, microdata=frame.assign(all="x"), unit="person_id")
    assert [(len(hit.terms), hit.value) for hit in found.hits] == [(3, 4)]
    assert found.proven


def test_records_that_do_not_give_the_table_prove_nothing() -> None:
    wrong = released("place, count\nCorby, 399")
    assert not differences([wrong], threshold=10, microdata=PEOPLE, unit="person_id").proven
    absent = released("height, count\nTall, 399")
    found = differences([absent], threshold=10, microdata=PEOPLE, unit="person_id")
    assert any("no column height" in problem for problem in found.problems)
    assert not differences([table("")], threshold=10, microdata=PEOPLE, unit="nobody").proven


def _fines(frame: pd.DataFrame, population: str, kind: str, **said: object) -> ReleasedTable:
    part = chosen(frame, population)
    value = part["fine"].sum() if kind == "totals" else part["fine"].mean()
    layout = Layout("long", rows=("all",), counts=("n",), **{kind: ("fine",)})
    return of_layout(f"all,n,fine\nTotal,{len(part)},{value:.2f}\n", layout, population, **said)


def test_a_mean_beside_its_number_gives_what_few_people_have() -> None:
    frame = PEOPLE.assign(fine=100.0, all="x")
    frame.loc[frame.index[:5], ["age", "fine"]] = [9, 5000.0]
    old = _fines(frame, "age < 9", "means", release="1", file="old.csv")
    found = differences([old, _fines(frame, "", "means")], threshold=10, microdata=frame, unit="person_id")
    amounts = [hit for hit in found.hits if hit.statistic == "total"]
    assert [hit.low <= 25_000 <= hit.high for hit in amounts] == [True]


def test_many_people_apart_of_whom_one_dominates() -> None:
    frame = PEOPLE.assign(fine=1.0, all="x")
    frame.loc[frame.index[0], ["age", "fine"]] = [5, 1e6]
    old = _fines(frame, "age < 5", "totals", release="1", file="old.csv")
    found = differences([old, _fines(frame, "", "totals")], threshold=10, microdata=frame, unit="person_id")
    assert [(hit.statistic, "largest contributors" in hit.reason) for hit in found.hits] == [("total", True)]
    even = frame.assign(fine=1.0)
    old, new = _fines(even, "age < 5", "totals", release="1", file="old.csv"), _fines(even, "", "totals")
    assert not differences([old, new], threshold=10, microdata=even, unit="person_id").hits


def test_amounts_of_nested_populations_are_not_proven_without_records() -> None:
    frame = PEOPLE.assign(fine=1.0, all="x")
    old, new = _fines(frame, "age < 5", "totals", release="1"), _fines(frame, "", "totals")
    assert not differences([old, new], threshold=10).proven
    same = _fines(frame, "age < 5", "totals")
    assert differences([old, same], threshold=10).proven


def test_dominance_as_the_rules_have_it() -> None:
    limits = Limits(10)
    assert unsafe(np.array([90.0, 5.0, 1.0]), limits)
    assert not unsafe(np.full(20, 7.0), limits)
