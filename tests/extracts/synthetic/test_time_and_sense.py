"""Nothing happens before its cause, nothing after the cut, and no outcome contradicts another."""

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from extracts.synthetic.generate import generate

CODELISTS = Path(__file__).parents[3] / "governance" / "catalogue" / "datasets" / "cjs_linked" / "codelists"
FIRST_DAY, CUT = date(2023, 1, 1), date(2025, 12, 31)

ORDER = [
    # table, earlier, later
    ("pol_crime", "committed_from_date", "recorded_date"),
    ("pol_crime", "recorded_date", "outcome_date"),
    ("cps_pcd", "received_date", "decision_date"),
    ("cps_prosecution", "charge_date", "completion_date"),
    ("crt_case", "earliest_offence_date", "charge_date"),
    ("crt_case", "charge_date", "first_hearing_date"),
    ("crt_case", "first_hearing_date", "sent_to_crown_date"),
    ("crt_case", "first_hearing_date", "completion_date"),
    ("crt_offence", "offence_date", "plea_date"),
    ("crt_offence", "plea_date", "conviction_date"),
    ("suspect_and_crime", "recorded_date", "arrest_date"),
    ("suspect_and_crime", "recorded_date", "interviewed_date"),
    ("suspect_and_crime", "interviewed_date", "charge_date"),
    ("suspect_and_crime", "arrest_date", "charge_date"),
    ("suspect_and_crime", "charge_date", "outcome_date"),
    ("pcd_and_crime", "recorded_date", "received_date"),
    ("victim_and_crime", "recorded_date", "withdrawal_date"),
    ("hearing_and_case", "first_hearing_date", "hearing_date"),
    ("hearing_and_case", "hearing_date", "completion_date"),
    ("offence_and_case", "first_hearing_date", "plea_date"),
    ("offence_and_case", "conviction_date", "completion_date"),
]  # fmt: skip


@pytest.fixture(scope="module")
def arrow():
    return generate(12_000, seed=12, codelists=CODELISTS)


@pytest.fixture(scope="module")
def frames(arrow):
    frames = {name: table.to_pandas() for name, table in arrow.items()}
    crime = frames["pol_crime"][["crime_id_hash", "recorded_date", "outcome_date"]]
    cases = frames["crt_case"][
        ["case_id_hash", "defendant_seq", "first_hearing_date", "completion_date", "case_outcome", "principal_disposal"]
    ]
    frames["suspect_and_crime"] = frames["pol_suspect"].merge(crime)
    frames["pcd_and_crime"] = frames["cps_pcd"].merge(crime)
    frames["victim_and_crime"] = frames["pol_victim"].merge(crime)
    frames["hearing_and_case"] = frames["crt_hearing"].merge(cases)
    frames["offence_and_case"] = frames["crt_offence"].merge(cases)
    return frames


@pytest.mark.parametrize(("table", "earlier", "later"), ORDER)
def test_dates_are_in_order(frames, table, earlier, later):
    both = frames[table].dropna(subset=[earlier, later])

    assert len(both) > 20
    assert (pd.to_datetime(both[earlier]) <= pd.to_datetime(both[later])).all()


def test_nothing_is_known_of_what_comes_after_the_cut(arrow):
    for name, table in arrow.items():
        for field in table.schema:
            if field.type == pa.date32():
                assert max(table[field.name].drop_null().to_pylist()) <= CUT, (name, field.name)


def test_recording_covers_three_years(frames):
    recorded = frames["pol_crime"]["recorded_date"]

    assert (recorded.min(), recorded.max()) == (FIRST_DAY, CUT)


def test_stated_numbers_of_days_match_the_dates(frames):
    for table, start, end, days in (
        ("pol_crime", "committed_from_date", "recorded_date", "days_offence_to_record"),
        ("pol_crime", "recorded_date", "outcome_date", "days_record_to_outcome"),
        ("cps_pcd", "received_date", "decision_date", "days_receipt_to_decision"),
        ("cps_prosecution", "charge_date", "completion_date", "days_charge_to_completion"),
    ):
        rows = frames[table].dropna(subset=[start, end, days])
        assert ((pd.to_datetime(rows[end]) - pd.to_datetime(rows[start])).dt.days == rows[days]).all(), days


