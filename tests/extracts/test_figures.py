"""Figures of a release: worked out a second time with pandas, and no small count anywhere."""

import json
import random
from datetime import date, timedelta
from itertools import combinations

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from extracts.figures import classes, described
from extracts.figures.levels import levels_of
from extracts.figures.safe import blunt, percent, rounded, told, whole_percent
from extracts.figures.tally import Tally
from extracts.figures.variables import figures_of
from tests.builders import catalogue


def crimes(rows, seed=1):
    """Recorded crimes with codes that are common, rare, and missing."""
    rng = random.Random(seed)
    common, rare = ("N1", "N2", "N3"), [f"R{number}" for number in range(40)]

    def day():
        return date(2023, 1, 1) + timedelta(days=int(rng.triangular(0, 1000, 400)))

    return pa.table({
        "crime_id_hash": pa.array(range(1, rows + 1), pa.int64()),
        "force_code": [rng.choice(rare) if rng.random() < 0.05 else rng.choice(common) for _ in range(rows)],
        "recorded_date": [day() if rng.random() < 0.99 else None for _ in range(rows)],
        "days_offence_to_record": pa.array([int(rng.expovariate(1 / 40)) for _ in range(rows)], pa.int64()),
        "imd_decile_offence": pa.array([rng.choice([None, *range(1, 11)]) for _ in range(rows)], pa.int64()),
        "online_flag": [rng.random() < 0.3 for _ in range(rows)],
        "firearm_flag": [True] * 7 + [False] * (rows - 7),
    })  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The source table, figures and profile of a release of police crimes with the columns above."""
    folder = tmp_path_factory.mktemp("release")
    table = crimes(4000)
    everything = {v.name: pa.nulls(table.num_rows, pa.string()) for v in catalogue()["pol_crime"].variables}
    parquet.write_table(
        pa.table({**everything, **{name: table[name] for name in table.column_names}}),
        folder / "pol_crime.parquet",
        row_group_size=1500,
    )
    files = described(folder, catalogue(), ["pol_crime"], spill=folder)
    return table.to_pandas(), *(files[name]["tables"]["pol_crime"] for name in ("figures.json", "qi_profile.json"))


def test_codes_are_the_commonest_with_rounded_counts(made):
    frame, figures, _ = made
    force = figures["variables"]["force_code"]
    counts = frame["force_code"].value_counts()
    enough = counts[counts >= 20]
    assert {code["code"]: code["count"] for code in force["codes"]} == {
        code: 10 * round(count / 10) for code, count in enough.items()
    }
    assert force["distinct"] == len(counts) and force["more_codes"] == len(counts) - len(enough)
    assert force["missing"] == 0 and figures["rows"] == 4000
    shares = [code["percent"] for code in force["codes"]]
    assert shares == [round(100 * code["count"] / 4000, 1) for code in force["codes"]]


def test_a_rare_answer_cannot_be_had_by_subtraction(made):
    """Seven firearms of 4,000 crimes: telling the others would tell the seven."""
    flag = made[1]["variables"]["firearm_flag"]
    assert flag["codes"] == [] and flag["more_codes"] == 2


def test_numbers_and_dates_have_no_ends(made):
    frame, figures, _ = made
    days = figures["variables"]["days_offence_to_record"]
    for share, value in days["percentiles"].items():
        exact = frame["days_offence_to_record"].quantile(int(share) / 100, interpolation="higher")
        assert value == pytest.approx(exact, abs=max(1, exact * 0.06))
    assert max(days["percentiles"].values()) < frame["days_offence_to_record"].max()
    recorded = figures["variables"]["recorded_date"]
    quarters = pd.PeriodIndex(pd.to_datetime(frame["recorded_date"].dropna()), freq="Q").value_counts().sort_index()
    enough = [f"{period.year}Q{period.quarter}" for period, count in quarters.items() if count >= 20]
    assert (recorded["first_quarter"], recorded["last_quarter"]) == (enough[0], enough[-1])
    assert recorded["missing"] == 10 * round(frame["recorded_date"].isna().sum() / 10)
    assert [one["quarter"] for one in recorded["quarters"]] == enough
    assert [one["count"] for one in recorded["quarters"]] == [
        10 * round(count / 10) for count in quarters.tolist() if count >= 20
    ]
    assert recorded["more_quarters"] == len(quarters) - len(enough)


def test_a_quarter_of_few_rows_cannot_be_had_by_subtraction():
    """Seven rows of the last quarter, and nothing else hidden: the smallest of the others is hidden with them."""
    tally = Tally()
    for day, rows in ((date(2024, 1, 1), 300), (date(2024, 4, 1), 40), (date(2024, 7, 1), 7)):
        tally.add(pa.array([day] * rows))
    found = figures_of(catalogue()["pol_crime"]["recorded_date"], tally)
    assert [(one["quarter"], one["count"]) for one in found["quarters"]] == [("2024Q1", 300)]
    assert (found["more_quarters"], found["first_quarter"], found["last_quarter"]) == (2, "2024Q1", "2024Q1")


def test_keys_have_no_figures(made):
    assert "crime_id_hash" not in made[1]["variables"]


def numbers_in(content):
    """Every number of a JSON value, with the name that it stands under."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield from ((name, value),) if isinstance(value, (int, float)) else numbers_in(value)
    elif isinstance(content, list):
        for value in content:
            yield from numbers_in(value)


