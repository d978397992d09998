"""The first page: what Gatehouse is; and, signed in, what waits for whom."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.urls import reverse

from extracts import services as extracts
from extracts.lifecycle.extract import STOPPED
from extracts.models import Extract
from governance.agreements import services as agreements
from governance.amendments import services as amendments
from governance.amendments.delta import Kind
from governance.amendments.models import Amendment
from governance.catalogue.catalogue import Catalogue
from governance.incidents import services as incidents
from governance.outputs import services as outputs
from governance.outputs.models import CheckVerdict
from governance.people.grants import roles_for, worker
from governance.people.roles import Role
from governance.projects import services as projects
from governance.projects.boards import Verdict
from governance.projects.models import Project
from governance.workflow import allowed
from portal.demo import CAST
from portal.facts import Known, facts_about, roles_known
from portal.inbox import FETCHED, NEWS_STAYS, TURNS, waiting_for
from tests import builders, linked
from tests.cast import let_in, person

pytestmark = pytest.mark.django_db


def waits_for(username: str, at=None) -> list[str]:
    """What is to be done by one of the cast."""
    return [item.what for item in waiting_for(person(username), at or builders.now()) if not item.news]


def news_for(username: str, at=None) -> list[str]:
    return [item.what for item in waiting_for(person(username), at or builders.now()) if item.news]


def everybody_but(*busy: str) -> list[str]:
    return [one.username for one in CAST if one.username not in busy]


def an_extract(state: str) -> Extract:
    """Ruth's extract: requested, failed, delivered or stopped. The files themselves do not matter here."""
    at, project = builders.now(), builders.an_agreement().project
    known: Catalogue = builders.catalogue()
    extracts.register_release(
        code="cjs_linked",
        version="1",
        title="First",
        tables={table: {"rows": 3} for table in builders.WISH},
        by=worker(),
        at=at,
    )
    extract = extracts.request(project, catalogue=known, by=person("ruth"), at=at)
    if state == "requested":
        return extract
    claimed = extracts.claim(extract.pk, at=at, lease=timedelta(minutes=1))
    assert claimed is not None
    if state == "failed":
        return extracts.fail(claimed, reason="A table could not be read.", at=at)
    if state == "stopped":
        return extracts.stop(claimed, extracts.Failing(STOPPED, "You left the team."), at=at)
    return extracts.deliver(claimed, folder="abc", manifest={"files": []}, move=lambda: None, catalogue=known, at=at)


# Signed out.


def test_anyone_may_read_what_gatehouse_is(client):
    page = client.get("/")
    text = page.content.decode()
    assert page.status_code == 200
    for safe in ("Safe projects", "Safe people", "Safe data", "Safe settings", "Safe outputs"):
        assert safe in text
    for name in ("catalogue", "register", "account_login"):
        assert f'href="{reverse(name)}"' in text


@pytest.mark.parametrize("name", ["accessibility", "about_the_data", "account_signup", "account_inactive"])
def test_pages_about_the_service_are_public(client, name):
    assert client.get(reverse(name)).status_code == 200


def test_the_data_say_whether_they_are_synthetic(client):
    text = client.get(reverse("about_the_data")).content.decode()
    assert "Figures here come from synthetic data and describe no real person or force." in text
    assert "CC BY 4.0" in text
    assert "Described only. No release is published yet." in text

    extracts.register_release(
        code="cook_county_2019",
        version="7",
        title="R",
        tables={"intake": {"rows": 1234}},
        by=worker(),
        at=builders.now(),
    )
    assert "Release 7, 1,234 rows" in client.get(reverse("about_the_data")).content.decode()


# Whose turn it is, at each step of a project's life.


@pytest.mark.slow
def test_a_draft_waits_for_its_researcher_alone():
    builders.a_project("draft")
    assert waits_for("ruth") == ["Complete the application and submit it"]
    assert not [name for name in everybody_but("ruth") if waits_for(name)]


@pytest.mark.slow
def test_a_returned_application_waits_for_its_researcher_and_not_for_the_coordinator():
    builders.a_project("returned")
    assert waits_for("ruth") == ["Answer the reasons and submit again"]
    assert not [name for name in everybody_but("ruth") if waits_for(name)]


@pytest.mark.slow
def test_triage_waits_for_research_support():
    builders.a_project("triage")
    assert waits_for("sam") == ["Check that it is complete and feasible"]
    assert not [name for name in everybody_but("sam") if waits_for(name)]


