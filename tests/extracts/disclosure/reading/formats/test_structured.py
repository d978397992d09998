"""JSON and YAML: every orientation is a table, every chart gives its data, and no number is lost."""

import json
import random
import re

import pytest

from extracts.disclosure.policy import SRS_10, Policy
from extracts.disclosure.reading.contents import PartKind
from extracts.disclosure.reading.formats.structured import read
from extracts.disclosure.reading.triage import CannotRead

from .parts import concealed, kinds, tables, texts


def read_json(value: object) -> object:
    return read(json.dumps(value).encode(), "a.json", SRS_10)


AREAS = [("area", "n"), ("North", "12"), ("South", "30")]
ROWED = [("row", "area", "n"), ("a", "North", "12"), ("b", "South", "30")]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ([{"area": "North", "n": 12}, {"area": "South", "n": 30}], AREAS),
        ({"area": ["North", "South"], "n": [12, 30]}, AREAS),
        ({"area": {"0": "North", "1": "South"}, "n": {"0": 12, "1": 30}}, AREAS),
        ({"columns": ["area", "n"], "data": [["North", 12], ["South", 30]]}, AREAS),
        ({"columns": ["area", "n"], "index": ["a", "b"], "data": [["North", 12], ["South", 30]]}, ROWED),
        ([["area", "n"], ["North", 12], ["South", 30]], AREAS),
    ],
)
def test_every_orientation_is_a_table(value: object, wanted: object) -> None:
    assert tables(read_json(value)) == {"": wanted}


def test_json_lines_are_records() -> None:
    assert tables(read(b'{"area":"North","n":12}\n{"area":"South","n":30}\n', "a.jsonl", SRS_10)) == {"": AREAS}


def test_features_of_a_map_are_rows_with_the_place_of_points() -> None:
    point = {"type": "Feature", "properties": {"n": 3}, "geometry": {"type": "Point", "coordinates": [-1.5, 53.8]}}
    found = tables(read_json({"type": "FeatureCollection", "features": [point]}))
    assert found == {"": [("n", "geometry", "longitude", "latitude"), ("3", "Point", "-1.5", "53.8")]}


@pytest.mark.parametrize(
    ("chart", "wanted"),
    [
        ({"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "mark": "bar",
          "data": {"values": [{"area": "North", "n": 12}]}}, [("area", "n"), ("North", "12")]),
        ({"layer": [{"mark": "bar", "data": {"name": "d"}}], "datasets": {"d": [{"area": "North", "n": 12}]}},
         [("area", "n"), ("North", "12")]),
        ({"data": [{"type": "bar", "x": ["North"], "y": [12]}], "layout": {}}, [("x", "y"), ("North", "12")]),
        ({"data": [{"type": "bar", "y": {"dtype": "i2", "bdata": "DAAeAA=="}}], "layout": {}},
         [("y",), ("12",), ("30",)]),
        ({"data": [{"type": "heatmap", "z": [[1, 2], [3, 4]]}]}, [("z 1", "z 2"), ("1", "3"), ("2", "4")]),
        ({"type": "bar", "data": {"labels": ["North"], "datasets": [{"label": "n", "data": [12]}]}},
         [("label", "n"), ("North", "12")]),
        ({"xAxis": {"categories": ["North"]}, "series": [{"name": "n", "data": [12]}]},
         [("category", "n"), ("North", "12")]),
        ({"xAxis": {"data": ["North"]}, "series": [{"type": "scatter", "data": [[1, 2], [3, 4]]}]},
         [("category", "series 1 1", "series 1 2"), ("North", "1", "2"), ("", "3", "4")]),
    ],
)  # fmt: skip
def test_the_data_of_a_chart(chart: dict, wanted: object) -> None:
    contents = read_json({"title": "Figure 7", "chart": chart})
    found = [part for part in contents.parts if part.kind == PartKind.CHART]
    assert [[part.table.columns, *part.table.rows] for part in found] == [wanted]
    assert "Figure 7" in texts(contents)


def test_a_chart_whose_data_are_elsewhere_says_so() -> None:
    contents = read_json({"mark": "bar", "data": {"url": "counts.csv"}})
    assert kinds(contents)[0] == PartKind.CHART and contents.parts[0].table is None and contents.parts[0].note


def test_titles_and_names_within_a_chart_are_text() -> None:
    chart = {
        "data": [{"type": "bar", "x": ["a"], "y": [12], "name": "ann@example.org"}],
        "layout": {"title": "n = 240"},
    }
    said = texts(read_json(chart))
    assert "ann@example.org" in said and "n = 240" in said


def test_no_number_is_lost() -> None:
    """Whatever the shape, each number comes out in a table or a text."""
    chance = random.Random(7)
    for _ in range(300):
        numbers = iter(range(100_000, 200_000))
        value = _some_value(chance, numbers, 0)
        wanted = set(re.findall(r"1\d{5}", json.dumps(value)))
        contents = read_json(value)
        seen = {cell for rows in tables(contents).values() for row in rows for cell in row}
        assert wanted <= set(re.findall(r"1\d{5}", " ".join([*seen, texts(contents)])))


def _some_value(chance: random.Random, numbers: object, depth: int) -> object:
    shape = chance.random()
    if depth > 3 or shape < 0.4:
        return next(numbers)
    inner = [_some_value(chance, numbers, depth + 1) for _ in range(chance.randint(1, 3))]
    names = ["a", "data", "values", "series", "columns", "x", "features", "datasets", "layout", "mark"]
    return inner if shape < 0.6 else {chance.choice(names): one for one in inner}


def test_a_name_used_twice_is_found_and_both_values_are_kept() -> None:
    contents = read(b'{"n": 12, "n": 3}', "a.json", SRS_10)
    assert concealed(contents) == [("hidden_content", "fail")]
    assert "12" in texts(contents) and "3" in texts(contents)


def test_clean_files_conceal_nothing() -> None:
    assert concealed(read_json([{"area": "North", "n": 12}])) == []


@pytest.mark.parametrize("content", [b"{", b"[" * 100_000, b'{"a": }', b"\x00\x01\x02"])
def test_what_is_no_json_is_not_read(content: bytes) -> None:
    with pytest.raises(CannotRead):
        read(content, "a.json", SRS_10)


def test_too_many_values_are_not_read() -> None:
    with pytest.raises(CannotRead, match=r"cells|values"):
        read(json.dumps([[1, 2]] * 100).encode(), "a.json", Policy("small", "1", max_cells=50))


def test_yaml() -> None:
    contents = read(b"# made by hand for 3 people\ncounts:\n  area: [North, South]\n  n: [12, 30]\n", "a.yaml", SRS_10)
    assert tables(contents) == {"counts": AREAS}
    assert "3 people" in texts(contents)


def test_a_name_used_twice_in_yaml_is_found_too() -> None:
    contents = read(b"n: 12\nn: 3\n", "a.yaml", SRS_10)
    assert concealed(contents) == [("hidden_content", "fail")]
    assert "12" in texts(contents) and "3" in texts(contents)
    with pytest.raises(CannotRead):
        read(b"a: &a\n  b: *a\n", "a.yaml", SRS_10)


def test_yaml_makes_no_objects() -> None:
    with pytest.raises(CannotRead):
        read(b"!!python/object/apply:os.getcwd []", "a.yaml", SRS_10)


def test_references_in_yaml_cannot_multiply() -> None:
    rows = ["a0: &a0 [x, y]"] + [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]" for n in range(1, 12)]
    with pytest.raises(CannotRead, match=r"values|cells|deeply"):
        read("\n".join(rows).encode(), "a.yaml", Policy("small", "1", max_cells=5_000))
