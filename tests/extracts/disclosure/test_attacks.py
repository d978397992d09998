"""Attacks on the check that once passed: each is a file or a description that hides a small count."""

import json
from pathlib import Path

import pytest

from extracts.disclosure.case import BadCase, check_case, remember
from extracts.disclosure.ledger.store import Ledger
from extracts.disclosure.policy import BadPolicy, Policy


def verdict(folder: Path, text: str, name: str = "t.csv", **said: object) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(check_case({"files": [{"path": name, "role": "output"}], **said}, folder)["verdict"])


@pytest.mark.parametrize("dressed", ["3 (10.0%)", "3*", "~3", "$3", "n=3", "3/30", "3±1", "3 [r]"])
def test_numbers_with_marks_are_no_labels(tmp_path: Path, dressed: str) -> None:
    rows = "\n".join(f"{area},{dressed.replace('3', digit, 1)},30" for area, digit in zip("ABC", "354", strict=True))
    assert verdict(tmp_path, f"area,Theft,n\n{rows}\n") != "pass"


def test_a_first_row_of_data_is_not_lost(tmp_path: Path) -> None:
    assert verdict(tmp_path, "North,5,6\nSouth,30,40\nEast,31,41\n") != "pass"


@pytest.mark.slow
def test_years_across_are_headings(tmp_path: Path) -> None:
    assert verdict(tmp_path, "area,2018,2019\nNorth,30,40\nSouth,31,41\n") == "pass"


@pytest.mark.slow
@pytest.mark.parametrize("page", ["<!DOCTYPE html><!-- A n=3 -->{}", "<!DOCTYPE html>{}<!-- A n=3 -->"])
def test_comments_outside_of_a_page_are_read(tmp_path: Path, page: str) -> None:
    table = (
        "<table><tr><th>area</th><th>n</th></tr><tr><td>A</td><td>30</td></tr><tr><td>B</td><td>40</td></tr></table>"
    )
    assert verdict(tmp_path, page.format(f"<html><body>{table}</body></html>"), "t.html") == "fail"


def test_a_hierarchy_is_nesting(tmp_path: Path) -> None:
    said = {"form": "long", "dims": ["area"], "measure": "n", "hierarchy": {"area": {"Dover": "Kent"}}}
    assert verdict(tmp_path, "area,n\nKent,53\nDover,50\nSurrey,60\n", kind="frequency", layout=said) == "fail"


def test_spreads_of_nobody_knows_how_many_are_for_a_person(tmp_path: Path) -> None:
    assert verdict(tmp_path, "area,sd\nA,3.1\nB,2.5\n", kind="shape") == "review"


def test_counts_beside_means_stay_counts(tmp_path: Path) -> None:
    said = {"form": "wide", "row_dims": ["area"], "col_dim": "measure", "measures": ["n", "mean"]}
    text = "area,n,mean\nA,3,10.5\nB,40,11.5\n"
    assert verdict(tmp_path, text, kind="magnitude", layout=said, context={"statistic": "mean"}) == "fail"


def test_a_file_without_counts_is_none_beneath_a_ratio(tmp_path: Path) -> None:
    (tmp_path / "note.csv").write_text("note\nnothing\n", encoding="utf-8")
    (tmp_path / "t.csv").write_text("exposure,odds_ratio\nyes,3.4\n", encoding="utf-8")
    files = [{"path": "t.csv", "role": "output"}, {"path": "note.csv", "role": "underlying"}]
    assert check_case({"kind": "odds_ratio", "files": files}, tmp_path)["verdict"] == "review"


def test_columns_that_the_file_lacks_are_asked_about(tmp_path: Path) -> None:
    said = {"form": "long", "dims": ["nope"], "measure": "n"}
    assert verdict(tmp_path, "area,n\nA,30\nB,40\n", kind="frequency", layout=said) == "review"


