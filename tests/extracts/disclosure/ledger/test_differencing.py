"""The rule: differences as findings, and labels that are nested inside one file."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from extracts.disclosure.layout import Layout, Percentage
from extracts.disclosure.ledger.hits import Differences
from extracts.disclosure.ledger.store import Ledger, Release
from extracts.disclosure.report import Verdict
from extracts.disclosure.rules.differencing import differences, findings, nested_labels, remainder, remembered

from .made import of_layout, people, released

COUNTY = "area, cases\nCounty, 1840\nCounty less Smalltown, 1836"
OLD = released("offence, count\nDrugs, 180", "age between 16 and 24", release="1", file="old.csv")
NEW = released("offence, count\nDrugs, 183", "age between 16 and 25")


def test_a_county_less_a_town_gives_the_town() -> None:
    found = nested_labels(released(COUNTY), [("County less Smalltown", "County")], threshold=10)
    (hit,) = found.hits
    assert (hit.key, hit.value, hit.flagged.key) == ({"area": "Smalltown"}, 4, {"area": "County less Smalltown"})
    assert found.implied == (found.implied[0],)
    (finding,) = findings(found)
    assert (finding.verdict, finding.rule) == (Verdict.FAIL, "differencing")
    assert finding.cell is not None and finding.cell.row == 3
    assert finding.attack == "1,840 - 1,836 = 4: area Smalltown"


def test_every_line_that_shows_both_is_subtracted() -> None:
    text = "area, sex, n\nCounty, F, 50\nCounty, M, 90\nRest, F, 48\nRest, M, 60\nCounty, X, 40"
    found = nested_labels(released(text), [("Rest", "county")], threshold=10)
    assert [(hit.key, hit.value) for hit in found.implied] == [
        ({"area": "county less Rest", "sex": "F"}, 2),
        ({"area": "county less Rest", "sex": "M"}, 30),
    ]
    assert [hit.flagged.key for hit in found.hits] == [{"area": "Rest", "sex": "F"}]


@pytest.mark.parametrize(
    ("text", "proven", "hits"),
    [
        ("area, n\nCounty, 50\nRest, 50", True, 0),      # nobody lives in between
        ("area, n\nCounty, 50\nRest, 40", True, 0),
        ("area, n\nCounty, 50\nElsewhere, 48", False, 0),  # no such label
        ("area, n\nCounty, 50\nRest, 53", False, 0),     # the part is larger
        ("area, n\nCounty, 50\nRest, [c]", False, 0),    # hidden: the audit's affair, and nothing was subtracted
    ],
)  # fmt: skip
def test_what_is_safe_and_what_is_not_known(text: str, proven: bool, hits: int) -> None:
    found = nested_labels(released(text), [("Rest", "County")], threshold=10)
    assert (found.proven, len(found.hits)) == (proven, hits)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("County less Smalltown", "Smalltown"), ("All excluding theft", "theft"),
        ("England without London", "London"), ("Outer", "County less Outer"),
    ],
)  # fmt: skip
def test_the_group_has_the_name_that_the_part_lacks(part: str, name: str) -> None:
    assert remainder(part, "County") == name


def test_a_difference_that_is_certain_fails_and_any_other_is_for_a_person() -> None:
    (finding,) = findings(differences([OLD, NEW], threshold=10))
    assert (finding.verdict, finding.file) == (Verdict.FAIL, "table.csv")
    assert "old.csv of release 1" in finding.problem
    rounded = [released(f"offence, count\nDrugs, {n}", f"age < {age}", release=r, off_by=2.0)
               for n, age, r in ((180, 25, "1"), (185, 26, ""))]  # fmt: skip
    assert [finding.verdict for finding in findings(differences(rounded, threshold=10))] == [Verdict.REVIEW]


def test_what_is_not_proven_is_for_a_person() -> None:
    (finding,) = findings(Differences(proven=False, problems=("No time.",)), file="new.csv")
    assert (finding.file, finding.verdict, finding.cell) == ("new.csv", Verdict.REVIEW, None)


def test_records_and_definitions_tell_one_difference_once() -> None:
    frame = people(300, random.Random(1))
    frame = frame[frame["age"] != 4].head(150).assign(all="x")
    frame.loc[frame.index[:3], "age"] = 4
    old = released(f"all, count\nTotal, {(frame['age'] < 4).sum()}", "age < 4", release="1", file="old.csv")
    new = released(f"all, count\nTotal, {(frame['age'] <= 4).sum()}", "age <= 4")
    found = differences([old, new], threshold=10, microdata=frame, unit="person_id")
    assert [(hit.key, hit.value) for hit in found.hits] == [({"all": "Total", "age": "4"}, 3)]
    assert found.proven


def test_headings_of_a_wide_table_are_no_property_of_people() -> None:
    layout = Layout("wide", rows=("offence",), columns="measure", counts=("count",))
    new = of_layout("offence,count\nDrugs,183\n", layout, "age between 16 and 25")
    (hit,) = differences([OLD, new], threshold=10).hits
    assert (hit.key, hit.flagged.key) == ({"offence": "Drugs", "age": "25"}, {"offence": "Drugs"})


def test_a_share_is_compared_with_the_same_share_only() -> None:
    layout = Layout("long", rows=("place",), counts=("n",), percentages=(Percentage("reoffended", "n"),))
    old = of_layout("place,n,reoffended\nAyton,1000,50.00\n", layout, "age < 25", release="1")
    new = of_layout("place,n,reoffended\nAyton,1020,49.41\n", layout, "age < 26")
    found = differences([old, new], threshold=10)
    assert [(hit.low, hit.high) for hit in found.hits] == [(4, 4)]  # 504 of 1,020 less 500 of 1,000


@pytest.mark.slow
def test_a_ledger_is_asked_with_records_or_by_definitions(tmp_path: Path) -> None:
    frame = people(300, random.Random(1)).assign(all="x")
    frame = frame.drop(frame.index[frame["age"] == 4][3:])
    old = released(f"all, count\nTotal, {(frame['age'] < 4).sum()}", "age < 4", release="r1", file="old.csv")
    new = released(f"all, count\nTotal, {(frame['age'] <= 4).sum()}", "age <= 4")
    for number, records in enumerate((frame, None)):
        ledger = Ledger.create(tmp_path / str(number))
        ledger.add(Release("r1"), [old], records, "person_id")
        for asked in (frame, None):
            found = remembered(ledger, [new], threshold=10, microdata=asked, unit="person_id")
            assert [(hit.key, hit.value) for hit in found.hits] == [({"all": "Total", "age": "4"}, 3)]
            assert found.proven
    for wrong in (released("height, count\nTall, 300"), released("all, count\nTotal, 77")):
        assert not remembered(ledger, [wrong], threshold=10, microdata=frame, unit="person_id").proven
