"""Boards through the pages: votes of owners by variable, declared interests, returns, pauses and revocations."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from governance.people.grants import give_everywhere
from governance.people.models import User
from governance.people.roles import Role
from governance.projects import services
from governance.projects.lifecycle import OWNERS, RETURNED
from tests.builders import a_project, catalogue, declare, now
from tests.cast import let_in, person, with_second_factor
from tests.portal.answers import answers
from tests.portal.pages import decide, read, send, signed_in, verdict

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_an_owner_decides_for_its_own_tables_and_no_other():
    project = a_project("owners")
    declare(project, "petra")
    page = read(signed_in("petra"), "project_decide", project.pk)
    assert page.index("Your tables") < page.index("Police recorded crime") < page.index("Tables of other owners")
    assert page.index("Tables of other owners") < page.index("Court case (defendant on case)")
    assert "give-pol_crime.recorded_date" in page and "give-crt_case" not in page
    read(signed_in("connie"), "project_decide", project.pk, status=404)

    decide("petra", project, "refuse", "Too much detail.")
    again = signed_in("petra").get(reverse("project_decide", args=[project.pk]), follow=True).content.decode()
    assert "have voted in this round" in again
    assert "Read and decide" not in again
    decide("percy", project, "refuse", "Too much detail.")
    decide("hugo", project, "approve")
    ruth = signed_in("ruth")
    assert "Take the reduced project" in read(ruth, "project", project.pk)
    send(ruth, "project_take", project.pk)
    decide("pia", project, "approve")
    decide("piers", project, "approve")
    assert [table.name for table in project.agreements.get().scope.tables] == ["crt_case"]


@pytest.mark.slow
def test_an_owner_leaves_a_variable_out_gives_one_coarser_and_sets_a_condition():
    project = a_project("owners")
    decide(
        "petra", project, "approve",
        **{"give-pol_crime.offence_subgroup": "leave-out", "give-pol_crime.recorded_date": "coarser:quarter",
           "kind-0": "sight", "text-0": "Two weeks before."},
    )  # fmt: skip
    page = read(signed_in("ruth"), "project", project.pk)
    assert "Left out:" in page and "no finer than quarter" in page and "Two weeks before." in page
    assert "Petra" not in page
    decide("percy", project, "approve")
    decide("hugo", project, "approve")
    send(signed_in("ruth"), "project_take", project.pk)
    decide("pia", project, "approve")
    decide("piers", project, "approve")
    agreement = project.agreements.get()
    assert [(one.name, one.level) for one in agreement.scope.table("pol_crime").variables] == [
        ("recorded_date", "quarter")
    ]
    condition = project.conditions.get(kind="sight")
    assert "Two weeks before." in read(signed_in("ruth"), "agreement", agreement.pk)
    send(signed_in("ruth"), "condition", condition.pk, action="report", words="We shall send drafts.")
    assert "Discharge it" not in read(signed_in("hugo"), "condition", condition.pk)
    page = read(signed_in("petra"), "condition", condition.pk)
    assert "We shall send drafts." in page and "Discharge it" in page
    send(signed_in("petra"), "condition", condition.pk, action="discharge", words="Seen.")
    condition.refresh_from_db()
    assert condition.state == "discharged"


@pytest.mark.parametrize(
    ("given", "more", "said"),
    [
        ("refuse", {"give-pol_crime.recorded_date": "leave-out"}, "belong to an approval"),
        ("approve", {"kind-0": "sight"}, "Enter what is meant by the condition"),
        ("approve", {"text-0": "Kept words."}, "Select which condition this text belongs to"),
        ("approve", {"question-0": "title", "change-0": "Kept words."}, "belong to a return"),
        ("return", {"question-0": "title"}, "Enter what is to change, or neither"),
        ("return", {"change-0": "Kept words."}, "Enter the question that this is about, or neither"),
    ],
)
def test_a_vote_that_does_not_fit_together_says_so_and_keeps_what_was_typed(given, more, said):
    project = a_project("owners")
    page = decide("petra", project, given, "My careful reasons.", status=422, **more)
    assert said in page and "My careful reasons." in page
    assert all(text in page for text in more.values() if text == "Kept words.")
    assert not project.decisions.filter(stage="owner").exists()


@pytest.mark.slow
def test_a_conflict_of_interest_is_asked_first_and_bars():
    project, petra = a_project("owners"), signed_in("petra")
    assert petra.get(reverse("project_decide", args=[project.pk])).url == reverse(
        "project_interests", args=[project.pk]
    )
    assert "Ruth, Northshire University" in read(petra, "project_interests", project.pk)
    page = send(petra, "project_interests", project.pk, status=422, conflict="yes")
    assert "Enter what the conflict of interest is" in page
    send(petra, "project_interests", project.pk, conflict="yes", details="Ruth is my cousin.")
    page = read(petra, "project", project.pk)
    assert "You declared a conflict of interest" in page and "Read and decide" not in page
    for username in ("ruth", "hugo", "sam"):
        assert "cousin" not in read(signed_in(username), "project", project.pk)
    assert "cousin" in read(signed_in("ada"), "project", project.pk)


@pytest.mark.slow
def test_a_decision_needs_reasons_and_keeps_what_was_typed():
    project = a_project("triage")
    page = decide("sam", project, "approve", " ", status=422)
    assert "Enter your reasons" in page and "<title>Error: " in page
    page = decide("sam", project, "", "My careful reasons.", status=422)
    assert "Select your decision" in page and "My careful reasons." in page


@pytest.mark.slow
def test_a_decision_on_an_application_that_moved_on_is_not_recorded():
    """Petra read round 1; it was returned, changed and accepted again before she pressed the button."""
    project = a_project("owners")
    declare(project, "petra", "hugo")
    opened = verdict(project, "approve", "I liked the first version.")
    services.send_back(project, reasons="Say more.", round=1, by=person("hugo"), at=now())
    project = services.submit(project, catalogue=catalogue(), by=person("ruth"), at=now())
    project = services.accept(project, reasons="Complete.", round=2, by=person("sam"), at=now())

    page = send(signed_in("petra"), "project_decide", project.pk, status=422, **opened)
    assert "has moved on since you opened this page" in page and "I liked the first version." in page
    assert not project.decisions.filter(round=2, stage="owner").exists()
    assert '<input type="hidden" name="round" value="2">' in page


@pytest.mark.slow
def test_nobody_decides_for_applicants_of_their_own_organisation():
    project = a_project("panel")
    lead_organisation = person("ruth").organisation
    colleague = User.objects.create(username="paul", name="Paul", organisation=lead_organisation)
    give_everywhere(colleague, Role.PANEL)
    client = Client()
    let_in(client, with_second_factor(colleague))
    page = read(client, "project", project.pk)
    assert "Somebody on the team belongs to your organisation" in page and "Read and decide" not in page
    assert "No application waits for your decision" in read(client, "projects")
    page = send(client, "project_interests", project.pk, status=422, conflict="no", details="For my friends.")
    assert "belongs to your organisation" in page and "For my friends." in page


@pytest.mark.slow
def test_a_returned_application_is_mended_and_old_votes_count_no_more():
    project, ruth = a_project("owners"), signed_in("ruth")
    decide("petra", project, "approve")
    decide("hugo", project, "return", "See below.", **{"question-0": "lay_summary", "change-0": "Why do you need sex?"})
    project.refresh_from_db()
    assert project.state == RETURNED
    page = read(ruth, "project", project.pk)
    assert "Returned for changes by: Data owner, HMCTS" in page and "Why do you need sex?" in page

    send(ruth, "project_section", project.pk, "project", **answers(lay_summary="Said better."))
    assert "A new round begins" in read(ruth, "project_submit", project.pk)
    send(ruth, "project_submit", project.pk, declared="on")
    decide("sam", project, "approve")
    page = read(signed_in("petra"), "project", project.pk)
    assert "Read and decide" in page and "Round 1, counts no more" in page
    decide("hugo", project, "approve")
    project.refresh_from_db()
    assert project.state == OWNERS


@pytest.mark.slow
def test_support_pauses_takes_up_and_revokes():
    project, sam = a_project("owners"), signed_in("sam")
    send(sam, "project_pause", project.pk, reasons="The release is rebuilt.")
    decide("petra", project, "approve", status=422)
    assert not project.decisions.filter(stage="owner").exists()
    send(sam, "project_take_up", project.pk)
    decide("petra", project, "approve")
    assert project.decisions.filter(stage="owner").count() == 1
    assert "cannot be undone" in read(sam, "project_revoke", project.pk)
    send(sam, "project_revoke", project.pk, reasons="A breach.")
    project.refresh_from_db()
    assert project.state == "revoked"
    assert "A breach." in read(signed_in("ruth"), "project", project.pk)
