"""A case is understood or refused with a sentence; a JSON schema validator of others agrees on every mutilated case."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extracts.disclosure.case_schema import SCHEMA, as_text, not_understood, problems
from extracts.disclosure.schema_sentences import UnknownKeyword, sentences

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "disclosure-case.schema.json"

FULL: dict[str, Any] = {
    "id": "a1",
    "title": "Defendants by area and offence",
    "kind": "frequency",
    "files": [
        {"path": "out/a.csv", "role": "output", "layout": {"form": "long", "dims": ["area"], "measure": "n"}},
        {"path": "a_counts.csv", "role": "evidence", "for": "out/a.csv", "sha256": "0" * 64, "description": "Behind."},
        {"path": "old.csv", "role": "released"},
    ],
    "layout": {
        "form": "wide", "row_dims": ["area"], "col_dim": "offence", "measure": "count", "measures": ["count"],
        "percent_column": "pct", "percent_columns": ["pct"], "base_column": "n", "out_of": 100,
        "total_labels": ["All areas"], "hidden": ["[c]"], "hierarchy": {"area": {"York": "North"}}, "others": ["t"],
    },
    "context": {
        "unit": "person_id", "value": "days", "statistic": "mean", "weight": "w",
        "dataset": "cjs_linked", "controllers": ["police", "cps"], "filter": "sex = 'F'",
        "populations": [{"file": "out/a.csv", "filter": "", "release": "r9", "dataset_version": "3"}],
        "nesting": [{"part": "County less Smalltown", "whole": "County", "dim": "area"}],
        "structural_zeros": [{"age": 10, "offence": "Murder"}], "case": "case_id", "overlapping": True,
        "sensitive": ["ethnicity"],
        "children": False, "dataset_version": "3", "rounding": {"base": 5, "scheme": "nearest"},
        "model": {"model": "ols", "n_obs": 400, "df_resid": 397, "k": 3},
        "controls": [{"control": "suppression", "file": "out/a.csv", "threshold": 10, "cells": 3}],
    },
    "policy": {
        "name": "srs-10", "threshold": 10, "sensitive_threshold": 20, "nk": [{"n": 2, "k": 0.9, "fails_when": "so"}],
        "p_percent": {"p": 10, "fails_when": "so"}, "dof": 10, "zeros_disclosive": False, "min_max": "never",
        "differencing_threshold": 10, "survival_threshold": 10, "group_share": 0.9, "unit": "person",
    },
    "claims": [
        {"by": "ACRO 1.0.2", "file": "out/a.csv", "verdict": "pass", "summary": "pass",
         "cells": [{"rules": ["threshold"], "key": {"area": "York"}, "row": 0, "column": 1}]},
    ],
    "expect": {"verdict": "fail"},
    "source": "arithmetic",
}  # fmt: skip

INDEPENDENT = jsonschema.Draft202012Validator(SCHEMA)
SURPRISES = [None, True, 0, 1, -1, 0.5, 1000, "", "x", "output", "wide", [], [1], ["x"], {}, {"a": 1}, {"base": 0}]


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every part of a piece of JSON."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for step, part in inner for found in paths_of(part, (*path, step)))]


def changed(path: tuple[Any, ...], surprise: Any, remove: bool) -> Any:
    """The full case with one part taken away or put in place of another."""
    case = copy.deepcopy(FULL)
    if not path:
        return surprise
    parent = case
    for step in path[:-1]:
        parent = parent[step]
    if remove:
        del parent[path[-1]]
    else:
        parent[path[-1]] = surprise
    return case


def test_a_case_that_uses_every_field_is_understood():
    assert problems(FULL) == () == not_understood(FULL)


def test_every_field_of_the_schema_is_used_and_documented():
    for name, field in SCHEMA["properties"].items():
        assert name in FULL and (field.get("description") or "$ref" in field), name
    for part, used in (
        ("context", FULL["context"]),
        ("policy", FULL["policy"]),
    ):
        schema = SCHEMA["properties"][part]
        fields = schema.get("properties") or schema["anyOf"][1]["properties"]
        assert set(fields) == set(used)
        assert all("description" in field for field in fields.values())


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.sampled_from(paths_of(FULL)), st.sampled_from(SURPRISES), st.booleans())
def test_sentences_come_exactly_when_an_independent_validator_objects(path, surprise, remove):
    case = changed(path, surprise, remove)
    refused = not INDEPENDENT.is_valid(case)
    assert bool(list(sentences(case, SCHEMA, SCHEMA, "The case"))) == refused


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"files": [{"path": "a.csv", "role": "secret"}]}, "role must be one of output, microdata"),
        ({"files": [{"path": "a.csv", "role": "released"}]}, "No file has the role output"),
        ({"files": [{"path": "../a.csv", "role": "output"}]}, "leads out of the folder"),
        ({"files": [{"path": "/a.csv", "role": "output"}]}, "leads out of the folder"),
        ({"files": [{"path": "a.csv", "role": "output"}] * 2}, "named twice"),
        ({"files": []}, "files must be a list of one file or more"),
        ({"policy": {"threshold": 0}}, "policy, threshold must be a whole number of 1 or more"),
        ({"policy": {"threshold": "10"}}, "policy, threshold must be a whole number"),
        ({"policy": 10}, "policy must be the name of a policy or an object"),
        ({"context": {"nesting": [{"part": "a"}]}}, "nesting, item 1 lacks whole"),
        ({"expect": {"value": float("nan")}}, "not finite"),
    ],
)
def test_a_fault_is_said_in_a_sentence(change, sentence):
    found = problems({**FULL, **change})
    assert any(sentence in problem for problem in found), found
    assert all(problem.endswith(".") for problem in found)


def test_a_slip_of_the_pen_is_said_and_not_refused():
    case = {"files": [{"path": "a.csv", "role": "output"}], "context": {"population": []}, "polices": "abs"}
    assert problems(case) == ()
    assert not_understood(case) == (
        "The case, context has no field called population.",
        "The case has no field called polices.",
    )


def test_labels_of_a_key_may_be_called_anything():
    case = {**FULL, "context": {"structural_zeros": [{"whatever": "x"}]}}
    assert problems(case) == () == not_understood(case)


def test_a_schema_that_is_not_understood_is_refused():
    with pytest.raises(UnknownKeyword, match="oneOf"):
        list(sentences({}, {"oneOf": []}, {}, "It"))


def test_the_reference_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == as_text()
    jsonschema.Draft202012Validator.check_schema(json.loads(as_text()))
