"""Files of a case that are not what was said, or that contradict each other: said, refused, and never believed."""

import json
from pathlib import Path

import pytest

from extracts.disclosure.__main__ import main
from extracts.disclosure.case import BadCase, check_case, remember
from extracts.disclosure.case_schema import problems
from extracts.disclosure.ledger.store import Ledger
from tests.extracts.disclosure.tables import lines

OUTPUT = {"path": "out.csv", "role": "output"}
MEANS = lines("""
    area, mean_days
    North, 41.5
    South, 38.2
""")
EVIDENCE = lines("""
    area, n, total, largest, second_largest
    North, 40, 1660, 90    , 80
    South, 50, 1910, 90    , 80
""")
COEFFICIENTS = lines("""
    term , coefficient, standard_error
    age  , 0.31      , 0.10
    income, 0.12      , 0.05
""")


def case_of(folder: Path, files: dict[str, bytes], *described: dict[str, object], **said: object) -> dict[str, object]:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return {"files": [OUTPUT, *described], **said}


@pytest.mark.parametrize("role", ["evidence", "microdata", "underlying", "metadata"])
def test_files_of_other_bytes_than_described_are_not_believed(tmp_path, role):
    behind = {"path": "behind.csv", "role": role, "sha256": "0" * 64}
    case = case_of(tmp_path, {"out.csv": MEANS, "behind.csv": EVIDENCE}, behind)
    told = check_case(case, tmp_path)
    assert told["verdict"] == "review" and {file["evidence"] for file in told["files"]} == {"C"}
    assert told["notes"] == [
        "behind.csv is not the file that was described: its bytes are others. It was not used.",
    ]


def test_evidence_of_the_described_bytes_is_used(tmp_path):
    case = case_of(tmp_path, {"out.csv": MEANS, "behind.csv": EVIDENCE}, {"path": "behind.csv", "role": "evidence"})
    told = check_case(case, tmp_path)
    assert told["verdict"] == "pass" and told["files"][0]["evidence"] == "B"


def test_an_output_of_other_bytes_is_judged_as_it_is_and_for_a_person(tmp_path):
    (tmp_path / "out.csv").write_bytes(b"area,n\nNorth,3\nSouth,40")
    told = check_case({"files": [{**OUTPUT, "sha256": "0" * 64}]}, tmp_path)
    assert told["verdict"] == "fail" and "its bytes are others." in told["notes"][0]


def test_what_is_not_as_described_is_not_remembered(tmp_path):
    (tmp_path / "out.csv").write_bytes(b"area,n\nNorth,30\nSouth,40")
    with pytest.raises(BadCase, match="its bytes are others"):
        remember({"files": [{**OUTPUT, "sha256": "0" * 64}]}, tmp_path, Ledger.create(tmp_path / "ledger"), "one")


def test_metadata_at_odds_is_said_and_the_smallest_counts(tmp_path):
    sizes = [{"df_residual": 500, "n_obs": 510}, {"df_residual": 4}]
    for first, last in (sizes, sizes[::-1]):
        files = {"out.csv": COEFFICIENTS, "a.json": json.dumps(first).encode(), "b.json": json.dumps(last).encode()}
        behind = [{"path": name, "role": "metadata"} for name in ("a.json", "b.json")]
        told = check_case(case_of(tmp_path, files, *behind, kind="regression"), tmp_path)
        assert told["verdict"] == "fail", "4 degrees of freedom are too few, whichever file says so"
        assert told["notes"][0] == (
            "What is said of the model in out.csv is at odds: df_residual. The smallest counts."
        )


def test_metadata_that_agrees_is_no_matter(tmp_path):
    files = {
        "out.csv": COEFFICIENTS,
        "a.json": b'{"df_residual": 500}',
        "b.json": b'{"n_obs": 510, "df_residual": 500}',
    }
    behind = [{"path": name, "role": "metadata"} for name in ("a.json", "b.json")]
    told = check_case(case_of(tmp_path, files, *behind, kind="regression"), tmp_path)
    assert told["verdict"] == "pass" and told["notes"] == []


def test_two_files_of_evidence_for_one_output_are_for_a_person(tmp_path):
    files = {"out.csv": MEANS, "a.csv": EVIDENCE, "b.csv": EVIDENCE}
    behind = [{"path": name, "role": "evidence"} for name in ("a.csv", "b.csv")]
    told = check_case(case_of(tmp_path, files, *behind), tmp_path)
    assert told["verdict"] == "review"
    assert told["notes"] == ["Several files of evidence stand behind out.csv: only a.csv was used."]


def test_two_populations_of_one_file_are_refused():
    populations = [{"file": "out.csv", "filter": "age < 25"}, {"file": "out.csv", "filter": "age < 26"}]
    assert problems({"files": [OUTPUT], "context": {"populations": populations[:1]}}) == ()
    assert problems({"files": [OUTPUT], "context": {"populations": populations}}) == (
        "The file out.csv has two populations: name the one that it is of.",
    )


LONG = "a" * 5_000


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", LONG],
        ["check", "case.json", "--policy", LONG],
        ["check", "case.json", "--ledger", LONG],
        ["check", "case.json", "--ledger", "out.csv"],
        ["record", LONG, "--ledger", "ledger", "--release", "one"],
        ["record", "case.json", "--ledger", "out.csv", "--release", "one"],
        ["record", "case.json", "--ledger", LONG, "--release", "one"],
    ],
)
def test_paths_that_cannot_be_used_are_refused_in_a_sentence(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    Path("case.json").write_text(json.dumps(case_of(tmp_path, {"out.csv": b"area,n\nNorth,30\n"})))
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("This cannot be ")


def test_a_file_with_a_name_that_no_folder_holds_is_not_there(tmp_path):
    told = check_case(case_of(tmp_path, {"out.csv": MEANS}, {"path": LONG, "role": "evidence"}), tmp_path)
    assert told["verdict"] == "review" and told["notes"] == [f"{LONG} is not in the folder."]


def test_a_release_needs_a_name(tmp_path, capsys):
    for blank in ("", " "):
        with pytest.raises(SystemExit) as stopped:
            main(["record", "case.json", "--ledger", str(tmp_path), "--release", blank])
        assert stopped.value.code == 2 and "a release needs a name" in capsys.readouterr().err
