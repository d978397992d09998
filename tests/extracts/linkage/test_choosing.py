"""Where the tree is cut: expected F1, and no less evidence than is worth it."""

import numpy as np
import pytest

from extracts.linkage.choosing import chosen, expected_f1


def test_expected_f1_counts_right_and_missed_pairs():
    a, b = np.array([0, 0, 2]), np.array([1, 2, 3])
    probability = np.array([1.0, 0.5, 0.5])

    assert expected_f1(np.array([0, 0, 2, 3]), a, b, probability) == pytest.approx(2 * 1.0 / (1 + 2.0))
    assert expected_f1(np.array([0, 0, 2, 2]), a, b, probability) == pytest.approx(2 * 1.5 / (2 + 2.0))


def test_the_cut_with_most_evidence_is_taken_among_equals():
    a, b, weight = np.array([0, 2]), np.array([1, 3]), np.array([10.0, 12.0])
    same = np.array([0, 0, 2, 2])

    assert chosen([same, same, same], a, b, weight) == 2


def test_less_evidence_is_asked_for_where_pairs_would_be_missed():
    a, b, weight = np.array([0, 2]), np.array([1, 3]), np.array([10.0, 1.0])

    assert chosen([np.array([0, 0, 2, 2]), np.array([0, 0, 2, 3])], a, b, weight) == 0
