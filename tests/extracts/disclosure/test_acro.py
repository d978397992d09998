"""A real folder of ACRO's is read as evidence: what was made is known, what ACRO says is a claim, changes are found."""

import copy
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extracts.disclosure.acro import BadAcroFolder, cases_from_acro, folder_faults, is_acro_folder
from extracts.disclosure.case import check_case
from extracts.disclosure.case_files import file_faults
from extracts.disclosure.case_schema import not_understood, problems

MADE = Path(__file__).parent / "acro" / "folder"
RESULTS = json.loads((MADE / "results.json").read_text())


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(MADE, tmp_path / "folder"))


def with_results(folder: Path, results: object) -> Path:
    (folder / "results.json").write_text(json.dumps(results))
    return folder


def test_every_output_is_a_case_that_the_engine_reads():
    cases = cases_from_acro(MADE)
    assert all(problems(case) == () == not_understood(case) for case in cases)
    assert all(file_faults(case, MADE) == () for case in cases) and folder_faults(MADE) == ()
    assert is_acro_folder(MADE) and not is_acro_folder(MADE.parent)
    assert {case["id"]: case["kind"] for case in cases} == {
        "output_0": "frequency", "output_1": "magnitude", "output_2": "min_max", "output_3": "regression",
        "output_4": "survival", "output_5": "file",
    }  # fmt: skip


def test_dimensions_statistic_and_value_are_taken_from_what_acro_recorded():
    counts, means, largest, model, survival, note = cases_from_acro(MADE)
    assert counts["files"][0]["layout"] == {"form": "wide", "row_dims": ["area"], "col_dim": "offence"}
    assert counts["context"] == {"statistic": "count"}
    assert means["context"] == {"statistic": "mean", "value": "days"}
    assert largest["context"] == {"statistic": "max", "value": "days"}
    assert largest["files"][0]["layout"]["col_dim"] == "guilty"
    assert model["context"]["model"] == {"model": "ols", "n_obs": 400, "df_resid": 397, "k": 3}
    assert [file["path"] for file in model["files"]] == [f"output_3_{place}.csv" for place in range(3)]
    assert model["files"][1]["layout"]["dims"] == ["column 1"] and "std err" in model["files"][1]["layout"]["others"]
    assert survival["files"][0]["layout"]["measures"] == ["num at risk", "num events"]
    assert "The areas are published elsewhere." in counts["files"][0]["description"]
    assert note["files"][0]["path"] == "note.txt" and note["claims"][0]["verdict"] == "review"


@pytest.mark.slow
def test_the_coefficients_and_the_curve_of_a_safe_model_pass():
    """Their headings are those of statsmodels: P>|t|, [0.025, 0.975]."""
    _, _, _, model, survival, _ = cases_from_acro(MADE)
    coefficients = {**model, "files": [model["files"][1]]}
    assert check_case(coefficients, MADE)["verdict"] == check_case(survival, MADE)["verdict"] == "pass"


def test_what_acro_says_is_a_claim_with_the_cells_that_it_flags():
    counts, means, largest, *_ = cases_from_acro(MADE)
    table = [line.split(",") for line in (MADE / "output_0_0.csv").read_text().splitlines()]
    cells = counts["claims"][0]["cells"]
    for cell in cells:
        value = int(table[cell["row"] + 1][cell["column"] + 1])
        assert value < 10 and cell["rules"] == ["threshold"]
        assert cell["key"] == {"area": table[cell["row"] + 1][0], "offence": table[0][cell["column"] + 1]}
    assert len(cells) == sum(int(value) < 10 for row in table[1:] for value in row[1:])
    dominated = [cell["key"] for cell in means["claims"][0]["cells"] if cell["rules"] == ["nk", "p_percent"]]
    assert dominated == [{"area": "East", "offence": "Theft"}]
    claim = largest["claims"][0]
    assert claim["by"] == "ACRO 1.0.2" and claim["verdict"] == "pass" and "cells" not in claim


@pytest.mark.parametrize("status", ["pass", "fail", "review", "released", None])
def test_no_verdict_of_acros_is_taken_over(folder, status):
    """Nothing but the claims differs when ACRO says otherwise."""
    results = copy.deepcopy(RESULTS)
    for record in results["results"].values():
        record |= {"status": status, "fair": {**record["fair"], "check_status": {}}}
    said = cases_from_acro(with_results(folder, results))
    assert [{**case, "claims": None} for case in said] == [{**case, "claims": None} for case in cases_from_acro(MADE)]
    assert {claim.get("verdict") for case in said for claim in case["claims"]} == {
        status if status != "released" else None
    }


