"""What is missing of an answer, how it reads, where it lies, and what changed between two."""

from __future__ import annotations

from datetime import date

import pytest

from governance.projects.form import storage
from governance.projects.form.changes import between, pieces
from governance.projects.form.progress import Progress, gaps, states
from governance.projects.form.values import is_empty, lacking, told
from tests.builders import application_answers
from tests.governance.form.forms import shipped

FORM = shipped()
DATA = {"pol_crime": {"reason": "The unit.", "variables": {"outcome_type": {"level": "type", "reason": "Outcome."}}}}


def complete() -> dict[str, object]:
    signed = {"by": "ruth", "name": "Ruth", "text": "", "on": "2026-03-01"}
    signatures = dict.fromkeys(("lead_declaration", "institution_declaration", "register_consent"), signed)
    return {**application_answers(), **signatures, "title": "T", "variables": DATA}


def test_a_complete_application_lacks_nothing_and_every_section_says_so():
    found = states(FORM, complete(), {"police", "hmcts"})
    assert gaps(FORM, complete(), {"police", "hmcts"}) == []
    assert {one.section.key for one in found if one.progress is Progress.NOT_NEEDED} == {"prisons"}
    assert {one.progress for one in found} == {Progress.NOT_NEEDED, Progress.COMPLETE}


def test_nothing_answered_lacks_every_needed_question():
    found = {gap.question.key for gap in gaps(FORM, {}, {"police", "cps", "hmcts", "hmpps"})}
    needed = {one.key for one in FORM.questions if FORM.needs(one, {}, {"police", "cps", "hmcts", "hmpps"})}
    assert found == needed
    assert {one.progress for one in states(FORM, {}, set())} == {Progress.NOT_STARTED, Progress.NOT_NEEDED}


@pytest.mark.parametrize(
    ("key", "unneeded"), [("self_assessment", "ethics_evidence"), ("ethics_evidence", "self_assessment")]
)
def test_the_route_to_an_ethics_decision_decides_what_is_asked(key, unneeded):
    route = "self" if key == "self_assessment" else "committee"
    answers = {**complete(), "ethics_route": route, "self_assessment": {}, "ethics_evidence": {}}
    found = {gap.question.key for gap in gaps(FORM, answers, {"police", "hmcts"})}
    assert found == {key} and unneeded not in found


@pytest.mark.parametrize(
    ("key", "value", "missing"),
    [
        ("gateway", {"choice": "other", "text": ""}, ["a text for legal gateway"]),
        ("gateway", {"choice": "", "text": "A law."}, ["a choice for legal gateway"]),
        ("dates", {"starts_on": "", "ends_on": "2030-01-01"}, ["the first day of the project"]),
        ("dates", None, ["the first day of the project", "the last day of the project"]),
        ("period", {"from": "2020-01-01", "to": ""}, ["the period of the data"]),
        ("dpia", {"text": "", "files": []}, ["data protection impact assessment"]),
        ("dpia", {"text": "", "files": [{"id": 1, "name": "a.pdf", "sha256": "0"}]}, []),
        ("dpia", {"text": "DPIA 17", "files": []}, []),
        ("planned_outputs", [{"type": "FREQ", "number": "", "description": "D"}],
         ["number in row 1 of types and number of outputs"]),
        ("self_assessment", {"e01": {"score": 1, "reason": ""}},
         ["score and reason for 22 items of ethics self-assessment"]),
        ("variables", {}, ["at least one table"]),
        ("variables", {"t": {"reason": "", "variables": {}}}, ["a reason for table t", "at least one variable of t"]),
        ("title", "", ["project title"]),
    ],
)  # fmt: skip
def test_what_is_missing_of_one_answer(key, value, missing):
    assert lacking(FORM[key], value, FORM.ethics) == missing


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("kind", "new", "A new project"),
        ("kind", "gone", "gone"),
        ("environment", ["this_service"], "This service's secure environment"),
        ("gateway", {"choice": "other", "text": "A law."}, "Another gateway\nA law."),
        ("dates", {"starts_on": "2026-03-01", "ends_on": "", "text": "M"}, "From 1 March 2026\nM"),
        ("period", {"from": "2019-01-01", "to": ""}, "1 January 2019 to open"),
        ("links", [{"first": "a", "second": "", "level": "case"}], "a; By case"),
        ("dpia", {"text": "R", "files": [{"id": 1, "name": "a.pdf", "sha256": "0"}]}, "R\na.pdf"),
        ("lead_declaration", {"by": "r", "name": "Ruth", "text": "", "on": "2026-03-01"},
         "Signed by Ruth on 1 March 2026"),
        ("variables", DATA, "pol_crime: The unit.\npol_crime.outcome_type at type: Outcome."),
        ("self_assessment", {"e01": {"score": 2, "reason": "Some."}},
         "Clear public benefit stated and evidenced: 2, medium risk. Some."),
        ("members", ["Ruth, researcher"], "Ruth, researcher"),
        ("design", "", ""),
    ],
)  # fmt: skip
def test_an_answer_reads_as_text(key, value, text):
    assert told(FORM[key], value, FORM.ethics) == text


@pytest.mark.parametrize(
    "key", [one.key for one in FORM.questions if one.type not in ("elsewhere", "signature", "file")]
)
def test_an_answer_comes_back_from_where_it_is_stored(key):
    value = application_answers().get(key, "T")
    own, fields = storage.parted(FORM[key], value)
    empty = {
        "title": "",
        "lay_summary": "",
        "public_benefit": "",
        "ends_on": None,
        "period_from": None,
        "period_to": None,
    }
    assert storage.joined(FORM[key], own, {**empty, **fields}) == value


def test_the_fields_of_a_project_are_the_only_copy_of_what_they_hold():
    own, fields = storage.parted(FORM["dates"], {"starts_on": "2026-01-01", "ends_on": "2027-01-01", "text": "M"})
    assert fields == {"ends_on": date(2027, 1, 1)} and "ends_on" not in own
    assert storage.parted(FORM["lay_summary"], "L") == (None, {"lay_summary": "L"})
    with pytest.raises(ValueError, match="a page of its own"):
        storage.parted(FORM["variables"], DATA)


@pytest.mark.parametrize("value", [None, "", [], {}, {"choices": [], "text": ""}, [{"a": ""}]])
def test_nothing_is_nothing_whatever_its_shape(value):
    assert is_empty(value)


def test_changes_are_found_question_by_question_and_word_by_word():
    before = complete()
    after = {**before, "design": "What we say of the design.", "kind": "extension", "members": ["Ruth, researcher"]}
    found = between(FORM, before, after)
    assert [change.question.key for change in found] == ["kind", "members", "design"]
    kinds = [(piece.kind, piece.text.strip()) for piece in found[2].pieces]
    assert ("added", "the") in kinds and ("same", "What we say of") in kinds
    assert between(FORM, before, before) == []


@pytest.mark.parametrize(
    ("before", "after"), [("a b c", "a x c"), ("", "new text"), ("gone", ""), ("a\nb", "a\n\nb"), ("x", "x")]
)
def test_pieces_hold_both_texts_whole(before, after):
    found = pieces(before, after)
    assert "".join(piece.text for piece in found if piece.kind != "removed").split() == after.split()
    assert "".join(piece.text for piece in found if piece.kind != "added").split() == before.split()
