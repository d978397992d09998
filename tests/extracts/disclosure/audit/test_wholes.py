"""Wholes: a label that is the sum of others is so on every line."""

import numpy as np
import pytest

from extracts.disclosure.audit.wholes import adds_up, has_partial_whole, may_be_whole

from .test_tables import cells_of

REGION = "area, 2020, 2021\nCounty, 60, 70\nA, [c], 30\nB, 30, 15\nC, 25, 25"
NONE = "area, 2020, 2021\nCounty, 60, 30\nA, [c], 30\nB, 30, 15\nC, 25, 25"
WITH_TOTAL = "area, 2020, 2021\nOne, 60, 70\nA, [c], 30\nB, 30, 15\nC, 25, 25\nTotal, 118, 140"
ONE_LINE = "area, count\nCounty, 60\nA, [c]\nB, 30\nC, 25"


def wholes(text: str, **how) -> set[str]:
    cells = cells_of(text, **how)
    return set(cells.labels["area"][may_be_whole(cells, "area")])


@pytest.mark.parametrize(
    ("text", "labels"), [(REGION, {"County"}), (NONE, set()), (WITH_TOTAL, set())]
)  # fmt: skip
def test_a_label_that_is_less_than_the_others_on_any_line_is_no_whole(text: str, labels: set[str]) -> None:
    assert wholes(text) == labels


def test_one_line_alone_leaves_it_open() -> None:
    assert wholes(ONE_LINE, across="") == {"County"}
    assert has_partial_whole(cells_of(ONE_LINE, across=""), "area", threshold=10)


def test_a_region_above_its_areas_is_found_whatever_else_the_table_holds() -> None:
    text = "area, 2020, 2021\nNorth, 60, 70\nA, [c], 30\nB, 55, 40\nSouth, 80, 90\nC, 50, 60\nD, 30, 30"
    assert not wholes(text)
    assert has_partial_whole(cells_of(text), "area", threshold=10)
    assert not has_partial_whole(cells_of(text.replace("70", "90")), "area", threshold=10)


def test_a_named_total_that_all_labels_add_up_to_leaves_no_whole() -> None:
    cells = cells_of(WITH_TOTAL)
    assert adds_up(cells, "area") and not has_partial_whole(cells, "area", threshold=10)
    assert not adds_up(cells_of(WITH_TOTAL.replace("140", "139")), "area"), "less than its parts"


@pytest.mark.slow
def test_true_wholes_are_never_missed_in_random_tables() -> None:
    random = np.random.default_rng(8)
    for _ in range(60):
        parts = random.integers(1, 40, (3, 4))
        counts = np.vstack([parts.sum(0), parts]).astype(object)
        counts[1:][random.random((3, 4)) < 0.3] = "[c]"
        rows = [f"{name},{','.join(map(str, row))}" for name, row in zip("WABC", counts.tolist(), strict=True)]
        assert "W" in wholes("area,p,q,r,s\n" + "\n".join(rows))
