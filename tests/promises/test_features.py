"""docs/features.md claims nothing that is not there."""

import ast
import csv
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CELLS = re.compile(r"^\| (\w+) \| (.+) \| (\S+) \| (\S+) \|$")
LINES = [line for line in (ROOT / "docs/features.md").read_text().splitlines() if line.startswith("| ")][1:]
ROWS = [match.groups() for line in LINES if (match := CELLS.match(line))]
LIST = ROOT.parent / "shared" / "features.csv"


def test_the_table_is_read_whole():
    assert len(ROWS) == len(LINES) > 30
    assert len({number for number, *_ in ROWS}) == len(ROWS)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "feature", "where", "test"), ROWS, ids=[row[0] for row in ROWS])
def test_every_place_and_test_exists(number, feature, where, test):
    assert (ROOT / where).is_file()
    assert test.startswith("tests/")
    tree = ast.parse((ROOT / test).read_text())
    names = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert [name for name in names if name.startswith("test_")], f"{test} has no test"


@pytest.mark.skipif(not LIST.exists(), reason="the list of capabilities is not beside this repository")
def test_ids_and_words_are_those_of_the_list():
    with LIST.open(newline="") as file:
        known = {row["id"]: row["feature"] for row in csv.DictReader(file)}
    assert {number: feature for number, feature, *_ in ROWS} == {number: known[number] for number, *_ in ROWS}
