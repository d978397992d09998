"""Answers of an application: saved without undoing others, kept as they were handed in, moved, copied, signed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.audit.models import Entry
from governance.people.roles import Role
from governance.projects import answering, services
from governance.projects.form.reading import read
from governance.projects.form.versions import UnknownForm, difference, find, newest
from governance.projects.models import Project
from governance.projects.planned import planned_outputs
from governance.workflow import Refused
from tests.builders import a_project, application_answers, catalogue, now
from tests.cast import person
from tests.governance.form.forms import another, change, set_cell

pytestmark = pytest.mark.django_db


def save(project: Project, *, by: str = "ruth", revision: int | None = None, **values: object) -> Project:
    return answering.save(project, values, revision=revision, by=person(by), at=now())


def test_an_answer_is_kept_with_who_gave_it_when_and_at_which_revision():
    project = a_project()
    before = project.revision
    project = save(project, design="A cohort study.")
    entry = project.answers["design"]
    assert (entry["value"], entry["by"], entry["revision"]) == ("A cohort study.", "ruth", before + 1)
    assert project.revision == before + 1
    assert Entry.objects.filter(action="edit").last().note == "Answered: design."


def test_what_did_not_change_is_not_saved_again():
    project = a_project()
    before, entries = project.revision, Entry.objects.count()
    same = {key: value for key, value in application_answers().items() if project.form[key].type != "signature"}
    assert save(project, **same).revision == before and Entry.objects.count() == entries


def test_two_windows_on_different_questions_do_not_hinder_one_another():
    project = a_project()
    opened = project.revision
    save(project, revision=opened, design="From window one.")
    project = save(project, revision=opened, bias="From window two.")
    assert (project.own_answer("design"), project.own_answer("bias")) == ("From window one.", "From window two.")


@pytest.mark.parametrize("key", ["design", "lay_summary", "dates"])
def test_two_windows_on_one_question_do(key):
    project = a_project()
    opened, value = project.revision, application_answers()[key]
    one, two = (
        ({**value, "ends_on": (timezone.localdate() + timedelta(days=days)).isoformat()} for days in (100, 200))
        if key == "dates"
        else ("One.", "Two.")
    )
    save(project, revision=opened, **{key: one})
    with pytest.raises(Refused, match="saved since you opened"):
        save(project, revision=opened, **{key: two})
    project.refresh_from_db()
    assert project.answer_to(project.form[key]) == one


def test_fields_of_a_project_hold_their_answers_alone():
    project = save(a_project(), lay_summary="Said better.", period={"from": "2020-01-01", "to": "2020-12-31"})
    assert project.lay_summary == "Said better." and project.period_from.year == 2020
    assert "value" not in project.answers["lay_summary"]


def test_an_answer_needs_the_right_and_the_turn():
    with pytest.raises(Refused):
        save(a_project("triage"), design="Too late.")
    with pytest.raises(Refused):
        save(a_project("returned"), by="coral", design="A coordinator changes nothing.")
    with pytest.raises(KeyError):
        save(a_project(), no_such_question="?")


def test_the_lead_signs_and_nobody_signs_for_the_lead():
    project = a_project()
    project = services.add_member(project, person("olu"), role=Role.RESEARCHER, by=project.lead, at=now())
    project = save(project, lead_declaration={"signed": False})
    assert "declaration of the lead researcher" in project.missing()
    with pytest.raises(Refused, match="Ruth, who leads the project, signs it"):
        save(project, by="olu", lead_declaration={"signed": True})
    project = save(project, lead_declaration={"signed": True})
    assert project.own_answer("lead_declaration") == {
        "by": "ruth", "name": "Ruth", "text": "", "on": timezone.localdate().isoformat(),
    }  # fmt: skip
    assert save(project, by="olu", lead_declaration={"signed": True}).own_answer("lead_declaration")["by"] == "ruth"


def test_each_round_keeps_the_answers_as_they_were_handed_in():
    project = a_project("returned")
    save(project, design="Changed since.")
    services.submit(project, catalogue=catalogue(), by=person("ruth"), at=now())
    first, second = project.submissions.all()
    assert first.answers["design"] == application_answers()["design"]
    assert second.answers["design"] == "Changed since."
    assert first.answers["members"] == ["Ruth, researcher", "Coral, project coordinator"]
    assert set(first.answers["variables"]) == {"pol_crime", "crt_case"}


def test_the_ethics_route_is_read_from_the_answers():
    project = a_project()
    assert not project.ethics_route().needs_reviewer and project.ethics_route().total == 22
    scored = application_answers()["self_assessment"]
    project = save(project, self_assessment={**scored, "e06": {"score": 3, "reason": "Rare offences."}})
    led = project.ethics_route()
    assert led.needs_reviewer and led.highest == 3 and "item 6" in led.why
    led = save(project, ethics_route="committee").ethics_route()
    assert not led.needs_reviewer and "another route" in led.why


def test_planned_outputs_are_data():
    [planned] = planned_outputs(a_project())
    assert (planned.type, planned.label, planned.number) == ("FREQ", "Frequency table", 12)


@pytest.fixture
def second_form(tmp_path, settings):
    """A made-up version: one question gone, one new, one in other words, one of another kind."""
    folder = another(tmp_path)

    def edit(rows):
        rows = [row for row in rows if row["question"] != "stakeholders"]
        at = next(i for i, row in enumerate(rows) if row["question"] == "bias")
        new = {**rows[at], "number": "10.5", "question": "replication", "label": "Replication"}
        return [*rows[: at + 1], new, *rows[at + 1 :]]

    change(folder, "questions.csv", edit)
    change(folder, "questions.csv", set_cell("design", "label", "Design of the study"))
    change(folder, "questions.csv", set_cell("retention", "type", "choice"))
    change(folder, "questions.csv", set_cell("retention", "uses", "yes_no"))
    change(folder, "questions.csv", set_cell("retention", "most_words", ""))
    settings.GATEHOUSE_FORMS = [*settings.GATEHOUSE_FORMS, tmp_path]
    return read(folder)


def test_a_new_version_is_a_folder_and_old_applications_keep_theirs(second_form, settings):
    assert newest(settings.GATEHOUSE_FORMS).version == "2026-2"
    new = services.start(title="New", catalogue=catalogue(), by=person("ruth"), at=now())
    assert new.form_version == "2026-2" and "replication" in new.form
    Project.objects.filter(pk=new.pk).update(form_version="2026-1")
    assert "stakeholders" in Project.objects.get(pk=new.pk).form
    with pytest.raises(UnknownForm):
        find("2031-1", settings.GATEHOUSE_FORMS)


def test_moving_to_a_newer_form_loses_no_answer(second_form):
    project = a_project(form="2026-1")
    differs = difference(project.form, second_form, project.answered())
    assert [one.key for one in differs.added] == ["replication", "retention"]
    assert [one.key for one in differs.removed] == ["stakeholders", "retention"]
    assert [new.label for _, new in differs.changed] == ["Design of the study"]
    assert [one.key for one in differs.stored] == ["stakeholders", "retention"]

    answers = application_answers()
    project = answering.move(project, second_form, by=person("ruth"), at=now())
    assert project.form_version == "2026-2"
    assert project.own_answer("stakeholders") == answers["stakeholders"]
    assert project.own_answer("retention") is None and project.own_answer("retention@2026-1") == answers["retention"]
    assert project.own_answer("design") == answers["design"]
    assert sorted(project.missing()) == ["replication", "retention and destruction"]
    assert Entry.objects.filter(action="edit").last().note == "Moved from form 2026-1 to form 2026-2."
    assert answering.move(project, second_form, by=person("ruth"), at=now()).revision == project.revision


def test_a_submitted_application_does_not_move(second_form):
    project = a_project("triage", form="2026-1")
    with pytest.raises(Refused):
        answering.move(project, second_form, by=person("ruth"), at=now())
    project.refresh_from_db()
    assert project.form_version == "2026-1"


def test_a_copy_has_the_answers_and_the_data_and_nothing_that_has_to_be_given_anew():
    project = a_project("approved")
    new, left = answering.copy(project, title="A second look", catalogue=catalogue(), by=person("ruth"), at=now())
    assert (new.state, new.title, new.lead.username) == ("draft", "A second look", "ruth")
    assert new.requested == project.requested
    same = [key for key in application_answers() if new.form[key].type not in answering.NOT_COPIED]
    assert all(new.answered()[key] == project.answered()[key] for key in same)
    assert new.own_answer("lead_declaration") is None and new.members.count() == 1
    assert "declaration of the lead researcher" in left
    assert new.submissions.count() == 0 and new.reference != project.reference


def test_a_copy_leaves_out_what_is_offered_no_longer_and_says_so():
    project = a_project()
    project.requested["pol_crime"]["variables"]["gone"] = {"level": "", "reason": "Once."}
    project.save(update_fields=["requested"])
    new, left = answering.copy(project, title="Again", catalogue=catalogue(), by=person("ruth"), at=now())
    assert list(new.requested) == ["crt_case"]
    assert "the variables of pol_crime, of which some are offered no longer" in left
