"""How many of an extract's records are linked: counted a second time with pandas, by other ways."""

import csv
from datetime import date

import pandas as pd
import pytest

from extracts.pack import links
from extracts.specification import ColumnSpec, ExtractSpec, TableSpec
from tests.builders import catalogue as cook
from tests.extracts.pack.linked_extract import FIRST, LAST

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def told(made):
    with (made.folder / "linkage-of-this-extract.csv").open(newline="") as file:
        return {
            (row["table"], row["linked_to"], row["by"], row["group"]): (row["rows"], row["share"])
            for row in csv.DictReader(file)
        }


def in_period(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    return rows[(rows[column] >= pd.Timestamp(FIRST)) & (rows[column] <= pd.Timestamp(LAST))]


def spelt(rows: int, hits: int) -> tuple[str, str]:
    return (str(rows), f"{hits / rows:.4f}") if rows >= 10 else ("", "")


def test_crimes_that_lead_to_each_kind_of_case(made, told):
    crimes, pairs = in_period(made.table("pol_crime"), "recorded_date"), made.table("case_link")
    for label, column in (
        ("CPS case", "cps_case_id_hash"),
        ("Magistrates' case", "mc_case_id_hash"),
        ("Crown Court case", "cc_case_id_hash"),
    ):
        reached = set(pairs[pairs[column].notna()]["crime_id_hash"].dropna())
        crimes["hit"] = [key in reached for key in crimes["crime_id_hash"]]
        assert told["pol_crime", label, "", "Everyone"] == spelt(len(crimes), int(crimes["hit"].sum()))
        for force, group in crimes.groupby("force_code"):
            assert told["pol_crime", label, "area", force] == spelt(len(group), int(group["hit"].sum()))
    assert 0 < float(told["pol_crime", "CPS case", "", "Everyone"][1]) < 1


def test_victims_by_age_band_sex_and_the_area_of_their_crime(made, told):
    crimes = in_period(made.table("pol_crime"), "recorded_date").set_index("crime_id_hash")
    victims = made.table("pol_victim")
    victims = victims[victims["crime_id_hash"].isin(crimes.index)].copy()
    people = made.table("xjs_link").set_index("row_id_hash")["estimated_xjs_id"]
    records = people.value_counts()
    victims["hit"] = [records[people[key]] > 1 if key in people.index else False for key in victims["row_id_hash"]]
    bounds = [0, 10, 12, 15, 18, 21, 25, 30, 40, 50, 60, 70, 1000]
    names = ["0-9", "10-11", "12-14", "15-17", "18-20", "21-24", "25-29", "30-39", "40-49", "50-59", "60-69", "70+"]
    victims["age"] = pd.cut(victims["age_at_offence"], bounds, right=False, labels=names).astype(object)
    victims["area"] = [crimes["force_code"][key] for key in victims["crime_id_hash"]]
    what = "another record of the same person"
    for by, column in (("age", "age"), ("sex", "sex"), ("area", "area")):
        groups = victims.groupby(victims[column].where(victims[column].notna(), "not recorded"))
        assert {key[3] for key in told if key[:3] == ("pol_victim", what, by)} == set(groups.groups)
        for group, rows in groups:
            assert told["pol_victim", what, by, group] == spelt(len(rows), int(rows["hit"].sum())), (by, group)
    assert 0 < float(told["pol_victim", what, "", "Everyone"][1]) < 1


def test_court_cases_lead_back_to_a_crime(made, told):
    cases, pairs = in_period(made.table("crt_case"), "first_hearing_date"), made.table("case_link")
    known = pairs[pairs["crime_id_hash"].notna()]
    linked = set(known["mc_case_id_hash"].dropna()) | set(known["cc_case_id_hash"].dropna())
    hits = sum(key in linked for key in cases["case_id_hash"])
    assert told["crt_case", "Police crime", "", "Everyone"] == spelt(len(cases), hits)


def test_groups_of_fewer_than_ten_rows_are_blank_and_the_others_are_not(told):
    blank = {value for value in told.values() if not all(value)}
    assert blank == {("", "")}
    assert min(int(rows) for rows, _ in told.values() if rows) >= 10


def test_the_links_themselves_and_tables_without_links_tell_nothing(told):
    assert {key[0] for key in told} >= {"pol_crime", "pol_victim", "pol_suspect", "crt_case", "hmpps_custody"}
    assert not {key[0] for key in told} & {"xjs_link", "case_link"}


def test_every_group_that_the_extract_holds_is_told_of(told):
    assert {key[2] for key in told if key[0] == "pol_suspect"} == {"", "sex", "age", "ethnicity", "area"}
    assert {key[3] for key in told if key[:3] == ("pol_suspect", "CPS case", "ethnicity")} <= {
        "White", "Asian", "Black", "Mixed", "Other", "Chinese or other", "Not stated", "not recorded",
    } | {key[3] for key in told if key[2] == "ethnicity"}  # fmt: skip


def test_a_finer_age_is_grouped_into_bands_and_a_coarser_one_stays(made):
    for level, expected in (("single_year", "18-20"), ("band", "18-20"), ("group", "18-20")):
        columns = (ColumnSpec("crime_id_hash"), ColumnSpec("row_id_hash"), ColumnSpec("age_at_offence", level))
        table = TableSpec("pol_suspect", columns)
        asked = dict(links._groups(table, made.catalogue))["age"]
        assert asked.level == ("group" if level == "group" else "band"), expected


def test_a_release_without_the_links_and_a_dataset_without_a_frame_tell_nothing(made):
    nothing = {"ask": lambda sql: pytest.fail(sql), "text": lambda query: pytest.fail(query.sql())}
    assert links.rates(made.spec, made.catalogue, {"pol_crime": None}, **nothing) == []
    described = cook("cook_county_2019")
    spec = ExtractSpec(
        "cook_county_2019", "1", (TableSpec("intake", (ColumnSpec("case_id"),)),), date(2019, 1, 1), date(2019, 2, 1)
    )
    assert links.rates(spec, described, {"intake": None}, **nothing) == []
