"""Identifiers: each kind is found in columns, headings and texts; codes of groups never are."""

import csv
import time
from pathlib import Path

import pytest

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.rules.check_digits import CHECK_LETTERS
from extracts.disclosure.rules.identifiers import findings, identifying, in_text, small_areas, suspected

CATALOGUE = Path(__file__).parents[3] / "governance" / "catalogue"


def _pnc(year: int, serial: int) -> str:
    return f"{year}/{serial:07}{CHECK_LETTERS[int(f'{year % 100:02}{serial:07}') % 23]}"


def _cro(serial: int, year: int) -> str:
    return f"{serial:06}/{year:02}{CHECK_LETTERS[int(f'{year:02}{serial:06}') % 23]}"


@pytest.mark.parametrize(
    ("heading", "values", "what"),
    [
        ("contact",       ["ann@example.org", "North", "South"],   "e-mail addresses"),
        ("area",          ["LS1 4AP", "YO10 5DD", "EC1A 1BB"],      "full postcodes"),
        ("area",          ["LS14AP", "YO105DD"],                    "full postcodes"),
        ("reference",     ["2004/0123456X", "04/1234567Y"],         "PNC numbers"),
        ("x",             ["a", "b", _pnc(2004, 123456)],           "PNC numbers"),
        ("x",             ["a", "b", _cro(123456, 4)],              "CRO numbers"),
        ("x",             ["943 476 5919", "none"],                 "NHS numbers"),
        ("nhs_no",        ["9434765919", "9434765870"],             "NHS numbers"),
        ("x",             ["AB123456C", "b"],                       "National Insurance numbers"),
        ("x",             ["A1234BC", "G5678VX"],                   "prison numbers"),
        ("urn",           ["01AB0012324", "52ZD0303208"],           "case references"),
        ("case",          ["01/AB/1234/24", "52/ZD/303/08"],        "case references"),
        ("phone",         ["0113 496 0000", "+44 7700 900123"],     "telephone numbers"),
        ("x",             ["GB82 WEST 1234 5698 7654 32", "b"],     "bank account numbers"),
        ("x",             ["Mr Ash", "Mrs Birch", "Ms Cedar"],      "names of people"),
        ("home",          ["12 High Street", "3a Mill Lane, York"], "addresses"),
        ("person_id",     [str(n) for n in range(20)] * 3,          "numbers of single people"),
        ("case_no",       [str(n) for n in range(20)],              "numbers of single people"),
        ("row_id_hash",   [f"h{n}" for n in range(20)],             "numbers of single people"),
        ("Surname",       ["Ash", "Birch", "Cedar"],                "names of single people"),
        ("first_name",    ["Ann", "Bo", "Cy"],                      "names of single people"),
        ("victim name",   ["Ann Ash", "Bo Birch"],                  "names of single people"),
        ("date_of_birth", ["2004-02-19", "1995-01-26"],             "dates of birth"),
        ("DOB",           ["19/02/2004", "26/01/1995"],             "dates of birth"),
        ("when",          [f"{1950 + 3 * n % 47}-{1 + 5 * n % 12:02}-{1 + 11 * n % 28:02}" for n in range(30)],
                                                                    "dates of birth"),
    ],
)  # fmt: skip
def test_identifiers_in_columns(heading: str, values: list[str], what: str) -> None:
    assert identifying(heading, values, SRS_10) == what


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("area_code",     ["E07000001", "E07000002", "E07000003"]),
        ("postcode_area", ["LS", "YO", "LS", "YO"] * 5),
        ("country_of_birth", ["France", "Spain"]),
        ("year_of_birth", ["1990", "1991"]),
        ("month",         ["2019-01", "2019-02"]),
        ("year",          ["2019/20", "2020/21", "2021/22"]),
        ("year",          ["2019/20P", "2020/21R"]),
        ("quarter",       ["2019Q1", "2019 Q2", "2019/Q3"]),
        ("offence_code",  ["105", "028", "8N", "1/4.1/4.10/4.2", "105A"]),
        ("cjs_code",      ["SX03002", "TH68023", "CJ88001", "PC53001A"]),
        ("diagnosis",     ["F10.2", "E10", "I21.9"]),
        ("court_code",    ["B01BH00", "C01CE00"]),
        ("coef",          ["-0.0612345678901", "1.2e-05", "12345678.9"]),
        ("p",             ["<0.001", "0.0345", "0.5"]),
        ("cases",         ["410", "388", "1,234,567"]),
        ("no_suspect_18", [str(n) for n in range(20)]),
        ("number_of_victims", [str(n) for n in range(20)]),
        ("court_name",    ["Leeds", "York"] * 10),
        ("age_group",     ["18-24", "25-29", "70 and over"]),
        ("week",          [f"2019-{1 + n // 28:02}-{1 + n % 28:02}" for n in range(0, 300, 7)]),
        ("day",           [f"{1950 + n}-01-01" for n in range(60)]),
        ("offence_date",  [f"{1950 + 3 * n % 47}-{1 + 5 * n % 12:02}-{1 + 11 * n % 28:02}" for n in range(30)]),
        ("interval",      ["(12.5, 13.5]", "[0, 10)"]),
        ("ratio",         ["1.05 (0.98-1.12)", "2.10 (1.50-2.94)"]),
        ("person",        []),
    ],
)  # fmt: skip
def test_codes_of_groups_are_no_identifiers(heading: str, values: list[str]) -> None:
    assert identifying(heading, values, SRS_10) == ""
    assert suspected(values) == ""


