"""A cohort in the life of a project: chosen while it is written, decided on by whose data it uses, agreed, kept."""

import pytest

from governance.agreements import services as agreements
from governance.audit.models import Entry
from governance.catalogue.cohort import EVERYTHING, Cohort, Condition
from governance.projects import services
from governance.projects.boards import Verdict
from governance.workflow import Refused
from tests.builders import OWNER_OF, a_project, catalogue, now
from tests.cast import person

pytestmark = pytest.mark.django_db
BY_STAGE = Cohort.of(Condition("stage", ("TRIAL", "COMPLETE")), Condition("role", ("victim",)))
COURTS = {"crt_case": {"sex": ""}}


def choose(project, cohort, by="ruth"):
    return services.choose_cohort(project, cohort, catalogue=catalogue(), by=person(by), at=now())


def decided(cohort, *, refused=(), wish=COURTS):
    """A project of Ruth's with the cohort, before the panel."""
    project = choose(a_project(wish=wish), cohort)
    project = services.submit(project, catalogue=catalogue(), by=person("ruth"), at=now())
    project = services.accept(project, reasons="Complete.", round=1, by=person("sam"), at=now())
    for owner in project.owners:
        verdict = Verdict.REFUSE if owner in refused else Verdict.APPROVE
        project = services.decide(
            project, verdict=verdict, reasons="Said.", round=1, by=person(OWNER_OF[owner]), at=now()
        )
    return project


def concluded(project):
    return agreements.conclude(project, reasons="Good.", round=1, catalogue=catalogue(), by=person("pia"), at=now())


def test_a_project_asks_for_everybody_until_it_chooses():
    assert a_project().chosen_cohort == EVERYTHING


def test_the_choice_is_kept_and_the_trail_says_it_in_words():
    project = choose(a_project(), BY_STAGE)
    assert project.chosen_cohort == BY_STAGE
    assert Entry.objects.order_by("-pk")[0].note.startswith("Chose the cohort: Only crimes whose furthest")
    assert choose(project, EVERYTHING).cohort == {}


def test_a_condition_that_the_dataset_does_not_offer_is_refused():
    with pytest.raises(Refused, match="no value MOON"):
        choose(a_project(), Cohort.of(Condition("stage", ("MOON",))))
    with pytest.raises(Refused, match="offers no conditions"):
        services.choose_cohort(
            a_project(code="cook_county_2019", wish={"intake": {"gender": ""}}), BY_STAGE,
            catalogue=catalogue("cook_county_2019"), by=person("ruth"), at=now(),
        )  # fmt: skip


def test_nobody_else_chooses_and_nobody_after_it_was_submitted():
    with pytest.raises(Refused):
        choose(a_project(), BY_STAGE, by="olu")
    with pytest.raises(Refused):
        choose(a_project("triage"), BY_STAGE)


def test_the_owners_of_what_it_is_chosen_by_decide_too():
    project = decided(BY_STAGE)
    assert set(project.owners) == {"hmcts", "police", "moj_linkage"}
    assert project.state == "panel"


def test_the_agreement_holds_the_cohort():
    assert concluded(decided(BY_STAGE)).scope.cohort == BY_STAGE


def test_without_the_refused_condition_nobody_is_given_more_than_was_approved():
    project = decided(BY_STAGE, refused=["moj_linkage"])
    with pytest.raises(Refused, match="chosen by drv_victim_journey, which the owner refused"):
        concluded(project)
    project.refresh_from_db()
    assert project.state == "panel" and not project.agreements.exists()


def test_no_agreement_is_drawn_up_on_no_table():
    project = decided(BY_STAGE, refused=["hmcts"])
    with pytest.raises(Refused, match="No table is left"):
        concluded(project)
