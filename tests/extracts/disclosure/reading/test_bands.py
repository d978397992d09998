"""Labels that stand for a range of numbers."""

import pytest

from extracts.disclosure.reading.bands import Band, band_of

INF = float("inf")


@pytest.mark.parametrize(
    ("label", "band"),
    [
        ("16-24", Band(16, 24)),
        ("aged 16 to 24", Band(16, 24)),
        ("1.5 – 2.5", Band(1.5, 2.5, decimals=True)),
        ("65+", Band(65)),
        ("65 and over", Band(65)),
        (">=65", Band(65)),
        ("over 64", Band(64, open_below=True)),
        (">64", Band(64, open_below=True)),
        ("Under 18", Band(high=18, open_above=True)),
        ("<18", Band(high=18, open_above=True)),
        ("up to 17", Band(high=17)),
        ("17 or under", Band(high=17)),
        ("at least 5.0", Band(5, decimals=True)),
        ("16-24 years old", Band(16, 24)),
    ],
)
def test_a_band_is_read(label: str, band: Band) -> None:
    assert band_of(label) == band


@pytest.mark.parametrize("label", ["16", "", "Leeds", "24-16", "A-B", "2010/11", "<", "16-24 and 30"])
def test_other_labels_are_no_band(label: str) -> None:
    assert band_of(label) is None


@pytest.mark.parametrize(
    ("band", "condition"),
    [
        (Band(16, 24), "x >= 16 AND x <= 24"),
        (Band(64, open_below=True), "x > 64"),
        (Band(high=18, open_above=True), "x < 18"),
        (Band(), "TRUE"),
    ],
)
def test_a_band_is_a_condition(band: Band, condition: str) -> None:
    assert band.condition("x") == condition