def test_altered_missing_and_added_files_are_found(folder):
    (folder / "output_0_0.csv").write_text("area,Drugs\nEast,500\n")
    (folder / "output_1_0.csv").unlink()
    (folder / "checksums" / "note.txt.txt").unlink()
    (folder / "people.csv").write_text("person_id\n1\n")
    (folder / "checksums" / "figure.png.txt").write_text("0" * 64)
    assert folder_faults(folder) == (
        "ACRO left no digest of note.txt, so nobody can tell whether it was changed.",
        "output_0_0.csv was changed after ACRO wrote it.",
        "output_1_0.csv is named by ACRO and is not in the folder.",
        "ACRO left no digest of people.csv, so nobody can tell whether it was changed.",
        "figure.png was in the folder when ACRO wrote it, and is gone.",
    )
    cases = {case["id"]: case for case in cases_from_acro(folder)}
    assert file_faults(cases["output_0"], folder)[0].startswith("output_0_0.csv is not the file")
    assert file_faults(cases["output_1"], folder) == ("output_1_0.csv is not in the folder.",)
    assert cases["people.csv"]["files"] == [{"path": "people.csv", "role": "output"}]


def test_an_altered_list_of_results_is_found(folder):
    results = copy.deepcopy(RESULTS)
    results["results"]["output_0"]["status"] = "pass"
    assert folder_faults(with_results(folder, results)) == ("results.json was changed after ACRO wrote it.",)


def test_suppression_and_rounding_are_recorded(folder):
    results = copy.deepcopy(RESULTS)
    results["results"]["output_0"]["properties"] = {"method": "crosstab", "mitigation": "round", "round_base": 5}
    results["results"]["output_1"]["properties"] = {"method": "crosstab", "mitigation": "suppress"}
    counts, means, *_ = cases_from_acro(with_results(folder, results))
    assert counts["context"]["rounding"] == {"base": 5, "scheme": "nearest"}
    assert counts["context"]["controls"] == [{"control": "rounding", "base": 5}]
    assert means["context"]["controls"] == [{"control": "suppression"}]
    assert problems(counts) == problems(means) == ()


def test_the_fewest_degrees_of_freedom_count(folder):
    results = copy.deepcopy(RESULTS)
    results["results"]["output_3"]["properties"]["dof"] = 1000
    assert cases_from_acro(with_results(folder, results))[3]["context"]["model"]["df_resid"] == 397
    results["results"]["output_3"]["properties"]["dof"] = 4
    assert cases_from_acro(with_results(folder, results))[3]["context"]["model"]["df_resid"] == 4


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda results: results.pop("results"), "it has no results"),
        (lambda results: results["results"].update(output_0=[]), "output_0 has no list of files"),
        (lambda results: results["results"]["output_0"].update(files=[]), "output_0 has no list of files"),
        (lambda results: results["results"]["output_0"]["files"][0].update(name="../x.csv"), "cannot be one"),
        (lambda results: results["results"]["output_0"]["files"][0].update(name=".."), "cannot be one"),
        (lambda results: results["results"]["output_0"].update(files=["x.csv"]), "cannot be one"),
    ],
)
def test_what_acro_never_writes_is_refused(folder, change, sentence):
    results = copy.deepcopy(RESULTS)
    change(results)
    with pytest.raises(BadAcroFolder, match=sentence):
        cases_from_acro(with_results(folder, results))


def test_what_is_no_folder_of_acros_is_refused(tmp_path):
    with pytest.raises(BadAcroFolder, match="no results"):
        cases_from_acro(tmp_path)
    (tmp_path / "results.json").write_text("[" * 100_000)
    with pytest.raises(BadAcroFolder, match="not JSON"):
        cases_from_acro(tmp_path)
    (tmp_path / "results.json").unlink()
    (tmp_path / "results.json").symlink_to("/etc/hostname")
    with pytest.raises(BadAcroFolder, match="no results"):
        cases_from_acro(tmp_path)


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for step, part in inner for found in places(part, (*path, step)))]


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(places(RESULTS["results"]["output_1"])[1:]),
    st.sampled_from([None, 0, -1, 1e9, "x", "", [], [[0, 0]], [["a", 1]], {}, {"x": 1}, True]),
)
def test_no_changed_record_makes_it_stumble_or_says_pass(tmp_path_factory, path, surprise):
    folder = tmp_path_factory.getbasetemp() / "stumble"
    if not folder.is_dir():
        shutil.copytree(MADE, folder)
    record = copy.deepcopy(RESULTS["results"]["output_1"])
    parent = record
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = surprise
    try:
        case = cases_from_acro(with_results(folder, {**RESULTS, "results": {"output_1": record}}))[0]
    except BadAcroFolder:
        return
    assert problems(case) == () and case["files"][0]["role"] == "output"
