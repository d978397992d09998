"""Whose turn it is, what is missing and by when: on the status line, on lists, and as a table of the time so far."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils.html import strip_tags

from governance.projects import services as projects
from governance.projects.models import Project
from governance.working_days import add_working_days, working_days_between
from portal.timeline import timeline, total
from portal.turns import turn_of, turns_of
from tests.builders import a_project, an_agreement, an_output, cast_vote, decided, now
from tests.cast import person
from tests.portal.pages import read, signed_in

pytestmark = pytest.mark.django_db


def working_days(since, until) -> int:
    return working_days_between(since.date(), until.date())


VOTERS = ("Petra", "Percy", "Hugo")


def status(username: str, project: Project) -> str:
    page = read(signed_in(username), "project", project.pk)
    line = re.search(r'<div class="gh-status">(.*?)</div>', page, re.S)
    return " ".join(strip_tags(line[1]).split())


def began_days_ago(project: Project, days: int) -> Project:
    """The project came into its state so many days earlier."""
    Project.objects.filter(pk=project.pk).update(state_since=now() - timedelta(days=days))
    return Project.objects.get(pk=project.pk)


@pytest.mark.slow
def test_the_status_line_says_which_votes_are_missing_and_names_nobody():
    project = a_project("owners")
    due = add_working_days(project.state_since.date(), 20)
    for username in ("ruth", "sam"):
        line = status(username, project)
        assert "Still missing: Police (43 forces) via Home Office: 2 votes; HMCTS: 1 vote." in line
        assert f"Due by {due:%-d %B %Y}." in line
        assert "The panel is next." in line
    line = status("ruth", cast_vote(project, "petra"))
    assert "Home Office: 1 more vote; HMCTS: 1 vote." in line
    assert not [name for name in VOTERS if name in line]
    assert "Still missing: HMCTS: 1 vote." in status("ruth", cast_vote(project, "percy"))


def test_votes_of_an_earlier_round_are_not_counted():
    project = cast_vote(a_project("owners"), "petra")
    Project.objects.filter(pk=project.pk).update(round=2)
    assert turn_of(Project.objects.get(pk=project.pk), now()).missing[0].endswith(": 2 votes")


@pytest.mark.parametrize(
    ("state", "missing"), [("triage", "the check by research support"), ("ethics", "the ethics reviewer's decision"),
                           ("panel", "2 votes")]
)  # fmt: skip
def test_every_board_has_something_missing(state, missing):
    assert f"Still missing: {missing}." in status("ruth", a_project(state))


@pytest.mark.parametrize("state", ["draft", "returned", "approved"])
def test_where_the_service_holds_nothing_nothing_is_due(state):
    line = status("ruth", a_project(state))
    assert "Due by" not in line and "missing:" not in line


def test_what_is_late_says_since_when():
    project = began_days_ago(a_project("triage"), 30)
    due = add_working_days(project.state_since.date(), 5)
    assert f"Overdue since {due:%-d %B %Y}, by " in status("ruth", project)
    assert "Overdue since" in read(signed_in("sam"), "projects")


def test_a_paused_application_says_why_and_has_no_due_day():
    project = projects.pause(a_project("owners"), reasons="The release is rebuilt.", by=person("sam"), at=now())
    line = status("ruth", project)
    assert f"Paused since {now():%-d %B %Y}: The release is rebuilt." in line
    assert "Due by" not in line and "Sam" not in line
    project = projects.take_up(project, by=person("sam"), at=now())
    assert "Due by" in status("ruth", project) and "Paused" not in status("ruth", project)


def test_lists_say_the_same_as_the_status_line():
    decided(a_project("owners"), "police")
    for username in ("ruth", "sam", "hugo"):
        assert "Still missing: HMCTS: 1 vote. Due by" in " ".join(read(signed_in(username), "projects").split())


@pytest.mark.slow
def test_turns_of_many_projects_take_as_many_queries_as_of_one(django_assert_num_queries):
    def make():
        paused = a_project("triage")
        projects.pause(paused, reasons="The release is rebuilt.", by=person("sam"), at=now())
        for state in ("owners", "panel"):
            a_project(state)

    make()
    for more in range(2):
        found = list(Project.objects.all())
        with django_assert_num_queries(3):  # pauses, votes, the release that describes the dataset
            assert len(turns_of(found, now())) == 3 * (more + 1)
        make()


@pytest.mark.slow
def test_other_records_with_a_target_have_a_due_day_too():
    agreement, output = an_agreement("signed"), an_output("submitted")
    assert turn_of(agreement, now()).target == 5
    assert turn_of(output, now()).due_on == add_working_days(output.report_now().made_at.date(), 5)
    assert turn_of(an_agreement(), now()) is None


def test_the_page_tells_how_long_each_stage_took():
    agreement = an_agreement()
    page = read(signed_in("ruth"), "project", agreement.project.pk)
    assert "How long it took so far" in page
    lines = timeline(agreement.project, now() + timedelta(days=30))
    assert [line.name for line in lines] == ["Triage", "Data owners", "Panel", "Agreement"]
    assert [line.target for line in lines] == [5, 20, 5, 5]
    (*_, way) = timeline(agreement.project, now() + timedelta(days=30), with_extracts=True)
    assert (way.name, way.service, way.target) == ("Provision of the first extract", 0, 10)
    assert way.applicants == working_days(now(), now() + timedelta(days=30)), "nobody has asked for one yet"
    assert "Provision of the first extract" in page
    assert "Provision" not in read(signed_in("sian"), "project", agreement.project.pk), "who sees no extracts"
    assert total(lines).service == 0, "in force since today: no clock runs any more"


def test_days_with_the_applicants_and_paused_days_are_told_apart():
    at = now()
    project = a_project("triage")
    project = projects.pause(project, reasons="The release is rebuilt.", by=person("sam"), at=at + timedelta(days=7))
    project = projects.take_up(project, by=person("sam"), at=at + timedelta(days=21))
    projects.declare_interest(project, conflict=False, details="", by=person("sam"), at=at + timedelta(days=21))
    project = projects.send_back(
        project, reasons="Say more.", round=project.round, by=person("sam"), at=at + timedelta(days=28)
    )
    lines = {line.name: line for line in timeline(project, at + timedelta(days=35))}
    week, fortnight = (working_days(at, at + timedelta(days=days)) for days in (7, 21))
    assert lines["Triage"].service == week + working_days(at + timedelta(days=21), at + timedelta(days=28))
    assert lines["Triage"].paused == fortnight - week
    assert lines["Returned for changes"].applicants == working_days(at + timedelta(days=28), at + timedelta(days=35))
    assert lines["Returned for changes"].service == 0


def test_a_draft_has_no_table_of_its_time():
    assert timeline(a_project("draft"), now()) == []
    assert "How long it took so far" not in read(signed_in("ruth"), "project", a_project("draft").pk)
