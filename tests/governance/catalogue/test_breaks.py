"""Known breaks are read with their description, and told to those whose records they touch."""

from datetime import date

import pytest

from governance.catalogue.breaks import Break, read_breaks
from governance.catalogue.catalogue import BadCatalogue, read_catalogue
from tests.governance.catalogue.descriptions import DATASETS

TABLES = ("voyage", "sailor", "cargo")


def breaks_of(tmp_path, *rows):
    path = tmp_path / "breaks.csv"
    path.write_text("\n".join(("from,to,tables,what,source", *rows)), encoding="utf-8")
    return read_breaks(path, TABLES)


def test_a_row_is_a_break(tmp_path):
    assert breaks_of(
        tmp_path, "2020-03-23,2020-12-31,voyage + sailor,No ship left.,harbour log", ",,cargo,Torn.,x"
    ) == (
        Break(date(2020, 3, 23), date(2020, 12, 31), ("voyage", "sailor"), "No ship left.", "harbour log"),
        Break(None, None, ("cargo",), "Torn.", "x"),
    )


def test_a_description_may_have_none(tmp_path):
    assert read_breaks(tmp_path / "breaks.csv", TABLES) == ()
    assert read_catalogue(DATASETS / "cook_county_2019").breaks == ()
    assert len(read_catalogue(DATASETS / "cjs_linked").breaks) == 4


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",,harbour,What.,x", "no table: harbour"),
        ("2021,,voyage,What.,x", "from must be a day"),
        (",31/12/2020,voyage,What.,x", "to must be a day"),
        ("2021-01-01,2020-01-01,voyage,What.,x", "ends before it begins"),
        (",,,What.,x", "tables is empty"),
        (",,voyage,,x", "what is empty"),
        (",,voyage,What.,", "source is empty"),
    ],
)
def test_a_wrong_row_is_refused_with_its_number(tmp_path, row, problem):
    with pytest.raises(BadCatalogue, match=f"breaks.csv, row 3: .*{problem}"):
        breaks_of(tmp_path, ",,voyage,Right.,x", row)


@pytest.mark.parametrize(
    ("first", "last", "touched"),
    [
        # A break from 1 March to 31 May; the days of an extract, and whether it is told.
        (date(2020, 1, 1), date(2020, 2, 29), False),
        (date(2020, 1, 1), date(2020, 3, 1), True),
        (date(2020, 5, 31), date(2020, 12, 31), True),
        (date(2020, 6, 1), date(2020, 12, 31), False),
        (date(2020, 4, 1), date(2020, 4, 1), True),
    ],
)
def test_only_what_touches_the_days_is_told(first, last, touched):
    broken = Break(date(2020, 3, 1), date(2020, 5, 31), ("voyage",), "What.", "x")
    assert broken.touches(["voyage", "cargo"], first, last) is touched
    assert not broken.touches(["cargo"], first, last)
    assert Break(None, None, ("voyage",), "What.", "x").touches(["voyage"], first, last)
    assert Break(None, date(2020, 5, 31), ("voyage",), "", "").touches(["voyage"], first, last) is (
        first <= date(2020, 5, 31)
    )
