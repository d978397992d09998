"""Tables show what pandas works out, and what is behind each cell is what counting one by one gives."""

import itertools

import numpy as np
import pandas as pd
import pytest

from extracts.disclosure.workspace.gatehouse_sdc import TOTAL, CannotMake, number
from tests.extracts.disclosure.workspace.people import AREAS, OFFENCES, session, some, written

SEEDS = range(3)


def inside(records: pd.DataFrame, area: str, offence: str) -> pd.DataFrame:
    """The records of a cell or margin, chosen one by one; those without an area are nowhere."""
    chosen = [
        row for _, row in records.iterrows()
        if row["area"] in AREAS and area in (row["area"], TOTAL) and offence in (row["offence"], TOTAL)
    ]  # fmt: skip
    return pd.DataFrame(chosen, columns=records.columns)


def units_of(rows: pd.DataFrame, value: str) -> dict[int, float]:
    """What each unit contributes, added up one by one."""
    found: dict[int, float] = {}
    for _, row in rows.iterrows():
        if not np.isnan(row[value]):
            found[row["person_id"]] = found.get(row["person_id"], 0.0) + row[value]
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_counts_and_what_is_behind_them_are_what_counting_one_by_one_gives(tmp_path, seed):
    records = some(seed)
    output = session(tmp_path, records).crosstab("area", "offence", margins=True)
    behind = written(tmp_path, output, "_evidence.csv").set_index(["area", "offence"])
    table = written(tmp_path, output).set_index("area")
    for area, offence in itertools.product((*AREAS, TOTAL), (*OFFENCES, TOTAL)):
        rows = inside(records, area, offence)
        assert int(table.loc[area, offence]) == rows["person_id"].nunique() == int(behind.loc[(area, offence), "n"])
        assert int(behind.loc[(area, offence), "rows"]) == len(rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_counted_are_those_of_pandas(tmp_path, seed):
    records = some(seed)
    output = session(tmp_path, records).crosstab(["area", "year"], "offence", counting="rows")
    theirs = pd.crosstab([records["area"], records["year"].astype("Int64").astype(str)], records["offence"])
    theirs = theirs[theirs.index.get_level_values(1) != "<NA>"]
    ours = output.frame.set_index(["area", "year"])
    assert {key: tuple(row) for key, row in ours.iterrows()} == {key: tuple(row) for key, row in theirs.iterrows()}


@pytest.mark.parametrize("seed", SEEDS)
def test_contributors_to_amounts_are_what_adding_up_one_by_one_gives(tmp_path, seed):
    records = some(seed)
    if seed % 2:
        records["days"] = records["days"].abs()
    output = session(tmp_path, records).table("area", "offence", value="days", statistic="sum", margins=True)
    behind = written(tmp_path, output, "_evidence.csv").set_index(["area", "offence"])
    table = written(tmp_path, output).set_index("area")
    for area, offence in itertools.product((*AREAS, TOTAL), (*OFFENCES, TOTAL)):
        rows, cell = inside(records, area, offence), behind.loc[(area, offence)]
        values, units = rows["days"].dropna(), units_of(rows, "days")
        sizes = sorted((abs(one) for one in units.values()), reverse=True)
        assert (int(cell["n"]), int(cell["rows"]), int(cell["values"])) == (len(units), len(rows), len(values))
        if not len(values):
            assert table.loc[area, offence] == "[z]" and cell["total"] == ""
            continue
        assert float(cell["total"]) == values.sum() == float(table.loc[area, offence])
        assert [float(cell[name]) for name in ("largest", "second_largest") if cell[name]] == sizes[:2]
        assert (float(cell["minimum"]), float(cell["maximum"])) == (values.min(), values.max())
        if "absolute_total" in behind:
            assert float(cell["absolute_total"]) == sum(sizes)
    assert ("absolute_total" in behind) or not any(one < 0 for one in units_of(records, "days").values())


@pytest.mark.parametrize("seed", SEEDS)
def test_statistics_are_those_of_pandas_to_the_last_digit(tmp_path, seed):
    records = some(seed)
    wanted = ["sum", "mean", "sd", "var", "median", "min", "max", "p25", "p90"]
    output = session(tmp_path, records).table("area", value="days", statistic=wanted, show_n=True)
    by_area = records.groupby("area")["days"]
    theirs = {
        "sum": by_area.sum(min_count=1), "mean": by_area.mean(), "sd": by_area.std(), "var": by_area.var(),
        "median": by_area.median(), "min": by_area.min(), "max": by_area.max(),
        "p25": by_area.quantile(0.25), "p90": by_area.quantile(0.9),
    }  # fmt: skip
    table = written(tmp_path, output).set_index("area")
    for name, column in theirs.items():
        assert table[name].to_dict() == {area: number(value) for area, value in column.items()}
        again = table[name].replace("[z]", "nan").astype(float)
        assert (np.isclose(again, column.reindex(again.index), rtol=0, atol=0, equal_nan=True)).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_who_is_around_a_percentile_is_counted_in_units(tmp_path, seed):
    records = some(seed)
    output = session(tmp_path, records).table("area", value="days", statistic=["median", "max", "mode"])
    behind = written(tmp_path, output, "_evidence.csv").set_index(["area", "measure"])
    for area, rows in records.dropna(subset=["area", "days"]).groupby("area"):
        median, largest, mode = rows["days"].median(), rows["days"].max(), rows["days"].mode().iloc[0]
        cell = behind.loc[(area, "median")]
        assert int(float(cell["below"])) == rows[rows["days"] < median]["person_id"].nunique()
        assert int(float(cell["sharing"])) == rows[rows["days"] == median]["person_id"].nunique()
        assert int(float(cell["above"])) == rows[rows["days"] > median]["person_id"].nunique()
        shared = rows[rows["days"] == largest]["person_id"].nunique()
        assert int(float(behind.loc[(area, "max"), "sharing"])) == shared
        assert int(float(behind.loc[(area, "mode"), "sharing"])) == rows[rows["days"] == mode]["person_id"].nunique()


def test_weights_make_weighted_numbers_beside_unweighted_units(tmp_path):
    records = some(1)
    outputs = session(tmp_path, records)
    counts = outputs.crosstab("area", weight="weight")
    assert (
        counts.frame.set_index("area")["weighted_count"].to_dict() == records.groupby("area")["weight"].sum().to_dict()
    )
    assert counts.behind.set_index("area")["n"].to_dict() == records.groupby("area")["person_id"].nunique().to_dict()
    means = outputs.table("area", value="days", weight="weight").frame.set_index("area")["mean"]
    for area, rows in records.dropna(subset=["area", "days"]).groupby("area"):
        assert means[area] == pytest.approx(np.average(rows["days"], weights=rows["weight"]))


def test_the_population_says_who_was_left_out(tmp_path):
    records = some(2)
    outputs = session(tmp_path, records, where="age < 80")
    output = outputs.crosstab("area", "offence", where="age >= 18")
    condition = output.case["context"]["populations"][0]["filter"]
    assert condition == "(age < 80) and (age >= 18) and (area is not null)"
    left = records.query("18 <= age < 80 and area.notna()", engine="python")
    assert output.frame[list(OFFENCES)].sum().sum() == len(left.drop_duplicates(["person_id", "area", "offence"]))


def test_court_cases_are_counted_beside_people(tmp_path):
    records = some(9).assign(case_id=lambda data: data["age"] % 7)
    outputs = session(tmp_path, records, case="case_id")
    for output, present in (
        (outputs.crosstab("area"), records),
        (outputs.table("area", value="days"), records.dropna(subset=["days"])),
    ):
        cases = present.groupby("area")["case_id"].nunique()
        assert output.behind.set_index("area")["cases"].to_dict() == cases.to_dict()
        assert output.case["context"]["case"] == "case_id"


def test_units_in_several_cells_are_said_to_be(tmp_path):
    records = pd.DataFrame({"person_id": [1, 1, 2, 3], "area": ["a", "b", "a", "b"], "age": [20, 20, 40, 40]})
    outputs = session(tmp_path, records)
    for output, overlapping in (
        (outputs.crosstab("area"), True),
        (outputs.crosstab("area", where="age = 40"), False),
        (outputs.crosstab("area", counting="rows"), False),
        (outputs.table("area", value="age"), True),
        (outputs.rate("area", of="age > 30"), True),
        (outputs.histogram("age", width=10), False),
    ):
        assert output.case["context"].get("overlapping", False) is overlapping


def test_a_rate_is_a_share_of_units_and_its_remainder_is_counted(tmp_path):
    records = some(3)
    output = session(tmp_path, records).rate("area", of="days > 10")
    known = records.dropna(subset=["area", "days"])
    for _, row in output.behind.iterrows():
        rows = known[known["area"] == row["area"]]
        assert row["denominator"] == rows["person_id"].nunique()
        assert row["numerator"] == rows[rows["days"] > 10]["person_id"].nunique()
        assert row["remainder"] == row["denominator"] - row["numerator"]
    shown = written(tmp_path, output)
    assert list(shown["pct"]) == [
        f"{100 * a / b:.1f}" for a, b in zip(output.behind["numerator"], output.behind["denominator"], strict=True)
    ]
    assert "is not null" not in output.case["context"]["populations"][0]["filter"].replace("area is not null", "")


def test_a_histogram_counts_units_in_bands_and_never_takes_edges_from_the_data(tmp_path):
    records = some(4)
    outputs = session(tmp_path, records)
    output = outputs.histogram("age", edges=[10, 20, 40, 89])
    for low, high, closed, (_, row) in zip(
        (10, 20, 40), (20, 40, 89), (0, 0, 1), output.behind.iterrows(), strict=True
    ):
        rows = records[(records["age"] >= low) & ((records["age"] < high) | (closed & (records["age"] == high)))]
        assert (row["n"], row["rows"]) == (rows["person_id"].nunique(), len(rows))
        assert row["at_left"] == rows[rows["age"] == low]["person_id"].nunique()
    assert list(outputs.histogram("age", width=25).frame["bin_left"]) == ["0", "25", "50", "75"]
    tenths = session(tmp_path, pd.DataFrame({"person_id": range(4), "x": [0.05, 0.15, 0.3, 0.3]})).histogram(
        "x", width=0.1
    )
    assert tenths.frame["bin_left"].to_list() == ["0", "0.1", "0.2", "0.3"]
    assert tenths.frame["count"].to_list() == [1, 1, 0, 2]
    assert output.case["context"]["populations"][0]["filter"] == "age between 10 and 89"
    with pytest.raises(CannotMake, match="extremes"):
        outputs.histogram("age")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda outputs: outputs.crosstab("region"), "no column called region"),
        (lambda outputs: outputs.crosstab([]), "at least one column"),
        (lambda outputs: outputs.crosstab("area", where="age > 200"), "Nobody is left"),
        (lambda outputs: outputs.crosstab("area", counting="people"), "units"),
        (lambda outputs: outputs.crosstab("area", colour="red"), "nothing that can be said"),
        (lambda outputs: outputs.crosstab("area", name="../up"), "letters, digits"),
        (lambda outputs: outputs.crosstab(["area", "area"]), "Rename area"),
        (lambda outputs: outputs.table("area", value="offence"), "holds no numbers"),
        (lambda outputs: outputs.table("area", value="days", statistic="average"), "not 'average'"),
        (lambda outputs: outputs.table("area", "offence", value="days", statistic=["sum", "mean"]), "shows one"),
        (lambda outputs: outputs.table("area", value="days", statistic="median", weight="weight"), "sums and means"),
        (lambda outputs: outputs.survival("age", event="guilty"), "one record for each person_id"),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_written(tmp_path, call, sentence):
    outputs = session(tmp_path, some(5))
    with pytest.raises(CannotMake, match=sentence):
        call(outputs)
    assert outputs.cases() == [] and not list((tmp_path / "outputs").glob("*.csv"))


