"""A specification is what was agreed, and nothing finer, wider or else."""

import json
from dataclasses import replace
from datetime import date

import pytest

from extracts.specification import (
    BadSpecification,
    ColumnSpec,
    ExtractSpec,
    TableSpec,
    compile_specification,
    missing_from,
    problems_of,
    within,
)
from governance.agreements.scope import Scope
from governance.catalogue.catalogue import BadCatalogue, RowRule
from governance.catalogue.cohort import Cohort
from tests.extracts.small_dataset import scope, small_catalogue

CRIME = ["crime_id", ("recorded_on", "month"), ("force", "region")]
VICTIM = ["number", ("age", "group")]


@pytest.fixture
def catalogue(tmp_path):
    return small_catalogue(tmp_path)


def spec_of(*, first=date(2019, 1, 1), last=date(2020, 12, 31), dataset="small", **tables):
    chosen = tuple(
        TableSpec(name, tuple(ColumnSpec(*(entry if isinstance(entry, tuple) else (entry,))) for entry in entries))
        for name, entries in tables.items()
    )
    return ExtractSpec(dataset, "1", chosen, first, last)


def test_a_scope_compiles_to_all_it_grants_in_the_order_of_the_catalogue(catalogue):
    spec = compile_specification(scope(victim=VICTIM[::-1], crime=CRIME), catalogue, "1")
    assert spec == spec_of(
        crime=["crime_id", ("recorded_on", "month"), ("force", "region")],
        victim=["crime_id", "number", "person", ("age", "group")],
    )
    assert within(spec, scope(victim=VICTIM, crime=CRIME), catalogue) == []


def test_a_specification_survives_storage(catalogue):
    spec = compile_specification(scope(crime=CRIME, victim=VICTIM), catalogue, "1", formats=["parquet"])
    again = ExtractSpec.from_json(spec.to_json())
    assert again == spec and again.digest() == spec.digest() and again.formats == ("parquet",)
    assert spec.digest() != compile_specification(scope(crime=CRIME), catalogue, "1").digest()


@pytest.mark.parametrize(
    "changes",
    [{"form": 2}, {"form": 4}, {"pseudonyms": "md5"}, {"rows": "all"}, {"withheld": None, "cohort": []},
     {"tables": [{"name": "crime", "columns": [{"name": "force", "top": "90"}]}]},
     {"tables": [{"name": "crime", "columns": [{"name": "force", "noise": 1}]}]},
     {"tables": [{"name": "crime"}]}, {"period_from": "soon"}, {"period_from": "2030-01-01"},
     {"formats": ["csv"]}, {"formats": ["parquet", "xlsx"]}, {"tables": None}],
)  # fmt: skip
def test_what_was_not_stored_by_us_is_refused(catalogue, changes):
    stored = compile_specification(scope(crime=CRIME), catalogue, "1").to_json()
    with pytest.raises(BadSpecification):
        ExtractSpec.from_json({**stored, **changes})


def test_forms_that_were_stored_earlier_are_still_read(catalogue):
    """Form 1 had no cohort, form 2 had one, and columns were pairs: extracts were delivered by them."""
    spec = compile_specification(scope(crime=CRIME), catalogue, "1")
    early = {
        "form": 1, "dataset": "small", "release_version": "1", "period_from": "2019-01-01", "period_to": "2020-12-31",
        "formats": ["parquet", "csv"],
        "tables": [{"name": "crime", "columns": [["crime_id", ""], ["recorded_on", "month"], ["force", "region"]]}],
    }  # fmt: skip
    assert ExtractSpec.from_json(early) == spec
    narrowed = ExtractSpec.from_json({**early, "form": 2, "cohort": {"force": {"in": ["N"]}}})
    assert narrowed == replace(spec, cohort=Cohort.from_json({"force": {"in": ["N"]}}))
    with pytest.raises(BadSpecification):
        ExtractSpec.from_json({**early, "form": 2})


def test_bounds_and_row_rules_of_the_catalogue_are_compiled_in(tmp_path):
    catalogue = small_catalogue(
        tmp_path,
        variables={("victim", "age"): {"top": "90", "bottom": "10"}, ("crime", "force"): {"merge_below": "5"}},
        tables={"victim": {"only": "number: 1 | 2"}},
    )
    asked = scope(victim=["number", ("age", "single_year")], crime=[("force", "force")])
    spec = compile_specification(asked, catalogue, "1")
    victim = next(table for table in spec.tables if table.name == "victim")
    assert victim.only == (RowRule("number", ("1", "2")),)
    assert next(column for column in victim.columns if column.name == "age") == ColumnSpec("age", "single_year", 10, 90)
    assert ColumnSpec("force", "force", merge_below=5) in spec.tables[0].columns
    assert ExtractSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec
    assert within(spec, asked, catalogue) == []
    plain = compile_specification(asked, small_catalogue(tmp_path / "plain"), "1")
    assert [reason for reason in within(plain, asked, catalogue)] == [
        "crime.force is not bounded or merged as the catalogue says.",
        "The rows of victim are not chosen as the catalogue says.",
        "victim.age is not bounded or merged as the catalogue says.",
    ]


def test_a_band_needs_no_bounds(tmp_path):
    catalogue = small_catalogue(tmp_path, variables={("victim", "age"): {"top": "90"}})
    spec = compile_specification(scope(victim=["number", ("age", "band")]), catalogue, "1")
    assert ColumnSpec("age", "band") in spec.tables[0].columns


