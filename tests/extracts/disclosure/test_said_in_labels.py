"""Counts that stand beside the numbers: in headings, labels, lines between rows and names, of files of every kind."""

import json

import pytest

from extracts.disclosure.description import FileDescription
from extracts.disclosure.judging import judge
from extracts.disclosure.layout import Layout
from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading import opening
from extracts.disclosure.reading.contents import Part, PartKind
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.formats import read
from extracts.disclosure.rules import free_text
from extracts.disclosure.rules.said_in_labels import findings
from tests.extracts.disclosure.reading.formats.documents import pdf
from tests.extracts.disclosure.reading.office_files import changed, docx, ods, ods_row, word_table, xlsx

HEAD = ("area", "women", "men")
BODY = (("North", 120, 340), ("South", 230, 410), ("East", 310, 290))
TELLING = "Women (n=3)"


def page(*rows: tuple[object, ...]) -> str:
    lines = ["".join(f"<td>{value}</td>" for value in row) for row in rows]
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def notebook(*rows: tuple[object, ...]) -> bytes:
    output = {"output_type": "display_data", "metadata": {}, "data": {"text/html": page(*rows)}}
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": "", "outputs": [output], "id": "a"}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


MADE = {
    "a.csv": lambda *rows: "\n".join(",".join(f'"{value}"' for value in row) for row in rows).encode(),
    "a.xlsx": xlsx,
    "a.ods": lambda *rows: ods(*(ods_row(*row) for row in rows)),
    "a.html": lambda *rows: f"<html><body>{page(*rows)}</body></html>".encode(),
    "a.docx": lambda *rows: docx(word_table(*rows)),
    "a.pdf": lambda *rows: pdf("Counts of people by area", table=[list(map(str, row)) for row in rows]),
    "a.ipynb": notebook,
}
PLACES = {
    "a heading": lambda text: (("area", text, "men"), *BODY),
    "a label": lambda text: (HEAD, (text, 120, 340), *BODY[1:]),
    "a line between rows": lambda text: (HEAD, (text, "", ""), *BODY),
    "a note": lambda text: (HEAD, *BODY, (text, "", "")),
}


@pytest.fixture(autouse=True)
def read_here(monkeypatch):
    """Files of the tests' own making need no process of their own."""
    monkeypatch.setattr(
        opening,
        "read_all",
        lambda files, policy: {name: read(content, name, policy) for name, content in files.items()},
    )


def verdicts(name: str, content: bytes, heading: str = "women") -> set[str]:
    layout = Layout("wide", rows=("area",), columns="sex", counts=(heading, "men"))
    judgement = judge(name, content, [FileDescription(name, "FREQ", layout=layout)], {}, SRS_10)
    return {str(one.verdict) for one in judgement.findings}


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("place", PLACES)
def test_a_count_below_the_threshold_is_found_wherever_it_stands(name, place):
    parts = read(MADE[name](*PLACES[place](TELLING)), name, SRS_10).parts
    told = [*findings(name, parts, SRS_10), *free_text.findings(name, parts, SRS_10)]
    assert "fail" in {str(one.verdict) for one in told}


def test_the_count_makes_the_file_fail():
    assert verdicts("a.csv", MADE["a.csv"](*PLACES["a heading"](TELLING)), TELLING) == {"fail"}


@pytest.mark.slow
@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("text", ["Women", "Women in 2023", "n = 4,512", "Women aged 16-17"])
def test_ordinary_headings_and_labels_pass(name, text):
    assert verdicts(name, MADE[name](("area", text, "men"), *BODY), text) == set()
    assert verdicts(name, MADE[name](HEAD, (text, 120, 340), *BODY[1:])) == set()


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("text", ["Source: MoJ 2024", "Notes: 1 Rounded", "Note: ages 16-17"])
def test_ordinary_notes_pass(name, text):
    assert verdicts(name, MADE[name](HEAD, *BODY, (text, "", ""))) == set()


