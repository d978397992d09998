"""Class disclosure: nobody's category may follow from the group they are in."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.rules.class_disclosure import nearly_whole_groups, whole_groups

from .tables import counts, found, long_counts, of_rule, shares


@pytest.mark.parametrize(
    ("row", "structural", "unsafe"),
    [
        ("12, 0, 0",    (),            ["sex male"]),
        ("12, 11, 0",   (),            []),
        ("12, [c], 0",  (),            []),  # the hidden cell may hold somebody
        ("12, 0, 0",    ("b", "c"),    []),  # nobody had a choice
        ("12, 0, 0",    ("b",),        ["sex male"]),
        ("12, [z], [z]", (),           []),
        ("0, 0, 0",     (),            []),
    ],
)  # fmt: skip
def test_a_row_of_one_category(row: str, structural: tuple[str, ...], unsafe: list[str]) -> None:
    zeros = tuple({"sex": "male", "outcome": label} for label in structural)
    report = counts(f"sex, a, b, c\nmale, {row}\nfemale, 30, 40, 50\nother, 30, 40, 50", structural_zeros=zeros)
    assert found(report, "class_disclosure") == unsafe


@given(
    st.integers(1, 4).flatmap(
        lambda wide: st.lists(
            st.lists(
                st.tuples(st.sampled_from([0.0, 12.0, float("nan")]), st.booleans()), min_size=wide, max_size=wide
            ),
            min_size=1,
            max_size=5,
        )
    )
)
def test_the_rule_agrees_with_reading_row_by_row(table: list[list[tuple[float, bool]]]) -> None:
    flat = [(count, possible, number) for number, row in enumerate(table) for count, possible in row]
    count, possible, line = (np.array(column) for column in zip(*flat, strict=True))
    naive = [
        possible and count > 0 and len(others := [c for c, may in without(row, place) if may]) > 0
        and all(other == 0 for other in others)
        for row in table
        for place, (count, possible) in enumerate(row)
    ]  # fmt: skip
    assert whole_groups(count, line, possible).tolist() == naive


def without(row: list[tuple[float, bool]], place: int) -> list[tuple[float, bool]]:
    return row[:place] + row[place + 1 :]


def test_columns_are_groups_too_and_the_cell_that_holds_them_is_shown() -> None:
    report = counts("""
        sex,    prison, fine, discharge
        male,       20,   31,        15
        female,      0,   44,        16
    """)
    assert found(report, "class_disclosure") == ["outcome prison"]
    finding = of_rule(report, "class_disclosure")[0]
    assert finding.cell and (finding.cell.row, finding.cell.column) == (2, "prison")
    assert finding.cell.key == {"outcome": "prison"}
    assert "All 20 people of outcome prison are in sex male" in finding.problem


def test_totals_are_no_category() -> None:
    report = counts("sex, a, b, Total\nmale, 20, 30, 50\nfemale, 40, 50, 90\nTotal, 60, 80, 140")
    assert report.verdict == "pass"


@pytest.mark.slow
def test_combinations_that_a_long_table_leaves_out_are_for_a_person() -> None:
    table = """
        sex,    outcome, count
        male,   prison,     20
        male,   fine,       30
        female, fine,       40
    """
    report = long_counts(table)
    assert (report.verdict, found(report, "class_disclosure")) == ("review", ["outcome prison", "sex female"])
    structural = ({"sex": "female", "outcome": "prison"},)
    assert long_counts(table, structural_zeros=structural).verdict == "review", "a checker confirms structural zeros"


def test_an_area_within_its_region_is_no_disclosure() -> None:
    report = long_counts("""
        region, area, count
        north,  york,    20
        north,  leeds,   30
        south,  dover,   40
    """)
    assert report.verdict == "pass"


def test_a_whole_percentage_says_it_of_everybody() -> None:
    assert found(shares("group, base, pct\na, 50, 100\nb, 50, 40"), "class_disclosure") == ["group a, pct"]


NEARLY_ALL = "area, Guilty, Not guilty\nLeeds, 980, 90\nYork, 500, 480"
NINETY = replace(SRS_10, group_share=0.9)


@pytest.mark.slow
def test_a_group_that_is_nearly_all_in_one_category_fails_where_the_policy_says_so() -> None:
    assert found(counts(NEARLY_ALL, policy=NINETY), "class_disclosure") == ["area Leeds"]
    assert counts(NEARLY_ALL).verdict == "pass"
    assert counts(NEARLY_ALL.replace("980", "180"), policy=NINETY).verdict == "pass"


@pytest.mark.slow
def test_a_percentage_of_nearly_all_fails_where_the_policy_says_so() -> None:
    table = "area, base, pct\nLeeds, 1000, 98.0\nYork, 1000, 90.0"
    assert found(shares(table, policy=NINETY), "class_disclosure") == ["area Leeds, pct"]
    assert shares(table).verdict == "pass"


@pytest.mark.parametrize("share", [0.9, 0.6])
@given(st.lists(st.lists(st.integers(0, 30), min_size=2, max_size=4), min_size=1, max_size=4))
def test_nearly_whole_groups_agree_with_reading_row_by_row(share: float, table: list[list[int]]) -> None:
    flat = [(float(count), number) for number, row in enumerate(table) for count in row]
    count, line = (np.array(column) for column in zip(*flat, strict=True))
    naive = [share * sum(row) < count < sum(row) for row in table for count in row]
    assert nearly_whole_groups(count, line, share=share).tolist() == naive
