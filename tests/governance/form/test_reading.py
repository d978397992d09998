"""A form is a folder of CSV files: what it may hold, and how its mistakes are told."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from governance.catalogue.csvfiles import BadCatalogue
from governance.projects.form.conditions import BadCondition, parsed
from governance.projects.form.reading import read
from tests.governance.form.forms import another, change, set_cell, shipped


def test_the_shipped_form_has_every_section_and_question_once():
    form = shipped()
    assert (len(form.sections), len(form.questions), len(form.ethics.items)) == (13, 45, 22)
    assert [section.number for section in form.sections] == list(range(1, 14))
    assert len({question.key for question in form.questions}) == 45
    lay_summary = form["lay_summary"]
    assert lay_summary.required.holds({}, frozenset()) and "public" in lay_summary.visible_to


def test_sections_of_owners_are_asked_when_their_tables_are():
    form = shipped()
    for owners, asked in (
        (set(), set()),
        ({"police"}, {"police_cps"}),
        ({"cps", "hmcts"}, {"police_cps", "courts"}),
        ({"hmpps"}, {"prisons"}),
        ({"dfe"}, set()),
    ):
        shown = {one.section for one in form.questions if form.asks(one, {}, owners)}
        assert shown & {"police_cps", "courts", "prisons"} == asked


@pytest.mark.parametrize(
    ("text", "answers", "holds"),
    [
        ("", {}, True),
        ("kind is new", {"kind": "new"}, True),
        ("kind is new", {}, False),
        ("kind is new or extension", {"kind": "extension"}, True),
        ("kind is not new", {"kind": "new"}, False),
        ("kind is not new", {}, True),
        ("software is r", {"software": {"choices": ["python", "r"], "text": ""}}, True),
        ("gateway is other", {"gateway": {"choice": "other", "text": ""}}, True),
        ("kind is new and software is r", {"kind": "new", "software": {"choices": ["sql"]}}, False),
    ],
)
def test_conditions_read_as_they_are_written(text, answers, holds):
    assert parsed(text).holds(answers, frozenset()) is holds


@pytest.mark.parametrize("text", ["kind", "kind is", "kind is new or", "kind equals new", "a b is c"])
def test_a_condition_that_cannot_be_read_is_refused(text):
    with pytest.raises(BadCondition):
        parsed(text)


@pytest.mark.parametrize(
    ("question", "column", "value", "says"),
    [
        ("design", "type", "essay", "questions.csv, row 33: type must be one of"),
        ("design", "most_words", "many", "most_words must be a whole number"),
        ("design", "most_words", "", "A text needs most_words"),
        ("design", "required", "perhaps", "is not written as"),
        ("design", "required", "", "required must be yes, no or a condition"),
        ("design", "visible_to", "panel friends", "visible_to names 'friends'"),
        ("design", "visible_to", "", "visible_to is empty"),
        ("design", "label", "", "label is empty"),
        ("design", "section", "nowhere", "section must be one of"),
        ("design", "number", "ten", "number must be section and place"),
        ("design", "number", "9.9", "Question 9.9 stands in section 10"),
        ("design", "shown_if", "nothing is new", "'nothing', which is no question with choices"),
        ("design", "shown_if", "background is new", "'background', which is no question with choices"),
        ("design", "shown_if", "ethics_route is self", "'ethics_route', which does not come before"),
        ("design", "shown_if", "kind is newish", "'newish', which kind does not offer"),
        ("kind", "uses", "sorts", "options.csv has no list 'sorts'"),
        ("lead_declaration", "uses", "king", "uses must be one of"),
        ("funders", "question", "payers", "funders is no question with a table"),
        ("title", "stored_in", "", "stored_in title"),
        ("lay_summary", "required", "no", "goes to the public register"),
        ("lay_summary", "visible_to", "owner", "goes to the public register"),
        ("design", "stored_in", "title", "One question, and one only, must be stored_in title"),
        ("period", "type", "text", "A text needs most_words"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_row(tmp_path, question, column, value, says):
    folder = another(tmp_path)
    change(folder, "questions.csv", set_cell(question, column, value))
    with pytest.raises(BadCatalogue) as problem:
        read(folder)
    assert says in str(problem.value) and str(problem.value).split(",")[0].split(":")[0].endswith(".csv")


def test_the_rest_of_a_folder_is_checked_too(tmp_path):
    folder = another(tmp_path, "2026-3")
    (folder / "options.csv").unlink()
    with pytest.raises(BadCatalogue, match=r"options.csv: The file is missing"):
        read(folder)
    folder = another(tmp_path, "2026-4")
    (folder / "form.json").write_text(json.dumps({"version": "2026-5", "title": "T", "ethics_total_above": 1}))
    with pytest.raises(BadCatalogue, match="the name of the folder"):
        read(folder)
    for wrong in ("{", "[]", '{"version": "x"}', '{"version": "2026-4", "title": ""}',
                  '{"version": "2026-4", "title": "T", "ethics_total_above": true}'):  # fmt: skip
        (folder / "form.json").write_text(wrong)
        with pytest.raises(BadCatalogue, match=r"form.json"):
            read(folder)


def test_the_command_says_whether_a_form_can_be_used(tmp_path, capsys):
    folder = another(tmp_path)
    call_command("check_form", str(folder))
    assert "13 sections, 45 questions, 22 ethics items. Nothing is wrong" in capsys.readouterr().out
    change(folder, "questions.csv", set_cell("design", "type", "essay"))
    with pytest.raises(CommandError, match=r"questions.csv, row 33"):
        call_command("check_form", str(folder))
