"""The meter against exact classes of a synthetic release, and what must hold of it whatever the data."""

import json
import random
from contextlib import closing

import duckdb
import numpy as np
import pandas as pd
import pytest
from sqlglot import exp

from extracts.figures.risk import BANDS, NOBODY, Shares, Spread, risk_of, singled_out
from extracts.figures.spread import rarity
from extracts.query import METHODS
from governance.catalogue.catalogue import Sensitivity, read_catalogue
from tests.extracts.small_linked import linked

TABLES = ("pol_crime", "pol_victim", "pol_suspect", "crt_case", "hmpps_probation")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Enough people for a thousand court cases."""
    root = tmp_path_factory.mktemp("linked")
    (root / "out").mkdir()
    linked(root / "work", people=20_000, seed=11).build(root / "out")
    return root / "out" / "release"


@pytest.fixture(scope="module")
def catalogue(folder):
    return read_catalogue(folder / "catalogue")


@pytest.fixture(scope="module")
def spreads(folder):
    stored = json.loads((folder / "qi_profile.json").read_text())["tables"]
    return {name: Spread.from_json(table.get("spread", {})) for name, table in stored.items()}


def values_at(variable, level, catalogue):
    """The value of a variable at a level in SQL, as extracts build it."""
    if not level or catalogue.ladder(variable.ladder)[level].method == "source":
        return f'"{variable.name}"'
    step = catalogue.ladder(variable.ladder)[level]
    if step.method != "codelist":
        return METHODS[step.method](exp.column(variable.name, quoted=True), variable, step).sql("duckdb")
    mapping = catalogue.code_list(variable.codelist).mapping(step.argument)
    whens = " ".join(f"WHEN '{code}' THEN '{value.replace(chr(39), chr(39) * 2)}'" for code, value in mapping.items())
    return f'CASE "{variable.name}" {whens} END'


def exact(folder, catalogue, table, steps):
    """Counted: one row a person's record, classes of equal values."""
    columns = [
        f"{values_at(catalogue[table][name], level, catalogue)} AS c{n}" for n, (name, level) in enumerate(steps)
    ]
    once = (
        ""
        if table == "pol_crime"
        else "QUALIFY row_number() OVER (PARTITION BY row_id_hash ORDER BY file_row_number) = 1"
    )
    with closing(duckdb.connect(":memory:")) as connection:
        frame = connection.sql(
            f"SELECT {', '.join(columns)} FROM read_parquet('{folder}/{table}.parquet', file_row_number = true) {once}"
        ).df()
    size = (
        frame.astype(object)
        .where(frame.notna(), "none")
        .groupby(list(frame.columns))[frame.columns[0]]
        .transform("size")
    )
    return Shares(float((size == 1).mean()), float((size < 10).mean()))


def some_choices(table, catalogue, rng, many):
    known = [variable for variable in catalogue[table].variables if variable.sensitivity is Sensitivity.QI]
    for _ in range(many):
        picked = rng.sample(known, min(len(known), rng.randint(2, 5)))
        yield [(one.name, rng.choice([level.name for level in catalogue.levels(one)] or [""])) for one in picked]


@pytest.mark.long
@pytest.mark.parametrize("table", TABLES)
def test_the_meter_is_near_exact_classes(folder, catalogue, spreads, table):
    rng, off = random.Random(3), []
    for steps in some_choices(table, catalogue, rng, 25):
        told, true = spreads[table].shares(steps), exact(folder, catalogue, table, steps)
        off.append((abs(told.unique - true.unique), abs(told.small - true.small)))
    mean, most = np.mean(off, axis=0), np.max(off, axis=0)
    assert (mean < 0.06).all() and (most < 0.25).all(), (mean, most)


@pytest.mark.slow
@pytest.mark.parametrize("table", ["pol_crime", "pol_victim"])
def test_one_variable_and_a_pair_are_exact_to_a_percent_or_above(folder, catalogue, spreads, table):
    for steps in some_choices(table, catalogue, random.Random(4), 10):
        told, true = spreads[table].shares(steps[:2]), exact(folder, catalogue, table, steps[:2])
        assert told.unique >= true.unique - 0.006 and told.small >= true.small - 0.006


def test_people_are_counted_once_however_many_rows_they_have(folder, spreads):
    rows = duckdb.sql(f"SELECT count(DISTINCT row_id_hash) FROM '{folder}/hmpps_probation.parquet'").fetchall()[0][0]
    assert abs(spreads["hmpps_probation"].people - rows) <= 5


