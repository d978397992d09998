"""What applicants and boards tripped over: two windows, reasons, tables without data or keys, who decided what."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from extracts import services as extracts
from governance.people.models import User
from governance.projects import services
from governance.projects.models import Project
from portal import feasibility
from portal.forms.projects import AddMember
from tests.builders import a_project, an_agreement, an_output, catalogue, now
from tests.cast import person
from tests.linked import a_run
from tests.portal.pages import decide, read, send, signed_in

pytestmark = pytest.mark.django_db


def release_of(*tables: str) -> None:
    described = {table: {"file": f"{table}.parquet", "rows": 1, "sha256": "0" * 64} for table in tables}
    extracts.register_release(
        code="cjs_linked", version="1", title="R", tables=described, by=person("lena"), at=now()
    )  # fmt: skip


def ask_for(project: Project, *tables: str, level: str | None = None) -> Project:
    """The project asks for one variable of each table and for nothing else."""
    known = catalogue()
    project.requested = {}
    for name in tables:
        one = next(v for v in known[name].variables if v.selectable and not v.pseudonymised)
        wish = {one.name: {"level": one.default_level if level is None else level, "reason": "Needed."}}
        project.requested[name] = {"reason": "Needed.", "variables": wish}
    project.save(update_fields=["requested"])
    return project


def test_enter_in_the_picker_saves():
    """Browsers press the first button of the form."""
    page = read(signed_in("ruth"), "project_choose", a_project().pk, "pol_crime")
    form = page[page.index('name="reason"') :]
    assert form.index("Save variables") < form.index('name="use_defaults"')
    assert 'type="submit"' not in form[: form.index("Save variables")].rpartition("<button")[0]


def test_special_and_sensitive_variables_need_a_reason_of_their_own():
    project, ruth = a_project(), signed_in("ruth")
    wish = {"reason": "Who.", "reason_for_all": "A model.", "pick-victim_type": "on", "pick-disability_flag": "on"}
    page = send(ruth, "project_choose", project.pk, "pol_victim", status=422, **wish)
    label = catalogue()["pol_victim"]["disability_flag"].label
    assert f"{label} (Special category (Article 9)): enter a reason of its own" in page
    assert 'href="#id_why-disability_flag"' in page and 'href="#id_why-victim_type"' not in page
    sensitive = wish | {"why-disability_flag": "Access.", "pick-support_referred": "on"}
    page = send(ruth, "project_choose", project.pk, "pol_victim", status=422, **sensitive)
    assert 'href="#id_why-support_referred"' in page and 'href="#id_why-disability_flag"' not in page
    send(ruth, "project_choose", project.pk, "pol_victim", **sensitive | {"why-support_referred": "Support."})
    project.refresh_from_db()
    stored = project.requested["pol_victim"]["variables"]
    assert (stored["disability_flag"]["reason"], stored["victim_type"]["reason"]) == ("Access.", "A model.")


def test_tables_without_records_are_marked_and_warned_about():
    project, ruth = a_project(), signed_in("ruth")
    assert "No release of this dataset is published: the linkage team" in read(ruth, "project_data", project.pk)
    assert "No release of this dataset is published: the linkage team" in read(ruth, "project_submit", project.pk)
    a_run("running", name="2026.3")
    assert "One is being built: look again in a few minutes." in read(ruth, "project_data", project.pk)
    release_of("pol_crime", "case_link")
    page = read(ruth, "project_data", project.pk)
    offered = len(catalogue().requestable) - sum(t.name in ("pol_crime", "case_link") for t in catalogue().requestable)
    assert page.count("Not in the current release") == offered
    page = read(ruth, "project_submit", project.pk)
    assert "so there is no extract yet: Court case (defendant on case)." in page and "Submit the application" in page


def test_what_an_extract_would_be_refused_for_stops_the_submission():
    project, ruth = ask_for(a_project(), "pol_crime", level="no such level"), signed_in("ruth")
    page = read(ruth, "project_submit", project.pk)
    assert "has no level of detail 'no such level'" in page and "Submit the application" not in page
    page = send(ruth, "project_submit", project.pk, status=422, declared="on")
    assert "has no level of detail" in page
    project.refresh_from_db()
    assert project.state == "draft"


def test_tables_that_no_key_joins_are_named_and_others_join_through_a_third():
    known = catalogue()
    alone = feasibility.joined_groups([known["pol_crime"], known["crt_hearing"]])
    through = feasibility.joined_groups([known["pol_crime"], known["crt_hearing"], known["case_link"]])
    assert sorted(alone) == [["crt_hearing"], ["pol_crime"]]
    assert [sorted(group) for group in through] == [["case_link", "crt_hearing", "pol_crime"]]
    project = ask_for(a_project(), "pol_crime", "crt_hearing")
    page = read(signed_in("ruth"), "project_submit", project.pk)
    assert "These tables share no key, so their rows cannot be joined: Police recorded crime; Hearing." in page
    assert "Submit the application" in page


def test_the_team_is_found_whatever_the_capitals_and_spaces():
    def found(who: str) -> AddMember:
        return AddMember({"who": who, "role": "coordinator"}, today=now().date())

    olu = person("olu")
    for who in ("  OLU ", "Olu@GATEHOUSE.example ", "olu"):
        form = found(who)
        assert form.is_valid(), form.errors
        assert form.cleaned_data["who"] == olu
    other = User.objects.create(username="OLU", name="Other", organisation=person("ruth").organisation)
    for who, meant in (("olu", olu), ("OLU", other)):
        form = found(who)
        assert form.is_valid() and form.cleaned_data["who"] == meant


@pytest.mark.slow
def test_missing_answers_are_asked_for_with_an_article():
    ruth, project = signed_in("ruth"), an_agreement().project
    for name, arguments in (("project_new", ()), ("output_new", (project.pk,))):
        page = send(ruth, name, *arguments, status=422)
        assert "Enter a title" in page and "This field is required" not in page
    page = send(ruth, "project_new", status=422, dataset="cjs_linked", title="x" * 201)
    assert "Project title must be 200 characters or fewer" in page


@pytest.mark.slow
def test_owners_read_what_they_decided_on_each_table():
    project = a_project("owners")
    assert "Yours to decide" in read(signed_in("petra"), "project", project.pk)
    decide("petra", project, "refuse", "Too much.")
    decide("percy", project, "refuse", "Too much.")
    page = read(signed_in("petra"), "project", project.pk)
    assert page.count("You refused") == 1 and "Yours to decide" not in page
    decide("hugo", project, "approve")
    assert read(signed_in("hugo"), "project", project.pk).count("You approved") == 1
    assert "You approved" not in read(signed_in("ruth"), "project", project.pk)


def test_an_ended_record_is_with_nobody_and_does_not_say_so():
    project = services.withdraw(a_project("triage"), reasons="No funds.", by=person("ruth"), at=now())
    page = read(signed_in("ruth"), "project", project.pk)
    assert "With nobody" not in page and "Since <time" in page


def current(page: str) -> list[str]:
    """The parts of the navigation that are marked as here."""
    navigation = page[page.index('aria-label="Main"') : page.index("</nav>")]
    return re.findall(r"aria-current=[^>]*>\s*<strong[^>]*>([^<]*)</strong>", navigation)


@pytest.mark.slow
def test_the_navigation_says_where_a_record_belongs():
    output = an_output("submitted")
    agreement = output.project.agreements.get()
    assert current(read(signed_in("ruth"), "agreement", agreement.pk)) == ["Projects"]
    assert current(read(signed_in("ruth"), "output", output.pk)) == ["Projects"]
    assert current(read(signed_in("cass"), "output", output.pk)) == ["Output checks"]
    assert current(read(signed_in("ruth"), "projects")) == ["Projects"]


def test_who_is_signed_out_finds_the_way_in():
    link = f'href="{reverse("account_login")}">Sign in</a>'
    assert link in read(Client(), "catalogue")
    assert link not in read(signed_in("ruth"), "catalogue")


def test_variables_become_cards_on_a_phone():
    page = read(signed_in("ruth"), "project", a_project().pk)
    assert 'data-label="Level of detail"' in page and 'role="rowheader"' in page
