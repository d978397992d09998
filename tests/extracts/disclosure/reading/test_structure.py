"""The structure of tables as people write them: several figures in a cell, numbers as labels, lists of measures."""

from pathlib import Path

import pytest

from extracts.disclosure.case import check_case
from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.following import follows
from extracts.disclosure.reading.number_labels import scales
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.opening import first_table
from extracts.disclosure.reading.statistics import kind_of_statistic, said_out_of
from extracts.disclosure.reading.suspicion import counts_among_results, weeks


def verdict(text: str, folder: Path) -> tuple[str, set[str]]:
    """The verdict on a CSV file that nobody described, and the columns and labels that its failures name."""
    (folder / "t.csv").write_text(text)
    told = check_case({"id": "t", "title": "t", "files": [{"path": "t.csv", "role": "output"}]}, folder)
    failed = [one for one in told["findings"] if one["verdict"] == "fail"]
    return told["verdict"], {name for one in failed for name in (one["column"], *one["key"].values())}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("safe", "unsafe", "named"),
    [
        ("o,Men,Women\nA,310 (62%),88 (55%)\nB,190 (38%),72 (45%)\n",
         "o,Men,Women\nA,310 (62%),60 (94%)\nB,190 (38%),4 (6%)\n", {"B", "Women"}),
        ("o,N,Median (IQR)\nA,1520,44 (12-101)\nB,411,21 (7-60)\n",
         "o,N,Median (IQR)\nA,1520,44 (12-101)\nB,9,21 (7-60)\n", {"B"}),
        ("Table 1\nby plea\n,,,\n,Male,,Female,\noffence,Yes,No,Yes,No\nA,812,145,61,13\nB,644,238,39,17\n",
         "Table 1\nby plea\n,,,\n,Male,,Female,\noffence,Yes,No,Yes,No\nA,812,145,61,13\nB,644,238,39,4\n", {"B"}),
        ("Sex / End,2022,2023\nMale,,\nHeld,512,498\nOut,77,81\nFemale,,\nHeld,144,150\nOut,41,38\n",
         "Sex / End,2022,2023\nMale,,\nHeld,512,498\nOut,77,81\nFemale,,\nHeld,144,150\nOut,41,3\n",
         {"Female", "Out", "2023"}),
        ("group,statistic,value\nMale,n,1402\nMale,people held,435\nFemale,n,254\nFemale,people held,64\n",
         "group,statistic,value\nMale,n_people,1402\nMale,share_held,0.31\nFemale,n_people,3\nFemale,share_held,0.33\n",
         {"Female", "n_people"}),
        ("Force,Q1,Q2,Q3,Q4\nKent,410,388,402,377\nEssex,310,288,302,277\n",
         "Force,Q1,Q2,Q3,Q4\nKent,410,388,402,377\nEssex,310,288,3,277\n", {"Essex", "Q3"}),
        ("week_ending,defendants\n2024-01-07,3120\n2024-01-14,3211\n",
         "week_ending,defendants\n2024-01-07,3120\n2024-01-14,6\n", {"2024-01-14"}),
        ("sentence_months,persons\n1,410\n3,388\n6,402\n", "sentence_months,persons\n1,410\n3,8\n6,402\n", {"3"}),
        ("Obs,SEX,COUNT\n1,F,152\n2,M,248\n", "Obs,SEX,COUNT\n1,F,152\n2,M,4\n", {"M"}),
    ],
)  # fmt: skip
def test_structure_is_read(safe: str, unsafe: str, named: set[str], tmp_path: Path) -> None:
    assert verdict(safe, tmp_path)[0] == "pass"
    found, cells = verdict(unsafe, tmp_path)
    assert found == "fail"
    assert named <= {part for name in cells for part in (name, *name.split(" / "))}


def test_the_number_of_units_in_brackets_is_a_count(tmp_path: Path) -> None:
    assert verdict("group,result\nA,34% (n=210)\nB,29% (n=7)\n", tmp_path)[0] == "fail"
    table = first_table("t.csv", b"group,result\nA,34% (n=210)\nB,29% (n=77)\n", SRS_10)
    assert table.columns == ("group", "result", "result n")


def table(text: str) -> Table:
    """A table of words."""
    head, *rows = [tuple(line.split()) for line in text.strip().splitlines()]
    return Table(head, tuple(rows), tuple(range(2, len(rows) + 2)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hour n\n0 100\n1 109",            ("hour",)),
        ("hex_x hex_y n\n0 0 44\n0 1 31",   ("hex_x", "hex_y")),
        ("days n\n30 4100\n30 4200",        ()),   # the same days twice tell no rows apart
        ("days n\n60 4100\n30 4200",        ()),   # in no order
        ("victims n\n3 4100\n5 4200",       ()),   # counts
        ("theft n\n3 4100\n5 4200",         ()),
    ],
)  # fmt: skip
def test_numbers_that_tell_rows_apart(text: str, found: tuple[str, ...]) -> None:
    assert scales(table(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("o a b change\nA 408 410 2\nB 123 120 -3",         ("change",)),
        ("o a b change\nA 41022 43110 5.1\nB 602 610 1.3",  ("change",)),
        ("o a b change\nA 408 410 2\nB 123 120 4",          ()),
        ("o b change\nA 410 22\nB 120 -9",                  ()),  # the year before can be worked out
        ("o p cum\nA 75 75.00\nB 25 100.00",                ("cum",)),
        ("o p cum\nA 75 75.00\nB 25 99.00",                 ()),
    ],
)  # fmt: skip
def test_columns_that_say_nothing_new(text: str, found: tuple[str, ...]) -> None:
    assert follows(table(text)) == found


def test_words_and_numbers() -> None:
    assert kind_of_statistic("Max security") == "" and kind_of_statistic("max sentence") == "endpoint"
    assert kind_of_statistic("std_err") == "" and kind_of_statistic("std") == "shape"
    assert said_out_of("Rate per 100 000") == 100_000
    assert read_number("<0.001").high == 0.001 and read_number("<10").high == 9
    assert not counts_among_results("p_value", ["0", "0"]) and counts_among_results("p_value", ["0", "4"])
    assert weeks("week_ending", ["2024-01-07", "2024-01-21"]) and not weeks("week_ending", ["2024-01-07", "2024-01-10"])
    assert not weeks("date", ["2024-01-07", "2024-01-14"])
