"""CSV files as programs write them: other separators, encodings, titles; plain ones exactly as before."""

import pytest

from extracts.disclosure.policy import SRS_10, Policy
from extracts.disclosure.reading.csv_table import read_table
from extracts.disclosure.reading.formats.delimited import read
from extracts.disclosure.reading.triage import CannotRead

from .parts import tables, texts

PLAIN = "area,n\nNorth,10\nSouth,1234.5\n"
WANTED = [("area", "n"), ("North", "10"), ("South", "1234.5")]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PLAIN.encode(), "a.csv"),
        (PLAIN.encode("utf-8-sig"), "a.csv"),
        (PLAIN.replace("\n", "\r\n").encode(), "a.csv"),
        (PLAIN.encode("utf-16"), "a.csv"),
        (PLAIN.replace(",", ";").encode(), "a.csv"),
        (PLAIN.replace(",", "\t").encode(), "a.csv"),
        (PLAIN.replace(",", "|").encode(), "a.csv"),
        (PLAIN.replace(",", "\t").encode(), "a.tsv"),
        (PLAIN.replace(",", ";").replace("1234.5", "1.234,5").encode(), "a.csv"),
        (b'"area";"n"\n"North";"10"\n"South";"1234.5"\n', "a.csv"),
    ],
)  # fmt: skip
def test_one_table_in_many_dialects(content: bytes, name: str) -> None:
    assert tables(read(content, name, SRS_10)) == {"": WANTED}


def test_text_of_windows() -> None:
    content = "area,n\nCafé Street,10\nÉcole,20\nNaïve Lane,30\n".encode("cp1252")
    assert tables(read(content, "a.csv", SRS_10))[""][1] == ("Café Street", "10")


def test_plain_files_are_read_as_the_door_for_tables_reads_them() -> None:
    for text in (PLAIN, "a,b\n1,2\n", "year,count\n\n2019,20\n", " x , y \n1,2\n"):
        [part] = read(text.encode(), "a.csv", SRS_10).parts
        assert part.table == read_table("a.csv", text.encode(), SRS_10)


def test_titles_and_notes_around_a_table() -> None:
    contents = read(b"Table 5\n\narea,n\nNorth,10\n\nSource: 3 courts\n", "a.csv", SRS_10)
    assert tables(contents) == {"": [("area", "n"), ("North", "10")]}
    assert "Table 5" in texts(contents) and "3 courts" in texts(contents)


@pytest.mark.parametrize("content", [b'area,n\nNorth,"10\n', b"\xff\xfe\x00"])
def test_what_is_no_table_is_for_a_person(content: bytes) -> None:
    with pytest.raises(CannotRead):
        read(content, "a.csv", SRS_10)


def test_too_many_cells() -> None:
    with pytest.raises(CannotRead, match="more than 3 cells"):
        read(b"a;b\n1;2\n3;4\n", "a.csv", Policy("few", "1", max_cells=3))


@pytest.mark.parametrize(
    "note",
    ["Source: MoJ 2024", "Notes: 1 Rounded", "Year ending March 2023", "* provisional", "[c] hidden", "1. A note."],
)
def test_a_note_that_a_spreadsheet_saved_as_a_row_is_a_note(note: str) -> None:
    contents = read(f"area,n,m\nNorth,10,12\n,,\n{note},,\n".encode(), "a.csv", SRS_10)
    assert tables(contents) == {"": [("area", "n", "m"), ("North", "10", "12")]}
    assert note in texts(contents)


@pytest.mark.parametrize("label", ["West", "Violence against the person", "Key workers", "Year 3"])
def test_a_label_without_numbers_is_a_row_whose_numbers_may_be_hidden(label: str) -> None:
    contents = read(f"area,n,m\nNorth,10,12\n{label},,\n".encode(), "a.csv", SRS_10)
    assert tables(contents)[""][-1] == (label, "", "")
