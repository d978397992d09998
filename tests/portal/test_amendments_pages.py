"""Amendments and the workspace through the pages: a delta is written, decided and signed; what fails is said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance.amendments.models import Amendment
from governance.people.models import Training
from tests.builders import an_agreement, catalogue, declare_on, now
from tests.portal.pages import read, send, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return an_agreement().project


def begun(project, kind):
    ruth = signed_in("ruth")
    send(ruth, "amendment_new", project.pk, kind=kind, reason="The first results ask for it.")
    return ruth, Amendment.objects.get()


def decide(username, amendment, verdict, reasons="Fits.", status=302, **more):
    amendment.refresh_from_db()
    declare_on(amendment, username)
    return send(
        signed_in(username), "amendment_decide", amendment.pk, status=status, verdict=verdict, reasons=reasons,
        round=amendment.round, **more,
    )  # fmt: skip


@pytest.mark.slow
def test_a_variable_is_added_from_the_page_to_the_new_agreement(project):
    ruth, amendment = begun(project, "data")
    assert "at least one variable" in read(ruth, "amendment", amendment.pk)
    wish = {"reason": "What else.", "reason_for_all": "For the model.", "pick-knife_flag": "on"}
    send(ruth, "amendment_choose", amendment.pk, "pol_crime", **wish)
    page = read(ruth, "amendment", amendment.pk)
    assert catalogue()["pol_crime"]["knife_flag"].label in page and "Submit the amendment" in page
    send(ruth, "amendment_submit", amendment.pk)
    assert "Hand it on to the data owners" in decide("sam", amendment, "", status=422)
    decide("sam", amendment, "approve")
    page = read(signed_in("petra"), "amendment", amendment.pk)
    assert "Read and decide" in page
    assert "Read and decide" not in read(signed_in("hugo"), "amendment", amendment.pk)
    for who in ("petra", "percy"):
        decide(who, amendment, "approve")
    amendment.refresh_from_db()
    assert amendment.state == "agreed"
    page = read(ruth, "project", project.pk)
    assert "Agreement 2" in page and "1: Add variables or tables" in page
    assert "Petra" not in read(ruth, "amendment", amendment.pk)


def test_an_owner_sees_and_decides_the_delta_alone(project):
    ruth, amendment = begun(project, "data")
    wish = {"reason": "What else.", "reason_for_all": "For the model.", "pick-knife_flag": "on"}
    send(ruth, "amendment_choose", amendment.pk, "pol_crime", **wish)
    send(ruth, "amendment_submit", amendment.pk)
    decide("sam", amendment, "approve")
    page = read(signed_in("petra"), "amendment_decide", amendment.pk)
    assert "Knife or sharp instrument" in page and "Court case" not in page


def test_what_was_typed_stays_when_a_vote_is_refused(project):
    ruth, amendment = begun(project, "end")
    day = project.ends_on + timedelta(days=400)
    fields = {"ends_on-day": day.day, "ends_on-month": day.month, "ends_on-year": day.year}
    page = send(ruth, "amendment_edit", amendment.pk, status=422, **fields | {"ends_on-year": 2001})
    assert "must be later than the present one" in page and 'value="2001"' in page
    send(ruth, "amendment_edit", amendment.pk, **fields)
    send(ruth, "amendment_submit", amendment.pk)
    page = decide("sam", amendment, "approve", " ", status=422)
    assert "Enter your reasons" in page
    page = send(
        signed_in("sam"),
        "amendment_decide",
        amendment.pk,
        status=422,
        verdict="approve",
        reasons="Kept words.",
        round=7,
    )
    assert "has changed since you opened" in page and "Kept words." in page
    decide("sam", amendment, "approve")
    assert project.agreements.first().ends_on == day


def test_a_person_is_added_and_reads_what_is_missing(project):
    ruth, amendment = begun(project, "person")
    send(ruth, "amendment_edit", amendment.pk, who="olu", role="researcher")
    send(ruth, "amendment_submit", amendment.pk)
    decide("sam", amendment, "approve")
    page = read(signed_in("olu"), "project_workspace", project.pk, status=403)
    assert "The workspace is closed to you" in page and "read its terms and sign it" in page


def test_withdrawn_and_seen_by_nobody_outside(project):
    ruth, amendment = begun(project, "purpose")
    for username in ("olu", "cass", "connie", "lin"):
        read(signed_in(username), "amendment", amendment.pk, status=404)
        read(signed_in(username), "amendment_decide", amendment.pk, status=404)
    send(ruth, "amendment_withdraw", amendment.pk, status=422, reasons="")
    send(ruth, "amendment_withdraw", amendment.pk, reasons="Not needed.")
    amendment.refresh_from_db()
    assert amendment.state == "withdrawn"
    assert "Not needed." in read(ruth, "amendment", amendment.pk)


def test_nobody_but_researchers_begins_one(project):
    for username in ("coral", "sam"):
        page = send(signed_in(username), "amendment_new", project.pk, status=422, kind="end", reason="Longer.")
        assert "Only researchers of the project amend it." in page and "Longer." in page
    send(signed_in("olu"), "amendment_new", project.pk, status=404, kind="end", reason="Longer.")


def test_the_workspace_says_what_fails_since_when_and_who_can_cure_it_and_opens_again(project):
    ruth = signed_in("ruth")
    assert "Open to you" in read(ruth, "project_workspace", project.pk)
    training = Training.objects.get(person__username="ruth")
    until, training.valid_until = training.valid_until, now().date() - timedelta(days=3)
    training.save()
    page = read(ruth, "project_workspace", project.pk, status=403)
    assert "Your safe researcher training ended on" in page and "ask research support to record it" in page
    assert "Since" in page
    training.valid_until = until
    training.save()
    assert "Open to you" in read(ruth, "project_workspace", project.pk)


def test_the_workspace_is_the_teams_own(project):
    for username, status in (("sam", 404), ("petra", 404), ("ada", 404), ("olu", 404), ("coral", 403)):
        read(signed_in(username), "project_workspace", project.pk, status=status)
