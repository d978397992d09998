"""Which owners decide, and the five tests of the low-risk route: each fails alone, and nothing unknown passes."""

import pytest

from governance.catalogue.cohort import Cohort, Condition
from governance.projects.route import route
from tests.builders import catalogue

LOW = {"pol_crime": {"offence_subgroup": "subgroup", "recorded_date": "month"}, "crt_case": {"sex": ""}}
NAMES = ("special category", "level of detail", "place below", "known design", "fully accredited")


def asked(wish):
    return {
        table: {"reason": "", "variables": {name: {"level": level, "reason": ""} for name, level in chosen.items()}}
        for table, chosen in wish.items()
    }


def way(wish, *, fully_accredited=True, known_design=True):
    return route(asked(wish), catalogue(), fully_accredited=fully_accredited, known_design=known_design)


def failing(found):
    return [name for name in NAMES for test in found.failed if name in test.name]


def test_what_passes_every_test_may_be_decided_by_delegation():
    found = way(LOW)
    assert found.low_risk and found.failed == ()
    assert found.owners == ("police", "hmcts")
    assert [name for name in NAMES for test in found.tests if name in test.name] == list(NAMES)
    assert all(test.why == "" for test in found.tests)


@pytest.mark.parametrize(
    ("more", "fails", "why"),
    [
        ({"pol_victim": {"ethnicity_sde": "5+1"}}, ["special category"], "Self-defined ethnicity 18+1."),
        ({"pol_victim": {"repeat_victim_12m": ""}}, ["special category"], "Recorded victim in the previous 12 months."),
        ({"pol_victim": {"age_at_offence": "single_year"}}, ["level of detail"], "Age at offence."),
        ({"pol_victim": {"lsoa_residence": ""}}, ["place below"], "LSOA of residence."),
        ({"crt_case": {"court_code": "court"}}, ["level of detail", "place below"], "Court."),
        ({"pol_victim": {"age_at_offence": "decade"}}, ["level of detail"], "Age at offence."),
        ({"pol_victim": {"shoe_size": ""}}, ["special category", "level of detail", "place below"], "shoe_size"),
        ({"tax": {"income": ""}}, ["special category", "level of detail", "place below"], "tax.income."),
    ],
)
def test_each_test_of_the_data_fails_alone_and_says_on_what(more, fails, why):
    found = way(LOW | more)
    assert failing(found) == fails
    assert not found.low_risk
    assert all(why in test.why for test in found.failed)


def test_coarser_than_the_default_is_low_risk_too():
    coarse = {"court_code": "region", "age_at_first_hearing": "group"}
    assert way({"pol_crime": {"force_code": "region"}, "crt_case": coarse}).low_risk


def test_team_and_design_count_whatever_the_data():
    assert failing(way(LOW, known_design=False)) == ["known design"]
    assert failing(way(LOW, fully_accredited=False)) == ["fully accredited"]


def test_an_application_for_nothing_is_not_low_risk():
    found = way({})
    assert not found.low_risk and found.owners == ()
    assert {test.why for test in found.failed} == {"No variable is chosen yet."}


def test_many_failing_variables_are_counted_and_not_all_named():
    names = {
        "sex": "", "supports_action": "", "repeat_victim_12m": "", "withdrawal_date": "month",
        "support_referred": "", "vulnerable_intimidated": "",
    }  # fmt: skip
    (test,) = way({"pol_victim": names}).failed
    assert test.why.endswith("and 2 more.")


def test_the_owners_of_what_the_cohort_is_chosen_by_decide_too():
    by_stage = Cohort.of(Condition("stage", ("TRIAL",)), Condition("role", ("victim",)))
    found = route(
        asked({"crt_case": {"sex": ""}}), catalogue(), fully_accredited=True, known_design=True, cohort=by_stage
    )
    assert found.owners == ("police", "hmcts", "moj_linkage") and found.low_risk


def test_a_condition_that_nobody_knows_is_not_low_risk():
    strange = Cohort.of(Condition("shoe", ("9",)))
    found = route(asked(LOW), catalogue(), fully_accredited=True, known_design=True, cohort=strange)
    assert failing(found) == ["special category", "level of detail", "place below"]
