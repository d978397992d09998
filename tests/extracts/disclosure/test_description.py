"""Descriptions: what goes out comes back, and faults are told in sentences."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.description import BadDescription, Description, FileDescription, Regression
from extracts.disclosure.layout import Layout, Percentage

FULL = FileDescription(
    name="f01.csv",
    output_type="FREQ",
    text="Grants by year and type",
    layout=Layout("wide", ("year",), "grant_type", ("G", "N"), (), (), (Percentage("share", "base"),), ("rank",)),
    unit="charities",
    sensitive=True,
    total_labels=("Sum",),
    structural_zeros=({"year": "2010", "grant_type": "N"},),
    evidence="behind.csv",
    regression=Regression(15, 5, 10),
)


@pytest.mark.parametrize("file", [FULL, FileDescription("a.csv", "FREQ")])
def test_a_description_survives_the_journey_through_json(file: FileDescription) -> None:
    description = Description((file,))
    assert Description.from_json(json.loads(json.dumps(description.to_json()))) == description


def test_a_sensible_description_has_no_problems() -> None:
    assert FULL.problems() == ()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None,                                             "an object with a list called files"),
        ({"files": "f01.csv"},                             "an object with a list called files"),
        ({"files": [3]},                                   "must be an object"),
        ({"files": [{}]},                                  "lacks a field"),
        ({"files": [{"name": "a", "colour": "red"}]},      "no field called colour"),
        ({"files": [{"name": 3}]},                         "name must be text"),
        ({"files": [{"name": "a", "sensitive": "no"}]},    "sensitive must be yes or no"),
        ({"files": [{"name": "a", "layout": {"form": "tall"}}]},      "form must be one of wide, long"),
        ({"files": [{"name": "a", "layout": {"form": ["wide"]}}]},    "form must be one of wide, long"),
        ({"files": [{"name": "a", "layout": {"counts": "n"}}]},       "counts must be a list of texts"),
        ({"files": [{"name": "a", "layout": {"percentages": [{}]}}]}, "A percentage lacks a field"),
        ({"files": [{"name": "a", "regression": {"n_obs": "many"}}]}, "n_obs must be a whole number"),
        ({"files": [{"name": "a", "structural_zeros": [{"year": 2010}]}]}, "labels are text"),
    ],
)  # fmt: skip
def test_what_is_no_description_is_refused_with_a_sentence(data: object, sentence: str) -> None:
    with pytest.raises(BadDescription, match=sentence):
        Description.from_json(data)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (FileDescription("a.csv"),                                        "Choose what kind of output"),
        (FileDescription("", "FREQ"),                                     "Give the name"),
        (FileDescription("a.csv", "FREQ", unit=" "),                      "Say what is counted"),
        (FileDescription("a.csv", "MAGN", evidence="a.csv"),              "cannot be its own evidence"),
        (FileDescription("a.csv", "FREQ", structural_zeros=({"x": "1"},)), "that the layout does not have: x"),
        (FileDescription("a.csv", "FREQ", structural_zeros=({},)),        "must name at least one dimension"),
        (FileDescription("a.csv", "REGR", regression=Regression(-1)),     "cannot be negative"),
        (FileDescription("a.csv", "FREQ", layout=Layout("wide")),         "needs a name for what its column headings"),
        (FileDescription("a.csv", "FREQ", layout=Layout(columns="x")),    "Only a wide table"),
        (FileDescription("a.csv", "FREQ", layout=Layout("wide", ("x",), "x")), "both down the rows and across"),
        (FileDescription("a.csv", "FREQ", layout=Layout(rows=("n",), counts=("n",))), "described in two ways: n"),
        (FileDescription("a.csv", "FREQ", layout=Layout(percentages=(Percentage("p", "n", 10),))), "out of 100"),
    ],
)  # fmt: skip
def test_faults_are_told_in_sentences(file: FileDescription, sentence: str) -> None:
    assert any(sentence in problem for problem in file.problems()), file.problems()


def test_a_file_is_described_once() -> None:
    twice = Description((FULL, FULL))
    assert twice.problems() == ("These files are described twice: f01.csv.",)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FULL.to_json(), "files"]), inner),
    max_leaves=10,
)


@pytest.mark.slow
@given(json_values)
def test_anything_else_is_refused_and_never_breaks(data: object) -> None:
    try:
        Description.from_json({"files": [data]})
    except BadDescription as error:
        assert error.problems