def test_open_crimes_have_no_outcome_and_are_mostly_recent(frames):
    crimes = frames["pol_crime"]
    is_open = crimes["outcome_type"] == "0"
    by_year = is_open.groupby(pd.to_datetime(crimes["recorded_date"]).dt.year).mean()

    assert (crimes["outcome_date"].isna() == is_open).all()
    assert by_year[2023] < by_year[2024] < by_year[2025]


def test_only_charged_crimes_have_charged_suspects_and_court_cases(frames):
    suspects = frames["pol_suspect"].merge(frames["pol_crime"][["crime_id_hash", "outcome_type"]])
    charged = suspects[suspects["charge_date"].notna()]
    links = frames["case_link"].dropna(subset=["mc_case_id_hash"])

    assert (charged["outcome_type"] == "1").all()
    assert set(links["crime_id_hash"]) <= set(charged["crime_id_hash"])


def test_no_sentence_without_a_conviction(frames):
    cases = frames["crt_case"]
    offences = frames["offence_and_case"]
    sentenced = offences[offences["disposal"].notna()]

    assert (cases[cases["principal_disposal"].notna()]["case_outcome"] == "convicted").all()
    assert len(sentenced) > 100
    assert sentenced["conviction_date"].notna().all()
    assert (cases[cases["custody_days"].notna()]["principal_disposal"] == "06").all()
    assert offences[offences["fine_amount"].notna()]["disposal"].eq("03").all()
    assert set(offences[offences["sentence_unit"].notna()]["disposal"]) <= {"04", "05", "06"}


def test_pleas_and_verdicts_agree_with_the_outcome(frames):
    offences = frames["offence_and_case"]
    verdict, outcome = offences["verdict"], offences["case_outcome"]

    assert set(outcome[verdict.isin(["G", "NA"])].dropna()) == {"convicted"}
    assert not set(outcome[verdict.isin(["NG", "NC"])].dropna()) & {"convicted", "sent"}
    assert (offences[verdict.notna()]["plea"] != "G").all()
    assert not set(outcome[offences["plea"] == "G"].dropna()) - {"convicted"}


def test_each_case_has_one_principal_offence(frames):
    principal = frames["crt_offence"].groupby(["case_id_hash", "defendant_seq"])["is_principal"].sum()

    assert (principal == 1).all()
    assert len(principal) == len(frames["crt_case"])


def test_trial_results_belong_to_trials(frames):
    hearings = frames["crt_hearing"]
    listed = hearings["listed_for_trial"].astype(bool)

    assert (hearings["trial_result"].notna() == listed).all()
    assert (hearings["trial_reason"].notna() == listed).all()
    assert (hearings[hearings["trial_result"] == "effective"]["trial_reason"] == "EFF").all()


def test_the_derived_journey_tells_the_same_story(frames):
    journeys = frames["drv_victim_journey"].merge(
        frames["pol_victim"][["crime_id_hash", "victim_seq", "withdrawal_date"]]
    )
    crimes = journeys.merge(frames["pol_crime"][["crime_id_hash", "outcome_type"]])
    convicted = crimes["final_outcome"] == "convicted"

    assert (journeys["withdrew"] == journeys["withdrawal_date"].notna()).all()
    assert (journeys["withdrew"] == journeys["withdrew_stage"].notna()).all()
    assert (journeys["censored"] == (journeys["final_outcome"] == "open")).all()
    assert (journeys["censored"] == journeys["days_to_final"].isna()).all()
    assert (crimes[convicted]["outcome_type"] == "1").all()
    assert (crimes[convicted]["furthest_stage"] == "COMPLETE").all()
    assert crimes[crimes["outcome_type"].isin(["14", "16"])]["final_outcome"].eq("victim withdrew").all()


def test_victims_are_of_the_sex_and_age_that_the_offence_is_about(frames):
    victims = frames["pol_victim"].merge(frames["pol_crime"][["crime_id_hash", "ho_offence_code"]])
    women = victims[(victims["ho_offence_code"] == "19C")]
    girls = victims[victims["ho_offence_code"].isin(["20B", "19E"])]

    assert set(women["sex"].dropna()) <= {"0", "2"}
    assert women["age_at_offence"].min() >= 16
    assert girls["age_at_offence"].max() < 13
