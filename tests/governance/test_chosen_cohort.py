"""A cohort in the life of a project: chosen while it is written, decided on by whose data it uses, agreed, kept."""

import pytest

from governance.audit.models import Entry
from governance.catalogue.cohort import EVERYTHING, Cohort, Condition
from governance.projects import services
from governance.projects.boards import Verdict
from governance.workflow import Refused
from tests.builders import a_project, advance, catalogue, decided, now, panel_approves
from tests.cast import person

pytestmark = pytest.mark.django_db
BY_STAGE = Cohort.of(Condition("stage", ("TRIAL", "COMPLETE")), Condition("role", ("victim",)))
COURTS = {"crt_case": {"sex": ""}}


def choose(project, cohort, by="ruth"):
    return services.choose_cohort(project, cohort, catalogue=catalogue(), by=person(by), at=now())


def voted(cohort, *, refused=(), wish=COURTS):
    """A project of Ruth's with the cohort, after the owners' votes."""
    project = choose(a_project(wish=wish), cohort)
    project = services.submit(project, catalogue=catalogue(), by=person("ruth"), at=now())
    project = advance(project, "owners")
    for owner in project.owners:
        project = decided(project, owner, Verdict.REFUSE if owner in refused else Verdict.APPROVE)
    return project


def take(project):
    return services.take(project, catalogue=catalogue(), by=person("ruth"), at=now())


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
    project = voted(BY_STAGE)
    assert set(project.owners) == {"hmcts", "police", "moj_linkage"}
    assert project.state == "panel"


def test_the_agreement_holds_the_cohort():
    assert panel_approves(voted(BY_STAGE)).agreements.get().scope.cohort == BY_STAGE


def test_without_the_refused_condition_nobody_is_given_more_than_was_approved():
    project = voted(BY_STAGE, refused=["moj_linkage"])
    with pytest.raises(Refused, match="chosen by drv_victim_journey, which its owner refused"):
        take(project)
    project.refresh_from_db()
    assert project.state == "offered" and not project.agreements.exists()
    assert services.revise(project, by=person("ruth"), at=now()).state == "returned"


def test_no_agreement_is_drawn_up_on_no_table():
    project = voted(BY_STAGE, refused=["hmcts"])
    with pytest.raises(Refused, match="No table is left"):
        take(project)
