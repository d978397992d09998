"""School, work and the Data Lab's index: consistent with the people and with one another."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from extracts.synthetic.chance import NONE
from extracts.synthetic.codes import Codes
from extracts.synthetic.custody_tables import hmpps_custody_persons
from extracts.synthetic.education_tables import dfe_pupil_persons
from extracts.synthetic.employment_tables import SECTIONS, dwp_hmrc_spell_persons
from extracts.synthetic.generate import BUILDERS
from extracts.synthetic.index_tables import index_disposals, pnc_index_persons
from extracts.synthetic.journeys import simulate
from extracts.synthetic.layout import build

CODELISTS = Path(__file__).parents[3] / "governance" / "catalogue" / "datasets" / "cjs_linked" / "codelists"
CUT = pd.Timestamp(date(2025, 12, 31))
TABLES = ("hmpps_custody", "dfe_pupil", "dwp_hmrc_spell", "pnc_index")
JOBS, BENEFITS = ("P45", "RTI", "SA"), ("JSA", "ESA", "IS", "IB", "UC")


@pytest.fixture(scope="module")
def journeys():
    return simulate(30_000, seed=22, codes=Codes(CODELISTS), progress=lambda step, share: None)


@pytest.fixture(scope="module")
def frames(journeys):
    frames = {name: build(name, BUILDERS[name](journeys), seed=22).to_pandas() for name in TABLES}
    for frame in frames.values():
        for column in frame.columns[frame.columns.str.endswith("_date")]:
            frame[column] = pd.to_datetime(frame[column])
    return frames


def of_persons(frame, persons):
    keys, person, _ = persons
    return frame.merge(pd.DataFrame({"row_id_hash": keys.astype(str), "person": person}))


@pytest.fixture(scope="module")
def index(journeys, frames):
    return of_persons(frames["pnc_index"], pnc_index_persons(journeys))


@pytest.fixture(scope="module")
def work(journeys, frames):
    rows = of_persons(frames["dwp_hmrc_spell"], dwp_hmrc_spell_persons(journeys))
    return rows.assign(paid=rows["spell_type"].isin(JOBS)).sort_values(["person", "paid", "start_date"])


@pytest.fixture(scope="module")
def custody(journeys, frames):
    return of_persons(frames["hmpps_custody"], hmpps_custody_persons(journeys))


def test_the_index_has_about_half_as_many_rows_as_there_are_crimes(index):
    assert 12_000 < len(index) < 18_000


@pytest.mark.parametrize(
    ("table", "key"),
    [("dfe_pupil", "row_id_hash"), ("dwp_hmrc_spell", "spell_id_hash"), ("pnc_index", "index_id_hash")],
)
def test_keys_are_complete_and_unique(frames, table, key):
    assert frames[table][key].notna().all()
    assert frames[table][key].is_unique


def test_every_index_disposal_leaves_eighteen_months_to_the_cut(index):
    assert index["index_date"].max() <= pd.Timestamp(date(2024, 6, 30))
    assert index["index_date"].min() >= pd.Timestamp(date(2018, 1, 1))
    assert index.groupby(index["index_date"].dt.year).size().min() > 500


def test_outcomes_agree_with_one_another(index):
    again = index["reoffended_1y"].astype(bool)

    assert (again == index["days_to_first_reoffence"].notna()).all()
    assert (again == (index["reoffences_1y"] > 0)).all()
    assert index["days_to_first_reoffence"].dropna().between(1, 365).all()
    assert not (index["custodial_reoffence_1y"].astype(bool) & ~again).any()
    worked = index.dropna(subset=["employed_12m", "days_employed_12m"])
    assert (worked["employed_12m"].astype(bool) == (worked["days_employed_12m"] > 0)).all()


def test_a_criminal_history_only_grows(journeys, index):
    rows = index.assign(order=np.arange(len(index))).sort_values(["person", "order"])
    same = rows["person"].diff() == 0

    assert same.sum() > 1000
    assert (rows["prev_convictions"].diff()[same] == 1).all()
    assert (rows["prev_custody"].diff()[same] >= 0).all()
    assert (rows["age_first_offence"].diff()[same] == 0).all()
    assert (rows["age_first_offence"] <= rows["age_at_index"]).all()
    assert (rows["prev_custody"] <= rows["prev_convictions"]).all()
    flags = rows["prev_type_flags"].str.split("|").apply(lambda names: {name for name in names if name})
    assert not flags[rows["prev_convictions"] == 0].apply(len).any()
    assert all(earlier <= later for earlier, later, known in zip(flags, flags[1:], same[1:], strict=False) if known)


def test_an_offence_on_record_within_the_year_is_a_reoffence(journeys):
    """Proven within eighteen months of the index, and nobody is said not to have reoffended."""
    rows = index_disposals(journeys)
    frame = pd.DataFrame({"person": rows.person, "index": rows.index, "committed": rows.committed,
                          "proven": rows.sentenced, "again": rows.year.reoffended})  # fmt: skip
    pairs = frame.merge(frame, on="person", suffixes=("", "_later"))
    within = (pairs["committed_later"] > pairs["index"]) & (pairs["committed_later"] <= pairs["index"] + 365)
    within &= pairs["proven_later"] <= pairs["index"] + 365 + 182

    assert within.sum() > 500
    assert pairs["again"][within].all()


def test_the_copas_rate_follows_its_formula(index):
    """log((convictions + 1) / (years since the first offence + 10)), as in the proven reoffending statistics."""
    years = index["age_at_index"] - index["age_first_offence"]
    expected = np.log((index["prev_convictions"] + 1) / (years + 10))

    assert (index["copas_rate"].astype(float) - expected).abs().max() < 0.0051


def test_pupils_are_one_row_per_person_of_english_cohorts(journeys, frames):
    keys, person, _ = dfe_pupil_persons(journeys)
    pupils = of_persons(frames["dfe_pupil"], (keys, person, None))
    born = pd.to_datetime(journeys.people.born[pupils["person"]], unit="D")
    force = np.array(journeys.codes.forces.text("country"))[journeys.people.force[person]]

    assert pupils["person"].is_unique
    assert set(force) == {"England"}
    assert (pupils["birth_year_cohort"] == born.year + (born.month >= 9)).all()
    assert set(person) <= set(journeys.suspect_person)


def test_school_trouble_goes_together(frames):
    pupils = frames["dfe_pupil"]
    excluded = pupils["permanent_exclusion"].fillna(False).astype(bool)

    assert (pupils["suspensions"][excluded].dropna() >= 1).all()
    assert pupils["suspensions"][excluded].mean() > 1.5 * pupils["suspensions"][~excluded].mean()
    assert (
        pupils["ks4_english_maths"][pupils["ks2_band"] == 5].eq("1").mean() > pupils["ks4_english_maths"].eq("1").mean()
    )
    assert pupils["ks4_english_maths"][pupils["birth_year_cohort"] > 2009].isna().all()


def test_spells_are_in_order_and_of_one_kind_at_a_time(work):
    following = work.shift(-1)
    same = (work["person"] == following["person"]) & (work["paid"] == following["paid"])

    assert (work["end_date"].isna() | (work["end_date"] >= work["start_date"])).all()
    assert work["start_date"].max() <= CUT
    assert work["end_date"].max() <= CUT
    assert same.sum() > 5000
    assert (work["end_date"] < following["start_date"])[same].all()


def test_benefits_have_no_pay_and_no_industry(work):
    assert set(work["spell_type"]) == {*JOBS, *BENEFITS}
    assert work[~work["paid"]][["pay_band", "industry_section"]].isna().all().all()
    assert set(work["industry_section"].dropna()) <= set(SECTIONS) == set("ABCDEFGHIJKLMNOPQRSTU")


def test_nobody_starts_a_job_in_prison(work, custody):
    both = work.merge(custody[["person", "reception_date", "release_date"]], on="person")
    inside = (both["start_date"] > both["reception_date"]) & ~(both["release_date"] <= both["start_date"])

    assert len(both) > 1000
    assert not inside.any()


def test_work_around_the_index_date_is_that_of_the_spells(index, work):
    """Employment in the year after, counted again from the table of spells."""
    known = index.dropna(subset=["days_employed_12m"]).head(2000)
    both = known.merge(work[work["paid"]][["person", "start_date", "end_date"]], on="person", how="left")
    first, last = both["index_date"] + pd.Timedelta(days=1), both["index_date"] + pd.Timedelta(days=365)
    end = both["end_date"].fillna(CUT)
    days = (np.minimum(end, last) - np.maximum(both["start_date"], first)).dt.days + 1
    total = days.clip(lower=0).fillna(0).groupby(both["index_id_hash"]).sum()

    assert (total.reindex(known["index_id_hash"]).to_numpy() == known["days_employed_12m"].to_numpy()).all()


def test_index_custody_within_the_data_is_a_release_from_prison(journeys, custody):
    """Every release that starts a clock in the data's own years is a row of the prison table, or part of one."""
    rows = index_disposals(journeys)
    freed = (rows.days != NONE) & (rows.index >= (date(2023, 1, 1) - date(1970, 1, 1)).days)
    released = pd.DataFrame({"person": rows.person[freed], "day": pd.to_datetime(rows.index[freed], unit="D")})
    known = set(zip(custody["person"], custody["release_date"], strict=True))
    found = [pair in known for pair in zip(released["person"], released["day"], strict=True)]

    assert len(found) > 100
    assert np.mean(found) > 0.98


@pytest.mark.parametrize("persons", [pnc_index_persons, dfe_pupil_persons, dwp_hmrc_spell_persons])
def test_record_keys_agree_with_the_tables(journeys, frames, persons):
    keys, person, day = persons(journeys)
    table = persons.__name__.removesuffix("_persons")

    assert len(set(keys.tolist())) == len(keys) == len(person) == len(day)
    assert set(keys.astype(str)) == set(frames[table]["row_id_hash"])


def test_a_single_crime_makes_empty_tables_of_the_right_shape():
    one = simulate(1, seed=1, codes=Codes(CODELISTS), progress=lambda step, share: None)

    for name in TABLES:
        assert build(name, BUILDERS[name](one), seed=1).num_columns > 5