@pytest.mark.parametrize("rows", [1, 7, 19, 20, 60, 999])
@pytest.mark.parametrize("seed", range(3))
def test_no_small_count_appears_whatever_the_table(tmp_path, rows, seed):
    table = crimes(rows, seed) if rows > 7 else crimes(8, seed).slice(0, rows)
    names = catalogue()["pol_crime"].variables
    columns = {v.name: table[v.name] if v.name in table.column_names else pa.nulls(rows, pa.string()) for v in names}
    parquet.write_table(pa.table(columns), tmp_path / "pol_crime.parquet")
    files = described(tmp_path, catalogue(), ["pol_crime"], spill=tmp_path)
    for name, number in numbers_in(files["figures.json"]):
        if name in ("count", "missing", "rows"):
            assert number == 0 or (number >= 20 and number % 10 == 0), name
    found = files["figures.json"]["tables"]["pol_crime"]["variables"]
    if rows < 20:
        assert not any(figures.get("codes") for figures in found.values())
    if rows < 400:
        assert not any("percentiles" in figures for figures in found.values())
    assert files["qi_profile.json"]["tables"]["pol_crime"]["sets"] == []


def test_an_empty_table_has_figures_too(tmp_path):
    names = [variable.name for variable in catalogue()["pol_crime"].variables]
    parquet.write_table(pa.table({name: pa.array([], pa.string()) for name in names}), tmp_path / "pol_crime.parquet")
    files = described(tmp_path, catalogue(), ["pol_crime"], spill=tmp_path)
    assert files["figures.json"]["tables"]["pol_crime"]["rows"] == 0
    json.dumps(files)


def test_the_profile_is_that_of_a_second_computation(made):
    """Every set of up to three: cells by pandas, levels written down anew."""
    frame, _, found = made
    levels = pd.DataFrame({
        "force_code": frame["force_code"],
        "recorded_date": pd.to_datetime(frame["recorded_date"]).dt.strftime("%Y-%m"),
        "days_offence_to_record": frame["days_offence_to_record"],
        "imd_decile_offence": frame["imd_decile_offence"],
    })  # fmt: skip
    told_sets = {tuple(entry["variables"]): entry for entry in found["sets"]}
    hopeless = []
    for together in (1, 2, 3):
        for chosen in combinations(levels.columns, together):
            sizes = levels.astype(object).fillna("none").groupby(list(chosen))["force_code"].transform("size")
            small = (sizes < 10).mean()
            if any(set(bad) < set(chosen) for bad in hopeless):
                assert chosen not in told_sets
                continue
            if small >= 0.9:
                hopeless.append(chosen)
            assert told_sets[chosen]["small_percent"] == round(100 * small), chosen
            assert told_sets[chosen]["unique_percent"] == round(100 * (sizes == 1).mean()), chosen
    assert hopeless, "some sets single out nearly everybody"


@pytest.mark.parametrize("rows", [5, 50, 5000])
def test_cells_are_counted_alike_in_both_ways(rows):
    rng = random.Random(rows)
    sizes = [3, 40, 7]
    columns = [pa.array([rng.randrange(size) for _ in range(rows)], pa.int32()).to_numpy() for size in sizes]
    frame = pd.DataFrame(dict(enumerate(columns)))
    expected = sorted(frame.groupby([0, 1, 2]).size())
    assert sorted(classes._cells_there(columns, sizes)) == expected
    assert sorted(count for count in classes._all_cells(columns, sizes) if count) == expected


@pytest.mark.parametrize(
    ("table", "variable", "values", "groups"),
    [
        ("pol_victim", "age_at_offence", [0, 9, 10, 11, 69, 70, 95], [[0, 1], [2, 3], [4], [5, 6]]),
        ("pol_crime", "recorded_date", [19358, 19359, 19388, 19389], [[0, 1, 2], [3]]),  # 2023-01-01, -02, -31, 02-01
        ("pol_victim", "sex", ["F", "M"], [[0], [1]]),
    ],
)  # fmt: skip
def test_levels_put_together_what_an_extract_would(table, variable, values, groups):
    with duckdb.connect(":memory:") as connection:
        codes = levels_of(catalogue()[table][variable], catalogue(), values, connection).codes.tolist()
    together = {}
    for place, code in enumerate(codes):
        together.setdefault(code, []).append(place)
    assert list(together.values()) == groups and 0 not in together


def test_a_tally_counts_over_batches():
    tally = Tally()
    for batch in (pa.array([1, 2, None, 2]), pa.array([10**12, 2, None])):
        tally.add(batch)
    assert (tally.values, tally.counts, tally.missing, tally.rows) == ([1, 2, 10**12], [1, 3, 1], 2, 7)


SAFE = [
    # counts             told
    ([0, 100],           [0, 100]),
    ([19, 20],           [None, None]),        # 19 alone would follow from the total
    ([5, 5, 300, 40],    [None, None, 300, None]),
    ([15, 15, 300, 40],  [None, None, 300, 40]),   # 30 hidden: what either is does not follow
    ([3],                [None]),
    ([],                 []),
]  # fmt: skip


@pytest.mark.parametrize(("counts", "expected"), SAFE)
def test_what_is_told_of_counts(counts, expected):
    assert told(counts) == expected


def test_rounding():
    assert [rounded(count) for count in (0, 1, 19, 20, 24, 26, 1234)] == [0, None, None, 20, 20, 30, 1230]
    assert (percent(30, 120), percent(None, 120), percent(20, 0), percent(20, None)) == (25.0, None, None, None)
    assert (whole_percent(0.126, 1000), whole_percent(0.126, 999)) == (13, None)
    assert [blunt(value) for value in (0, 0.123, 7.4, 99, 123, 98765, -456)] == [0, 0.12, 7, 99, 120, 99000, -460]
