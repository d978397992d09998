"""Labels as sets of numbers, where they are numbers."""

import numpy as np
import pytest

from extracts.disclosure.ledger.bands import band, sets_of
from extracts.disclosure.ledger.values import told


@pytest.mark.parametrize(
    ("label", "ages"),
    [
        ("16-24", range(16, 25)), ("16 to 24", range(16, 25)), ("16–24", range(16, 25)), ("Aged 16-24", range(16, 25)),
        ("65+", range(65, 91)), ("65 and over", range(65, 91)), ("65 or older", range(65, 91)),
        (">= 65", range(65, 91)), ("Under 18", range(18)), ("<18", range(18)),
        ("17 and under", range(18)), ("up to 17", range(18)),
        ("over 64", range(65, 91)),
    ],
)  # fmt: skip
def test_bands_hold_their_ages(label: str, ages: range) -> None:
    found = band(label)
    assert found is not None
    assert np.flatnonzero(found.holds(np.arange(91.0))).tolist() == list(ages)


@pytest.mark.parametrize("label", ["Theft", "2019-20", "2019/20", "A-B", "24-16", "R/G", ""])
def test_other_labels_are_no_bands(label: str) -> None:
    assert band(label) is None


def test_among_names_a_band_is_a_name() -> None:
    assert not sets_of(["10-12", "Downing Street"])["10-12"].numbers
    assert sets_of(["10-12", "13+", "Unknown"])["10-12"].numbers


def test_bands_have_no_gaps() -> None:
    sets = sets_of(["16-24", "25-34"])
    assert told(sets["16-24"] | sets["25-34"]) == "16-34"
