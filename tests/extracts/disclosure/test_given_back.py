"""Given back: the hidden cell itself is named when counts of other tables, or of a label around it, are subtracted."""

import json
from pathlib import Path
from typing import Any

import pytest

from extracts.disclosure.case import check_case

from .tables import lines

LONG = {"form": "long", "measure": "count"}
CASES: dict[str, tuple[dict[str, tuple[str, str, list[str]]], dict[str, Any], dict[str, str], int]] = {
    "a margin in another table": (
        {"a": ("output", "force, sex, count\nKent, Male, [c]\nKent, Female, 44\nEssex, Male, 61\nEssex, Female, 52",
               ["force", "sex"]),
         "b": ("output", "force, count\nKent, 50\nEssex, 113", ["force"])},
        {"kind": "linked"}, {"force": "Kent", "sex": "Male"}, 6),
    "an earlier total": (
        {"b": ("output", "offence, count\nTheft, 1200\nDrugs, 632\nArson, [c]", ["offence"]),
         "a": ("released", "offence, count\nTotal, 1840", ["offence"])},
        {"kind": "differencing", "context": {"populations": [{"file": "a.csv", "filter": "", "release": "R1"}]}},
        {"offence": "Arson"}, 8),
    "a label around it": (
        {"a": ("output", "offence, count\nSexual offences, 846\nof which rape, [c]\nof which other, 840\nRobbery, 565",
               ["offence"])},
        {"kind": "frequency", "context": {"nesting": [
            {"part": "of which rape", "whole": "Sexual offences"},
            {"part": "of which other", "whole": "Sexual offences"}]}},
        {"offence": "of which rape"}, 6),
}  # fmt: skip


def said(folder: Path, name: str, *, more: int = 0) -> dict[str, Any]:
    """The answer to one of the cases, the whole larger by a number."""
    files, case, _, _ = CASES[name]
    for file, (_, text, _) in files.items():
        for whole in ("Kent, 50", "Total, 1840", "Sexual offences, 846"):
            label, number = whole.split(", ")
            text = text.replace(whole, f"{label}, {int(number) + more}")
        (folder / f"{file}.csv").write_bytes(lines(text))
    paths = [
        {"path": f"{file}.csv", "role": role, "layout": {**LONG, "dims": dims}}
        for file, (role, _, dims) in files.items()
    ]
    return check_case(json.loads(json.dumps({**case, "files": paths})), folder)


@pytest.mark.parametrize("name", CASES)
def test_the_hidden_cell_is_named_with_its_number(name: str, tmp_path: Path) -> None:
    *_, key, number = CASES[name]
    found = said(tmp_path, name)
    named = [one for one in found["findings"] if one["key"].items() >= key.items() and one["verdict"] == "fail"]
    assert found["verdict"] == "fail" and named
    assert {"key": key, "value": number} in [{k: one.get(k) for k in ("key", "value")} for one in found["implied"]]


@pytest.mark.parametrize("name", CASES)
def test_a_hidden_cell_that_is_large_enough_is_no_finding(name: str, tmp_path: Path) -> None:
    *_, key, _ = CASES[name]
    assert not [one for one in said(tmp_path, name, more=40)["findings"] if one["key"].items() >= key.items()]
