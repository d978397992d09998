"""Prison, probation and assessments: what follows from a sentence, in the order in which it can happen."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from extracts.synthetic.assessment_tables import hmpps_oasys_persons
from extracts.synthetic.chance import NONE
from extracts.synthetic.codes import CALIBRATION, Codes, read_list
from extracts.synthetic.custody_tables import hmpps_custody_persons, hmpps_custody_suspects
from extracts.synthetic.generate import BUILDERS
from extracts.synthetic.journeys import simulate
from extracts.synthetic.layout import build
from extracts.synthetic.probation_tables import hmpps_probation_persons, hmpps_probation_suspects

CODELISTS = Path(__file__).parents[3] / "governance" / "catalogue" / "datasets" / "cjs_linked" / "codelists"
CUT = pd.Timestamp(date(2025, 12, 31))
FIRST = pd.Timestamp(date(2023, 1, 1))
TABLES = ("hmpps_custody", "hmpps_probation", "hmpps_oasys", "crt_case")
DATES = ("reception_date", "release_date", "referral_date", "main_offence_date", "rqmnt_commencement_date",
         "rqmnt_termination_date", "assessment_date", "completion_date")  # fmt: skip


@pytest.fixture(scope="module")
def journeys():
    return simulate(30_000, seed=21, codes=Codes(CODELISTS), progress=lambda step, share: None)


@pytest.fixture(scope="module")
def frames(journeys):
    frames = {name: build(name, BUILDERS[name](journeys), seed=21).to_pandas() for name in TABLES}
    for frame in frames.values():
        for column in frame.columns.intersection(DATES):
            frame[column] = pd.to_datetime(frame[column])
    return frames


@pytest.fixture(scope="module")
def custody(journeys, frames):
    """The custodial periods with their true person, in order."""
    keys, person, _ = hmpps_custody_persons(journeys)
    rows = frames["hmpps_custody"].assign(suspect=hmpps_custody_suspects(journeys))
    return rows.merge(pd.DataFrame({"row_id_hash": keys.astype(str), "person": person})).sort_values(
        ["person", "reception_date"]
    )


@pytest.fixture(scope="module")
def probation(journeys, frames):
    """The rows of probation with their true person."""
    keys, person, _ = hmpps_probation_persons(journeys)
    return frames["hmpps_probation"].merge(pd.DataFrame({"row_id_hash": keys.astype(str), "person": person}))


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("hmpps_custody", ["custody_id_hash"]),
        ("hmpps_custody", ["row_id_hash"]),
        ("hmpps_probation", ["event_id_hash", "rqmnt_seq"]),
        ("hmpps_oasys", ["assessment_id_hash"]),
    ],
)
def test_keys_are_complete_and_unique(frames, table, key):
    assert frames[table][key].notna().all().all()
    assert not frames[table].duplicated(key).any()


def test_prisons_and_probation_regions_are_those_of_their_lists(frames):
    prisons = set(read_list(CALIBRATION / "prisons.csv", "establishment").codes)
    regions = set(read_list(CALIBRATION / "probation_regions.csv", "force_code").text("region"))

    assert len(regions) == 12
    assert set(frames["hmpps_custody"]["establishment_first"]) <= prisons
    assert set(frames["hmpps_probation"]["probation_area_desc"]) == regions


def test_release_follows_reception_and_nothing_follows_the_cut(custody):
    released = custody.dropna(subset=["release_date"])

    assert len(released) > 1000
    assert (released["release_date"] >= released["reception_date"]).all()
    assert custody["reception_date"].max() <= CUT
    assert released["release_date"].min() >= FIRST
    assert released["release_date"].max() <= CUT
    assert (custody["release_type"].isna() == custody["release_date"].isna()).all()
    assert (custody["hdc_flag"].isna() == custody["release_date"].isna()).all()
    assert (released["hdc_flag"].astype(bool) == (released["release_type"] == "HDC")).all()


def test_nobody_is_in_prison_twice_at_once(custody):
    following = custody.shift(-1)
    same = custody["person"] == following["person"]

    assert same.sum() > 100
    assert (custody["release_date"] <= following["reception_date"])[same].all()


def test_only_a_sentence_has_days_and_they_are_served_in_part(custody):
    timed = custody["sentence_days"].notna()
    served = (custody["release_date"] - custody["reception_date"]).dt.days
    ordinary = timed & custody["custody_type"].isin(["SDS", "SDS40"]) & ~custody["release_type"].isin(["COU", "DIC"])

    assert not timed[custody["custody_type"].isin(["REM", "LIFE"])].any()
    assert timed[custody["custody_type"].isin(["SDS", "SDS40", "EDS", "DTO", "S250", "FDR"])].all()
    assert (served <= custody["sentence_days"] + 1)[ordinary & served.notna()].all()
    assert custody["sentence_days"].min() >= 14


def test_the_change_to_forty_percent_has_its_day(custody):
    at_40 = custody[(custody["custody_type"] == "SDS40") & custody["release_date"].notna()]
    standard = custody[(custody["custody_type"] == "SDS") & (custody["release_type"] == "ECSL")]

    assert len(at_40) > 50
    assert at_40[at_40["release_type"].isin(["CRD", "ARD"])]["release_date"].min() >= pd.Timestamp(2024, 9, 10)
    assert standard["release_date"].max() < pd.Timestamp(2024, 9, 10)


def test_a_recall_is_a_period_of_its_own_after_release(custody):
    recalled = custody["recall_flag"].to_numpy()
    following = custody.shift(-1)[recalled]
    back = following["custody_type"].dropna()

    assert recalled.sum() > 50
    assert (following["person"] == custody["person"][recalled]).all()
    assert set(back) == {"FDR"}
    assert (following["reception_date"] > custody["release_date"][recalled]).all()


def test_children_are_held_as_children_and_women_in_prisons_for_women(journeys, custody):
    prisons = read_list(CALIBRATION / "prisons.csv", "establishment")
    holds = set(zip(prisons.codes, prisons.text("holds"), strict=True))
    young, female = custody["age_at_reception"] < 18, pd.Series(journeys.people.sex[custody["person"]] == 2)
    female.index = custody.index
    group = np.where(female, "women", np.where(young, "youth", "men"))

    assert custody["age_at_reception"].min() >= 12
    assert set(zip(custody["establishment_first"], group, strict=True)) <= holds
    assert set(custody["custody_type"][young].dropna()) <= {"DTO", "S250", "LIFE", "REM", "FDR"}


def test_every_prison_sentence_of_the_courts_is_served(journeys, custody):
    """A person sentenced to custody is in prison on that day, for this sentence or for another."""
    passed = np.flatnonzero(journeys.sentences.custody_days != NONE)
    person = journeys.suspect_person[journeys.case_suspect[passed]]
    day = pd.to_datetime(journeys.cases.completed[passed], unit="D")
    asked = pd.DataFrame({"person": person, "day": day}).reset_index()
    both = asked.merge(custody[["person", "reception_date", "release_date"]])
    inside = (both["reception_date"] <= both["day"]) & ~(both["release_date"] < both["day"])

    assert len(passed) > 100
    assert set(both["index"][inside]) == set(asked["index"])


def test_requirements_run_from_referral_to_termination(probation):
    begun = probation.dropna(subset=["rqmnt_commencement_date"])
    ended = begun.dropna(subset=["rqmnt_termination_date"])

    assert (begun["rqmnt_commencement_date"] >= begun["referral_date"]).all()
    assert (ended["rqmnt_termination_date"] >= ended["rqmnt_commencement_date"]).all()
    assert probation["referral_date"].max() <= CUT
    assert probation["rqmnt_termination_date"].max() <= CUT
    assert (probation["rqmnt_termination_date"].isna() == probation["rqmnt_termination_reason_desc"].isna()).all()
    offence = probation.dropna(subset=["main_offence_date"])
    assert (offence["main_offence_date"] <= offence["referral_date"]).all()


def test_the_requirements_of_an_event_differ_and_share_what_is_of_the_event(probation):
    events = probation.groupby("event_id_hash")

    assert not probation.duplicated(["event_id_hash", "rqmnt_type_main_category_desc"]).any()
    for column in ("row_id_hash", "event_type", "referral_date", "estimated_offender_id", "gender"):
        assert (events[column].nunique() == 1).all(), column
    assert (events["rqmnt_seq"].max() == events.size()).all()


def test_the_services_own_number_is_mostly_right(probation):
    persons = probation.drop_duplicates("event_id_hash")
    per_number = persons.groupby("estimated_offender_id")["person"].nunique()
    per_person = persons.groupby("person")["estimated_offender_id"].nunique()

    assert 0 < (per_number > 1).mean() < 0.02
    assert 0.005 < (per_person > 1).mean() < 0.10


def test_a_licence_begins_on_the_day_of_a_release(probation, custody):
    licences = probation[probation["event_type"] == "LIC"].drop_duplicates("event_id_hash")
    releases = custody.dropna(subset=["release_date"])
    known = set(zip(releases["person"], releases["release_date"], strict=True))

    assert len(licences) > 200
    assert set(zip(licences["person"], licences["referral_date"], strict=True)) <= known


def test_orders_of_the_courts_are_supervised(journeys):
    """Every adult with a community or suspended sentence has an event of that suspect."""
    ordered = np.flatnonzero(np.isin(journeys.sentences.disposal, (3, 4)))
    suspect = journeys.case_suspect[ordered]
    adult = journeys.people.age_on(journeys.suspect_person[suspect], journeys.cases.completed[ordered]) >= 18

    assert adult.sum() > 100
    assert set(suspect[adult]) <= set(hmpps_probation_suspects(journeys))


def test_supervision_and_assessment_are_of_adults(journeys, frames, probation):
    _, person, day = hmpps_oasys_persons(journeys)
    _, supervised, since = hmpps_probation_persons(journeys)

    assert journeys.people.age_on(person, day).min() >= 18
    assert journeys.people.age_on(supervised, since).min() >= 17
    assert set(person) <= set(supervised) | set(hmpps_custody_persons(journeys)[1])
    assert frames["hmpps_oasys"]["assessment_date"].between(FIRST, CUT).all()


def test_scores_say_what_their_questions_say(frames):
    rows = frames["hmpps_oasys"]
    drugs = rows.dropna(subset=["question_8_tot", "question_8_1"])
    homeless = rows.dropna(subset=["question_3_tot", "question_3_3"])
    needs = rows[["question_4_tot", "question_8_tot", "question_11_tot", "question_12_tot"]].corr().to_numpy()

    assert drugs[drugs["question_8_tot"] > 0]["question_8_1"].all()
    assert (homeless[homeless["question_3_3"].astype(bool)]["question_3_tot"] >= 3).all()
    assert set(rows["question_10_5"].dropna()) == {0, 2}
    assert set(rows["question_10_6"].dropna()) == {0, 1, 2}
    assert needs.min() > 0.2


def test_record_keys_agree_with_the_tables(journeys, frames):
    for name, persons in (
        ("hmpps_custody", hmpps_custody_persons),
        ("hmpps_probation", hmpps_probation_persons),
        ("hmpps_oasys", hmpps_oasys_persons),
    ):
        keys, person, day = persons(journeys)
        assert len(set(keys.tolist())) == len(keys) == len(person) == len(day)
        assert set(keys.astype(str)) == set(frames[name]["row_id_hash"])
