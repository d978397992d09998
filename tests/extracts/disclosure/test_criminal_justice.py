"""Criminal justice: sensitive groups take the stricter threshold, and few cases are too few."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from extracts.disclosure.description import FileDescription
from extracts.disclosure.layout import Layout
from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.cells import tidy
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.rules import justice_words
from extracts.disclosure.rules.criminal_justice import findings
from extracts.disclosure.subject import Subject
from tests.extracts.disclosure.cases import answer

CODELISTS = Path(__file__).parents[3] / "governance" / "catalogue" / "datasets" / "cjs_linked" / "codelists"


def subject(written: str, **said: object) -> Subject:
    """A long table whose last column is a count."""
    rows = [tuple(cell.strip() for cell in row) for row in csv.reader(io.StringIO(written.strip()))]
    table = Table(rows[0], tuple(rows[1:]), tuple(range(2, len(rows) + 1)))
    layout = Layout("long", rows=rows[0][:-1], counts=rows[0][-1:])
    described = FileDescription("a.csv", "FREQ", layout=layout, **said)
    return Subject(described, tidy(table, described), SRS_10)


def found(subject: Subject, **known: object) -> list[tuple[str, str, str]]:
    return [(f.rule, str(f.verdict), f.cell.label if f.cell else "") for f in findings(subject, **known)]


def test_children_in_a_table_of_defendants() -> None:
    table = subject("age, defendants\n10-17, 12\n18-24, 12\n25-29, 30\nAll, 54")
    assert found(table) == [("threshold", "fail", "age 10-17, defendants")]
    assert found(subject("age, children\n10-17, 20\n18-24, 12")) == []


def test_children_of_whom_nothing_says_that_it_is_about_justice_are_for_a_person() -> None:
    assert found(subject("age, n\n0-4, 12\n18-24, 12")) == [("threshold", "review", "age 0-4, n")]
    assert found(subject("age, n\n4, 12\n5, 12")) == []
    assert [one[1] for one in found(subject("age, defendants\n14, 12\n25, 12"))] == ["fail"]


def test_victims_of_sexual_offences() -> None:
    text = "offence, n\nRape offences, 12\nOther sexual offences, 19\nTheft, 12"
    rows = ["offence Rape offences, n", "offence Other sexual offences, n"]
    assert found(subject(text, unit="victims")) == [("threshold", "fail", row) for row in rows]
    assert found(subject(text.replace(" n", " victims"))) != []
    assert found(subject(text, unit="defendants")) == []
    assert found(subject("group, n\nVictims of rape, 12\nVictims of theft, 12")) == [
        ("threshold", "fail", "group Victims of rape, n")
    ]


def test_a_text_about_sexual_offences_makes_every_cell_sensitive() -> None:
    table = subject("area, victims\nNorth, 12\nSouth, 30", text="Victims of sexual offences by area")
    assert found(table) == [("threshold", "fail", "area North, victims")]


def test_facts_that_are_sensitive_by_context() -> None:
    for heading, label in (
        ("relationship", "Intimate partner"), ("withdrawal_reason", "Moved"), ("flag", "Domestic abuse"),
        ("group", "Children in care"), ("flag", "Modern slavery"), ("flag", "Child abuse"),
    ):  # fmt: skip
        assert [one[:2] for one in found(subject(f"{heading}, n\n{label}, 12"))] == [("threshold", "fail")], heading


def test_what_the_threshold_rule_has_is_not_said_twice() -> None:
    assert found(subject("age, defendants\n10-17, 3\n0-9, 0\n15-17, [c]\n12-14, <10")) == []
    assert found(subject("age, defendants\n10-17, 12", sensitive=True)) == []


def test_an_offence_at_one_court_in_one_month_is_for_a_person() -> None:
    text = "offence, court, month, n\nTheft, Leeds, 2019-01, 12\nTheft, Leeds, 2019-02, 30\nAll, Leeds, 2019-01, 15"
    assert found(subject(text)) == [("rare_offence", "review", "offence Theft, court Leeds, month 2019-01, n")]
    for other in ("quarter, n", "year, n"):
        coarse = text.replace("month, n", other).replace("2019-0", "2019 Q")
        assert found(subject(coarse)) == []
    assert found(subject("offence, month, n\nTheft, 2019-01, 12")) == []


def test_dates_are_told_by_their_labels_in_a_wide_table_too() -> None:
    text = "offence, court, Jan 2019, Feb 2019\nTheft, Leeds, 12, 30"
    rows = [tuple(cell.strip() for cell in row) for row in csv.reader(io.StringIO(text))]
    layout = Layout("wide", rows=rows[0][:2], columns="period", counts=rows[0][2:])
    described = FileDescription("a.csv", "FREQ", layout=layout)
    cells = tidy(Table(rows[0], tuple(rows[1:]), (2,)), described)
    assert [one[0] for one in found(Subject(described, cells, SRS_10))] == ["rare_offence"]


def test_defendants_of_few_cases() -> None:
    table = subject("court, n\nLeeds, 40\nYork, 40\nHull, 3\nBath, 30", unit="defendants")
    cases = np.array([9.0, 10.0, 1.0, np.nan])
    assert found(table, cases=cases) == [("co_defendants", "fail", "court Leeds, n")]
    assert "9 cases" in next(iter(findings(table, cases=cases))).problem


@pytest.mark.parametrize(
    ("heading", "label", "wanted"),
    [
        ("age", "10-17", True), ("age", "17", True), ("age_band", "0-9", True), ("Age group", "Juvenile", True),
        ("age", "under 18", True), ("group", "Under 18 years", True), ("age", "<18", True),
        ("group", "Young people", True),
        ("group", "aged 12 to 14", True), ("sex", "Girls", True), ("age", "15 to 17 years", True),
        ("age", "16-24", False), ("age", "18", False), ("age", "18-20", False), ("group", "Young adult", False),
        ("months", "10-17", False), ("sentence", "12", False), ("age", "under 21", False), ("area", "Childwall", False),
        ("n", "<10", False), ("age", "70 and over", False), ("age", "Total", False), ("term", "age", False),
    ],
)  # fmt: skip
def test_labels_of_children(heading: str, label: str, wanted: bool) -> None:
    assert justice_words.of_children(heading, label) == wanted


def test_age_bands_against_the_ages_in_them() -> None:
    """A naive twin: a band is one of children when every age in it is below 18."""
    for low in range(0, 40):
        for high in range(low, 40):
            assert justice_words.of_children("age", f"{low}-{high}") == all(age < 18 for age in range(low, high + 1))


def test_offences_of_the_code_lists_are_sexual_where_their_group_says_so() -> None:
    with (CODELISTS / "offence_codes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 100
    heading = "ho_offence_code"
    for row in rows:
        wanted = row["offence_group"] == "Sexual offences"
        by_name = justice_words.of_sexual_offence("offence", row["label"])
        by_code = justice_words.of_sexual_offence(heading, row["code"])
        assert (by_name or by_code) == wanted, row["label"]
        assert wanted or not by_code, row["code"]


GROUPS = ("children under 10|youths|Under 18s|u18s|12 year olds|10-13 year-olds|age 10-13|co-defendants|co-accused|"
          "looked-after children|CSA")  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS.split("|"))
def test_a_sensitive_group_is_seen_in_whichever_way_the_table_lies(group: str) -> None:
    """As a row, as one of several headings of counts, and on the table's side."""
    long, several = f"group, n\n{group}, 13\nothers, 40", f"area, {group}, others\nLeeds, 13, 44\nYork, 35, 40"
    across = f"group, Leeds, York\n{group}, 13, 35\nothers, 44, 40"
    assert answer(long, "")["verdict"] != "pass"
    assert answer(several, "")["verdict"] != "pass"
    assert answer(across, "")["verdict"] != "pass"


