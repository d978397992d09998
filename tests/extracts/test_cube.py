"""Safe counts of cohorts: as near to the truth as they say, and never more than the rounded cells tell."""

import json
import random
from contextlib import closing
from datetime import date

import duckdb
import numpy as np
import pytest

from extracts.figures import described
from extracts.figures.cells import Cube
from extracts.figures.cube import NAME, cube_of, rounded_cells
from governance.catalogue.catalogue import read_catalogue
from governance.catalogue.cohort import EVERYTHING, Cohort, Condition
from tests.builders import catalogue as cook
from tests.extracts.naive_cohort import Reference
from tests.extracts.small_linked import PEOPLE, SEED, linked

LONDON, VICTIMS = Condition("force", ("01",)), Condition("role", ("victim",))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("linked")
    (root / "out").mkdir()
    linked(root / "work", people=PEOPLE, seed=SEED).build(root / "out")
    return root / "out" / "release"


@pytest.fixture(scope="module")
def catalogue(folder):
    return read_catalogue(folder / "catalogue")


@pytest.fixture(scope="module")
def stored(folder):
    return json.loads((folder / NAME).read_text())


@pytest.fixture(scope="module")
def records(folder, catalogue):
    with closing(duckdb.connect(":memory:")) as connection:
        found = {}
        for table in catalogue.tables:
            cursor = connection.execute("FROM read_parquet($1)", [str(folder / f"{table.name}.parquet")])
            names = [column[0] for column in cursor.description]
            found[table.name] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return found


def some_cohort(rng, frame):
    """A cohort of one to three conditions, years being whole."""
    conditions = []
    for dimension in rng.sample(frame.dimensions, rng.randint(1, 3)):
        if dimension.is_period:
            first, last = sorted((rng.randint(2022, 2026), rng.randint(2022, 2026)))
            conditions.append(Condition(dimension.name, (), date(first, 1, 1), date(last, 12, 31)))
        else:
            codes = [code for code, _ in dimension.values]
            conditions.append(Condition(dimension.name, tuple(rng.sample(codes, rng.randint(1, min(4, len(codes)))))))
    return Cohort.of(*conditions)


@pytest.mark.long
def test_the_true_number_lies_within_what_is_told(stored, records, catalogue):
    """Thirty cohorts at random: at least 19 in 20 inside, every one inside of twice the width."""
    rng, cube, off = random.Random(5), Cube.from_json(stored), []
    for _ in range(30):
        cohort = some_cohort(rng, catalogue.cohort_frame)
        answer, true = cube.count(cohort), Reference(records, catalogue, cohort).members()
        if answer.about is None:
            off.append(max(0, true - answer.fewer_than) / answer.give_or_take)
        else:
            off.append(abs(true - answer.about) / answer.give_or_take)
    assert sum(share > 1 for share in off) <= 2 and max(off) < 2, off


@pytest.mark.slow
def test_everybody_and_each_role_are_within_ten(stored, records, catalogue):
    cube = Cube.from_json(stored)
    for cohort in (EVERYTHING, *(Cohort.of(Condition("role", (name,))) for name in ("victim", "suspect", "defendant"))):
        answer, true = cube.count(cohort), Reference(records, catalogue, cohort).members()
        assert answer.give_or_take == 10 and abs(answer.about - true) <= 10


def test_an_answer_is_a_multiple_of_ten_or_not_told(stored, catalogue):
    rng, cube = random.Random(6), Cube.from_json(stored)
    for _ in range(200):
        about = cube.count(some_cohort(rng, catalogue.cohort_frame)).about
        assert about is None or (about >= 20 and about % 10 == 0)


def test_questions_that_differ_by_one_cell_differ_by_a_rounded_cell(stored, catalogue):
    """Subtracting gives back what the file holds, tens, and never a count of people."""
    cube = Cube.from_json(stored)
    forces = [code for code, _ in catalogue.cohort_frame.dimension("force").values]
    parts = [cube.count(Cohort.of(VICTIMS, Condition("force", tuple(forces[:many])))).about for many in (43, 42, 41)]
    assert all((one - other) % 10 == 0 for one in parts for other in parts)
    assert all(count % 10 == 0 for count in cube.counts)


@pytest.mark.parametrize("seed", range(5))
def test_rounded_cells_are_tens_within_ten_of_the_truth_over_any_stretch(seed):
    rng = np.random.default_rng(seed)
    counts = rng.choice([0, 1, 2, 3, 7, 12, 40], 500, p=[0.3, 0.4, 0.1, 0.08, 0.06, 0.04, 0.02]).astype(np.int64)
    cells = rounded_cells(counts)
    assert (cells % 10 == 0).all() and (abs(cells - counts) < 10).all() and (cells >= 0).all()
    true, told = np.cumsum(counts), np.cumsum(cells)
    for start, end in rng.integers(0, 500, (200, 2)):
        low, high = sorted((start, end))
        assert abs((told[high] - told[low]) - (true[high] - true[low])) <= 10
    assert (rounded_cells(counts) == cells).all()


def test_the_rounding_leans_neither_way():
    """Over many populations the cell of three people is told as ten in three of ten."""
    rng = np.random.default_rng(1)
    told = [rounded_cells(np.append(rng.integers(1, 30, 50), 3).astype(np.int64))[-1] for _ in range(3000)]
    assert set(told) == {0, 10} and np.mean(told) == pytest.approx(3, abs=0.3)


def test_a_period_is_counted_by_whole_years_and_says_so(stored):
    cube = Cube.from_json(stored)
    part = cube.count(Cohort.of(Condition("recorded", (), date(2024, 3, 1), date(2024, 6, 30))))
    whole = cube.count(Cohort.of(Condition("recorded", (), date(2024, 1, 1), date(2024, 12, 31))))
    assert part.about == whole.about and part.whole_years and not whole.whole_years


def test_the_same_release_gives_the_same_cells(folder, catalogue, stored):
    names = [table.name for table in catalogue.tables]
    with closing(duckdb.connect(":memory:")) as connection:
        assert cube_of(folder, catalogue, names, connection) == stored


def test_a_release_without_the_tables_and_a_dataset_without_a_frame_have_no_cells(folder, catalogue, tmp_path):
    with closing(duckdb.connect(":memory:")) as connection:
        assert cube_of(folder, catalogue, ["pol_crime", "pol_victim"], connection) == {}
        assert cube_of(folder, cook("cook_county_2019"), ["intake"], connection) == {}
    assert NAME not in described(folder, catalogue, ["pol_crime"], spill=tmp_path)


def test_what_the_cells_do_not_know_is_not_counted(stored):
    cube = Cube.from_json(stored)
    with pytest.raises(ValueError, match="do not know every condition"):
        cube.count(Cohort.of(LONDON, Condition("shoe", ("9",))))


@pytest.mark.parametrize("broken", [{"tens": [1]}, {"gaps": [10**12], "tens": [1]}, {"dimensions": []}])
def test_cells_that_do_not_fit_are_refused(stored, broken):
    with pytest.raises(ValueError):
        Cube.from_json({**stored, **broken})
