"""A sample of the labelled cases, checked through the front door; `python -m benchmarks disclosure` runs them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.disclosure import scores
from benchmarks.disclosure_cases.classes import CLASSES
from benchmarks.disclosure_cases.making import make
from benchmarks.disclosure_scores import Score

CERTAIN = (
    "counts_wide", "counts_long", "counts_margins", "counts_unit", "counts_microdata", "counts_sensitive",
    "counts_several", "zeros", "percentages", "proportions", "means", "sums", "medians", "extremes", "survival",
    "odds_ratios",
)  # fmt: skip


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> list[Score]:
    """One unsafe and one safe case of each class, as plain files with everything said."""
    folder: Path = tmp_path_factory.mktemp("cases")
    make(folder, seed=11, number=2 * len(CLASSES), plain=True)
    return list(scores(folder))


@pytest.mark.long
def test_nothing_passes_that_must_not(plain: list[Score]) -> None:
    passed = {score.group for score in plain if score.false_pass}
    assert not passed


@pytest.mark.long
def test_no_case_makes_the_engine_fail(plain: list[Score]) -> None:
    assert not [(score.case, score.failed) for score in plain if score.failed]


@pytest.mark.slow
def test_the_common_kinds_are_judged_right_to_the_cell(tmp_path: Path) -> None:
    """Every cell that must be found is, no other is, and the verdict is the label's."""
    make(tmp_path, seed=12, number=2 * len(CERTAIN), only=CERTAIN, plain=True)
    for score in scores(tmp_path):
        assert score.right and not score.failed, score
        assert not score.missed and not score.too_much, score
