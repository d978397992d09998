"""Numbers of units that stand beside a statistic."""

import numpy as np
import pandas as pd
import pytest

from extracts.disclosure.description import FileDescription
from extracts.disclosure.layout import Layout, Percentage
from extracts.disclosure.reading.beside import with_counts_beside
from extracts.disclosure.reading.cells import tidy
from extracts.disclosure.reading.csv_table import Table


def numbers_beside(table: dict[str, list[str]], layout: Layout) -> dict[str, list[float]]:
    rows = tuple(zip(*table.values(), strict=True))
    cells = tidy(Table(tuple(table), rows, tuple(range(2, len(rows) + 2))), FileDescription("t.csv", layout=layout))
    facts = with_counts_beside(cells, layout.statistic).facts
    return {kind: group["n"].tolist() for kind, group in facts.groupby("kind")}


@pytest.mark.parametrize(
    ("counts", "n"),
    [
        (["n"], [40.0, 50.0]),
        (["n", "women"], [40.0, 50.0]),
        (["men", "women"], [np.nan, np.nan]),
        (["cases"], [40.0, 50.0]),
    ],
)
def test_the_count_of_everybody_in_the_row_is_the_number_behind_a_spread(counts: list[str], n: list[float]) -> None:
    columns = {name: ["40", "50"] if place == 0 else ["20", "21"] for place, name in enumerate(counts)}
    found = numbers_beside({"court": ["L", "Y"], "sd": ["1.5", "2.5"], **columns}, Layout(
        rows=("court",), shapes=("sd",), counts=tuple(counts)))  # fmt: skip
    assert pd.Series(found["shape"]).equals(pd.Series(n))


def test_the_row_called_n_of_its_group_is_the_number_behind_a_quantile() -> None:
    table = {"court": ["L", "L", "Y", "Y"], "stat": ["n", "median", "n", "median"], "days": ["40", "9.5", "50", "8.5"]}
    layout = Layout(rows=("court", "stat"), means=("days",), statistic="stat")
    assert numbers_beside(table, layout)["position"] == [40, 50]


def test_a_mean_needs_more_than_a_number_beside_it() -> None:
    layout = Layout(rows=("court",), means=("mean",), counts=("n",))
    assert np.isnan(numbers_beside({"court": ["L"], "mean": ["9.5"], "n": ["40"]}, layout)["mean"]).all()


def test_counts_explain_the_percentages_that_stand_beside_them() -> None:
    """11 of 60 are 18.3 %, whatever the column is called."""
    layout = Layout(rows=("plea",), counts=("n",), percentages=(Percentage("%"),))
    table = {"plea": ["guilty", "not", "none"], "n": ["11", "29", "20"], "%": ["18.3", "48.3", "33.3"]}
    rows = tuple(zip(*table.values(), strict=True))
    cells = tidy(Table(tuple(table), rows, (2, 3, 4)), FileDescription("t.csv", layout=layout))
    facts = with_counts_beside(cells, "").of_kind("percentage").facts
    assert facts["low"].tolist() == [11, 29, 20]
    assert facts["base"].tolist() == [60, 60, 60]


def test_a_share_gives_back_the_hidden_count_beside_it() -> None:
    """5 % of 60 are 3, though the count of them is hidden."""
    layout = Layout(rows=("court",), counts=("base", "guilty"), percentages=(Percentage("pct"),))
    table = {"court": ["L", "Y"], "base": ["60", "80"], "guilty": ["[c]", "40"], "pct": ["5.0", "50.0"]}
    cells = tidy(
        Table(tuple(table), tuple(zip(*table.values(), strict=True)), (2, 3)), FileDescription("t.csv", layout=layout)
    )
    facts = with_counts_beside(cells, "").of_kind("percentage").facts
    assert facts[["low", "high", "base"]].to_numpy().tolist() == [[3, 3, 60], [40, 40, 80]]
