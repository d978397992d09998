"""Columns of a twin: what is published of them comes back, worked out a second time; levels as the query gives them."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp

from extracts import query
from extracts.selection import quoted_table
from extracts.specification import ColumnSpec, ExtractSpec, TableSpec
from extracts.twin import Source, asked, make, of_table, period_of
from extracts.twin.dates import Quarters, dates_of, drawn_together
from extracts.twin.keys import KeyMaker
from extracts.twin.laws import law_of, missing_share
from extracts.twin.levels import at_level
from extracts.twin.source import BadSize
from tests.builders import catalogue

PERIOD = date(2023, 1, 1), date(2025, 12, 31)
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
SEX = {
    "missing": 60, "missing_percent": 6.0, "distinct": 4, "more_codes": 2,
    "codes": [{"code": "1", "count": 500, "percent": 50.0}, {"code": "2", "count": 400, "percent": 40.0}],
}  # fmt: skip
AGE = {"missing": 100, "distinct": 80, "percentiles": {"5": 12, "25": 21, "50": 30, "75": 44, "95": 71}}
DATES = {
    "missing": 0, "first_quarter": "2024Q1", "last_quarter": "2024Q4", "more_quarters": 1,
    "quarters": [
        {"quarter": "2024Q1", "count": 100}, {"quarter": "2024Q2", "count": 300}, {"quarter": "2024Q4", "count": 600},
    ],
}  # fmt: skip


def figures(**variables):
    """Published figures of 1,000 victims."""
    return {"rule": "Rounded.", "tables": {"pol_victim": {"rows": 1000, "variables": variables}}}


def draw(table, variable, told, rows=100_000, seed=0):
    """Values of one variable, drawn by its law."""
    known = catalogue()[table][variable]
    places = np.random.default_rng(seed).uniform(0, 1, rows)
    return law_of(known, told, catalogue(), 1000).at(places).to_pylist()


def test_told_codes_come_as_often_as_told_and_the_others_share_the_rest():
    counts = Counter(draw("pol_victim", "sex", SEX))
    codes = catalogue().code_list("sex").codes
    assert set(counts) == set(codes)
    assert counts["1"] / 100_000 == pytest.approx(500 / 940, abs=0.01)
    assert counts["2"] / 100_000 == pytest.approx(400 / 940, abs=0.01)
    for code in set(codes) - {"1", "2"}:
        assert counts[code] / 100_000 == pytest.approx(40 / 940 / (len(codes) - 2), abs=0.005)


def test_no_other_code_comes_where_all_are_told():
    assert set(draw("pol_victim", "sex", {**SEX, "more_codes": 0})) == {"1", "2"}


def test_numbers_have_the_published_percentiles_and_stay_in_range():
    drawn = draw("pol_victim", "age_at_offence", AGE)
    for share, value in AGE["percentiles"].items():
        assert np.percentile(drawn, int(share)) == pytest.approx(value, abs=1)
    assert all(isinstance(one, int) for one in drawn) and min(drawn) >= 0 and max(drawn) <= 110


@pytest.mark.parametrize(
    ("table", "variable", "expected"),
    [
        ("pol_victim", "sex", set(catalogue().code_list("sex").codes)),
        ("pol_victim", "victim_type", {"person", "business", "state"}),
        ("pol_crime", "knife_flag", {True, False}),
        ("dfe_pupil", "ks2_band", {1, 2, 3, 4, 5}),
        ("hmpps_oasys", "question_10_5", {0, 2}),
    ],
)
def test_what_is_not_published_is_spread_over_what_the_catalogue_allows(table, variable, expected):
    assert set(draw(table, variable, {})) == expected


def test_unpublished_texts_say_that_they_are_made_up():
    drawn = set(draw("pol_victim", "lsoa_residence", {"missing": 0, "codes": [], "more_codes": 960, "distinct": 960}))
    assert len(drawn) == 500 and all(one[0] == "X" and len(one) == 9 for one in drawn)


@pytest.mark.parametrize(
    ("told", "rows", "share"), [({"missing": 250}, 1000, 0.25), ({"missing": None}, 1000, 0.0), ({}, 0, 0.38)]
)
def test_the_share_without_a_value(told, rows, share):
    assert missing_share(catalogue()["pol_victim"]["ethnicity_sde"], told, rows) == share


def test_days_fall_in_told_quarters_as_often_as_told():
    law = dates_of(DATES, PERIOD)
    days = law.days_at(np.random.default_rng(0).uniform(0, 1, 50_000))
    quarters = Counter(
        f"{day.year}Q{(day.month + 2) // 3}" for day in (date(1970, 1, 1) + timedelta(int(n)) for n in days)
    )
    assert {name: round(count / 50_000, 1) for name, count in quarters.items()} == {
        "2024Q1": 0.1, "2024Q2": 0.3, "2024Q4": 0.6,
    }  # fmt: skip
    assert law.distance(days) < 0.01


def test_a_law_cut_to_a_period_has_no_day_outside():
    cut = dates_of(DATES, PERIOD).within((date(2024, 2, 1), date(2024, 5, 15)))
    days = cut.days_at(np.linspace(0, 0.999999, 5000))
    assert date(1970, 1, 1) + timedelta(int(days.min())) == date(2024, 2, 1)
    assert date(1970, 1, 1) + timedelta(int(days.max())) == date(2024, 5, 15)
    nothing = dates_of(DATES, PERIOD).within((date(2030, 1, 1), date(2030, 1, 10)))
    assert len(set(nothing.days_at(np.linspace(0, 0.999999, 500)))) == 10


def test_dates_together_keep_their_order_whatever_is_missing():
    chance, rows = np.random.default_rng(5), 20_000
    laws = [Quarters(np.array([start]), np.array([90]), np.array([1.0]), "") for start in (200, 100, 150)]
    blank = [chance.random(rows) < share for share in (0.5, 0.2, 0.0)]
    days = drawn_together(laws, blank, None, PERIOD, chance)
    for row in range(rows):
        there = [int(days[place][row]) for place in (1, 2, 0) if not blank[place][row]]
        assert there == sorted(there)
    # The first in time is never moved, so it falls as published.
    assert days[1].min() >= 100 and days[1].max() < 190


@pytest.mark.slow
def test_levels_are_those_that_the_query_gives():
    """Every variable of both datasets that has a ladder, at every level, against the expression of an extract."""
    compared = 0
    for code in ("cjs_linked", "cook_county_2019"):
        known = catalogue(code)
        for table in known.tables:
            for variable in table.variables:
                if not variable.ladder or not variable.selectable:
                    continue
                column = finest(variable, known)
                for level in known.levels(variable):
                    expected = queried(table, variable, level.name, column, known)
                    found = at_level(column, variable, level.name, known)
                    assert found.type == expected.type, (variable.name, level.name)
                    assert found.to_pylist() == expected.to_pylist(), (variable.name, level.name)
                    compared += 1
    assert compared > 150


def finest(variable, known):
    """Values of a variable as the source has them, with some that lie at an edge and one that is missing."""
    if variable.duckdb_type == "DATE":
        days = [date(2023, 1, 1), date(2023, 3, 31), date(2023, 12, 31), date(2024, 2, 29), date(1999, 10, 5)]
        return pa.array([*days, None], pa.date32())
    if variable.duckdb_type == "BIGINT":
        return pa.array([-1, 0, 1, 9, 10, 11, 12, 69, 70, 71, 366, 99999, None], pa.int64())
    if variable.duckdb_type == "DOUBLE":
        return pa.array([-1.0, 0.0, 0.5, 0.799, 0.8, 0.95, 1.0, 99.99, 100.0, 5000.0, None], pa.float64())
    codes = known.code_list(variable.codelist).codes if variable.codelist else ("a", "")
    return pa.array([*codes, "not in the list", None], pa.string())


def queried(table, variable, level, column, known):
    """The same column through the expression of an extract, narrowed to nothing."""
    spec = ExtractSpec(known.dataset.code, "1", (TableSpec(table.name, (ColumnSpec(variable.name, level),)),), *PERIOD)
    with duckdb.connect(":memory:") as connection:
        numbers = pa.array(range(len(column)))
        connection.register(table.name, pa.table({variable.name: column, "place": numbers}))
        with pytest.MonkeyPatch.context() as patch:
            everything = exp.select().from_(quoted_table(table.name, query.ROWS))
            patch.setattr(query, "_rows_of", lambda *_: everything)
            built = query.unordered(spec.tables[0], spec=spec, catalogue=known)
        ordered = built.select("rows_of_table.place").order_by("place").sql("duckdb")
        return connection.sql(ordered).to_arrow_table()[variable.name].combine_chunks()


def test_the_same_source_gives_the_same_bytes_and_another_seed_others(tmp_path):
    spec = of_table(catalogue()["pol_victim"], catalogue(), "2026.1", PERIOD)
    content = {}
    for name, seed in (("one", 1), ("two", 1), ("three", 2)):
        (tmp_path / name).mkdir()
        make(Source(spec, catalogue(), figures(sex=SEX), NOON, seed=seed, rows=200), tmp_path / name)
        content[name] = {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
    assert content["one"] == content["two"]
    assert content["one"]["pol_victim.parquet"] != content["three"]["pol_victim.parquet"]


def test_a_column_that_is_asked_for_too_changes_no_other(tmp_path):
    """So that a draft can grow while code is written against its twin."""
    tables = []
    for number, names in enumerate((["sex", "withdrawal_date"], ["sex", "age_at_offence", "withdrawal_date"])):
        wish = {
            "pol_victim": {
                "variables": {name: {"level": catalogue()["pol_victim"][name].default_level} for name in names}
            }
        }
        into = tmp_path / str(number)
        into.mkdir()
        make(Source(asked(wish, catalogue(), "2026.1", PERIOD), catalogue(), figures(sex=SEX), NOON, rows=100), into)
        with (into / "pol_victim.csv").open(newline="") as file:
            tables.append(list(csv.DictReader(file)))
    small, large = tables
    assert "age_at_offence" in large[0]
    assert [{name: row[name] for name in small[0]} for row in large] == small


def test_the_report_says_of_each_column_what_was_kept(tmp_path):
    spec = of_table(catalogue()["pol_victim"], catalogue(), "2026.1", PERIOD)
    told = figures(sex=SEX, age_at_offence=AGE, withdrawal_date=DATES)
    make(Source(spec, catalogue(), told, NOON, rows=5000), tmp_path)
    with (tmp_path / "twin-report.csv").open(newline="") as file:
        lines = {line["variable"]: line for line in csv.DictReader(file)}
    assert list(lines) == [column.name for column in spec.tables[0].columns]
    kept = {
        name: lines[name]["kept"]
        for name in ("crime_id_hash", "sex", "age_at_offence", "withdrawal_date", "victim_type")
    }
    assert list(kept.values()) == [
        "keys that join", "codes and their shares", "percentiles", "rows in each quarter", "nothing of it is published",
    ]  # fmt: skip
    with (tmp_path / "pol_victim.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    sex = Counter(row["sex"] for row in rows if row["sex"])
    filled = sum(sex.values())
    rest = 40 / 940
    apart = sum(abs(sex[code] / filled - share) for code, share in (("1", 500 / 940), ("2", 400 / 940)))
    apart += abs(1 - (sex["1"] + sex["2"]) / filled - rest)
    assert float(lines["sex"]["distance"]) == pytest.approx(apart / 2, abs=0.0006)
    assert float(lines["sex"]["missing"]) == pytest.approx(sum(not row["sex"] for row in rows) / 5000, abs=0.0006)
    assert lines["victim_type"]["distance"] == "" and float(lines["age_at_offence"]["distance"]) < 0.03


def test_every_page_says_what_it_is(tmp_path):
    spec = of_table(catalogue()["pol_victim"], catalogue(), "2026.1", PERIOD)
    make(Source(spec, catalogue(), {}, NOON, rows=50), tmp_path)
    for name in ("README.txt", "dictionary.html", "twin-report.html", "manifest.json"):
        text = (tmp_path / name).read_text()
        assert "synthetic twin" in text.lower() and "do not report results from it" in text.lower(), name
    readme = (tmp_path / "README.txt").read_text()
    assert "copied from a record" in readme and "No figures are published" in readme


@pytest.mark.parametrize("rows", [0, 19, 10_001])
def test_the_size_has_bounds(rows):
    spec = of_table(catalogue()["pol_victim"], catalogue(), "2026.1", PERIOD)
    with pytest.raises(BadSize):
        Source(spec, catalogue(), {}, NOON, rows=rows)


def test_a_draft_is_taken_as_far_as_the_catalogue_goes():
    """Names that are gone are left out, keys are always there, an unknown level becomes the default one."""
    wish = {
        "pol_victim": {"variables": {"age_at_offence": {"level": "no such"}, "gone": {"level": ""}}},
        "pnc_index": {"variables": {"sex": {"level": ""}}},
        "gone": {"variables": {"sex": {"level": ""}}},
        "pol_crime": {"variables": {}},
    }
    spec = asked(wish, catalogue(), "2026.1", PERIOD)
    assert [table.name for table in spec.tables] == ["pol_victim"]
    assert spec.tables[0].columns == (
        ColumnSpec("crime_id_hash"), ColumnSpec("row_id_hash"), ColumnSpec("age_at_offence", "band"),
    )  # fmt: skip


def test_the_period_is_that_of_the_published_dates():
    told = {"tables": {"pol_crime": {"rows": 1000, "variables": {"recorded_date": DATES}}}}
    today = date(2026, 11, 30)
    for table in ("pol_crime", "pol_victim"):  # a victim's rows are dated by the crime's
        assert period_of(told, [table], catalogue(), today=today) == (date(2024, 1, 1), date(2024, 12, 31))
    assert period_of({}, ["pol_crime"], catalogue(), today=today) == (date(2023, 1, 1), date(2025, 12, 31))


def test_keys_join_in_cook_county_on_several_columns():
    """Charges of the same participants, and sentences of the same charges: no table lists cases or charges."""
    known = catalogue("cook_county_2019")
    sizes = {"intake": 300, "initiation": 900, "dispositions": 600, "sentencing": 200}
    maker = KeyMaker(known, sizes, sizes.get, Source(
        of_table(known["intake"], known, "1", PERIOD), known, {}, NOON).random)  # fmt: skip
    made = dict(maker)
    pairs = {
        name: set(zip(keys["case_id"].tolist(), keys["case_participant_id"].tolist(), strict=True))
        for name, keys in made.items()
    }
    assert pairs["sentencing"] <= pairs["dispositions"] <= pairs["initiation"] <= pairs["intake"]
    assert len(set(made["intake"]["case_participant_id"].tolist())) == 300
    charges = {
        name: list(zip(keys["charge_version_id"].tolist(), keys["case_participant_id"].tolist(), strict=True))
        for name, keys in made.items()
        if name != "intake"
    }
    assert len(set(charges["initiation"])) == 900 and len(set(charges["dispositions"])) == 600
    assert set(charges["sentencing"]) <= set(charges["dispositions"]) <= set(charges["initiation"])
