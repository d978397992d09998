"""The cohort builder, the counts and the meter beside every choice, and where the cohort is read afterwards."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from extracts.zones import Zones
from governance.catalogue.cohort import Cohort, Condition
from governance.projects import services
from governance.projects.models import Project
from portal import choosing, release_risk
from tests import linked
from tests.builders import a_project, advance, an_agreement, catalogue, declare, now
from tests.cast import person
from tests.extracts.small_linked import PEOPLE, SEED
from tests.extracts.small_linked import linked as small_linked
from tests.portal.pages import read, send, signed_in

pytestmark = pytest.mark.django_db
VICTIMS_OF_RAPE = Cohort.of(Condition("offence", ("Sexual offences",)), Condition("role", ("victim",)))
IN_WORDS = "Only crimes whose offence group is Sexual offences, and of them people whose role is Victim."
WISH = {
    "pol_crime": {"force_code": "force", "recorded_date": "month", "imd_decile_offence": "decile"},
    "crt_case": {"case_outcome": "", "sex": ""},
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A real release of some people, built once."""
    root = tmp_path_factory.mktemp("release")
    (root / "out").mkdir()
    small_linked(root / "work", people=PEOPLE, seed=SEED).build(root / "out")
    return root / "out" / "release"


@pytest.fixture
def release(built, tmp_path, settings):
    """The same, published where the portal reads releases."""
    settings.GATEHOUSE_DATA = str(tmp_path)
    made = linked.a_release("published")
    shutil.copytree(built, Zones(tmp_path).release(made.code, made.version))
    return made


def chosen(project: Project, cohort: Cohort = VICTIMS_OF_RAPE) -> Project:
    return services.choose_cohort(project, cohort, catalogue=catalogue(), by=person("ruth"), at=now())


def test_a_cohort_is_chosen_saved_and_shown_again():
    project, ruth = a_project(), signed_in("ruth")
    page = read(ruth, "project_cohort", project.pk)
    assert "Everybody and every case in the dataset." in page
    for dimension in catalogue().cohort_frame.dimensions:
        assert dimension.label in page
        for code, label in dimension.values:
            assert f'value="{code}"' in page and label[1:] in page
    send(ruth, "project_cohort", project.pk, role="victim", offence="Sexual offences")
    project.refresh_from_db()
    assert project.chosen_cohort == VICTIMS_OF_RAPE
    page = read(ruth, "project_cohort", project.pk)
    assert IN_WORDS in page and page.count(" checked") == 2
    send(ruth, "project_cohort", project.pk)
    project.refresh_from_db()
    assert not project.chosen_cohort


def test_a_period_is_typed_as_days():
    project, ruth = a_project(), signed_in("ruth")
    days = {"recorded_from-day": 1, "recorded_from-month": 1, "recorded_from-year": 2024}
    later = {"recorded_to-day": 31, "recorded_to-month": 12, "recorded_to-year": 2023}
    page = send(ruth, "project_cohort", project.pk, status=422, role="victim", **days, **later)
    assert "last day must be on or after the first day" in page and " checked" in page
    send(ruth, "project_cohort", project.pk, **days)
    project.refresh_from_db()
    assert project.chosen_cohort == Cohort.of(Condition("recorded", (), date(2024, 1, 1)))


def test_a_value_that_is_not_offered_is_not_saved():
    project = a_project()
    assert "Select police force from the list" in send(
        signed_in("ruth"), "project_cohort", project.pk, status=422, force="999", role="victim"
    )
    project.refresh_from_db()
    assert not project.chosen_cohort


def test_looking_saves_nothing_and_shows_what_the_choice_comes_to(release):
    project, ruth = a_project(wish=WISH), signed_in("ruth")
    page = send(ruth, "project_cohort", project.pk, status=200, look="1", role="victim", force="01")
    about = release_risk.count_of(release, Cohort.of(Condition("force", ("01",)), Condition("role", ("victim",)))).about
    assert f"About {about}" in page and "It is not saved yet" in page and page.count(" checked") == 2
    project.refresh_from_db()
    assert not project.chosen_cohort