def test_a_part_of_the_people_is_singled_out_more(spreads):
    steps = [("age_at_offence", "band"), ("imd_decile", "decile"), ("sex", "")]
    whole, part = spreads["pol_victim"].shares(steps), spreads["pol_victim"].shares(steps, 0.1)
    assert part.unique > whole.unique and part.small > whole.small


def test_what_each_choice_does_and_what_would_lower_it(spreads):
    chosen = {"pol_victim": [("age_at_offence", "single_year"), ("imd_decile", "decile"), ("sex", "")]}
    coarser = {
        ("pol_victim", "age_at_offence", "single_year"): "band", ("pol_victim", "imd_decile", "decile"): "quintile",
    }  # fmt: skip
    risk = risk_of(chosen, coarser, spreads)
    (table,) = risk.tables
    assert [choice.coarser for choice in table.choices] == ["band", "quintile", ""]
    gains = [table.gain_of(choice) for _, choice in risk.what_helps]
    assert gains == sorted(gains, reverse=True) and gains[0] > 0
    for one, choice in risk.what_helps:
        remaining = [step for step in chosen["pol_victim"] if step[0] != choice.variable]
        assert choice.without == spreads["pol_victim"].shares(remaining)
        if choice.coarser:
            expected = spreads["pol_victim"].shares([*remaining, (choice.variable, choice.coarser)])
            assert one.shares.unique - one.gain_of(choice) == pytest.approx(expected.unique)


def test_the_worst_table_counts_and_what_nobody_counted_is_said(spreads):
    chosen = {
        "pol_victim": [("sex", "")],
        "pol_crime": [("lsoa_offence", ""), ("recorded_date", "day")],
        "new": [("a", "")],
    }
    risk = risk_of(chosen, {}, spreads)
    assert risk.worst.table == "pol_crime" and risk.shares.band == "high"
    assert risk.unmeasured == ("new",)
    assert risk_of({"new": []}, {}, spreads).unmeasured == ()
    assert risk_of({}, {}, spreads).shares == NOBODY


def test_a_table_with_few_people_tells_nothing(spreads):
    assert Spread.from_json({}) is None
    small = [name for name, spread in spreads.items() if spread is None]
    assert "case_link" in small


@pytest.mark.parametrize(
    ("unique", "small", "band"),
    [
        (0.0, 0.0, "low"), (0.049, 0.24, "low"), (0.05, 0.1, "medium"), (0.01, 0.25, "medium"),
        (0.2, 0.5, "high"), (0.01, 0.8, "high"), (1.0, 1.0, "high"),
    ],
)  # fmt: skip
def test_bands_fail_by_either_share(unique, small, band):
    assert Shares(unique, small).band == band
    assert [name for name, *_ in BANDS] == ["low", "medium", "high"]


def test_the_shares_of_equal_rarity_are_poisson():
    """A million people in half a million equal classes: one other on average."""
    told = singled_out(np.log(500_000), 0.0, 1_000_000)
    others = np.random.default_rng(1).poisson(2, 200_000)
    assert told.unique == pytest.approx((others == 0).mean(), abs=0.005)
    assert told.small == pytest.approx((others < 9).mean(), abs=0.005)


@pytest.mark.parametrize("classes", [3, 300, 30_000])
def test_the_rarity_of_few_people_is_that_of_the_many_they_stand_for(classes):
    """Ten thousand draws from equal classes: the mean rarity is the logarithm of their number.

    Of three times as many classes as draws a part stays unseen: 0.4 is missing, and 1.2 with the plain formula.
    """
    drawn = np.random.default_rng(2).integers(0, classes, 10_000)
    mean, variance, unique, small = rarity(np.bincount(drawn))
    assert mean == pytest.approx(np.log(classes), abs=0.45 if classes > 10_000 else 0.02)
    sizes = pd.Series(drawn).groupby(drawn).transform("size")
    assert (unique, small) == (pytest.approx((sizes == 1).mean()), pytest.approx((sizes < 10).mean()))
    assert variance >= 0


def test_no_small_number_is_in_the_file(folder):
    stored = json.loads((folder / "qi_profile.json").read_text())["tables"]
    for table in stored.values():
        spread = table.get("spread") or {"people": 0, "alone": [], "pairs": []}
        assert spread["people"] % 10 == 0
        for *_, mean, variance, unique, small in (*spread["alone"], *spread["pairs"]):
            assert (mean, variance) == (round(mean, 2), round(variance, 2))
            assert isinstance(unique, int) and isinstance(small, int) and 0 <= unique <= small <= 100
