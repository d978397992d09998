"""Margins: what totals give back was never hidden."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.rules.margins import Lines, recovered

from .tables import counts, found, of_rule

NAN = float("nan")


@pytest.mark.parametrize(
    ("rows", "verdict", "back"),
    [
        ("male, [c], 30, 35\nfemale, 20, 30, 50", "fail", ["sex male, a"]),
        ("male, [c], 30, 45\nfemale, 20, 30, 50", "pass", []),       # 15 may be shown
        ("male, [c], 30, 30\nfemale, 20, 30, 50", "pass", []),       # a zero may be shown
        ("male, [c], 30, 25\nfemale, 20, 30, 50", "review", ["sex male, a"]),  # does not add up
        ("male, [c], 30, [c]\nfemale, 20, 30, 50", "pass", []),      # the total is hidden too
        ("male, [c], [c], 35\nfemale, 20, 30, 50", "review", ["sex male, a"]),  # bounds are not worked out yet
        ("male, 20, 30, 53\nfemale, 20, 30, 50", "review", ["sex male, Total"]),  # 3 of no listed category
        ("male, 20, 30, 90\nfemale, 20, 30, 50", "pass", []),
    ],
)  # fmt: skip
def test_hidden_cells_beside_totals(rows: str, verdict: str, back: list[str]) -> None:
    report = counts("sex, a, b, Total\n" + rows)
    assert (report.verdict, found(report, "margins")) == (verdict, back)


def test_a_cell_is_found_through_another_that_was_found_first() -> None:
    report = counts("""
        sex,    a,   b,   c,   Total
        male,   [c], [c], 30,  40
        female, [c], 25,  40,  85
        other,  30,  31,  32,  93
        Total,  54,  62,  102, 218
    """)
    assert "sex male, a" in found(report, "margins")
    assert all("4" not in finding.problem for finding in of_rule(report, "margins"))


@given(
    st.integers(2, 4).flatmap(
        lambda wide: st.lists(st.lists(st.integers(0, 30), min_size=wide, max_size=wide), min_size=2, max_size=4)
    ),
    st.data(),
)
def test_what_is_given_back_is_right_and_all_that_one_line_gives(body: list[list[int]], data: st.DataObject) -> None:
    table = np.array(body, dtype=float)
    table = np.vstack([np.column_stack([table, table.sum(1)]), [*table.sum(0), table.sum()]])
    hidden = np.array(data.draw(st.lists(st.booleans(), min_size=table.size, max_size=table.size)))
    tall, wide = table.shape
    row, column = (index.ravel() for index in np.indices(table.shape))
    shown = np.where(hidden, NAN, table.ravel())
    directions = [Lines(row, column == wide - 1), Lines(column, row == tall - 1)]
    filled = recovered(shown, directions)
    known = ~np.isnan(filled)
    assert (filled[known] == table.ravel()[known]).all()
    for lines in (row, column):
        assert not np.isin(1, np.bincount(lines, ~known)), "a line with one unknown cell was left"