@pytest.mark.parametrize(
    ("variable", "cells", "problem"),
    [
        (("crime", "force"), {"top": "5"}, "Only numbers"),
        (("victim", "age"), {"top": "x"}, "whole number"),
        (("victim", "age"), {"top": "5", "bottom": "5"}, "below top"),
        (("victim", "age"), {"merge_below": "5"}, "categories only"),
        (("victim", "person"), {"top": "5"}, "Only numbers"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(tmp_path, variable, cells, problem):
    with pytest.raises(BadCatalogue, match=problem):
        small_catalogue(tmp_path, variables={variable: cells})


@pytest.mark.parametrize("only", ["age", "shoe_size: 1", "number:", "number: 1 |"])
def test_a_row_rule_that_makes_no_sense_is_refused(tmp_path, only):
    with pytest.raises(BadCatalogue, match="only must be"):
        small_catalogue(tmp_path, tables={"victim": {"only": only}})


def test_nothing_can_be_there_twice():
    with pytest.raises(BadSpecification, match="twice"):
        spec_of(crime=["force", "force"])


# What is asked for beyond `crime: crime_id, recorded_on by month, force by region` of 2019-2020, and what is said.
CASES = [
    ({"crime": [("recorded_on", "month")]},                   None),
    ({"crime": [("recorded_on", "year")]},                    None),
    ({"crime": ["crime_id"]},                                 None),
    ({"crime": [("recorded_on", "day")]},                     "granted by month, which is coarser than day"),
    ({"crime": [("force", "force")]},                         "granted by region"),
    ({"crime": [("force", "")]},                              "no level of detail ''"),
    ({"crime": [("recorded_on", "decade")]},                  "no level of detail 'decade'"),
    ({"crime": [("crime_id", "month")]},                      "no level of detail"),
    ({"crime": ["weapon"]},                                   "crime.weapon was not granted"),
    ({"crime": ["shoe_size"]},                                "no variable shoe_size"),
    ({"crime": []},                                           "has no column"),
    ({"victim": ["person"]},                                  "table victim was not granted"),
    ({"secret": ["crime_id"]},                                "not offered to projects"),
    ({"nowhere": ["x"]},                                      "no table nowhere"),
    ({},                                                      "holds no table"),
    ({"crime": ["crime_id"], "first": date(2018, 12, 31)},    "agreed period"),
    ({"crime": ["crime_id"], "last": date(2021, 1, 1)},       "agreed period"),
    ({"crime": ["crime_id"], "dataset": "large"},             "agreement on small"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "reason"), CASES)
def test_what_is_inside_and_why_not(catalogue, asked, reason):
    reasons = within(spec_of(**asked), scope(crime=CRIME), catalogue)
    if reason is None:
        assert reasons == []
    else:
        assert len(reasons) == 1 and reason in reasons[0]


def test_a_direct_identifier_is_never_inside_even_when_granted(catalogue):
    granted = scope(victim=["name"])
    assert within(spec_of(victim=["name"]), granted, catalogue) == [
        "victim.name identifies people and is in no extract."
    ]
    with pytest.raises(BadSpecification, match="identifies people"):
        compile_specification(granted, catalogue, "1")


@pytest.mark.parametrize(
    "granted", [{"secret": ["crime_id"]}, {"crime": ["shoe_size"]}, {"crime": [("recorded_on", "")]}, {"x": ["y"]}, {}]
)
def test_a_scope_that_does_not_fit_the_catalogue_is_not_compiled(catalogue, granted):
    with pytest.raises(BadSpecification):
        compile_specification(scope(**granted), catalogue, "1")


def test_every_reason_is_given(catalogue):
    asked = spec_of(crime=["weapon", "loss"], victim=["person"], last=date(2030, 1, 1))
    assert len(within(asked, scope(crime=CRIME), catalogue)) == 4


@pytest.mark.parametrize(
    ("granted", "problems"),
    [
        ({"crime": CRIME, "victim": VICTIM},          []),
        ({"victim": VICTIM},                          []),
        ({},                                          ["The agreement grants no table."]),
        ({"crime": [("force", "")], "nowhere": ["x"]}, ["crime.force has no level of detail ''.",
                                                        "There is no table nowhere."]),
    ],
)  # fmt: skip
def test_problems_are_those_that_compiling_raises(catalogue, granted, problems):
    asked = scope(**granted)
    assert problems_of(asked, catalogue) == problems
    if problems:
        with pytest.raises(BadSpecification) as raised:
            compile_specification(asked, catalogue, "1")
        assert str(raised.value) == " ".join(problems)
    else:
        assert within(compile_specification(asked, catalogue, "1"), asked, catalogue) == []


def test_a_scope_on_another_dataset_is_a_problem_of_its_own(catalogue):
    elsewhere = Scope("large", scope(crime=CRIME).tables, date(2019, 1, 1), date(2019, 12, 31))
    assert problems_of(elsewhere, catalogue) == ["The agreement is on large, not on small."]


def test_tables_missing_from_a_release_are_named_with_the_parents_they_need(catalogue):
    granted = scope(victim=VICTIM, crime=CRIME)
    assert missing_from(granted, {"crime", "victim"}, catalogue) == []
    assert missing_from(granted, {"crime"}, catalogue) == ["victim"]
    assert missing_from(granted, set(), catalogue) == ["victim", "crime"]
    assert missing_from(scope(victim=VICTIM), {"victim"}, catalogue) == ["crime"]
    spec = compile_specification(granted, catalogue, "1")
    assert missing_from(spec, {"victim"}, catalogue) == ["crime"]
