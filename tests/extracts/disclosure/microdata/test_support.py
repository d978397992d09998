"""Support against a naive twin that goes through the records of each cell in pandas."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from extracts.disclosure.description import FileDescription
from extracts.disclosure.layout import Layout, Percentage
from extracts.disclosure.microdata.records import Records
from extracts.disclosure.microdata.support import add_support
from extracts.disclosure.reading.cells import Cells, tidy
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.recipe import Recipe


def random_records(seed: int, rows: int = 80) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    value = np.round(chance.gamma(2, 30, rows) - 20, 1)
    return pd.DataFrame({
        "person": chance.integers(0, 30, rows),
        "court": chance.choice(["Leeds", "York", "Hull"], rows, p=[0.6, 0.3, 0.1]),
        "year": chance.integers(2010, 2013, rows),
        "age": chance.integers(10, 80, rows),
        "value": np.where(chance.random(rows) < 0.2, np.nan, value),
    })  # fmt: skip


def cells_of(shown: pd.DataFrame, rows: int = 1, **measures: tuple[str, ...]) -> Cells:
    """The cells of a long table whose first columns are labels."""
    texts = tuple(tuple("" if pd.isna(one) else str(one) for one in row) for row in shown.itertuples(index=False))
    table = Table(tuple(shown.columns), texts, tuple(range(2, len(texts) + 2)))
    return tidy(table, FileDescription("t.csv", layout=Layout(rows=tuple(shown.columns[:rows]), **measures)))


def in_cell(records: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """The records of a cell; a total of a dimension is all of it."""
    for name, label in labels.items():
        if label != "Total":
            records = records[records[name].astype(str) == label]
    return records


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_contributors_of_counts_and_amounts_are_those_that_pandas_finds(seed: int) -> None:
    records = random_records(seed)
    keys = [(court, year) for court in ("Leeds", "York", "Hull", "Total") for year in ("2010", "2012", "Total")]
    shown = pd.DataFrame(keys, columns=["court", "year"]).assign(count=1, mean=1.0)
    cells = cells_of(shown, 2, counts=("count",), means=("mean",))
    found = add_support(cells, Records.of_frame(records, "person"), Recipe("m.csv", "person", "value"))
    for place in range(len(found)):
        group, fact = in_cell(records, found.key(place)), found.facts.iloc[place]
        if fact["kind"] == "count":
            assert (fact["n"], fact["rows"]) == (group["person"].nunique(), len(group))
            continue
        given = group.dropna(subset="value").groupby("person")["value"].sum()
        largest = sorted(given.abs(), reverse=True)
        wanted = [len(given), group["value"].count(), *([given.abs().sum()] if largest else []), *largest[:2]]
        columns = ["n", "rows", "absolute_total", "largest", "second_largest"][: len(wanted)]
        assert fact[columns].tolist() == pytest.approx(wanted)
        if len(given):
            ends = [group["value"].min(), group["value"].max()]
            assert fact[["minimum", "maximum"]].tolist() == ends
            means = sorted([group["value"].mean(), given.mean()])
            assert fact[["expected_low", "expected_high"]].tolist() == pytest.approx(means)


STATISTICS: dict[str, Callable[[pd.Series], float]] = {
    "p10": lambda values: values.quantile(0.1, interpolation="lower"),
    "q1": lambda values: values.quantile(0.25, interpolation="higher"),
    "median": lambda values: values.median(),
    "p90": lambda values: values.quantile(0.9),
    "iqr": lambda values: values.quantile(0.75) - values.quantile(0.25),
    "sd": lambda values: values.std(),
    "variance": lambda values: values.var(ddof=0),
    "min": lambda values: values.min(),
    "max": lambda values: values.max(),
    "range": lambda values: values.max() - values.min(),
}
FIELD = {"sd": "shapes", "variance": "shapes", "min": "endpoints", "max": "endpoints", "range": "endpoints"}


@pytest.mark.slow
@pytest.mark.parametrize("name", STATISTICS)
def test_what_pandas_gives_lies_between_what_is_expected(name: str) -> None:
    for seed in range(3):
        records = random_records(seed)
        shown = records.groupby("year")["value"].agg(STATISTICS[name]).rename(name).reset_index()
        cells = cells_of(shown, **{FIELD.get(name, "positions"): (name,)})
        found = add_support(cells, Records.of_frame(records, "person"), Recipe("m.csv", "person", "value")).facts
        assert (found["expected_low"] - 1e-9 <= found["value"]).all(), found
        assert (found["value"] <= found["expected_high"] + 1e-9).all(), found


def test_as_many_share_an_extreme_as_have_it_and_a_range_as_its_rarer_end() -> None:
    records = pd.DataFrame({"person": range(20), "grp": "a", "value": [1.0] * 3 + [5.0] * 10 + [9.0] * 7})
    shown = pd.DataFrame({"grp": ["a", "b"], "min": ["1", "1"], "max": ["9", "9"], "range": ["8", "8"]})
    cells = cells_of(shown, endpoints=("min", "max", "range"))
    found = add_support(cells, Records.of_frame(records, "person"), Recipe("m.csv", "person", "value"))
    assert found.numbers("sharing").tolist() == [3, 0, 7, 0, 3, 0]


def test_a_rounded_extreme_is_not_shared_by_different_values_that_round_to_it() -> None:
    """Seven values that are each one person's are no value that seven have."""
    records = pd.DataFrame({"person": range(7), "grp": "a", "value": [8.6, 8.7, 8.8, 9.0, 9.1, 9.2, 9.3]})
    cells = cells_of(pd.DataFrame({"grp": ["a"], "max": ["9"]}), endpoints=("max",))
    found = add_support(cells, Records.of_frame(records, "person"), Recipe("m.csv", "person", "value"))
    assert found.numbers("sharing").tolist() == [1]


