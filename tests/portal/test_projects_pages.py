"""Applications through the pages: from a draft to the panel, who sees what, and nothing typed is lost."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings
from django.urls import reverse

from governance.people.models import User
from governance.people.roles import Role
from governance.projects import services
from governance.projects.form.versions import newest
from governance.projects.lifecycle import OWNERS, PANEL
from governance.projects.models import Project
from portal import application
from portal.forms.picker import PickVariables
from tests.builders import a_project, an_agreement, an_output, catalogue, now
from tests.cast import person
from tests.portal.answers import answers, sent_of
from tests.portal.pages import decide, read, send, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_an_application_goes_from_the_first_page_to_an_agreement_in_force():
    ruth, sam = signed_in("ruth"), signed_in("sam")

    assert "You are on no project yet" in read(ruth, "projects")
    assert catalogue().dataset.title in read(ruth, "project_new")
    send(ruth, "project_new", dataset="cjs_linked", title="Why victims withdraw")
    project = Project.objects.get()
    assert "Lay summary" in read(ruth, "project_submit", project.pk)

    send(
        ruth,
        "project_choose",
        project.pk,
        "pol_crime",
        **{
            "reason": "The start of the journey.",
            "pick-recorded_date": "on",
            "level-recorded_date": "day",
            "why-recorded_date": "Waits are counted in days.",
            "pick-outcome_type": "on",
            "level-outcome_type": "type",
            "reason_for_all": "The outcome.",
        },
    )
    send(
        ruth,
        "project_choose",
        project.pk,
        "crt_case",
        **{"reason": "How it ended.", "pick-case_outcome": "on", "reason_for_all": "The outcome in court."},
    )
    send(ruth, "project_team", project.pk, who="coral@gatehouse.example", role="coordinator")
    for section in newest(settings.GATEHOUSE_FORMS).sections:
        send(ruth, "project_section", project.pk, section.key, **sent_of(section.key))
    send(ruth, "project_section", project.pk, "ethics", **sent_of("ethics"))

    assert "Submit the application" in read(ruth, "project_submit", project.pk)
    send(ruth, "project_submit", project.pk, status=422)
    send(ruth, "project_submit", project.pk, declared="on")

    project.refresh_from_db()
    assert project.title in read(sam, "projects")
    decide("sam", project, "approve", "Complete.")
    project.refresh_from_db()
    assert project.state == OWNERS
    for owner in ("petra", "percy", "hugo"):
        assert "Read and decide" in read(signed_in(owner), "project", project.pk)
        decide(owner, project, "approve")
    project.refresh_from_db()
    assert project.state == PANEL
    decide("pia", project, "approve", "A clear benefit.")
    decide("priya", project, "approve", "A clear benefit.")

    agreement = project.agreements.get()
    assert agreement.scope.table("pol_crime").level_of("recorded_date") == "day"
    assert str(agreement) in read(ruth, "projects")
    for who in ("ruth", "coral", "sian"):
        send(signed_in(who), "agreement_sign", agreement.pk, read="on", sha256=agreement.sha256)
    assert str(agreement) in read(sam, "projects")
    send(sam, "agreement_sign", agreement.pk, read="on", sha256=agreement.sha256)
    agreement.refresh_from_db()
    assert agreement.state == "in_force"
    assert "New output request" in read(ruth, "project", project.pk)


def test_the_general_reason_is_written_to_every_variable_without_its_own():
    project, ruth = a_project(), signed_in("ruth")
    send(
        ruth,
        "project_choose",
        project.pk,
        "pol_crime",
        **{
            "reason": "Start.",
            "reason_for_all": "For the model.",
            "pick-knife_flag": "on",
            "pick-outcome_type": "on",
            "level-outcome_type": "class",
            "why-outcome_type": "How it ended.",
        },
    )
    project.refresh_from_db()
    assert project.requested["pol_crime"]["variables"] == {
        "knife_flag": {"level": "", "reason": "For the model."},
        "outcome_type": {"level": "class", "reason": "How it ended."},
    }


def test_a_level_finer_than_the_default_needs_a_reason_of_its_own_and_errors_keep_what_was_typed():
    project, ruth = a_project(), signed_in("ruth")
    page = send(
        ruth,
        "project_choose",
        project.pk,
        "pol_crime",
        status=422,
        **{
            "reason": "Why we need the table.",
            "reason_for_all": "For the model.",
            "pick-recorded_date": "on",
            "level-recorded_date": "day",
            "pick-knife_flag": "on",
            "why-knife_flag": "A typed reason.",
        },
    )
    assert "<title>Error: " in page
    assert "Date recorded: finer than the default: give a reason that its owner will read" in page
    for typed in ("Why we need the table.", "For the model.", "A typed reason."):
        assert typed in page
    assert '<option value="day" selected>' in page
    project.refresh_from_db()
    assert "knife_flag" not in project.requested["pol_crime"]["variables"]


def test_all_that_is_wrong_with_the_reasons_is_said_at_once():
    project, ruth = a_project(), signed_in("ruth")
    wrong = {"pick-recorded_date": "on", "level-recorded_date": "day", "pick-knife_flag": "on", "reason": ""}
    page = send(ruth, "project_choose", project.pk, "pol_crime", status=422, **wrong)
    assert "Enter a reason for this table" in page
    assert "Enter a reason for the chosen variables, here or beside each of them" in page
    assert 'href="#id_why-recorded_date"' in page and 'href="#id_why-knife_flag"' not in page
    page = send(ruth, "project_choose", project.pk, "pol_crime", status=422, reason="Start.", reason_for_all="All.")
    assert "Choose at least one variable" in page


def test_the_default_set_is_ticked_without_saving_or_losing_anything():
    project, ruth = a_project(), signed_in("ruth")
    page = send(
        ruth,
        "project_choose",
        project.pk,
        "pol_victim",
        status=200,
        **{
            "use_defaults": "1",
            "reason": "A typed reason.",
            "pick-disability_flag": "on",
            "level-age_at_offence": "group",
            "why-sex": "Half typed.",
        },
    )
    boxes = [box.split(">")[0] for box in page.split('name="pick-')[1:]]
    ticked = {box.split('"')[0] for box in boxes if " checked" in box}
    defaults = {one.name for one in catalogue()["pol_victim"].defaults if application.choosable(one)}
    assert ticked == defaults | {"disability_flag"}
    assert "A typed reason." in page and "Half typed." in page
    assert '<option value="group" selected>' in page
    project.refresh_from_db()
    assert "pol_victim" not in project.requested


@pytest.mark.parametrize("code", ["cjs_linked", "cook_county_2019"])
def test_every_requestable_table_offers_something_and_never_an_identifier_or_a_pseudonymous_key(code):
    known = catalogue(code)
    for table in known.requestable:
        fields = PickVariables(table=table, catalogue=known).fields
        offered = {name.removeprefix("pick-") for name in fields if name.startswith("pick-")}
        assert offered
        assert not offered & {v.name for v in table.variables if not v.selectable or v.pseudonymised}


def test_keys_are_said_to_come_by_themselves():
    project, ruth = a_project(), signed_in("ruth")
    page = read(ruth, "project_choose", project.pk, "pol_victim")
    assert "Delivered automatically" in page and "person_record" not in page
    assert 'name="pick-crime_id_hash"' not in page
    assert 'name="pick-victim_seq"' in page
    assert "Sequence number" in page and "Pseudonymous key" not in page


def test_a_table_that_is_never_offered_has_no_page():
    project, ruth = a_project(), signed_in("ruth")
    for table in ("pnc_index", "no_such_table"):
        read(ruth, "project_choose", project.pk, table, status=404)


def test_a_table_is_removed_after_a_page_that_asks():
    project, ruth = a_project(), signed_in("ruth")
    assert "reasons that you gave are lost" in read(ruth, "project_drop", project.pk, "crt_case")
    project.refresh_from_db()
    assert "crt_case" in project.requested
    send(ruth, "project_drop", project.pk, "crt_case")
    project.refresh_from_db()
    assert list(project.requested) == ["pol_crime"]


def test_answers_that_do_not_fit_are_kept_on_the_page():
    project, ruth = a_project(), signed_in("ruth")
    long = " ".join(["word"] * 301)
    page = send(
        ruth,
        "project_section",
        project.pk,
        "project",
        status=422,
        **answers(lay_summary=long, **{"dates-starts_on-day": "31", "dates-starts_on-month": "2"}),
    )
    assert "Lay summary must be 300 words or fewer. It has 301." in page
    assert long in page and "First day of the project must be a real date" in page
    wrong = sent_of("data") | {"period-to-year": "2018"}
    page = send(ruth, "project_section", project.pk, "data", status=422, **wrong)
    assert "The last day of the data must be on or after the first day" in page
    page = send(ruth, "project_section", project.pk, "project", status=422, **answers(**{"dates-ends_on-year": "2020"}))
    assert "must be in the future" in page
    project.refresh_from_db()
    assert project.period_from == date(2019, 1, 1)


def test_an_unfinished_draft_can_be_saved():
    project, ruth = a_project(), signed_in("ruth")
    send(ruth, "project_section", project.pk, "project", title="Only a title")
    project.refresh_from_db()
    assert (project.title, project.lay_summary, project.ends_on) == ("Only a title", "", None)
    assert project.answer_to(project.form["research_questions"]) == ""


def test_typed_answers_survive_a_refusal():
    """Coral submitted nothing, but Ruth did, in another window, while this page was open."""
    project, ruth = a_project("triage"), signed_in("ruth")
    page = send(ruth, "project_section", project.pk, "project", status=422, **answers(lay_summary="Typed at length."))
    assert "Typed at length." in page and "You cannot edit this while it is in triage." in page
    page = send(
        ruth,
        "project_choose",
        project.pk,
        "pol_crime",
        status=422,
        **{"reason": "Typed at length.", "pick-knife_flag": "on", "reason_for_all": "A model."},
    )
    assert "Typed at length." in page and "There is a problem" in page


@pytest.mark.slow
def test_a_page_for_what_cannot_be_done_now_leads_back_with_the_reason():
    project = a_project("triage")
    for username, name in (
        ("ruth", "project_application"),
        ("ruth", "project_data"),
        ("coral", "project_submit"),
        ("coral", "project_withdraw"),
        ("ruth", "project_decide"),
        ("pia", "project_decide"),
    ):
        client = signed_in(username)
        response = client.get(reverse(name, args=[project.pk]), follow=True)
        assert response.redirect_chain == [(project.get_absolute_url(), 302)]
        assert "Not done" in response.content.decode()


def test_the_submit_page_links_to_what_is_missing():
    ruth = signed_in("ruth")
    send(ruth, "project_new", dataset="cjs_linked", title="Bare")
    project = Project.objects.get()
    page = read(ruth, "project_submit", project.pk)
    assert f'href="{reverse("project_section", args=[project.pk, "project"])}#answer-lay_summary">Lay summary' in page
    assert f'href="{reverse("project_data", args=[project.pk])}">At least one table' in page
    assert "Submit the application" not in page
    services.choose_table(
        project, "pol_crime", reason="", variables={}, catalogue=catalogue(), by=person("ruth"), at=now()
    )
    choose = reverse("project_choose", args=[project.pk, "pol_crime"])
    assert f'href="{choose}">A reason for table pol_crime' in read(ruth, "project_submit", project.pk)
    assert "not complete yet" in send(ruth, "project_submit", project.pk, status=422, declared="on")


@pytest.mark.parametrize("state", ["draft", "owners", "approved"])
def test_an_outsider_finds_nothing(state):
    project, olu = a_project(state), signed_in("olu")
    for name in (
        "project",
        "project_application",
        "project_data",
        "project_team",
        "project_submit",
        "project_withdraw",
        "project_decide",
    ):
        read(olu, name, project.pk, status=404)
        send(olu, name, project.pk, status=404)
    assert project.title not in read(olu, "projects")


def test_a_draft_is_its_teams_own():
    project = a_project()
    for username in ("sam", "petra", "pia", "ada"):
        client = signed_in(username)
        read(client, "project", project.pk, status=404)
        assert project.reference not in read(client, "projects")


@pytest.mark.slow
def test_applicants_read_the_board_and_the_service_reads_the_name():
    project = a_project("approved")
    for username in ("ruth", "coral"):
        page = read(signed_in(username), "project", project.pk)
        assert "Data owner, Police (43 forces) via Home Office" in page and "Fits our purpose." in page
        assert not [name for name in ("Petra", "Hugo", "Pia", "Sam") if name in page]
    page = read(signed_in("ada"), "project", project.pk)
    assert all(name in page for name in ("Petra", "Hugo", "Pia", "Sam"))


@pytest.mark.slow
def test_the_team_takes_accredited_researchers_by_name_or_address():
    project, ruth = a_project(), signed_in("ruth")
    send(ruth, "project_team", project.pk, who="OLU@gatehouse.example", role="researcher")
    assert "Olu" in read(ruth, "project_team", project.pk)
    read(signed_in("olu"), "project", project.pk)

    page = send(ruth, "project_team", project.pk, status=422, who="coral", role="researcher")
    assert (
        "Coral has no accreditation, training and signed declaration that all hold today" in page
        and 'value="coral"' in page
    )
    for nobody in ("nobody", "worker"):
        page = send(ruth, "project_team", project.pk, status=422, who=nobody, role="coordinator")
        assert "There is no member of an organisation with this user name" in page
    assert "on the team already" in send(ruth, "project_team", project.pk, status=422, who="olu", role="coordinator")

    send(ruth, "project_remove", project.pk, person("olu").pk)
    read(signed_in("olu"), "project", project.pk, status=404)
    send(ruth, "project_remove", project.pk, person("ruth").pk)
    assert project.members.filter(person=project.lead).exists()


@pytest.mark.parametrize("username", ["coral", "sam", "ruth"])
def test_who_cannot_change_the_team_learns_of_no_account(username):
    """The answer is the same for an account that exists, or may join, and for one that does not."""
    project, client = a_project("triage"), signed_in(username)
    told = set()
    for who in ("olu", "petra", "nobody", ""):
        answer = client.post(
            reverse("project_team", args=[project.pk]), {"who": who, "role": "researcher"}, follow=True
        )
        told.add(tuple(str(message) for message in answer.context["messages"]))
    [refusal] = told
    assert "edit this" in refusal[0]
    send(client, "project_remove", project.pk, 10**9)
    assert project.members.count() == 2


def test_a_code_name_breaks_between_its_words_alone():
    page = read(signed_in("ruth"), "project", a_project().pk)
    assert '<span class="gh-code gh-code--name govuk-!-font-weight-regular">offence_<wbr>subgroup</span>' in page


def test_what_can_be_done_stands_before_the_application_and_the_history_after_it():
    page = read(signed_in("ruth"), "project", a_project().pk)
    assert page.index("What you can do now") < page.index('id="application"') < page.index('id="history-heading"')


def test_withdrawing_asks_for_reasons_and_ends_it():
    project, ruth = a_project("triage"), signed_in("ruth")
    assert "This cannot be undone" in read(ruth, "project_withdraw", project.pk)
    send(ruth, "project_withdraw", project.pk, status=422, reasons="")
    send(ruth, "project_withdraw", project.pk, reasons="The funding ended.")
    project.refresh_from_db()
    assert project.state == "withdrawn"
    page = read(signed_in("sam"), "project", project.pk)
    assert "The funding ended." in page


def test_typed_markup_is_shown_as_text():
    project, ruth = a_project(), signed_in("ruth")
    typed = answers(title="<script>alert(1)</script>", lay_summary="<b>bold</b>")
    send(ruth, "project_section", project.pk, "project", **typed)
    for name, more in (("project", []), ("project_section", ["project"]), ("project_submit", [])):
        page = ruth.get(reverse(name, args=[project.pk, *more])).content.decode()
        assert "<script>alert" not in page and "<b>bold" not in page


@pytest.mark.slow
def test_lists_show_what_waits_first_and_can_be_narrowed():
    waiting, other = a_project("triage"), a_project("panel")
    page = read(signed_in("sam"), "projects")
    assert page.index(waiting.reference) < page.index("Other projects") < page.index(other.reference)
    narrowed = signed_in("sam").get(reverse("projects"), {"state": "approved"}).content.decode()
    assert other.reference not in narrowed and "No project matches" in narrowed
    narrowed = signed_in("sam").get(reverse("projects"), {"q": other.reference, "state": ""}).content.decode()
    assert other.reference in narrowed
    assert waiting.reference not in read(signed_in("pia"), "projects").split("Other projects")[0]
    for username in ("connie", "stella"):
        assert other.reference not in read(signed_in(username), "projects")


@pytest.mark.slow
@pytest.mark.parametrize("username", ["ruth", "sam", "petra"])
def test_the_list_takes_as_many_queries_for_ten_projects_as_for_two(username, django_assert_max_num_queries):
    client, counts = signed_in(username), []
    for more in (2, 8):
        for _ in range(more):
            a_project("owners")
        with django_assert_max_num_queries(42) as captured:
            client.get(reverse("projects"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.slow
def test_a_projects_page_takes_as_many_queries_however_much_it_shows(django_assert_max_num_queries):
    small, big = a_project("approved"), an_output("cleared").project
    for number in range(6):
        name = f"colleague{number}"
        one = User.objects.create(username=name, name=name, organisation=big.lead.organisation)
        big.members.create(person=one, role=Role.COORDINATOR, since=now())
    for username in ("ruth", "sam", "petra"):
        client = signed_in(username)
        for project in (small, big):
            client.get(project.get_absolute_url())  # the visit is on the trail from now on
            with django_assert_max_num_queries(60):
                client.get(project.get_absolute_url())


def test_the_agreement_and_the_work_are_linked_from_the_project():
    agreement = an_agreement()
    page = read(signed_in("ruth"), "project", agreement.project_id)
    assert agreement.get_absolute_url() in page
    assert "No extract has been requested." in page
    panel = read(signed_in("pia"), "project", agreement.project_id)
    assert 'id="extracts"' not in panel and 'id="outputs"' not in panel