@pytest.mark.parametrize("group", ["adults", "aged 25-34", "over 18s", "young adults", "men", "under 25s"])
def test_other_groups_of_that_size_pass(group: str) -> None:
    for table in (f"group, n\n{group}, 13\nothers, 40", f"area, {group}, others\nLeeds, 13, 44\nYork, 35, 40"):
        assert answer(table, "")["verdict"] == "pass"


@pytest.mark.parametrize(
    "headings", ["offence, court, month", "Crime type, place, when", "charge, Magistrates, hearing date", "a, b, c"]
)
def test_an_offence_at_a_court_in_a_month_is_known_by_its_labels(headings: str) -> None:
    places, times = ("Dover Magistrates' Court", "Hove Crown Court"), ("Jan 2019", "Feb 2019")
    rows = [f"{what}, {where}, {when}" for what in ("Arson", "Fraud") for where in places for when in times]
    table = "\n".join([f"{headings}, n", *(f"{row}, {12 + 9 * place}" for place, row in enumerate(rows))])
    assert [one["rules"] for one in answer(table, "")["findings"]] == [["rare_offence"]]


def test_an_offence_at_a_court_in_a_year_is_not_rare_by_itself() -> None:
    rows = [
        f"{what}, {where}, {year}"
        for what in ("Arson", "Fraud")
        for where in ("Dover", "Hove")
        for year in (2019, 2020)
    ]
    table = "\n".join(["offence, court, year, n", *(f"{row}, {12 + 9 * place}" for place, row in enumerate(rows))])
    assert answer(table, "")["verdict"] == "pass"


def test_a_title_or_the_name_of_the_file_may_say_that_all_cells_are_sensitive() -> None:
    table = "force, people\nGwent, 14\nSurrey, 201"
    small = [("threshold", "review", "force Gwent, people")]
    assert found(subject(table, text="Domestic abuse by force")) == small
    assert found(subject(table, text="Young offenders by force")) == small
    assert found(subject(table, text="Thefts by force")) == []
    named = subject(table).described
    table = Table(("force", "people"), (("Gwent", "14"), ("Surrey", "201")), (2, 3))
    named = replace(named, name="domestic_abuse.csv")
    assert [f.verdict for f in findings(Subject(named, tidy(table, named), SRS_10))] == ["review"]