def test_no_code_list_of_the_catalogue_is_taken_for_identifiers() -> None:
    """Thousands of real codes and labels of courts, offences, areas and results."""
    lists = sorted(CATALOGUE.rglob("*.csv"))
    assert len(lists) > 30
    for path in lists:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
        for place, heading in enumerate(rows[0]):
            values = [" ".join(row[place].split()) for row in rows[1:] if place < len(row)]
            assert (path.name, heading, identifying(heading, values, SRS_10), suspected(values)) == (
                path.name, heading, "", "",
            )  # fmt: skip


def test_some_values_that_look_like_it_are_for_a_person() -> None:
    values = ["North", "South", "East", "West", "LS1 4AP"]
    assert identifying("area", values, SRS_10) == "" and suspected(values) == "full postcodes"


def test_small_areas_are_for_a_person() -> None:
    assert small_areas(["E01000001", "W01000002", "S01006506"]) and small_areas(["LS1 4", "YO10 5"])
    assert not small_areas(["E07000001", "E02000001", "E12000001", "W06000001"])
    for headings, rules in ((("lsoa", "rate"), ["small_area"]), (("lsoa", "count"), [])):
        table = Table(headings, (("E01000001", "30"), ("E01000002", "40")), (2, 3))
        assert [one.rule for one in findings("a.csv", table, SRS_10)] == rules


def test_findings_name_the_column_and_never_a_value() -> None:
    rows = (("ann@example.org", "E01000001", "3"), ("bo@example.org", "E01000002", "4"))
    found = list(findings("a.csv", Table(("who", "lsoa", "LS1 4AP"), rows, (2, 3)), SRS_10))
    assert [(one.rule, str(one.verdict), one.cell and one.cell.column) for one in found] == [
        ("identifier", "fail", "who"), ("small_area", "review", "lsoa"), ("identifier", "fail", None),
    ]  # fmt: skip
    assert not any(value in str(found) for row in rows for value in row[:2])


@pytest.mark.parametrize(
    ("text", "kind", "certain"),
    [
        ("Ask ann@example.org for it.",            "e-mail addresses",           True),
        ("She lives at LS1 4AP, they say.",        "full postcodes",             True),
        (f"Number {_pnc(2004, 123456)} again.",     "PNC numbers",                True),
        ("(943 476 5919)",                         "NHS numbers",                True),
        ("NI number AB 12 34 56 C.",               "National Insurance numbers", True),
        ("prisoner A1234BC was",                   "prison numbers",             False),
        ("Then Mr Ash said",                       "names of people",            False),
        ("call 0113 496 0000 now",                 "telephone numbers",          False),
        ("at 12 High Street in",                   "addresses",                  False),
    ],
)  # fmt: skip
def test_identifiers_in_texts(text: str, kind: str, certain: bool) -> None:
    assert [(hit.kind, hit.line, hit.certain) for hit in in_text(f"First line\n{text}")] == [(kind, 2, certain)]


@pytest.mark.parametrize(
    "text",
    [
        "The mean age was 34.2 (SD 5.1), n = 240, p < 0.001.",
        "In 2019/20 there were 1,234,567 offences of code 105A in E01000001.",
        "df.groupby(['area', 'sex']).agg({'n': 'sum'})  # 2023-11-05",
        "t = 12.345678901234 on 1234567 degrees of freedom",
        "See https://www.example.org/a-b/2019/20/c?d=1 and Smith (2019), J. Crim. 12/3A.",
        "Crown Court at Leeds; Court 3; 28 Days Later; 18-24, 25-29.",
    ],
)
def test_prose_and_code_name_nobody(text: str) -> None:
    assert list(in_text(text)) == []


def test_no_long_line_takes_long() -> None:
    """Forms are bounded: the time of a search is that of the length of the text."""
    started = time.perf_counter()
    for piece in ("1", "a.", "0 ", "A", "Aa ", "1 Aa Aa Aa ", "01-", "a@", "a@a.", "Mr A A", "a'", "1 A St, a a "):
        assert list(in_text(piece * (60_000 // len(piece)))) is not None
    assert time.perf_counter() - started < 5