@pytest.mark.slow
def test_ethical_review_waits_for_the_reviewer():
    builders.a_project("ethics")
    assert waits_for("esme") == ["Review the ethics of it"]
    assert not [name for name in everybody_but("esme") if waits_for(name)]


@pytest.mark.slow
def test_owners_are_asked_for_their_own_tables_and_once():
    project = builders.a_project("owners")
    asked = ["Decide for your organisation's tables"]
    assert [name for name in everybody_but() if waits_for(name)] == ["petra", "percy", "hugo"]
    assert waits_for("petra") == asked

    builders.cast_vote(project, "petra")
    assert [name for name in everybody_but() if waits_for(name)] == ["percy", "hugo"]
    builders.cast_vote(project, "percy")
    assert [name for name in everybody_but() if waits_for(name)] == ["hugo"]


def test_a_decider_with_a_conflict_is_not_asked():
    builders.declare(builders.a_project("owners"), "petra", conflict="A cousin applies.")
    assert not waits_for("petra") and waits_for("percy")


def test_an_owner_who_decided_is_asked_again_in_the_next_round():
    project, at = builders.a_project("owners"), builders.now()
    project = builders.cast_vote(project, "petra")
    builders.declare(project, "hugo")
    project = projects.send_back(project, reasons="Say more.", round=project.round, by=person("hugo"), at=at)
    project = projects.submit(project, catalogue=builders.catalogue(), by=person("ruth"), at=at)
    projects.accept(project, reasons="Complete.", round=project.round, by=person("sam"), at=at)
    assert waits_for("petra") == ["Decide for your organisation's tables"]


@pytest.mark.slow
def test_a_reduced_project_waits_for_the_applicants():
    builders.decided(builders.decided(builders.a_project("owners"), "police"), "hmcts", Verdict.REFUSE)
    assert waits_for("ruth") == ["Take the reduced project, or change the application"]
    assert not [name for name in everybody_but("ruth") if waits_for(name)]


@pytest.mark.slow
def test_the_panel_comes_last():
    project = builders.a_project("panel")
    assert waits_for("pia") == ["Decide on the project as a whole"]
    assert not [name for name in everybody_but("pia", "piers", "priya") if waits_for(name)]
    builders.panel_votes(project, "pia")
    assert not waits_for("pia") and waits_for("piers")


@pytest.mark.slow
def test_an_agreement_is_signed_by_everybody_then_by_the_service():
    agreement = builders.an_agreement("drawn_up")
    signers = ["ruth", "coral", "sian"]
    assert [name for name in everybody_but() if waits_for(name)] == signers
    assert waits_for("ruth") == ["Read the agreement and sign"]

    for number, who in enumerate(signers, 1):
        agreements.sign(agreement, sha256=agreement.sha256, by=person(who), at=builders.now())
        assert [name for name in everybody_but("sam") if waits_for(name)] == signers[number:]
    assert waits_for("sam") == ["Sign for the service"]

    agreements.countersign(agreement, sha256=agreement.sha256, by=person("sam"), at=builders.now())
    assert not waits_for("sam")
    assert news_for("ruth") == news_for("coral") == ["The agreement is in force: extracts can be built"]


@pytest.mark.slow
def test_a_failed_extract_waits_for_the_researcher():
    an_extract("failed")
    assert waits_for("ruth") == ["Read why the build failed and try again"]
    assert not [name for name in everybody_but("ruth") if waits_for(name)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("state", "what"),
    [
        ("delivered", "The extract is in the project's workspace"),
        ("stopped", "Read which condition stopped the extract"),
    ],
)
def test_what_became_of_an_extract_is_news_to_the_team_for_thirty_days(state, what):
    extract = an_extract(state)
    told = [name for name in everybody_but() if what in news_for(name)]
    assert told == ["ruth", "coral"]
    last = extract.state_since + NEWS_STAYS
    assert what in news_for("ruth", last)
    assert what not in news_for("ruth", last + timedelta(seconds=1))


@pytest.mark.slow
def test_outputs_wait_for_checkers_who_have_not_checked_them():
    output = builders.an_output("submitted")
    assert [name for name in everybody_but() if waits_for(name)] == ["cass", "devi"]
    outputs.check(
        output, verdict=CheckVerdict.APPROVE, reasons="Fine.", round=output.round, by=person("cass"), at=builders.now()
    )
    assert not waits_for("cass")
    assert waits_for("devi") == ["Check the output: you are the second checker"]


def test_a_checker_of_the_authors_organisation_is_not_asked():
    builders.an_output("submitted")
    cass = person("cass")
    cass.organisation = person("ruth").organisation
    cass.save()
    assert not waits_for("cass")


