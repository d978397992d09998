"""Average linkage: chains fall apart, what must stay apart does, cuts lie within each other, and scipy agrees."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from extracts.linkage import refine
from extracts.linkage.refine import MISSING, NEVER, refined


def labels(records, *pairs, cuts=(0.0,), sources=None):
    a, b, weight = (np.array(column) for column in zip(*pairs, strict=True))
    found = refined(records, a, b, weight.astype(float), cuts=cuts, sources=sources)
    return [list(label) for label in found]


def test_a_wrong_pair_does_not_glue_two_people_together():
    one, two = [(0, 1, 15), (0, 2, 15), (1, 2, 15)], [(3, 4, 15), (3, 5, 15), (4, 5, 15)]
    assert labels(6, *one, *two, (2, 3, 3)) == [[0, 0, 0, 3, 3, 3]]


def test_a_pair_that_was_not_scored_counts_as_disagreement():
    assert labels(3, (0, 1, 10), (1, 2, 2)) == [[0, 0, 2]]
    assert labels(3, (0, 1, 10), (1, 2, 9)) == [[0, 0, 0]]


def test_what_must_stay_apart_stays_apart():
    assert labels(3, (0, 1, 12), (1, 2, 12), (0, 2, NEVER)) == [[0, 0, 2]]


def test_no_two_records_of_one_source_are_one_person():
    sources = np.array([0, 1, 1])
    assert labels(3, (0, 1, 9), (0, 2, 8), sources=sources) == [[0, 0, 2]]


def test_higher_cuts_lie_within_lower_ones():
    low, high = labels(4, (0, 1, 12), (2, 3, 12), (0, 2, 3), (1, 3, 3), (0, 3, 3), (1, 2, 3), cuts=(0.0, 6.0))
    assert (low, high) == ([0, 0, 0, 0], [0, 0, 2, 2])


@pytest.mark.parametrize("size", [5, 12, 40])
def test_it_is_average_linkage(size):
    """A second way: scipy's tree over the whole table, for components on both sides of where the method changes."""
    rng = np.random.default_rng(size)
    a, b = np.triu_indices(size, 1)
    weight = rng.normal(1.0, 6.0, len(a)).round(3)
    (ours,) = refined(size, a, b, weight, cuts=(0.5,))
    clipped = np.minimum(weight, refine.HIGHEST)
    theirs = fcluster(linkage(30 - clipped, "average"), 30 - 0.5, "distance")
    together = ours[:, None] == ours[None, :]
    component = np.ones((size, size), dtype=bool)
    assert (together == ((theirs[:, None] == theirs[None, :]) & component)).all()
    assert MISSING < 0
