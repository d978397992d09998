"""Merging: afterwards every cell and total may be shown, nobody is lost, and only neighbours in an order are joined."""

import numpy as np
import pytest

from extracts.disclosure.repair.merge import has_order, label_of, merged


@pytest.mark.parametrize("seed", range(20))
def test_every_count_is_safe_and_nobody_is_lost(seed: int) -> None:
    chance = np.random.default_rng(seed)
    counts = np.floor(60 * chance.uniform(0, 1, (4, 3, 2)[: 2 + seed % 2]) ** 2)
    ordered = [True, False, False][: counts.ndim]
    found = merged(counts, ordered, threshold=10, zeros=False, by="count")
    if found is None:
        assert 0 < counts.sum() < 10
        return
    assert not ((found.counts > 0) & (found.counts < 10)).any()
    # The naive way: add up the old cells of each group.
    for place in np.ndindex(found.counts.shape):
        cells = counts[np.ix_(*(found.groups[axis][at] for axis, at in enumerate(place)))]
        assert cells.sum() == found.counts[place]
    for axis, groups in enumerate(found.groups):
        assert sorted(place for group in groups for place in group) == list(range(counts.shape[axis]))
        if ordered[axis]:
            assert all(list(group) == list(range(group[0], group[-1] + 1)) for group in groups)


def test_a_safe_table_stays_as_it_is() -> None:
    counts = np.array([[20.0, 0.0], [15.0, 30.0]])
    found = merged(counts, [False, False], threshold=10, zeros=False, by="count")
    assert found is not None and (found.counts == counts).all()


def test_the_smallest_merger_that_will_do_is_taken() -> None:
    counts = np.array([[4.0], [300.0], [7.0], [500.0]])
    found = merged(counts, [False, False], threshold=10, zeros=False, by="value")
    assert found is not None and found.groups[0] == ((0, 2), (1,), (3,))


def test_a_table_of_too_few_people_cannot_be_mended() -> None:
    assert merged(np.array([[1.0, 2.0], [3.0, 1.0]]), [False, False], threshold=10, zeros=False, by="count") is None


@pytest.mark.parametrize(
    ("labels", "ordered"),
    [
        (["2019", "2020", "2021"], True),
        (["16-24", "25-34", "65+"], True),
        (["<5", "5-9"], False),
        (["Fraud", "Theft"], False),
        (["3", "1", "2"], False),
        (["2020"], False),
    ],
)
def test_labels_that_rise_or_fall_have_an_order(labels: list[str], ordered: bool) -> None:
    assert has_order(labels) == ordered


def test_merged_labels_say_what_they_hold() -> None:
    assert label_of(["16-24", "25-34", "35-44"], ordered=True) == "16-24 to 35-44"
    assert label_of(["Fraud", "Theft"], ordered=False) == "Fraud or Theft"
