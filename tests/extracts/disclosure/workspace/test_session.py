"""What a session writes is read by the engine, says what was done, and never differs from the researcher's numbers."""

import ast
import json
import sys

import numpy as np
import pandas as pd
import pytest

from extracts.disclosure.case_schema import not_understood, problems
from extracts.disclosure.workspace.gatehouse_sdc import CannotMake
from extracts.disclosure.workspace.travelling import delivered
from tests.extracts.disclosure.workspace.people import listed, session, some, written


def everything(outputs, tmp_path):
    """One output of each kind."""
    note = tmp_path / "note.txt"
    note.write_text("How the sample was chosen.")
    return [
        outputs.crosstab("area", "offence", where="age between 16 and 64", margins=True, suppress_below=5, round_to=5),
        outputs.crosstab(["area", "year"], sensitive=["offence"], structural_zeros=[{"area": "East", "year": 2020}]),
        outputs.table("area", "offence", value="days", statistic="mean", digits=1, weight="weight"),
        outputs.table(None, value="days", statistic=["mean", "p90", "max"], show_n=True, suppress_below=10),
        outputs.rate("area", of="guilty = true", suppress_below=3),
        outputs.histogram("age", width=20),
        outputs.survival("age", event="guilty", rows="offence", every=20, children=False),
        outputs.regression("days", ["age", "offence"]),
        outputs.regression("guilty", ["age"], kind="logit"),
        outputs.add_file(note, "How the sample was chosen.", kind="text"),
    ]


def test_every_case_is_one_that_the_engine_reads(tmp_path):
    outputs = session(tmp_path, some(1, 200, repeated=False), dataset_version="3", policy="srs-10")
    made = everything(outputs, tmp_path)
    cases = listed(tmp_path)
    assert [case["id"] for case in cases] == [output.name for output in made] and len({*map(len, cases)}) > 1
    for case, output in zip(cases, made, strict=True):
        assert problems(case) == () == not_understood(case)
        assert case == output.case == json.loads((tmp_path / "outputs" / f"{output.name}.case.json").read_text())
        assert case["policy"] == "srs-10" and case["context"]["dataset_version"] == "3"
        layout, output_file = case.get("layout"), case["files"][0]["path"]
        if layout and output_file.endswith(".csv"):
            columns = set(pd.read_csv(tmp_path / "outputs" / output_file).columns)
            named = {*layout.get("dims", ()), *layout.get("row_dims", ()), *layout.get("others", ())}
            named |= {*layout.get("measures", ())} if layout["form"] == "long" else set()
            assert named <= columns
    assert outputs.check() == []


def test_the_data_are_never_changed(tmp_path):
    records = some(2, 200, repeated=False)
    before = records.copy(deep=True)
    everything(session(tmp_path, records), tmp_path)
    pd.testing.assert_frame_equal(records, before)


@pytest.mark.parametrize("seed", range(2))
def test_what_is_written_is_what_was_worked_out_unless_something_else_was_asked_for(tmp_path, seed):
    outputs = session(tmp_path, some(seed))
    for output in (
        outputs.crosstab("area", "offence", margins=True),
        outputs.table("area", "offence", value="days"),
        outputs.table("area", value="days", statistic=["sum", "p10"], show_n=True),
        outputs.histogram("age", width=15),
    ):
        numbers = output.frame.drop(columns=output.case["layout"].get("row_dims", output.case["layout"].get("dims")))
        text = written(tmp_path, output)[numbers.columns].replace("[z]", "nan")
        pd.testing.assert_frame_equal(text.astype(float), numbers.astype(float), check_exact=True)
        assert "controls" not in output.case["context"]


def test_hiding_and_rounding_are_recorded_and_the_numbers_kept(tmp_path):
    records = some(3)
    outputs = session(tmp_path, records)
    plain = outputs.crosstab("area", "offence")
    output = outputs.crosstab("area", "offence", suppress_below=8, round_to=5)
    pd.testing.assert_frame_equal(output.frame, plain.frame)
    text, numbers = written(tmp_path, output).iloc[:, 1:], plain.frame.iloc[:, 1:]
    few = (numbers > 0) & (numbers < 8)
    assert ((text == "[c]") == few).all().all() and few.to_numpy().any()
    assert (text.mask(few, "0").astype(int) == (numbers.mask(few, 0) / 5 + 0.5).astype(int) * 5).all().all()
    path = f"{output.name}.csv"
    assert output.case["context"]["controls"] == [
        {"control": "suppression", "threshold": 8, "file": path, "cells": int(few.to_numpy().sum())},
        {"control": "rounding", "base": 5, "file": path},
    ]
    assert output.case["context"]["rounding"] == {"base": 5, "scheme": "nearest"}


