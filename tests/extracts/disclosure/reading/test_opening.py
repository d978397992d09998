"""Opening: tables come with the headings that a reader sees, and without row numbers."""

import pytest

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.first_row import with_headings
from extracts.disclosure.reading.opening import contents_of


def columns(text: str) -> tuple[str, ...]:
    (part,) = contents_of("t.csv", text.encode(), SRS_10).tables
    assert part.table is not None
    return part.table.columns


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age_band,3,6\n25-34,18,25\n55-64,19,28\n",       ("age_band", "3", "6")),
        (",age_band,3,6\n0,25-34,18,25\n1,55-64,19,28\n",   ("age_band", "3", "6")),
        (",area,n\n0.0,Avon,13\n1.0,Kent,27\n",             ("area", "n")),
        (",area,n\n1,Avon,13\n0,Kent,27\n",                 ("area", "n")),
        (",area,n\n4,Avon,13\n9,Kent,27\n",                 ("column 1", "area", "n")),  # may be counts
    ],
)  # fmt: skip
def test_headings_and_row_numbers(text: str, expected: tuple[str, ...]) -> None:
    assert columns(text) == expected


def test_a_title_does_not_hide_another_separator() -> None:
    assert columns("Table 1: people\n\narea;n;m\nAvon;13;14\nKent;27;28\n\nSource: courts\n") == ("area", "n", "m")


def test_a_first_row_of_data_is_none_of_headings() -> None:
    table = Table(("column 1", "column 2"), (("Avon", "13"), ("Kent", "27")), (1, 2))
    assert with_headings(table) is table
