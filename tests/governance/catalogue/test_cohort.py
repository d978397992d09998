"""A cohort as data: written and read, said in words, compared, and held against what the dataset offers."""

import json
import shutil
from datetime import date

import pytest
from django.conf import settings

from governance.catalogue.catalogue import BadCatalogue, description_of, read_catalogue
from governance.catalogue.cohort import EVERYTHING, BadCohort, Cohort, Condition, in_words, problems_of
from tests.builders import catalogue

RAPE = Condition("offence", ("Sexual offences",))
TWO = Condition("offence", ("Robbery", "Sexual offences"))
KENT = Condition("force", ("46",))
VICTIMS = Condition("role", ("victim",))


def recorded(first=None, last=None):
    return Condition("recorded", (), first and date.fromisoformat(first), last and date.fromisoformat(last))


def frame():
    return catalogue().cohort_frame


@pytest.mark.parametrize(
    "cohort",
    [EVERYTHING, Cohort.of(VICTIMS, RAPE), Cohort.of(recorded("2020-01-01", "2021-12-31"), TWO, KENT),
     Cohort.of(recorded("2020-01-01")), Cohort.of(recorded(last="2020-01-01"))],
)  # fmt: skip
def test_what_is_written_is_read_again(cohort):
    assert Cohort.from_json(json.loads(json.dumps(cohort.to_json()))) == cohort


def test_the_order_in_which_conditions_were_chosen_does_not_count():
    assert Cohort.of(RAPE, KENT) == Cohort.of(KENT, RAPE)
    assert Cohort.of(Condition("force", ("46", "01"))) == Cohort.of(Condition("force", ("01", "46")))


@pytest.mark.parametrize(
    "stored",
    [
        None, [], "everybody", {"sex": None}, {"sex": {}}, {"sex": {"in": []}}, {"sex": {"in": "1"}},
        {"sex": {"in": [1]}}, {"sex": {"in": ["1", "1"]}}, {"sex": {"in": ["1"], "from": "2020-01-01"}},
        {"sex": {"not in": ["1"]}}, {"recorded": {"from": "soon"}}, {"recorded": {"from": None}},
        {"recorded": {"from": "2021-01-01", "to": "2020-01-01"}},
    ],
)  # fmt: skip
def test_anything_else_is_refused_rather_than_read_as_wider(stored):
    with pytest.raises(BadCohort):
        Cohort.from_json(stored)


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        ((), (RAPE,), True),
        ((RAPE,), (), False),
        ((TWO,), (RAPE,), True),
        ((RAPE,), (TWO,), False),
        ((RAPE,), (RAPE, KENT), True),
        ((RAPE, KENT), (RAPE,), False),
        ((recorded("2020-01-01"),), (recorded("2020-01-01", "2020-06-30"),), True),
        ((recorded("2020-01-01", "2020-06-30"),), (recorded("2020-01-01"),), False),
        ((recorded("2020-01-01"),), (recorded(last="2021-01-01"),), False),
        ((recorded("2020-01-01"),), (recorded("2019-12-31"),), False),
    ],
)
def test_a_cohort_covers_the_narrower_one(wide, narrow, covers):
    assert Cohort.of(*wide).covers(Cohort.of(*narrow)) is covers


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ((), "Everybody and every case in the dataset."),
        ((RAPE,), "Only crimes whose offence group is Sexual offences."),
        ((VICTIMS,), "Only people whose role is Victim."),
        ((TWO, KENT, VICTIMS),
         "Only crimes whose police force is Kent and offence group is Robbery or Sexual offences, "
         "and of them people whose role is Victim."),
        ((recorded("2020-01-01"),), "Only crimes whose date recorded is from 1 January 2020."),
        ((recorded(last="2020-01-01"),), "Only crimes whose date recorded is until 1 January 2020."),
        ((recorded("2020-01-01", "2020-12-31"),),
         "Only crimes whose date recorded is from 1 January 2020 to 31 December 2020."),
    ],
)  # fmt: skip
def test_the_words_of_a_cohort(conditions, words):
    assert in_words(Cohort.of(*conditions), frame()) == words


def test_words_of_a_dataset_that_changed_keep_what_is_stored():
    assert in_words(Cohort.of(Condition("shoe", ("9",))), frame()) == "Only crimes whose shoe is 9."
    assert in_words(Cohort.of(VICTIMS), None) == "Only records whose role is victim."


@pytest.mark.parametrize(
    ("conditions", "problem"),
    [
        ((RAPE, KENT, VICTIMS, recorded("2020-01-01")), ""),
        ((Condition("shoe", ("9",)),), "cannot be chosen by shoe"),
        ((Condition("force", ("46", "999")),), "Police force has no value 999"),
        ((Condition("recorded", ("2020",)),), "is chosen by days"),
        ((Condition("force", (), date(2020, 1, 1)),), "is chosen by values"),
    ],
)
def test_problems_of_a_cohort(conditions, problem):
    found = problems_of(Cohort.of(*conditions), frame())
    assert (problem in found[0]) if problem else found == []


def test_a_dataset_without_a_frame_is_never_narrowed():
    assert catalogue("cook_county_2019").cohort_frame is None
    assert problems_of(EVERYTHING, None) == []
    assert problems_of(Cohort.of(RAPE), None) == ["This dataset offers no conditions for a cohort."]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("pol_crime.force_code", "pol_crime.nowhere"),
        ('"links": "case_link"', '"links": "no_table"'),
        ("victim_seq", "shoe"),
        ('"level": "group",', '"level": "decade",'),
        ('"pol_suspect.sex", ', ""),
        ('"person": "estimated_xjs_id"', '"person": "somebody"'),
        ("pol_crime.force_code", "pol_crime.knife_flag"),
        ("{", ""),
    ],
)
def test_a_frame_that_names_what_is_not_there_is_refused(tmp_path, old, new):
    shutil.copytree(description_of("cjs_linked", settings.GATEHOUSE_CATALOGUES), tmp_path / "copy")
    path = tmp_path / "copy" / "cohort.json"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(BadCatalogue, match=r"cohort\.json"):
        read_catalogue(tmp_path / "copy")
