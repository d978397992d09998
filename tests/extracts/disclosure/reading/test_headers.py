"""Tables in grids: headings of several rows, titles, notes, several tables, and no number lost."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extracts.disclosure.reading.contents import PartKind
from extracts.disclosure.reading.headers import parts_of, tables_in
from extracts.disclosure.reading.references import letters


def grid(text: str) -> list[list[str]]:
    """A grid written as lines with bars."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip("\n").splitlines()]


def only(text: str) -> list[tuple[str, ...]]:
    """Headings and rows of the only table."""
    [(table, _)] = tables_in(grid(text))
    return [table.columns, *table.rows]


def test_headings_of_two_rows_are_joined() -> None:
    assert only("""
        | Male | | Female |
   area | n | % | n | %
   North | 10 | 50% | 20 | 25%
    """) == [("area", "Male / n", "Male / %", "Female / n", "Female / %"), ("North", "10", "50%", "20", "25%")]


def test_titles_and_notes_are_text_and_keep_no_row_of_the_table() -> None:
    parts = parts_of(
        grid("""
Table 1: people | |
| |
area | n |
North | 10 |
South | 1,234 |
| |
Source: 5 courts | |
    """)
    )
    assert [part.kind for part in parts] == [PartKind.TABLE, PartKind.TEXT]
    assert parts[0].table is not None
    assert (parts[0].table.rows, parts[0].table.row_numbers) == ((("North", "10"), ("South", "1,234")), (4, 5))
    assert parts[1].text == "Table 1: people\nSource: 5 courts"


def test_headings_that_come_twice_or_not_at_all_are_told_apart() -> None:
    assert only("\n | n | n\nNorth | 1 | 2\n")[0] == ("column 1", "n", "n (2)")


def test_years_are_headings_and_counts_are_not() -> None:
    assert only("\narea | 2019 | 2020\nNorth | 10 | 12\n")[0] == ("area", "2019", "2020")
    assert only("\nNorth | 7 | 12\nSouth | 10 | 13\n") == [
        ("column 1", "column 2", "column 3"), ("North", "7", "12"), ("South", "10", "13"),
    ]  # fmt: skip


def test_years_below_a_group_are_headings_too() -> None:
    assert only("\n | Men | \narea | 2019 | 2020\nNorth | 10 | 12\n")[0] == ("area", "Men / 2019", "Men / 2020")


def test_tables_beside_and_below_one_another() -> None:
    found = tables_in(
        grid("""
a | n | | b | n
x | 1 | | p | 3
y | 2 | | q | 4
| | | |
c | n | | |
z | 5 | | |
    """)
    )
    assert [(table.columns, place) for table, place in found] == [
        (("a", "n"), "rows 1-3, columns A-B"), (("b", "n"), "rows 1-3, columns D-E"),
        (("c", "n"), "rows 5-6, columns A-B"),
    ]  # fmt: skip


def test_an_empty_column_or_line_within_a_table_does_not_cut_it() -> None:
    assert only("""
area | n | | %
North | 1 | | 2
| | |
South | 3 | | 4
    """) == [("area", "n", "%"), ("North", "1", "2"), ("South", "3", "4")]


def test_letters_that_hide_numbers_elsewhere_may_be_headings() -> None:
    assert only("\n | Model 1 | | Model 2 |\nterm | b | z | b | z\nage | 0.1 | 2.2 | 0.2 | 2.3\n")[0] == (
        "term", "Model 1 / b", "Model 1 / z", "Model 2 / b", "Model 2 / z",
    )  # fmt: skip
    assert only("\nsex | age | n\nM | 18 to 24 | c\nM | 25 and over | 12\n")[1] == ("M", "18 to 24", "c")


def test_lines_that_head_others_become_a_label() -> None:
    assert only("\nage | n\nMale |\n18-24 | 10\nFemale |\n18-24 | 20\n") == [
        ("section", "age", "n"), ("Male", "18-24", "10"), ("Female", "18-24", "20"),
    ]  # fmt: skip


def test_labels_that_stand_once_hold_for_the_rows_below() -> None:
    assert only("\nsex | age | n\nM | 18 to 24 | 10\n | 25 and over | 11\n")[1:] == [
        ("M", "18 to 24", "10"), ("M", "25 and over", "11"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "read"),
    [
        ("12*", "12"),
        ("1 234", "1234"),
        ("12 [note 3]", "12"),
        ("50%[r]", "50%"),
        ("12¹", "12"),
        ("[c]", "[c]"),
        ("12a", "12a"),
    ],
)
def test_markers_of_footnotes_are_no_part_of_a_number(shown: str, read: str) -> None:
    assert only(f"\narea | n | m\nNorth | {shown} | 1\n")[1] == ("North", read, "1")


def test_numbers_in_brackets_are_a_column_of_their_own() -> None:
    assert only("\narea | n (%)\nNorth | 10 (5.0%)\nSouth | [c]\n") == [
        ("area", "n", "%"), ("North", "10", "5.0%"), ("South", "[c]", "[c]"),
    ]  # fmt: skip


def test_letters_of_columns() -> None:
    assert [letters(number) for number in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


CELLS = st.one_of(
    st.just(""),
    st.integers(0, 99_999).map(str),
    st.sampled_from(["North", "n", "[c]", "2019", "10 (3%)", "7*", "a b", "-"]),
)


@pytest.mark.slow
@settings(deadline=None, max_examples=120)
@given(st.lists(st.lists(CELLS, max_size=6), max_size=9))
def test_no_number_of_a_grid_is_lost(rows: list[list[str]]) -> None:
    """A naive twin: every run of digits of the grid is found again, as often as it stood there, or more often."""
    found = sorted(re.findall(r"\d+", " ".join(cell for row in rows for cell in row)))
    parts = parts_of(rows)
    words = [part.text for part in parts]
    for part in parts:
        if part.table is not None:
            words += [" ".join(re.sub(r"^column \d+", "", name) for name in part.table.columns)]
            words += [" ".join(row) for row in part.table.rows]
    seen = re.findall(r"\d+", " ".join(words))
    for digits in set(found):
        assert seen.count(digits) >= 1, (digits, parts)
    for part in parts:
        if part.table is not None:
            assert len(set(part.table.columns)) == len(part.table.columns)
            assert all(len(row) == len(part.table.columns) for row in part.table.rows)
            assert len(part.table.row_numbers) == len(part.table.rows)


def test_plain_tables_are_read_as_they_are() -> None:
    """Whatever the numbers, a rectangle of labels and counts with one row of headings is one table."""
    rng = random.Random(5)
    for _ in range(200):
        columns = ["area", *(f"group {n}" for n in range(rng.randrange(1, 6)))]
        rows = [[f"Area {n}", *(str(rng.randrange(3_000)) for _ in columns[1:])] for n in range(rng.randrange(1, 8))]
        [(table, _)] = tables_in([columns, *rows])
        assert [list(table.columns), *map(list, table.rows)] == [columns, *rows]
