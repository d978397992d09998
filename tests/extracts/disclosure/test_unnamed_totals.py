"""Unnamed totals: a region gives a hidden area back, whatever it is called."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.reading.labels import as_seen, reads_as_total
from extracts.disclosure.rules.unnamed_totals import suspects

NAN = float("nan")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ([50, NAN, 53],     [False, False, True]),    # 3 would be hidden
        ([50, NAN, 60],     [False, False, False]),   # 10 may be shown
        ([50, NAN, 50],     [False, False, False]),   # nobody would be hidden
        ([50, NAN, NAN, 60], [False, False, False, True]),  # with two hidden either may be small
        ([50, NAN],         [False, False]),
        ([50, 40, 90],      [False, False, False]),   # nothing is hidden
    ],
)  # fmt: skip
def test_a_count_that_may_be_the_total_of_a_line(line: list[float], found: list[bool]) -> None:
    value = np.array(line, dtype=float)
    assert (
        suspects(
            value, np.zeros(len(line), dtype=np.int64), most=np.full(len(line), np.inf), threshold=10, zeros=False
        ).tolist()
        == found
    )


@given(st.lists(st.integers(10, 60), min_size=2, max_size=5), st.integers(1, 9), st.data())
def test_a_total_is_found_wherever_it_stands(areas: list[int], hidden: int, data: st.DataObject) -> None:
    line = [*map(float, areas), NAN]
    line.insert(place := data.draw(st.integers(0, len(line))), float(sum(areas) + hidden))
    found = suspects(
        np.array(line), np.zeros(len(line), dtype=np.int64), most=np.full(len(line), np.inf), threshold=10, zeros=False
    )
    assert found[place]


@pytest.mark.parametrize(
    ("label", "total"),
    [
        ("Total", True), ("All offences", True), ("Both sexes", True), ("TOTAL (all)", True), ("Area total", True),
        ("\uff34otal", True), ("Overall", True),
        ("All other offences", False), ("Allerton", False), ("Theft", False), ("", False), ("2019", False),
    ],
)  # fmt: skip
def test_labels_that_read_like_totals(label: str, total: bool) -> None:
    assert reads_as_total(label) is total


def test_labels_are_read_as_people_see_them() -> None:
    assert as_seen(" To\u200btal\u00a0\u2066 (all) \ufeff") == "Total (all)"


def test_a_count_larger_than_the_hidden_ones_can_make_it_is_no_total() -> None:
    value, line = np.array([NAN, 34.0, 51.0, NAN, 112.0]), np.zeros(5, dtype=np.int64)
    below_10, any_number = (np.array([most, 34, 51, most, 112.0]) for most in (9.0, np.inf))
    assert not suspects(value, line, most=below_10, threshold=10, zeros=False).any()
    assert suspects(value, line, most=any_number, threshold=10, zeros=False)[4]
