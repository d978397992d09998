"""Every slip changes what it is given, a little, and leaves something that can be written."""

from datetime import date

import numpy as np
import pytest

from extracts.synthetic.identity import mistakes
from extracts.synthetic.identity.hand import Hand
from extracts.synthetic.identity.text import arrow, joined, listed, packed, squeezed, text, upper

NAMES = ["Al", "Jo", "Anne", "Smith", "Catherine", "O'Neill", "Mohammed", "Lily-Mae", "Aa", "Oooo", "Barrett"] * 200


def edits(one: str, other: str) -> int:
    """Edit distance with transpositions, worked out naively."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, start=1):
        rows.append([i])
        for j, b in enumerate(other, start=1):
            best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, rows[i - 2][j - 2] + 1)
            rows[i].append(best)
    return rows[-1][-1]


@pytest.mark.parametrize(
    ("slip", "most"), [(mistakes.mistyped, 1), (mistakes.misheard, 2), (mistakes.misread, 2)]
)  # fmt: skip
def test_a_slip_is_always_made_and_small(slip, most):
    written = arrow(slip(np.random.default_rng(1), text(NAMES))).to_pylist()
    distances = [edits(before, after) for before, after in zip(NAMES, written, strict=True)]

    assert min(distances) == 1
    assert max(distances) <= most


def test_slips_of_names_are_of_every_kind():
    written = arrow(mistakes.mistyped(np.random.default_rng(2), text(["Catherine"] * 500))).to_pylist()

    assert {len(name) for name in written} == {8, 9, 10}
    assert {"".join(sorted(name)) == "".join(sorted("Catherine")) for name in written} == {True, False}


def test_one_figure_is_wrong():
    numbers = text(["2001/0123456X", "M14 5KD"] * 100)
    written = mistakes.digit_mistyped(np.random.default_rng(1), numbers)

    assert ((written != numbers).sum(axis=1) == 1).all()


def days(*dates: str):
    return np.array([date.fromisoformat(text).toordinal() - 719163 for text in dates])


def test_day_and_month_change_places():
    swapped = mistakes.day_and_month_swapped(days("1990-03-04", "2001-12-01"))

    assert swapped.tolist() == days("1990-04-03", "2001-01-12").tolist()
    assert mistakes.can_be_swapped(days("1990-03-04", "1990-03-13", "1990-03-03")).tolist() == [True, False, False]


def test_a_date_of_which_only_the_year_is_known():
    assert mistakes.first_of_january(days("1990-03-04")).tolist() == days("1990-01-01").tolist()


def test_a_wrong_date_is_a_date_and_not_far_away():
    right = np.repeat(days("1990-02-28", "2000-02-29", "1975-12-31"), 300)
    wrong = mistakes.date_mistyped(np.random.default_rng(1), right)

    assert (wrong != right).mean() > 0.97
    assert (np.abs(wrong - right) <= 3660).all()


def test_text_without_gaps():
    left, right = text(["ab", "", "c"]), text(["X", "YZ", ""])

    assert arrow(joined(left, right)).to_pylist() == ["abX", "YZ", "c"]
    assert arrow(listed(left, right)).to_pylist() == ["ab|X", "YZ", "c"]
    assert arrow(upper(left)).to_pylist() == ["AB", None, "C"]
    assert packed(squeezed(np.array([[0, 65, 0, 66]], dtype=np.uint8))).tolist() == [b"AB"]


def test_the_hand_makes_as_many_mistakes_as_the_table_says():
    rng = np.random.default_rng(1)
    care = rng.choice([0.8, 1.2], 50_000)
    possible = rng.random(50_000) < 0.2
    hand = Hand(rng, {"all": 5.0, "some": 4.0, "likely": 90.0, "rare": 30.0}, care)

    assert abs(hand.slips("all").mean() - 0.05) < 0.004
    assert hand.made["all"][care > 1].mean() > 1.3 * hand.made["all"][care < 1].mean()
    assert abs(hand.slips("some", possible).mean() - 0.04) < 0.004
    assert not hand.made["some"][~possible].any()
    assert abs(hand.among("some", possible)[possible].mean() - 0.04) < 0.008
    assert abs(hand.recorded("likely", possible)[possible].mean() - 0.9) < 0.012
    assert abs(hand.recorded("rare").mean() - 0.3) < 0.01