@pytest.mark.slow
def test_names_of_sheets_are_read():
    small = ods(*(ods_row(*row) for row in (HEAD, *BODY)))
    for name, verdict in (("Court A n=2", {"fail"}), ("Two victims", {"review"}), ("Table 3", set())):
        content = changed(small, "content.xml", lambda text, name=name: text.replace('"Counts"', f'"{name}"'))
        assert verdicts("a.ods", content) == verdict


def found(heading: str = "n", *labels: str, notes: str = "", more: tuple[str, ...] = ()) -> list[str]:
    """Verdicts on a table with one heading, and more of them, and these labels."""
    columns = ("area", heading, *more)
    rows = tuple((label, *["40"] * (len(columns) - 1)) for label in labels or ("North",))
    parts = [
        Part(PartKind.TABLE, table=Table(columns, rows, tuple(range(2, len(rows) + 2)))),
        Part(PartKind.TEXT, text=notes),
    ]
    return [str(one.verdict) for one in findings("a.csv", parts, SRS_10)]


@pytest.mark.parametrize(
    ("heading", "wanted"),
    [
        ("Women (3 persons)", ["fail"]),
        ("Women [9 cases]", ["fail"]),
        ("Women (N 3)", ["fail"]),
        ("women_n=3", ["fail"]),
        ("2023 / Women (n=3)", ["fail"]),
        ("Women 3", ["review"]),
        ("Defendants: 3", ["review"]),
        ("Court A, 3 defendants", ["review"]),
        ("Women (3)", ["review"]),
        ("Women (n=10)", []),
        ("Women (n = 4,512)", []),
        ("Year 3", []),
        ("Band 3 (15-19)", []),
        ("3 children", []),
        ("Table 3", []),
        ("2 or more defendants", []),
        ("Women (2023)", []),
        ("AB123456C", ["fail"]),
    ],
)
def test_headings(heading, wanted):
    assert found(heading) == wanted


def test_a_finding_says_where_and_never_what_stands_there():
    parts = [Part(PartKind.TABLE, "sheet A", Table(("area", TELLING), (("North (n=4)", "40"),), (7,)))]
    heading, label = findings("a.xlsx", parts, SRS_10)
    assert heading.problem == "The heading of column 2 gives a count below 10."
    assert label.problem == "The label in row 7 gives a count below 10."
    assert heading.cell.place == "sheet A" and TELLING not in str(heading)


def test_a_number_alone_in_brackets_may_mark_a_note_or_tell_headings_apart():
    assert found("Women (3)", notes="3. Women of all ages.") == []
    assert found("Women (3)", notes="(3) Women of all ages.") == []
    assert found("n (2)", more=("n",)) == []
    assert found("Grade (1)", more=("Grade (2)", "Grade (3)")) == []


def test_labels_that_differ_by_their_number_alone_are_a_classification():
    assert found("n", "Pair (2 persons)") == ["fail"]
    assert found("n", "Household (2 persons)", "Household (3 persons)") == ["review", "review"]
    assert found("n", "Women (n=2)", "Women (n=3)") == ["fail", "fail"]
    assert found("n", "Women 3", "Women 3") == ["review"], "a label that comes twice is said once"
    assert found("n", "Robbery (8)", "Violence (1)") == [], "codes"


def named(file: str, *places: str) -> list[str]:
    """Verdicts on parts at these places of a file."""
    return [str(one.verdict) for one in findings(file, [Part(PartKind.TEXT, place) for place in places], SRS_10)]


def test_names_of_files_and_of_what_is_in_them():
    assert named("women_(n=3).csv", "") == ["fail"]
    assert named("cases_3.csv", "") == [] and named("table_3.csv", "") == []
    assert named("a.xlsx", "sheet Women 3") == ["review"]
    assert named("a.xlsx", "sheet Cases 1", "sheet Cases 2") == [], "sheets that are numbered"
    assert named("a.xlsx", "sheet Women n=2", "sheet Women n=3") == ["fail", "fail"]
    assert named("a.xlsx", "sheet A, rows 3-9, columns A-D", "page 2, table 1", "cell 3, output 1") == []
