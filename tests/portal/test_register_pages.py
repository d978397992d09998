"""The public register: who is on it, what of them, and the same as a file."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.urls import reverse

from governance.agreements import services as agreements
from governance.outputs import services as outputs
from governance.outputs.models import Clearance, OutputRequest
from governance.projects import services as projects
from governance.projects.boards import Verdict
from governance.projects.models import Project
from portal.downloads import harmless
from portal.views.register import COLUMNS, standing_of
from tests import builders
from tests.cast import person

pytestmark = pytest.mark.django_db
DIGEST = "ab" * 32


def text_of(client, address: str = "/register/") -> str:
    page = client.get(address)
    assert page.status_code == 200
    return page.content.decode()


def a_release(clearance: Clearance = Clearance.PUBLICATION) -> OutputRequest:
    output = builders.an_output("cleared")
    OutputRequest.objects.filter(pk=output.pk).update(clearance=clearance)
    output = outputs.release(output, round=output.round, by=person("cass"), at=builders.now())
    return outputs.record_package(output, package="p.zip", sha256=DIGEST, at=builders.now())


def rows(client, more: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/register/?format=csv{more}")
    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_an_empty_register_says_so(client):
    assert "No project has been approved yet." in text_of(client)
    assert rows(client) == []


@pytest.mark.parametrize("state", ["draft", "triage", "owners", "panel", "returned"])
def test_only_approved_projects_are_public(client, state):
    project = builders.a_project(state)
    assert project.reference not in text_of(client)
    assert client.get(reverse("register_project", args=[project.reference])).status_code == 404
    assert rows(client) == []


def test_an_approved_project_shows_who_what_why_and_which_data(client):
    project = builders.a_project("approved")
    for address in ("/register/", reverse("register_project", args=[project.reference])):
        text = text_of(client, address)
        for shown in (project.title, project.reference, "Ruth", "Northshire University", project.lay_summary):
            assert shown in text
        for table in project.requested:
            assert builders.catalogue()[table].label in text
    text = text_of(client, reverse("register_project", args=[project.reference]))
    assert project.public_benefit in text
    assert "The project has published nothing yet." in text
    assert "Waiting for signatures" in text


@pytest.mark.slow
def test_tables_that_their_owner_refused_are_not_listed(client):
    project = builders.decided(builders.a_project("owners"), "police", Verdict.REFUSE)
    project = projects.take(
        builders.decided(project, "hmcts"), catalogue=builders.catalogue(), by=person("ruth"), at=builders.now()
    )
    builders.panel_approves(project)
    text = text_of(client, reverse("register_project", args=[project.reference]))
    assert builders.catalogue()["crt_case"].label in text
    assert builders.catalogue()["pol_crime"].label not in text


def test_published_results_are_listed_with_date_and_fingerprint(client):
    output = a_release()
    text = text_of(client, reverse("register_project", args=[output.project.reference]))
    assert output.title in text
    assert DIGEST in text
    assert "1 release" in text_of(client)


def test_what_was_cleared_for_the_team_only_stays_off_the_register(client):
    output = a_release(Clearance.PRE_PUBLICATION)
    for address in ("/register/", reverse("register_project", args=[output.project.reference])):
        assert DIGEST not in text_of(client, address)
    assert rows(client)[0]["release_sha256"] == ""


def test_search_wants_all_words_and_keeps_them_in_the_download(client):
    first, second = builders.a_project("approved"), builders.a_project("approved")
    Project.objects.filter(pk=second.pk).update(title="Journeys through probation")
    text = text_of(client, "/register/?q=journeys+probation")
    assert second.reference in text
    assert first.reference not in text
    assert "format=csv&amp;q=journeys%20probation" in text
    assert [row["reference"] for row in rows(client, "&q=journeys+probation")] == [second.reference]
    assert "No project holds all of these words." in text_of(client, "/register/?q=journeys+zebra")


@pytest.mark.slow
def test_the_file_has_a_row_for_each_release_and_one_for_a_project_without(client):
    output = a_release()
    bare = builders.a_project("approved")
    found = {row["reference"]: row for row in rows(client)}
    assert set(found) == {output.project.reference, bare.reference}
    published = found[output.project.reference]
    assert tuple(published) == COLUMNS
    assert (published["release_title"], published["release_sha256"]) == (output.title, DIGEST)
    assert published["agreement"] == "In force"
    assert found[bare.reference]["release_title"] == ""


def test_the_file_holds_no_formula(client):
    project = builders.a_project("approved")
    Project.objects.filter(pk=project.pk).update(title="=HYPERLINK(1)", lay_summary="+1")
    (row,) = rows(client)
    assert (row["title"], row["lay_summary"]) == ("'=HYPERLINK(1)", "'+1")


@pytest.mark.parametrize(
    ("value", "written"), [(None, ""), ("a-b", "a-b"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), (3, "3")]
)
def test_a_cell_that_would_be_a_formula_is_quoted(value, written):
    assert harmless(value) == written


def test_an_agreement_past_its_last_day_reads_as_ended():
    agreement = builders.an_agreement()
    at = builders.now()
    assert standing_of(agreement, at) == "In force"
    assert standing_of(agreement, at + timedelta(days=800)) == "Ended"
    assert standing_of(None, at) == "Not drawn up yet"


def test_a_revoked_agreement_reads_as_revoked_even_after_its_last_day():
    agreement = agreements.revoke(builders.an_agreement(), reasons="Breach.", by=person("sam"), at=builders.now())
    assert standing_of(agreement, builders.now()) == "Revoked"
    assert standing_of(agreement, builders.now() + timedelta(days=800)) == "Revoked"


@pytest.mark.slow
def test_the_register_takes_the_same_few_queries_for_one_project_and_for_many(client, django_assert_num_queries):
    a_release()
    with django_assert_num_queries(9):
        client.get("/register/")
    for _ in range(3):
        a_release()
    with django_assert_num_queries(9):
        client.get("/register/")


def test_the_json_says_what_the_csv_says(client):
    a_release()
    told = json.loads(client.get("/register/?format=json").content)
    (row,) = rows(client)
    assert [{name: value or "" for name, value in one.items()} for one in told] == [row]


def test_what_each_owner_decided_is_public_and_who_decided_is_not(client):
    condition = {"kind": "sight", "about": "", "level": "", "text": "We see drafts."}
    project = builders.a_project("owners")
    project = builders.decided(project, "police", refused=["pol_crime.recorded_date"])
    project = builders.decided(project, "hmcts", conditions=[condition])
    project = projects.take(project, catalogue=builders.catalogue(), by=person("ruth"), at=builders.now())
    builders.panel_approves(project)
    page = text_of(client, reverse("register_project", args=[project.reference]))
    assert "Approved in part" in page
    assert "The approval carries 1 condition." in page
    assert "The project was not amended." in page
    for name in ("Petra", "Percy", "Hugo", "Pia", "Fits our purpose", "We see drafts"):
        assert name not in page + text_of(client)
    (row,) = rows(client)
    assert row["owners_decisions"] == "Police (43 forces) via Home Office: Approved in part; HMCTS: Approved"
    assert (row["conditions"], row["amendments"]) == ("1", "")


def test_an_owner_that_refused_is_listed_as_such(client):
    project = builders.decided(builders.a_project("owners"), "police", Verdict.REFUSE)
    project = projects.take(
        builders.decided(project, "hmcts"), catalogue=builders.catalogue(), by=person("ruth"), at=builders.now()
    )
    builders.panel_approves(project)
    (row,) = rows(client)
    assert row["owners_decisions"] == "Police (43 forces) via Home Office: Refused; HMCTS: Approved"


def test_agreed_amendments_are_listed_with_their_day_and_others_are_not(client):
    project = builders.an_agreement().project
    for number, state in enumerate(("agreed", "refused", "draft"), 1):
        at = builders.now()
        project.amendments.create(number=number, kind="end", state=state, state_since=at, created_at=at)
    page = text_of(client, reverse("register_project", args=[project.reference]))
    assert page.count("agreed on") == 1
    (row,) = rows(client)
    assert row["amendments"].endswith(f"{builders.now():%Y-%m-%d}")