def test_few_people_are_not_counted_out(release):
    page = send(
        signed_in("ruth"), "project_cohort", a_project().pk, status=200, look="1",
        role="defendant", force="48", sex="2", age="10-17",
    )  # fmt: skip
    assert "Fewer than 20" in page


def test_nobody_else_sees_the_builder_and_nobody_after_it_was_submitted():
    project = a_project()
    read(signed_in("olu"), "project_cohort", project.pk, status=404)
    client = signed_in("ruth")
    submitted = a_project("triage")
    assert client.get(reverse("project_cohort", args=[submitted.pk])).status_code == 302


def test_a_dataset_without_conditions_says_so():
    project = a_project(code="cook_county_2019", wish={"intake": {"gender": ""}})
    assert "offers no conditions for a cohort" in read(signed_in("ruth"), "project_cohort", project.pk)


def test_the_picker_shows_the_risk_of_what_is_ticked_and_saves_nothing(release):
    project, ruth = a_project(wish=WISH), signed_in("ruth")
    coarse = {"pick-force_code": "on", "level-force_code": "region", "why-force_code": "Typed already."}
    page = send(ruth, "project_choose", project.pk, "pol_crime", status=200, look="1", reason="Kept.", **coarse)
    fine = coarse | {"level-force_code": "force", "pick-recorded_date": "on", "level-recorded_date": "day"}
    other = send(ruth, "project_choose", project.pk, "pol_crime", status=200, look="1", reason="Kept.", **fine)
    assert "Low risk" in page and "High risk" in other
    assert "Typed already." in page and "Kept." in page and "Nothing is saved yet" in page
    assert "Date recorded by month gives" in other
    project.refresh_from_db()
    assert set(project.requested["pol_crime"]["variables"]) == set(WISH["pol_crime"])


def test_the_meter_says_what_each_choice_adds_and_what_would_lower_it(release):
    project = a_project(wish=WISH)
    meter = choosing.meter_of(release, project.requested, project.chosen_cohort, catalogue())
    assert meter is not None and meter.table == "Police recorded crime"
    assert {line.label for line in meter.lines} == {
        "Recording force", "Date recorded", "Deprivation decile of offence area",
    }  # fmt: skip
    assert meter.unmeasured == ("Court case (defendant on case)",), "it has fewer than a thousand rows"
    assert any("Recording force by region gives" in line for line in meter.advice)
    page = read(signed_in("ruth"), "project_data", project.pk)
    assert f"{meter.unique}</strong> of people" in page and meter.band.capitalize() + " risk" in page


def test_fewer_people_are_singled_out_more(release):
    project = a_project(wish=WISH)
    narrow = Cohort.of(Condition("role", ("suspect",)))
    assert 0 < release_risk.part_in(release, narrow) < 1 == release_risk.part_in(release, Cohort())
    risks = [release_risk.risk_in(release, project.requested, one, catalogue()) for one in (Cohort(), narrow)]
    assert risks[1].shares.unique > risks[0].shares.unique


def test_without_a_release_there_is_no_count_and_no_meter():
    page = read(signed_in("ruth"), "project_data", a_project().pk)
    assert "no release tells it" in page and "Nothing to measure yet" in page


@pytest.mark.parametrize("content", ["{", "[]", '{"dimensions": 3}', "{}"])
def test_a_file_that_cannot_be_read_gives_no_figure(release, content):
    folder = Zones(Path(settings.GATEHOUSE_DATA)).release(release.code, release.version)
    (folder / "cohort_cube.json").write_text(content)
    (folder / "qi_profile.json").write_text(content)
    assert release_risk.count_of(release, Cohort()) is None
    assert release_risk.risk_in(release, {}, Cohort(), catalogue()) is None


def test_the_way_of_the_application_is_shown_with_the_tests_that_fail():
    page = read(signed_in("ruth"), "project_data", a_project(wish=WISH | {"pol_victim": {"repeat_victim_12m": ""}}).pk)
    assert "The panel decides" in page
    assert "No:</strong> No special category or context-sensitive variable. Recorded victim in the" in page
    assert "Yes:</strong> Every level of detail is the default or coarser." in page


