"""Text: tables printed in it are found, lined up or between pipes, and prose is none."""

import base64

import pytest

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.formats.text import read
from extracts.disclosure.reading.triage import CannotRead

from .parts import concealed, tables, texts

PANDAS = """
>>> counts
           men  women
North       12     30
South        3     41
"""
MARKDOWN = """
| area  | n  |
|-------|----|
| North | 12 |
| South | 3  |
"""
STATA = """
     offence |      Freq.     Percent        Cum.
-------------+-----------------------------------
       Theft |         12       30.00       30.00
       Drugs |         28       70.00      100.00
-------------+-----------------------------------
       Total |         40      100.00
"""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (PANDAS, [("row", "men", "women"), ("North", "12", "30"), ("South", "3", "41")]),
        (MARKDOWN, [("area", "n"), ("North", "12"), ("South", "3")]),
    ],
)
def test_printed_tables(text: str, wanted: object) -> None:
    assert list(tables(read(text.encode(), "a.txt", SRS_10)).values()) == [wanted]


def test_a_table_of_stata_keeps_its_numbers() -> None:
    found = list(tables(read(STATA.encode(), "a.log", SRS_10)).values())
    assert len(found) == 1
    assert "12" in str(found) and "28" in str(found)


def test_prose_and_code_are_no_tables() -> None:
    prose = "The mean age was 34.2 (SD 5.1).\nWe had 240 people.\n\nIt rose to 12 in 2019.\n"
    code = "import pandas as pd\n\nfor year in range(2010, 2020):\n    print(year, 12)\n"
    for text in (prose, code):
        contents = read(text.encode(), "a.txt", SRS_10)
        assert tables(contents) == {} and texts(contents) == text and concealed(contents) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    assert texts(read("It cost £12, said Zoë.".encode(encoding), "a.txt", SRS_10)) == "It cost £12, said Zoë."


def test_what_nobody_sees_is_found() -> None:
    blob = base64.b64encode(bytes(range(256)) * 2)
    assert concealed(read(b"see " + blob, "a.txt", SRS_10)) == [("hidden_content", "fail")]
    assert concealed(read("a\u200bb".encode(), "a.txt", SRS_10)) == [("hidden_content", "review")]


def test_bytes_are_no_text() -> None:
    for content in (b"\x00\x01\x02", bytes(range(256)) * 10, b"\xff\xfea"):
        with pytest.raises(CannotRead):
            read(content, "a.txt", SRS_10)
