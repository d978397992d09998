"""A case, a session's list and a folder of ACRO's are read by one function; whatever else is refused in a sentence."""

import json
import shutil
from pathlib import Path

import pytest

from extracts.disclosure.case_schema import problems
from extracts.disclosure.case_sources import NoCases, cases_at
from tests.extracts.disclosure.workspace.people import session, some

ACRO = Path(__file__).parent / "acro" / "folder"
CASE = {"files": [{"path": "a.csv", "role": "output"}]}


def test_one_case_is_read_as_it_is(tmp_path):
    (tmp_path / "case.json").write_text(json.dumps(CASE))
    source = cases_at(tmp_path / "case.json")
    assert (source.cases, source.folder, source.faults) == ((CASE,), tmp_path, ())


def test_a_list_of_outputs_gives_all_and_the_counts_together(tmp_path):
    outputs = session(tmp_path, some(1, 200))
    outputs.crosstab("area", name="one")
    outputs.crosstab("offence", name="two")
    outputs.table("area", value="days", name="means")
    source = cases_at(tmp_path / "outputs" / "outputs.json")
    assert [case["id"] for case in source.cases] == ["one", "two", "means", "together"]
    assert cases_at(tmp_path / "outputs") == source
    assert source.folder == tmp_path / "outputs" and all(problems(case) == () for case in source.cases)
    assert cases_at(tmp_path / "outputs" / "one.case.json").cases == source.cases[:1]


@pytest.mark.parametrize("named", ["", "results.json"])
def test_a_folder_of_acros_gives_its_outputs_and_what_was_changed(tmp_path, named):
    folder = Path(shutil.copytree(ACRO, tmp_path / "folder"))
    source = cases_at(folder / named)
    assert (len(source.cases), source.folder, source.faults) == (6, folder, ())
    (folder / "note.txt").write_text("Another.")
    assert cases_at(folder / named).faults == ("note.txt was changed after ACRO wrote it.",)


def test_what_holds_no_case_is_refused(tmp_path):
    for name, content, sentence in (
        ("gone.json", None, "cannot be opened"),
        ("list.json", b"[1]", "is no case"),
        ("text.json", b"{", "is not JSON"),
        ("deep.json", b"[" * 100_000, "is not JSON"),
        ("bytes.json", b"\xff\xfe", "is not UTF-8"),
        ("outputs.json", b'{"made_by": "gatehouse_sdc 1", "cases": [1]}', "Output 1"),
    ):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(NoCases, match=sentence):
            cases_at(tmp_path / name)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoCases, match="no results"):
        cases_at(tmp_path / "empty")
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(2**26 + 1)
    with pytest.raises(NoCases, match="larger than any"):
        cases_at(tmp_path / "large.json")
