"""The shared worked examples, checked as a case is from the command line.

They live beside the repository, so a copy of the repository alone skips them.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from extracts.disclosure.case import check_case

EXAMPLES = Path(__file__).parents[3].parent / "shared" / "sdc" / "examples"

pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the shared examples are not beside this repository")

CASES = json.loads((EXAMPLES / "cases.json").read_text())["cases"] if EXAMPLES.is_dir() else []

# Findings about a whole group of cells, or about a file's columns, are expected elsewhere in an example.
OF_GROUPS = {"class_disclosure", "identifier", "row_level"}

Place = tuple[tuple[str, str], ...]


def places(found: list[dict[str, Any]]) -> dict[Place, set[str]]:
    """Key of a cell -> the rules that object to it."""
    by_place: dict[Place, set[str]] = {}
    for one in found:
        by_place.setdefault(tuple(sorted(one["key"].items())), set()).update(one["rules"])
    return by_place


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_example(case: dict[str, Any]) -> None:
    answer, expected = check_case(case, EXAMPLES), case["expect"]
    assert answer["verdict"] == expected["verdict"], answer["findings"]
    of_cells = [one for one in answer["findings"] if one["verdict"] == "fail" and not set(one["rules"]) <= OF_GROUPS]
    found, wanted = places(of_cells), places(expected.get("cells", []))
    if expected.get("exhaustive"):
        assert found == wanted
    else:
        assert all(wanted[place] <= found.get(place, set()) for place in wanted)
    rules = {rule for one in answer["findings"] for rule in one["rules"]}
    assert set(expected.get("rules", [])) <= rules
    assert set(expected.get("columns", [])) <= {one["column"] for one in answer["findings"]}
    for group in expected.get("also", []):
        assert any(one["key"] == group["group"] and group["rule"] in one["rules"] for one in answer["findings"])
    implied = [{"key": one["key"], "value": one.get("value")} for one in answer["implied"]]
    assert all(one in implied for one in expected.get("implied", []))