def test_a_cleared_output_waits_for_a_checker_and_is_news_to_its_author():
    builders.an_output("cleared")
    assert waits_for("cass") == waits_for("devi") == ["Release the files: two checkers cleared them"]
    assert news_for("ruth")[0] == "Two checkers cleared it: it will be released"
    assert not waits_for("ruth")


def test_a_cleared_output_of_a_suspended_project_waits_for_nobody():
    output = builders.an_output("cleared")
    incident = builders.an_incident("assessed", level=3)
    incidents.link_project(incident, output.project, by=person("sam"), at=builders.now())
    assert waits_for("cass") == waits_for("devi") == []


@pytest.mark.slow
def test_a_released_output_is_news_to_its_author_alone():
    output = builders.an_output("cleared")
    output = outputs.release(output, round=output.round, by=person("cass"), at=builders.now())
    outputs.record_package(output, package="p.zip", sha256="0" * 64, at=builders.now())
    told = [name for name in everybody_but() if "Download the signed package" in news_for(name)]
    assert told == ["ruth"]
    assert not [name for name in everybody_but() if waits_for(name)]


@pytest.mark.slow
@pytest.mark.parametrize("state", ["draft", "returned"])
def test_an_output_that_is_not_handed_in_waits_for_its_author(state):
    builders.an_output(state)
    assert len(waits_for("ruth")) == 1
    assert not [name for name in everybody_but("ruth") if waits_for(name)]


def test_nothing_waits_for_a_person_who_has_left():
    builders.a_project("triage")
    sam = person("sam")
    sam.is_active = False
    sam.save()
    assert not waits_for("sam")


def test_what_has_waited_longest_comes_first():
    first, second = builders.a_project("triage"), builders.a_project("triage")
    found = [item.record.pk for item in waiting_for(person("sam"), builders.now())]
    assert found == [first.pk, second.pk]


def make_amendments() -> None:
    """One in each state in which somebody acts, on projects of their own."""
    at, known = builders.now(), builders.catalogue()
    ruth, sam = person("ruth"), person("sam")
    for state in ("draft", "triage", "owners", "panel", "returned"):
        project = builders.an_agreement().project
        amendment = amendments.start(project, kind=Kind.PURPOSE, by=ruth, at=at)
        amendments.explain(amendment, reason="The question grew.", by=ruth, at=at)
        amendments.reword(amendment, lay_summary="We also ask why.", public_benefit="", by=ruth, at=at)
        if state == "draft":
            continue
        amendment = amendments.submit(amendment, catalogue=known, by=ruth, at=at)
        if state == "triage":
            continue
        builders.declare_on(amendment, "sam")
        if state == "returned":
            amendments.send_back(amendment, reasons="x", round=1, by=sam, at=at)
            continue
        said = {"verdict": Verdict.APPROVE, "reasons": "x", "round": 1, "at": at}
        amendment = amendments.decide_as_support(amendment, by=sam, **said)
        for who in ("petra", "percy", "hugo") if state == "panel" else ("petra",):
            builders.declare_on(amendment, who)
            amendment = amendments.vote(amendment, catalogue=known, by=person(who), **said)


def declare_where_one_can(record) -> None:
    """Everybody who may say now whether there is a conflict of interest says no; percy and piers say yes."""
    declare = (amendments if isinstance(record, Amendment) else projects).declare_interest
    at = builders.now()
    for one in CAST:
        user, friend = person(one.username), one.username in ("percy", "piers")
        if "declare" in allowed(record.LIFECYCLE, record, user, roles_for(record, user, at), at):
            declare(record, conflict=friend, details="A friend." if friend else "", by=user, at=at)


def stand_in_and_vote() -> None:
    """Otto stands in for Pia on the panel and Rae for Petra; of either two one has voted on one project."""
    builders.a_stand_in(of="otto")
    builders.a_stand_in(Role.OWNER, of="rae", for_="petra")
    for who in ("otto", "pia"):
        builders.panel_votes(builders.a_project("panel"), who)
    for who in ("rae", "petra"):
        builders.cast_vote(builders.a_project("owners"), who)


# The list asks the lifecycles, by a shorter way; the long way must come to the same.


def test_every_turn_names_an_action_of_its_lifecycle():
    for turn in TURNS:
        moves = {(source, move.action) for move in turn.model.LIFECYCLE for source in move.sources}
        assert turn.news or (turn.state, turn.action) in moves