def test_an_answer_says_which_figures_a_case_changed(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("area,n\nA,3\nB,40\n", encoding="utf-8")
    case = {"kind": "frequency", "files": [{"path": "t.csv", "role": "output"}], "policy": {"threshold": 2}}
    notes = check_case(case, tmp_path)["notes"]
    assert "The case asks for threshold 2 where srs-10 has 10." in notes


@pytest.mark.parametrize("data", [[], {"name": "x", "version": "1", "threshold": float("nan")},
                                  {"name": "x", "version": "1", "threshold": True}])  # fmt: skip
def test_policies_are_checked(data: object) -> None:
    with pytest.raises(BadPolicy):
        Policy.from_json(data)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", ['{"n_obs": NaN, "df_resid": 100}', '{"n_obs": 1e999}'])
def test_sizes_that_are_no_numbers_say_nothing(tmp_path: Path, size: str) -> None:
    (tmp_path / "m.json").write_text(size, encoding="utf-8")
    (tmp_path / "t.csv").write_text("term,coef\nconst,-0.31\nage,1.25\n", encoding="utf-8")
    files = [{"path": "t.csv", "role": "output"}, {"path": "m.json", "role": "metadata"}]
    assert check_case({"kind": "regression", "files": files}, tmp_path)["verdict"] in ("pass", "review")


@pytest.mark.slow
def test_a_dimension_may_be_called_as_a_measure_is(tmp_path: Path) -> None:
    people = "".join(f"{n},{'a' if n % 2 else 'b'}\n" for n in range(60))
    (tmp_path / "m.csv").write_text("person_id,total\n" + people, encoding="utf-8")
    (tmp_path / "t.csv").write_text("total,count\na,30\nb,30\n", encoding="utf-8")
    files = [{"path": "t.csv", "role": "output"}, {"path": "m.csv", "role": "microdata"}]
    layout = {"form": "long", "dims": ["total"], "measure": "count"}
    case = {"kind": "frequency", "files": files, "layout": layout, "context": {"unit": "person_id"}}
    assert check_case(json.loads(json.dumps(case)), tmp_path)["verdict"] == "pass"


def test_nothing_is_remembered_of_outputs_that_are_not_there(tmp_path: Path) -> None:
    ledger = Ledger.create(tmp_path / "ledger")
    with pytest.raises(BadCase, match="not in the folder"):
        remember({"files": [{"path": "gone.csv", "role": "output"}]}, tmp_path, ledger, "r1")
    assert not ledger.releases


def test_every_table_of_a_release_is_remembered(tmp_path: Path) -> None:
    """Two tables on one sheet of text: the second is the one that the next request differs from by three."""
    whom = {"file": "a.csv", "filter": "age between 16 and 24"}
    (tmp_path / "a.csv").write_text(
        "area,Arson,Fire\nA,55,77\nB,66,88\n\noffence,count\nTheft,30\nFraud,30\n", encoding="utf-8"
    )
    ledger = Ledger.create(tmp_path / "ledger")
    old = {"files": [{"path": "a.csv", "role": "output"}], "context": {"populations": [whom]}}
    assert remember(old, tmp_path, ledger, "r1") == 2
    (tmp_path / "b.csv").write_text("offence,count\nTheft,33\nFraud,50\n", encoding="utf-8")
    later = {"file": "b.csv", "filter": "age between 16 and 25"}
    new = {"kind": "frequency", "files": [{"path": "b.csv", "role": "output"}], "context": {"populations": [later]}}
    assert check_case(new, tmp_path, ledger=Ledger.open(tmp_path / "ledger"))["verdict"] == "fail"


@pytest.mark.slow
def test_another_name_for_a_dimension_does_not_hide_a_difference(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("crime,count\nTheft,30\nFraud,40\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("offence,count\nTheft,33\nFraud,60\n", encoding="utf-8")
    files = [{"path": "a.csv", "role": "released"}, {"path": "b.csv", "role": "output"}]
    whom = [{"file": "a.csv", "filter": "age between 16 and 24"}, {"file": "b.csv", "filter": "age between 16 and 25"}]
    assert check_case({"files": files, "context": {"populations": whom}}, tmp_path)["verdict"] == "fail"


@pytest.mark.slow
def test_another_name_for_a_dimension_does_not_hide_a_linked_cell(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("area,Theft,Fraud\nA,[c],40\nB,25,22\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("offence,n\nTheft,28\nFraud,62\n", encoding="utf-8")
    files = [{"path": name, "role": "output"} for name in ("a.csv", "b.csv")]
    assert check_case({"kind": "frequency", "files": files}, tmp_path)["verdict"] == "fail"


def test_other_numbers_beside_a_curve_are_for_a_person(tmp_path: Path) -> None:
    text = "month,events,risk,in Dover\n1,20,1000,3\n2,20,980,2\n"
    assert verdict(tmp_path, text, kind="survival") != "pass"


@pytest.mark.slow
def test_a_table_beside_the_described_one_is_for_a_person(tmp_path: Path) -> None:
    text = "area,Arson,Fire\nA,55,77\nB,66,88\n\noffence,count\nTheft,30\nFraud,31\n"
    said = {"form": "wide", "row_dims": ["area"], "col_dim": "offence", "measure": "count"}
    assert verdict(tmp_path, text, kind="frequency", layout=said) == "review"
