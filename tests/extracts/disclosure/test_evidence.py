"""Evidence: without contributors that add up, amounts are for a person."""

import pytest

from extracts.disclosure.check import check
from extracts.disclosure.description import Description, FileDescription
from extracts.disclosure.layout import Layout
from extracts.disclosure.policy import SRS_10

from .tables import NAME, amounts, checked, found, lines

TABLE = "group, income\na, 1000"
HEADINGS = "group, n, total, largest, second_largest\n"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("b, 12, 1000, 200, 100",  "no row for this cell"),
        ("a, , 1000, 200, 100",    "no row for this cell"),
        ("a, 12.5, 1000, 200, 99", "not a whole number"),
        ("a, 0, 0, , ",            "nobody contributes"),
        ("a, 12, 1000, 200, ",     "lacks the total or the two largest"),
        ("a, 12, 1000, 1200, 100", "negative"),
        ("a, 12, 1000, 200, 300",  "do not add up"),
        ("a, 12, 1000, 50, 40",    "do not add up"),
        ("a, 12, 2000, 300, 200",  "not the one in the table"),
    ],
)  # fmt: skip
def test_faulty_evidence_is_for_a_person(row: str, problem: str) -> None:
    report = amounts(TABLE, HEADINGS + row)
    assert report.verdict == "review"
    assert found(report, "evidence") == ["group a, income"]
    assert problem in report.findings[0].problem


def test_good_evidence_passes_and_is_not_for_release() -> None:
    report = amounts(TABLE, HEADINGS + "a, 12, 1000.2, 200, 100")
    assert report.verdict == "pass", report.findings
    assert [file.name for file in report.evidence_files] == ["evidence.csv"]
    assert [file.name for file in report.files] == [NAME]


@pytest.mark.parametrize(
    ("evidence", "problem"),
    [
        ("group, n\na, 12",                         "lacks these columns: total, largest, second_largest"),
        ("area, n, total, largest, second_largest", "lacks these columns: group"),
        (HEADINGS + "a,12,1000,2,1\na,12,1000,2,1", "about the same cell"),
        ("",                                        "is empty"),
    ],
)  # fmt: skip
def test_evidence_that_does_not_fit_is_for_a_person(evidence: str, problem: str) -> None:
    report = amounts(TABLE, evidence)
    assert report.verdict == "review"
    assert any(problem in finding.problem for finding in report.findings)


def test_amounts_without_evidence_are_for_a_person() -> None:
    said = FileDescription(NAME, "MAGN", layout=Layout(rows=("group",), means=("mean_income",)))
    report = checked(lines("group, mean_income\na, 100"), said)
    assert (report.verdict, found(report, "evidence")) == ("review", [""])


def test_several_amounts_need_evidence_for_each() -> None:
    said = FileDescription(
        NAME, "MAGN", layout=Layout(rows=("group",), totals=("income",), means=("age",)), evidence="e.csv"
    )
    table = lines("group, income, age\na, 1000, 40")
    unclear = lines(HEADINGS + "a, 12, 1000, 200, 100")
    clear = lines(
        "group, measure, n, total, largest, second_largest\na, income, 12, 1000, 200, 100\na, age, 9, 360, 80, 60"
    )
    assert check({NAME: table, "e.csv": unclear}, Description((said,)), SRS_10).verdict == "review"
    assert found(check({NAME: table, "e.csv": clear}, Description((said,)), SRS_10), "threshold") == ["group a, age"]