def test_bands_hold_the_ages_that_their_labels_say() -> None:
    records = random_records(1)
    labels = ["Under 18", "18-24", "25 to 64", "65+"]
    cells = cells_of(pd.DataFrame({"age": labels, "count": 1}), counts=("count",))
    found = add_support(cells, Records.of_frame(records), Recipe("m.csv"))
    age = records["age"]
    wanted = [(age < 18).sum(), age.between(18, 24).sum(), age.between(25, 64).sum(), (age >= 65).sum()]
    assert found.numbers("n").tolist() == wanted


@pytest.mark.parametrize(("right", "bins"), [(True, ["(0, 20]", "(20, 40]"]), (False, ["[0, 20)", "[20, 40)"])])
def test_bins_are_closed_on_the_side_that_their_notation_says(right: bool, bins: list[str]) -> None:
    values = pd.Series([1.0, 20.0, 20.0, 21.0, 39.0])
    cells = cells_of(pd.DataFrame({"bin": bins, "count": 1}), counts=("count",))
    found = add_support(cells, Records.of_frame(pd.DataFrame({"value": values})), Recipe("m.csv", value="value"))
    wanted = pd.cut(values, [0, 20, 40], right=right).value_counts(sort=False).tolist()
    assert found.numbers("n").tolist() == wanted


def test_a_percentage_gets_the_count_and_the_base_that_explain_it() -> None:
    records = pd.DataFrame({"person": range(100), "court": ["L"] * 60 + ["Y"] * 40, "sex": ["f"] * 15 + ["m"] * 85})
    shown = pd.DataFrame({"court": ["L", "L", "Y"], "sex": ["f", "m", "m"], "pct": ["25.0", "75.0", "100.0"]})
    cells = cells_of(shown, 2, percentages=(Percentage("pct"),))
    facts = add_support(cells, Records.of_frame(records), Recipe("m.csv")).facts
    assert facts[["low", "high", "base"]].to_numpy().tolist() == [[15, 15, 60], [45, 45, 60], [40, 40, 40]]


def test_the_population_is_that_of_the_condition() -> None:
    records = random_records(2)
    cells = cells_of(pd.DataFrame({"court": ["Leeds"], "count": [1]}), counts=("count",))
    found = add_support(cells, Records.of_frame(records), Recipe("m.csv", where="age < 30"))
    assert found.numbers("n").tolist() == [((records["court"] == "Leeds") & (records["age"] < 30)).sum()]


@pytest.mark.parametrize(
    ("rows", "value", "problem"),
    [("nowhere", "", "no column nowhere"), ("court", "nothing", "no column nothing"), ("court", "court", "numbers")],
)
def test_what_the_records_do_not_hold_cannot_be_supported(rows: str, value: str, problem: str) -> None:
    cells = cells_of(pd.DataFrame({rows: ["Leeds"], "count": [1]}), counts=("count",))
    with pytest.raises(CannotRead, match=problem):
        add_support(cells, Records.of_frame(random_records(1)), Recipe("m.csv", value=value))
