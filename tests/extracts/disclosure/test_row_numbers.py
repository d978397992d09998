"""The column in which software numbers the rows."""

import pytest

from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.row_numbers import without_row_numbers


def first_column(heading: str, values: list[str]) -> Table:
    rows = tuple((value, "Leeds", "20") for value in values)
    return Table((heading, "court", "count"), rows, tuple(range(2, len(rows) + 2)))


@pytest.mark.parametrize("heading", ["", "column 1", "Unnamed: 0", "index"])
@pytest.mark.parametrize("values", [["0", "1", "2"], ["1", "2", "3"]])
def test_a_column_that_numbers_the_rows_goes(heading: str, values: list[str]) -> None:
    found = without_row_numbers(first_column(heading, values))
    assert (found.columns, found.rows[0]) == (("court", "count"), ("Leeds", "20"))


@pytest.mark.parametrize(
    ("heading", "values"),
    [("rank", ["1", "2", "3"]), ("", ["1", "2", "4"]), ("column 1", ["a", "b", "c"]), ("", ["3", "2", "1"]), ("", [])],
)
def test_any_other_column_stays(heading: str, values: list[str]) -> None:
    table = first_column(heading, values)
    assert without_row_numbers(table) == table