def test_variables_are_found_across_tables_and_lead_to_their_place():
    project, ruth = a_project(), signed_in("ruth")
    page = ruth.get(reverse("project_data", args=[project.pk]), {"q": "plea"}).content.decode()
    assert reverse("project_choose", args=[project.pk, "crt_offence"]) + "#id_pick-plea" in page
    assert (
        "No variable that can be asked for"
        in ruth.get(reverse("project_data", args=[project.pk]), {"q": "zebra"}).content.decode()
    )
    assert "#id_pick-plea" not in read(ruth, "project_data", project.pk)
    picker = read(ruth, "project_choose", project.pk, "crt_offence")
    assert 'id="id_pick-plea"' in picker


def test_what_is_ticked_can_be_jumped_to():
    page = read(signed_in("ruth"), "project_choose", a_project().pk, "pol_crime")
    assert 'id="chosen-now"' in page and 'href="#id_pick-recorded_date"' in page


@pytest.mark.slow
def test_the_cohort_is_read_on_the_application_and_by_its_owners():
    project = chosen(a_project(wish={"crt_case": {"sex": ""}}))
    assert IN_WORDS in read(signed_in("ruth"), "project", project.pk)
    assert IN_WORDS in read(signed_in("ruth"), "project_submit", project.pk)
    project = services.submit(project, catalogue=catalogue(), by=person("ruth"), at=now())
    declare(advance(project, "owners"), "petra")
    page = read(signed_in("petra"), "project_decide", project.pk)
    assert IN_WORDS in page and "asks for no table of yours" in page
    assert "The cohort is chosen by Victim on crime, Police recorded crime, which are yours." in page or (
        "The cohort is chosen by Police recorded crime, Victim on crime, which are yours." in page
    )


@pytest.mark.slow
def test_an_owner_is_told_of_what_is_finer_than_the_default():
    project = a_project(wish={"crt_case": {"sex": ""}})
    wish = {"age_at_first_hearing": {"level": "single_year", "reason": "Ages of criminal responsibility."}}
    services.choose_table(
        project, "crt_case", reason="R.", variables=wish, catalogue=catalogue(), by=person("ruth"), at=now()
    )
    project = services.submit(project, catalogue=catalogue(), by=person("ruth"), at=now())
    declare(advance(project, "owners"), "hugo")
    page = read(signed_in("hugo"), "project_decide", project.pk)
    assert "1 variable finer than the default: Age (Single years)" in page
    assert "Finer than the default" in page and "Ages of criminal responsibility." in page


@pytest.mark.slow
def test_the_cohort_is_read_in_the_agreement_and_the_register(client):
    project = chosen(a_project(wish={"crt_case": {"sex": ""}}))
    project = services.submit(project, catalogue=catalogue(), by=person("ruth"), at=now())
    agreement = advance(project, "approved").agreements.get()
    assert IN_WORDS in read(signed_in("ruth"), "agreement", agreement.pk)
    assert IN_WORDS in read(client, "register_project", project.reference)
    rows = json.loads(client.get(reverse("register"), {"format": "json"}).content)
    assert rows[0]["cohort"] == IN_WORDS


@pytest.mark.slow
def test_an_extract_says_whose_records_it_holds(release):
    agreement = an_agreement(wish=WISH)
    assert "Everybody and every case" in read(signed_in("ruth"), "extract_request", agreement.project.pk)


@pytest.mark.slow
def test_the_pages_of_a_choice_ask_the_database_the_same_however_much_is_chosen(release, django_assert_max_num_queries):
    little, much = a_project(wish={"crt_case": {"sex": ""}}), a_project(
        wish={name: {one.name: "" for one in catalogue()[name].defaults if not one.pseudonymised}
              for name in ("pol_crime", "crt_case", "cps_pcd")}
    )  # fmt: skip
    ruth = signed_in("ruth")
    asked = []
    for project in (little, much):
        read(ruth, "project_data", project.pk)
        with django_assert_max_num_queries(60) as queries:
            read(ruth, "project_data", project.pk)
        asked.append(len(queries))
    assert asked[0] == asked[1]
