"""The labelled cases: complete, repeatable, and labelled as a second way of counting says."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks.disclosure_cases.classes import CLASSES
from benchmarks.disclosure_cases.intruder import intervals
from benchmarks.disclosure_cases.making import make

NUMBER = 4 * len(CLASSES)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("cases")
    return folder, make(folder, seed=5, number=NUMBER)


def rows(folder: Path, case: Mapping[str, Any], role: str) -> list[dict[str, str]]:
    """The rows of the first file of a role, whatever it is dressed in."""
    path = folder / next(file["path"] for file in case["files"] if file["role"] == role)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    if "titled" in case["variants"]:
        lines = lines[2:-2] if role == "output" else lines
    separator = {"tab": "\t", "semicolon": ";"} if role == "output" else {}
    mark = next((separator[name] for name in case["variants"] if name in separator), ",")
    return [
        {name.strip(): value.strip() for name, value in row.items()} for row in csv.DictReader(lines, delimiter=mark)
    ]


def number(text: str) -> float:
    return float(text.replace(",", ""))


def of(made: tuple[Path, list[dict[str, Any]]], *classes: str) -> list[dict[str, Any]]:
    """The cases of some classes whose layout is said."""
    found = [case for case in made[1] if case["class"] in classes and "layout" in case]
    assert found
    return found


def keys(case: Mapping[str, Any], rule: str) -> set[tuple[tuple[str, str], ...]]:
    return {tuple(cell["key"].items()) for cell in case["expect"]["cells"] if rule in cell["rules"]}


def test_every_class_has_unsafe_and_safe_twins_and_every_file_is_there(made: Any) -> None:
    folder, cases = made
    assert {case["class"] for case in cases} == set(CLASSES)
    assert len({case["id"] for case in cases}) == NUMBER
    assert all((folder / file["path"]).is_file() for case in cases for file in case["files"])
    assert cases == json.loads((folder / "cases.json").read_text())["cases"]


def test_a_twin_that_must_fail_names_what_must_be_found_and_one_that_must_pass_names_nothing(made: Any) -> None:
    for case in made[1]:
        expect = case["expect"]
        assert expect["verdict"] in ("pass", "fail", "review")
        if expect["verdict"] == "pass":
            assert not expect["cells"] and not expect.get("also"), case["id"]
        if expect["verdict"] == "fail" and expect.get("exhaustive"):
            assert expect["cells"], case["id"]


def test_the_same_seed_makes_the_same_cases_and_another_seed_makes_others(made: Any, tmp_path: Path) -> None:
    again = make(tmp_path / "again", seed=5, number=NUMBER)
    assert again == made[1]
    text = [name for name in (tmp_path / "again" / "files").iterdir() if name.suffix in (".csv", ".tsv", ".html")]
    assert all(path.read_bytes() == (made[0] / "files" / path.name).read_bytes() for path in text)
    assert make(tmp_path / "other", seed=6, number=10) != made[1][:10]


def test_long_tables_of_counts_are_labelled_by_their_own_numbers(made: Any) -> None:
    for case in of(made, "counts_long", "counts_margins", "maps"):
        layout = case["layout"]
        if layout["form"] != "long":
            continue
        small = {
            tuple((name, row[name]) for name in layout["dims"])
            for row in rows(made[0], case, "output")
            if 0 < number(row[layout["measure"]]) < 10
        }
        assert small == keys(case, "threshold"), case["id"]


def test_units_are_counted_once_however_many_rows_they_have(made: Any) -> None:
    for case in of(made, "counts_unit", "counts_microdata"):
        layout = case["layout"]
        names = layout.get("dims") or [*layout["row_dims"], layout["col_dim"]]
        persons = defaultdict(set)
        for row in rows(made[0], case, "microdata"):
            persons[tuple((name, row[name]) for name in names)].add(row["person_id"])
        assert {key for key, owners in persons.items() if len(owners) < 10} == keys(case, "threshold"), case["id"]


@pytest.mark.parametrize("statistic", ["means", "sums"])
def test_dominance_is_labelled_by_persons_with_a_value(made: Any, statistic: str) -> None:
    for case in of(made, statistic):
        layout, value = case["layout"], case["context"]["value"]
        names = [*layout["row_dims"], *([layout["col_dim"]] if layout["col_dim"] != "measure" else [])]
        given: dict[Any, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for row in rows(made[0], case, "microdata"):
            if row[value]:
                given[tuple((name, row[name]) for name in names)][row["person_id"]] += float(row[value])
        few, dominated = set(), set()
        for key, sums in given.items():
            few |= {key} if len(sums) < 10 else set()
            top = sum(sorted(sums.values())[-2:])
            dominated |= {key} if sum(sums.values()) and top / sum(sums.values()) > 0.9 else set()
        stripped = [{part for part in key if part[0] != "measure"} for key in keys(case, "threshold")]
        assert sorted(map(sorted, few)) == sorted(map(sorted, stripped)), case["id"]
        stripped = [{part for part in key if part[0] != "measure"} for key in keys(case, "nk")]
        assert sorted(map(sorted, dominated)) == sorted(map(sorted, stripped)), case["id"]


def test_differences_are_of_the_numbers_in_the_two_files(made: Any) -> None:
    for case in of(made, "differencing_ages", "differencing_versions"):
        name = case["layout"]["row_dims"][0]
        old, new = ({row[name]: number(row["count"]) for row in rows(made[0], case, role)}
                    for role in ("released", "output"))  # fmt: skip
        few = {((name, label),) for label in old if 0 < abs(old[label] - new[label]) < 10}
        assert few == keys(case, "differencing"), case["id"]


def test_intervals_of_hidden_counts_are_those_of_trying_every_number() -> None:
    """A table of 2 x 2 with totals, all four hidden: one number decides the other three."""
    for a, b, c, d in ((1, 2, 3, 4), (3, 9, 0, 12), (5, 20, 30, 7)):
        table = {
            ("x", "p"): a, ("x", "q"): b, ("y", "p"): c, ("y", "q"): d, ("x", "T"): a + b, ("y", "T"): c + d,
            ("T", "p"): a + c, ("T", "q"): b + d, ("T", "T"): a + b + c + d,
        }  # fmt: skip
        hidden = {labels for labels in table if "T" not in labels}
        able = [(first, a + b - first, a + c - first, d - a + first) for first in range(100)]
        able = [numbers for numbers in able if min(numbers) >= 0]
        tried = {labels: (min(column), max(column))
                 for labels, column in zip([("x", "p"), ("x", "q"), ("y", "p"), ("y", "q")], zip(*able, strict=True),
                                           strict=True)}  # fmt: skip
        assert intervals(table, hidden, total="T") == tried


def test_nothing_of_the_engine_is_used() -> None:
    package = Path(__file__).parents[2] / "benchmarks" / "disclosure_cases"
    used = re.compile(r"^\s*(from|import) extracts\b", re.MULTILINE)
    assert not [path for path in package.rglob("*.py") if used.search(path.read_text())]