def test_labels_that_would_mislead_are_refused(tmp_path):
    with pytest.raises(CannotMake, match="Several columns of the data are called area"):
        session(tmp_path, pd.DataFrame([[1, "a", "b"]], columns=["person_id", "area", "area"]))
    records = some(6).assign(area="total")
    with pytest.raises(CannotMake, match="a margin could not be told"):
        session(tmp_path, records).crosstab("area", margins=True)
    with pytest.raises(CannotMake, match="empty labels"):
        session(tmp_path, records.assign(area=" ")).crosstab("area")
    with pytest.raises(CannotMake, match="without person_id"):
        session(tmp_path, records.assign(person_id=None))


def test_a_table_about_everybody_has_one_row(tmp_path):
    records = some(7)
    output = session(tmp_path, records).table(None, value="days", statistic=["mean", "p90"])
    assert list(output.frame["population"]) == ["all"]
    assert output.frame["mean"].iloc[0] == records["days"].mean()


@pytest.mark.parametrize("every", [None, 7.0])
def test_survival_is_that_of_the_definition(tmp_path, every):
    records = some(8, 80, repeated=False)
    output = session(tmp_path, records).survival("age", event="guilty", every=every)
    times = sorted(set(records["age"][records["guilty"]]))
    survived, curve = 1.0, {0.0: 1.0}
    for time in times:
        at_risk = sum(age >= time for age in records["age"])
        survived *= 1 - sum((records["age"] == time) & records["guilty"]) / at_risk
        curve[time] = survived
    for _, row in output.frame.iterrows():
        end = float(row["time"])
        assert row["surv_prob"] == pytest.approx(curve[max(time for time in curve if time <= end)])
        start = end - every if every else end - 0.5
        within = (records["age"] > start) & (records["age"] <= end)
        assert row["num_events"] == (within & records["guilty"]).sum()
        assert row["num_at_risk"] == (records["age"] > start).sum()
        if every:
            assert row["num_censored"] == (within & ~records["guilty"]).sum()
