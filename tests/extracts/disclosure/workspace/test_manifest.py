"""A list of outputs is read whole or refused; nothing in the folder escapes the check; the form fills itself."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extracts.disclosure.case_files import file_faults
from extracts.disclosure.case_schema import not_understood, problems
from extracts.disclosure.description import Description
from extracts.disclosure.layout import Percentage
from extracts.disclosure.workspace.form import descriptions, in_the_plural, in_words
from extracts.disclosure.workspace.manifest import BadManifest, cases_of, joint_case, read_manifest
from tests.extracts.disclosure.workspace.people import listed, session, some


@pytest.fixture
def folder(tmp_path):
    outputs = session(tmp_path, some(1, 200, repeated=False), dataset_version="3")
    outputs.crosstab("area", "offence", name="counts", margins=True, suppress_below=10, where="age < 60")
    outputs.table("area", value="days", statistic="mean", show_n=True, name="means", sensitive=True)
    outputs.rate("area", of="guilty = true", name="rate")
    outputs.regression("days", ["age"], name="model")
    outputs.survival("age", event="guilty", every=20, name="curve")
    return tmp_path / "outputs"


def test_what_a_session_wrote_is_what_is_read(folder):
    manifest = read_manifest(folder)
    cases = cases_of(manifest, folder)
    assert cases == listed(folder.parent) and [case["id"] for case in cases][:2] == ["counts", "means"]
    assert all(file_faults(case, folder) == () for case in cases)
    assert cases_of(json.loads(json.dumps(manifest)), folder) == cases


def test_files_that_the_list_does_not_name_are_cases_of_their_own(folder):
    (folder / "inner").mkdir()
    (folder / "inner" / "people.csv").write_text("person_id\n1\n")
    (folder / ".hidden.csv").write_text("person_id\n1\n")
    found = [case["files"] for case in cases_of(read_manifest(folder), folder)[5:]]
    assert found == [[{"path": ".hidden.csv", "role": "output"}], [{"path": "inner/people.csv", "role": "output"}]]


def test_changed_missing_and_strange_files_are_findings(folder):
    case = cases_of(read_manifest(folder), folder)[0]
    (folder / "counts.csv").write_text("area,count\nNorth,500\n")
    (folder / "counts_evidence.csv").unlink()
    assert file_faults(case, folder) == (
        "counts.csv is not the file that was described: its bytes are others.",
        "counts_evidence.csv is not in the folder.",
    )
    (folder / "counts_evidence.csv").symlink_to("/etc/hostname")
    assert file_faults(case, folder)[1] == "counts_evidence.csv leads out of the folder."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda manifest: manifest.update(made_by="me"), "no list of outputs"),
        (lambda manifest: manifest.update(cases={}), "no list of outputs"),
        (lambda manifest: manifest["cases"][0].update(kind="secret"), "Output 1: The case, kind must be one of"),
        (lambda manifest: manifest["cases"][1].update(contexts={}), "Output 2: The case has no field called contexts"),
        (lambda manifest: manifest["cases"][1].update(id="counts"), "a name of its own"),
        (lambda manifest: manifest["cases"][1].pop("id"), "a name of its own"),
        (lambda manifest: manifest["cases"][1]["files"][0].update(path="counts.csv"), "described by two outputs"),
        (lambda manifest: manifest["cases"][1]["files"][0].update(path="../x.csv"), "leads out"),
    ],
)
def test_a_list_that_is_not_understood_is_refused(folder, change, sentence):
    manifest = copy.deepcopy(read_manifest(folder))
    change(manifest)
    with pytest.raises(BadManifest, match=sentence):
        cases_of(manifest, folder)


def test_what_is_no_list_is_refused(tmp_path):
    with pytest.raises(BadManifest, match=r"no outputs\.json"):
        read_manifest(tmp_path)
    for text in ("{", "[" * 100_000, "\udcff"):
        (tmp_path / "outputs.json").write_bytes(text.encode("utf-8", "surrogateescape"))
        with pytest.raises(BadManifest, match="is not JSON"):
            read_manifest(tmp_path)
    with (tmp_path / "outputs.json").open("r+b") as file:
        file.truncate(2**24 + 1)
    with pytest.raises(BadManifest, match="larger than any"):
        read_manifest(tmp_path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "files", "path", "role", "x"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None)
@given(JSON)
def test_no_list_makes_it_stumble(tmp_path_factory, cases):
    folder = tmp_path_factory.getbasetemp()
    try:
        found = cases_of({"made_by": "gatehouse_sdc 1", "cases": cases}, folder / "none")
    except BadManifest as refused:
        assert refused.problems and all(sentence.endswith(".") for sentence in refused.problems)
    else:
        assert found == cases == []


def test_tables_of_counts_are_put_together_to_be_compared(tmp_path):
    outputs = session(tmp_path, some(3, 300, repeated=False))
    outputs.crosstab("offence", where="age between 16 and 24", name="younger", suppress_below=5)
    assert joint_case(outputs.cases()) is None
    outputs.crosstab("offence", where="age between 16 and 25", name="older", nesting=[{"part": "a", "whole": "b"}])
    outputs.table("offence", value="days", name="means")
    session(tmp_path, some(3, 300, repeated=False), dataset_version="old").crosstab("area", name="before")
    joint = joint_case(outputs.cases())
    assert problems(joint) == () == not_understood(joint)
    assert [file["path"] for file in joint["files"] if file["role"] == "output"] == ["younger.csv", "older.csv"]
    assert [one["filter"] for one in joint["context"]["populations"]] == [
        "age between 16 and 24", "age between 16 and 25",
    ]  # fmt: skip
    assert joint["context"]["nesting"] == [{"part": "a", "whole": "b"}] and joint["context"]["unit"] == "person_id"
    assert [control["file"] for control in joint["context"]["controls"]] == ["younger.csv"]
    assert file_faults(joint, tmp_path / "outputs") == ()


def test_the_form_fills_itself(folder):
    contents = {path.name: path.read_bytes() for path in folder.iterdir()}
    cases = cases_of(read_manifest(folder), folder)
    counts, means, rate, model, curve = (descriptions(case, contents)[0] for case in cases)
    assert counts.problems() == means.problems() == rate.problems() == model.problems() == curve.problems() == ()
    assert counts.output_type == "FREQ" and counts.unit == "people" and counts.evidence == "counts_evidence.csv"
    assert counts.layout.dimensions == ("area", "offence")
    assert counts.layout.counts == ("Theft", "Fraud", "Drugs", "Total")
    hidden = cases[0]["context"]["controls"][0]["cells"]
    assert counts.population == "(age < 60) and (area is not null)" and not counts.overlapping
    assert counts.text.endswith(f"{hidden} cells with fewer than 10 units are hidden.")
    assert means.layout.counts == ("n",) and means.layout.means == ("mean",) and means.sensitive
    assert rate.layout.percentages == (Percentage("pct", "base_n", 100),) and not rate.sensitive
    size = json.loads(contents["model_size.json"])
    assert (model.regression.n_obs, model.regression.df_residual) == (size["n_obs"], size["df_resid"])
    assert dict(model.regression.categories) == {} and not model.regression.saturated
    assert model.layout.others == ("coef", "se", "t") and curve.layout.others == ("surv_prob",)
    assert Description((counts, means)).problems() == ()


@pytest.mark.slow
def test_every_statistic_has_its_place_and_the_kind_of_an_unknown_file_is_left_open(tmp_path):
    outputs = session(tmp_path, some(2))
    case = outputs.table("area", value="days", statistic=["mean", "sd", "p25", "max"], name="spread").case
    found = descriptions(case, {"spread.csv": (tmp_path / "outputs" / "spread.csv").read_bytes()})[0]
    layout = found.layout
    assert (layout.means, layout.shapes, layout.positions, layout.endpoints) == (("mean",), ("sd",), ("p25",), ("max",))
    assert found.overlapping and found.output_type == "MINMAX"
    (tmp_path / "method.docx").write_bytes(b"How")
    case = outputs.add_file(tmp_path / "method.docx", "How the sample was chosen.").case
    found = descriptions(case, {"method.docx": b"How"})[0]
    assert (found.output_type, found.text, found.inferred) == ("", "How the sample was chosen.", False)


def test_words_of_the_form():
    assert [in_the_plural(unit) for unit in ("person_id", "case_id", "court_no", None, "id")] == [
        "people", "cases", "courts", "records", "",
    ]  # fmt: skip
    assert in_words({"title": "A table."}) == "A table."
    cell_key = {"title": "A", "context": {"controls": [{"control": "rounding", "base": 5}, {"control": "cell_key"}]}}
    assert in_words(cell_key) == "A. Numbers are rounded to 5."