def test_what_comes_back_shows_the_table_and_what_is_too_small_at_once(tmp_path):
    records = some(4)
    output = session(tmp_path, records, threshold=10).crosstab("area", "offence", name="counts", title="Offences")
    few = int(((output.frame.iloc[:, 1:] > 0) & (output.frame.iloc[:, 1:] < 10)).to_numpy().sum())
    assert repr(output).splitlines()[0] == "Offences  [counts]"
    assert f"{few} cells below 10." in repr(output) and repr(output).count(" !") == few > 1
    assert "Left out: " in repr(output)
    assert f"{few} cells below 10." in output._repr_html_() and "<table" in output._repr_html_()
    assert "!" not in (tmp_path / "outputs" / "counts.csv").read_text()


def test_dominance_and_equal_values_are_noted(tmp_path):
    records = pd.DataFrame({"id": range(30), "g": ["a"] * 15 + ["b"] * 15, "v": [1000.0] + [1.0] * 14 + [7.0] * 15})
    notes = session(tmp_path, records, unit="id").table("g", value="v", statistic="sum").notes
    assert notes == [
        "1 cell where the largest contributors give themselves away.",
        "1 cell where everybody has the same value.",
    ]


def test_asking_again_writes_the_same_and_asking_for_something_else_does_not(tmp_path):
    outputs = session(tmp_path, some(5))
    outputs.crosstab("area", where="age > 30")
    before = {path.name: path.read_bytes() for path in (tmp_path / "outputs").iterdir()}
    session(tmp_path, some(5)).crosstab("area", where="age > 30")
    assert {path.name: path.read_bytes() for path in (tmp_path / "outputs").iterdir()} == before
    outputs.crosstab("area", where="age > 31")
    assert len(listed(tmp_path)) == 2


def test_changed_and_missing_files_are_named_and_an_output_can_be_taken_back(tmp_path):
    outputs = session(tmp_path, some(6))
    first, second = outputs.crosstab("area"), outputs.crosstab("offence")
    (tmp_path / "outputs" / f"{first.name}.csv").write_text("area,count\nNorth,99\n")
    (tmp_path / "outputs" / f"{second.name}_evidence.csv").unlink()
    assert outputs.check() == [
        f"{first.name}.csv was changed after it was written.",
        f"{second.name}_evidence.csv is gone.",
    ]
    outputs.withdraw(second.name)
    assert [case["id"] for case in listed(tmp_path)] == [first.name]
    assert not list((tmp_path / "outputs").glob(f"{second.name}*"))


def test_a_session_about_others_does_not_take_the_place_of_an_output(tmp_path):
    for how in ({}, {"where": "age > 40"}, {"dataset_version": "4"}):
        session(tmp_path, some(7), **how).crosstab("area")
    assert len(listed(tmp_path)) == 3


def test_an_output_that_takes_the_place_of_another_leaves_nothing_of_it(tmp_path):
    outputs = session(tmp_path, some(7))
    outputs.crosstab("area", name="same")
    outputs.rate("area", of="guilty = true", name="same", structural_zeros=[{"area": np.int64(3)}])
    assert {path.name for path in (tmp_path / "outputs").iterdir()} == {
        "outputs.json", "same.case.json", "same.csv", "same_underlying.csv",
    }  # fmt: skip
    assert outputs.check() == [] and len(listed(tmp_path)) == 1


def test_no_file_that_is_added_takes_the_place_of_an_output(tmp_path):
    outputs = session(tmp_path, some(7))
    outputs.crosstab("area", name="counts")
    for name in ("counts.csv", "counts_evidence.csv", "outputs.json", "x.case.json"):
        (tmp_path / name).write_text("mine")
        with pytest.raises(CannotMake, match="rename yours"):
            outputs.add_file(tmp_path / name, "Mine.")
    with pytest.raises(CannotMake, match="does not end in"):
        outputs.crosstab("area", name="counts_evidence")
    assert outputs.check() == []


def test_it_needs_nothing_of_gatehouse():
    """The file travels alone: all that it imports is numpy, pandas and Python's own."""
    imported = set()
    for node in ast.walk(ast.parse(delivered()["gatehouse_sdc.py"])):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        imported |= {name.split(".")[0] for name in names}
    assert imported - set(sys.stdlib_module_names) == {"numpy", "pandas"}
