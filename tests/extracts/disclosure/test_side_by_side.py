"""Side by side: one column less another must not be a small count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.description import FileDescription
from extracts.disclosure.layout import Layout
from extracts.disclosure.rules.side_by_side import small_rest

from .tables import NAME, checked, lines

NAN = float("nan")


@pytest.mark.parametrize(
    ("whole", "part", "certain", "rows"),
    [
        ([30, 30, 30], [21, 20, 30],  False, [True, False, True]),   # 9, 10 and nobody left
        ([30, 30, 30], [21, 20, 31],  False, [False] * 3),           # no part of it
        ([30, 30, 30], [21, 20, 31],  True,  [True, False, False]),  # said to be a part of it
        ([30, NAN],    [NAN, 25],     True,  [False, False]),
        ([30, 0],      [0, 0],        False, [False, False]),        # nobody is in the part
    ],
)  # fmt: skip
def test_what_a_column_less_another_leaves(
    whole: list[float], part: list[float], certain: bool, rows: list[bool]
) -> None:
    columns = np.array(whole, dtype=float), np.array(part, dtype=float)
    assert small_rest(*columns, threshold=10, certain=certain).tolist() == rows


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=8), st.booleans())
def test_the_rule_agrees_with_subtracting_row_by_row(table: list[tuple[int, int]], certain: bool) -> None:
    part_of = certain or sum(whole >= part for whole, part in table) >= 0.9 * len(table)
    naive = [part_of and part > 0 and whole - part in range(10) for whole, part in table]
    whole, part = np.array(table, dtype=float).T
    assert small_rest(whole, part, threshold=10, certain=certain).tolist() == naive


@pytest.mark.slow
def test_columns_too_many_to_compare_are_for_a_person() -> None:
    names = tuple(f"count_{letter}" for letter in "abcdefghijklmn")
    table = lines("area, " + ", ".join(names) + "\nnorth, " + ", ".join(str(100 * n + 100) for n in range(len(names))))
    report = checked(table, FileDescription(NAME, "FREQ", layout=Layout(rows=("area",), counts=names)))
    assert (report.verdict, [finding.rule for finding in report.findings]) == ("review", ["side_by_side"])
