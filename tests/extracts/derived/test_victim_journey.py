"""The derived journeys against the generator's own: what is worked out from the tables is what happened."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from extracts.derived.victim_journey import derive_victim_journey
from extracts.linkage.cases import link_cases
from tests.extracts.linkage.case_world import CODELISTS, World, a_world

# Worked out from values that are never left blank, so the same as in truth.
EXACT = (
    "cohort_quarter", "offence_subgroup", "force_code", "furthest_stage", "final_outcome", "withdrew",
    "withdrew_stage", "days_to_withdrawal", "days_to_final", "censored",
)  # fmt: skip


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(30_000, seed=9, missed=6, merged=2)


def journeys(world: World, *, without: tuple[str, ...] = (), true_links: bool = False) -> pa.Table:
    tables = {name: table for name, table in world.tables.items() if name not in without}
    if true_links:
        tables["case_link"] = world.tables["true_case_link"]
    with World(tables, world.truth).connect() as connection:
        if not true_links:
            link_cases(connection, CODELISTS)
        derive_victim_journey(connection, CODELISTS)
        return connection.table("drv_victim_journey").to_arrow_table()


def agreement(made: pa.Table, true: pa.Table) -> dict[str, float]:
    """Per column, the share of rows that are the same in both."""
    shares = ", ".join(
        f"avg((made.{name} IS NOT DISTINCT FROM true_ones.{name})::INTEGER) AS {name}" for name in made.column_names
    )
    with duckdb.connect() as connection:
        connection.register("made", made)
        connection.register("true_ones", true)
        joined = f"SELECT {shares} FROM made FULL JOIN true_ones USING (crime_id_hash, victim_seq)"
        return connection.sql(joined).to_arrow_table().to_pylist()[0]


def test_with_true_links_the_journeys_are_the_true_ones(world: World) -> None:
    made, true = journeys(world, true_links=True), world.tables["true_journey"]
    same = agreement(made, true)
    print(same)

    assert made.schema == true.schema
    assert {name: same[name] for name in EXACT} == dict.fromkeys(EXACT, 1.0)


def test_reasons_differ_only_where_the_police_left_them_blank(world: World) -> None:
    """About one row in thirteen: they come out as `Missing`, which the list has for a reason not recorded."""
    made = journeys(world, true_links=True).to_pandas()
    both = made.merge(world.tables["true_journey"].to_pandas(), on=["crime_id_hash", "victim_seq"])
    differs = both["withdrew_reason_group_x"].fillna("") != both["withdrew_reason_group_y"].fillna("")

    assert set(both.loc[differs, "withdrew_reason_group_x"]) == {"Missing"}
    assert 0.04 < differs.mean() < 0.12


@pytest.mark.slow
def test_with_links_that_were_made_nearly_all_journeys_are_the_true_ones(world: World) -> None:
    made = journeys(world)
    same = agreement(made, world.tables["true_journey"])
    print(same)

    assert all(same[name] > 0.999 for name in EXACT)
    confidence = [float(value) for value in made["link_confidence"].to_pylist()]
    assert all(0 < value <= 1 for value in confidence) and 0 < sum(value < 1 for value in confidence) < 0.02 * len(made)


@pytest.mark.slow
def test_where_the_cps_delivers_nothing_the_courts_say_how_it_ended(world: World) -> None:
    """Except for whose sake a case was stopped, and what was refused before any charge."""
    same = agreement(journeys(world, without=("cps_pcd", "cps_prosecution")), world.tables["true_journey"])

    assert same["censored"] > 0.999 and same["final_outcome"] > 0.995


def test_without_courts_or_links_a_charged_case_stays_open(world: World) -> None:
    later = ("cps_pcd", "cps_prosecution", "crt_case", "crt_offence", "crt_hearing", "hmpps_custody", "hmpps_probation")
    made = journeys(world, without=later).to_pandas()
    true = world.tables["true_journey"].to_pandas().merge(made, on=["crime_id_hash", "victim_seq"])
    ended_in_court = true["final_outcome_x"].isin(["acquitted", "convicted"])

    assert ended_in_court.any() and set(true.loc[ended_in_court, "final_outcome_y"]) == {"open"}
    assert set(made["link_confidence"].astype(float)) == {1.0}
