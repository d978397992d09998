"""Residuals, fitted values and the dots of scatter plots."""

import numpy as np
import pytest

from extracts.disclosure.description import FileDescription
from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.rules.points import findings

CHANCE = np.random.default_rng(4)


def table(*columns: str, rows: int = 40, grid: bool = False) -> Table:
    numbers = CHANCE.normal(size=(rows, len(columns))).round(4)
    if grid:
        numbers[:, 0] = np.arange(rows) / 4
    texts = tuple(tuple(str(number) for number in row) for row in numbers)
    return Table(columns, texts, tuple(range(2, rows + 2)))


def rules(points: Table, kind: str = "GRAPH") -> list[str]:
    return [one.rule for one in findings("p.csv", points, FileDescription("p.csv", kind), SRS_10)]


@pytest.mark.parametrize("heading", ["resid", "Residuals", "fitted", "predicted_value", "cooks_d", "leverage"])
def test_a_number_for_each_person_is_a_record(heading: str) -> None:
    assert rules(table("x", heading), kind="REGR") == ["row_level"]


def test_points_of_a_scatter_plot_are_records() -> None:
    assert rules(table("x", "y")) == ["row_level"]


@pytest.mark.parametrize(
    ("points", "kind"),
    [
        (table("x", "y", grid=True), "GRAPH"),  # a line over a grid
        (table("x", "y"), "MAGN"),  # two columns of amounts
        (table("x", "n"), "GRAPH"),  # counts beside
        (table("decile", "n", "predicted"), "MAGN"),  # calibration, with counts
        (table("x", "resid", rows=9), "GRAPH"),  # fewer rows than the threshold: a table of a few results
    ],
)
def test_tables_and_lines_are_no_points(points: Table, kind: str) -> None:
    assert rules(points, kind) == []