@pytest.mark.long
def test_the_short_way_gives_the_roles_and_actions_of_the_long_way():
    """Every person of the cast, on records in every state that builders can make."""
    for state in ("draft", "triage", "ethics", "owners", "panel", "returned"):
        builders.a_project(state)
    offered = builders.decided(builders.decided(builders.a_project("owners"), "police"), "hmcts", Verdict.REFUSE)
    assert offered.state == "offered"
    given = builders.an_agreement()
    for state in ("open", "reported"):
        given.project.conditions.create(
            agreement=given, owner="police", kind="sight", text="x", state=state, state_since=builders.now(),
            created_at=builders.now(),
        )  # fmt: skip
    builders.a_project("owners", by="olu", code="cook_county_2019", wish={"intake": {"received_date": ""}})
    for state in ("draft", "submitted", "checked_once", "cleared"):
        builders.an_output(state)
    builders.an_agreement("signed")
    builders.an_agreement("drawn_up")
    builders.a_request_for_accreditation()
    builders.a_proposed_role()
    builders.a_factor_reset()
    builders.a_handover(builders.a_project())
    builders.an_enquiry()
    builders.a_team_review(builders.a_project("approved"))
    builders.a_role_review()
    linked.a_delivery("cps", state="refused")
    linked.a_run("failed", name="0")
    linked.a_release("withdrawn", name="1")
    linked.a_release(name="2")
    linked.a_release("published", name="3")
    linked.a_release(name="4")
    for state in ("draft", "submitted"):
        builders.an_ingress(state)
    for state in ("reported", "assessed"):
        builders.an_incident(state)
    for state in ("open", "submitted"):
        builders.a_closure(state, project=builders._an_agreement().project)
    make_amendments()
    stand_in_and_vote()
    for record in (*Project.objects.all(), *Amendment.objects.all()):
        declare_where_one_can(record)
    at, taken = builders.now(), set()
    for one, model in itertools.product(CAST, FETCHED):
        user, facts = person(one.username), facts_about(person(one.username), at)
        for record in model.objects.all():
            roles = roles_for(record, user, at)
            assert roles_known(record, facts) == roles
            quick = allowed(record.LIFECYCLE, Known(record, facts), user, roles, at)
            assert quick == allowed(record.LIFECYCLE, record, user, roles, at)
            taken |= {(model.__name__, action) for action in quick}
    asked = {(turn.model.__name__, turn.action) for turn in TURNS if not turn.news}
    assert asked - taken == {("Extract", "retry"), ("Extract", "let through")}, "builders made too little to compare"


# The page.


def test_your_work_shows_what_to_do_which_record_and_since_when(client):
    project = builders.a_project("triage")
    let_in(client, person("sam"))
    text = client.get("/").content.decode()
    assert "Waiting for you (1)" in text
    assert "Check that it is complete and feasible" in text
    assert project.get_absolute_url() in text
    assert project.reference in text


def test_a_newcomer_is_told_what_to_do_first(client):
    let_in(client, person("olu"))
    text = client.get("/").content.decode()
    assert "Nothing waits for you now." in text
    assert "You are on no project yet." in text
    assert reverse("project_new") in text


def test_the_services_people_are_not_asked_to_apply(client):
    let_in(client, person("ada"))
    text = client.get("/").content.decode()
    assert "Nothing waits for you now." in text
    assert reverse("trail") in text
    assert reverse("project_new") not in text


def test_a_researcher_reads_that_accreditation_has_ended(client):
    builders.a_project("draft")
    person("ruth").trainings.update(valid_until=builders.now().date() - timedelta(days=2))
    let_in(client, person("ruth"))
    assert "Your safe researcher training ended on" in client.get("/").content.decode()


def test_coral_sees_the_project_that_she_coordinates(client):
    project = builders.a_project("triage")
    let_in(client, person("coral"))
    text = client.get("/").content.decode()
    assert project.title in text
    assert Role.COORDINATOR.label in text


@pytest.mark.slow
@pytest.mark.parametrize("username", ["ruth", "sam", "petra", "pia", "cass"])
def test_the_page_takes_the_same_few_queries_however_much_waits(client, username, django_assert_max_num_queries):
    def queries() -> int:
        with django_assert_max_num_queries(40) as counted:
            assert client.get("/").status_code == 200
        return len(counted)

    def more() -> None:
        for state in ("draft", "triage", "owners", "panel"):
            builders.a_project(state)
        builders.an_output("submitted")

    more()
    let_in(client, person(username))
    few = queries()
    more()
    more()
    assert queries() == few
