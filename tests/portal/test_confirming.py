"""Being asked again who one is, in the middle of something that matters."""

import pytest

from governance.projects.models import Decision, Project
from portal.demo import PASSWORD
from portal.demo_codes import code_of
from tests.builders import a_project, declare
from tests.cast import let_in, person

pytestmark = pytest.mark.django_db
REASONS = "Complete, feasible, and the question is new."


@pytest.fixture
def project() -> Project:
    project = a_project(state="triage")
    declare(project, "sam")
    return project


def test_what_was_sent_too_late_is_done_once_the_password_was_given(client, project):
    sent = {"verdict": "approve", "reasons": REASONS, "round": project.round, "board": "triage"}
    let_in(client, person("sam"), seconds_ago=301)
    asked = client.post(f"/projects/{project.pk}/decide", sent)
    assert not Decision.objects.exists()
    page = client.get(asked.url).content.decode()
    assert "Confirm that it is you" in page and "/confirm/code" in page
    wrong = client.post("/confirm/password", {"password": "no", "next": f"/projects/{project.pk}/decide"})
    assert "The password is not correct" in wrong.content.decode() and not Decision.objects.exists()
    done = client.post("/confirm/password", {"password": PASSWORD, "next": f"/projects/{project.pk}/decide"})
    assert done.status_code == 302
    assert Decision.objects.get().reasons == REASONS


def test_what_was_sent_too_late_and_is_not_right_comes_back_with_what_was_typed(client, project):
    let_in(client, person("sam"), seconds_ago=301)
    address = f"/projects/{project.pk}/decide"
    client.post(address, {"reasons": REASONS, "round": project.round, "board": "triage"})
    page = client.post("/confirm/code", {"code": code_of("sam"), "next": address})
    assert page.status_code == 422 and REASONS in page.content.decode()


def test_confirming_is_enough_for_a_while(client, project):
    let_in(client, person("sam"), seconds_ago=301)
    address = f"/projects/{project.pk}/decide"
    assert client.get(address).status_code == 302
    assert client.post("/confirm/code", {"code": code_of("sam"), "next": address}).url == address
    assert client.get(address).status_code == 200
