"""Published totals come out of the generated file, within the chance error of its size."""

from math import sqrt
from pathlib import Path

import pandas as pd
import pytest

from extracts.synthetic.generate import generate
from extracts.synthetic.layout import shapes

CODELISTS = Path(__file__).parents[3] / "governance" / "catalogue" / "datasets" / "cjs_linked" / "codelists"
# Larger than the demo's file, since few crimes are rapes and few end in the Crown Court.
CRIMES = 80_000
DEVIATIONS = 2.5

# Targets that the journeys cannot meet together with others, and the share of missing values they have instead.
INSTEAD = {
    # Businesses have no age: 9% of people and all of the others.
    ("pol_victim", "age_at_offence"): 22,
    # Nine in ten suspects without a charge would leave out many who are charged.
    ("pol_suspect", "charge_date"): 86,
    # One in three cases ends without a conviction, is sent on or is open, so it has no sentence.
    ("crt_case", "principal_disposal"): 36,
    ("crt_offence", "disposal"): 36,
    ("crt_offence", "result_code"): 23,
    # Guilty pleas need no verdict, and they are most of the cases.
    ("crt_offence", "verdict"): 73,
    ("crt_offence", "fine_amount"): 80,
    # A quarter of CPS cases end before a charge; no link is missed yet.
    ("case_link", "crime_id_hash"): 0,
    ("case_link", "cps_case_id_hash"): 0,
    ("case_link", "mc_case_id_hash"): 24,
    ("case_link", "cc_case_id_hash"): 86,
    ("crt_case", "custody_days"): 91,
    ("crt_case", "receipt_route"): 85,
    ("crt_case", "sent_to_crown_date"): 89,
    ("cps_pcd", "nfa_reason"): 71,
    # Crimes without a personal victim have nobody to contact.
    ("cps_prosecution", "pet_victim_contact_days"): 46,
}

SHARES = [
    # id,  low, high
    ("T01", 5.7, 7.3), ("T02", 7.8, 10.5), ("T04", 36, 42), ("T05", 24, 30), ("T06", 38, 47), ("T07", 38, 62),
    ("T08", 30, 38), ("T13", 1.6, 3.0), ("T19", 13, 19), ("T25", 1.0, 1.5), ("T27", 75, 78), ("T28", 70, 77),
    ("T29", 53, 60),
]  # fmt: skip
MEDIANS = [("T14", 10, 20), ("T15", 346, 430), ("T16", 45, 70), ("T17", 20, 35)]


@pytest.fixture(scope="module")
def tables():
    return {name: table.to_pandas() for name, table in generate(CRIMES, seed=13, codelists=CODELISTS).items()}


def withdrew(crimes: pd.DataFrame) -> pd.Series:
    return crimes["outcome_type"].isin(["14", "16"])


@pytest.fixture(scope="module")
def measured(tables):
    """One series of true and false per share, one of days per median."""
    crimes, cases, pcd, done = (tables[name] for name in ("pol_crime", "crt_case", "cps_pcd", "cps_prosecution"))
    charged, group = crimes["outcome_type"] == "1", crimes["offence_subgroup"]
    violence, theft = group.str.startswith("01"), group.str.startswith("04")
    rape, sexual = group == "02.2", group.str.startswith("02")
    # Outcomes assigned in 2024 and 2025: the first year of records has few old cases to close.
    assigned = crimes["outcome_date"].notna() & (pd.to_datetime(crimes["outcome_date"]).dt.year >= 2024)
    decided = pcd[(pcd["receipt_type"] == "charging") & (pcd["decision_code"] != "OTH")]
    decided = decided.merge(crimes[["crime_id_hash", "outcome_type"]])
    trials = cases[(cases["receipt_route"] == "sent for trial") & cases["case_outcome"].notna()]
    sentenced = cases[(cases["court_tier"] == "CC") & cases["principal_disposal"].notna()]
    days = crimes["days_record_to_outcome"].dropna()
    return {
        "T01": charged,
        "T02": charged[assigned],
        "T04": crimes["outcome_type"] == "18",
        "T05": withdrew(crimes),
        "T06": withdrew(crimes)[violence],
        "T07": withdrew(crimes)[rape],
        "T08": withdrew(crimes)[sexual],
        "T13": charged[rape],
        "T14": days,
        "T15": days[charged & rape],
        "T16": days[charged & violence],
        "T17": days[charged & theft],
        "T19": withdrew(decided) & (decided["decision_code"] != "CHG"),
        "T25": done["victim_attrition_post_charge"],
        "T27": done["stop_reason_group"].isna()[done["flags"].str.startswith("DA")],
        "T28": trials["case_outcome"] == "convicted",
        "T29": sentenced["principal_disposal"] == "06",
    }


@pytest.mark.parametrize(("target", "low", "high"), SHARES)
def test_shares_are_as_published(measured, target, low, high):
    values = measured[target].astype(float)
    percent = 100 * values.mean()
    error = 100 * sqrt(values.mean() * (1 - values.mean()) / len(values))

    assert low - DEVIATIONS * error <= percent <= high + DEVIATIONS * error
    assert error < (high - low), "the sample is large enough to tell"


@pytest.mark.parametrize(("target", "low", "high"), MEDIANS)
def test_durations_are_as_published(measured, target, low, high):
    values = measured[target]
    # A median's error for log-normal days with a sigma of about one.
    error = 1.25 * values.median() / sqrt(len(values)) if target == "T15" else 0

    assert low - DEVIATIONS * error <= values.median() <= high + DEVIATIONS * error


def test_victims_who_know_the_suspect_withdraw_about_twice_as_often(tables):
    """T12, over violence, sexual offences and robbery."""
    rows = tables["pol_victim"].merge(tables["pol_crime"][["crime_id_hash", "offence_subgroup", "outcome_type"]])
    rows = rows[rows["offence_subgroup"].str[:2].isin(["01", "02", "03"])]
    stranger = rows["relationship_to_suspect"].isin(["1", "2"])
    known = rows["relationship_to_suspect"].notna() & ~stranger & (rows["relationship_to_suspect"] != "99")

    assert 1.8 <= withdrew(rows)[known].mean() / withdrew(rows)[stranger].mean() <= 2.4


def test_the_custodial_sentence_is_of_the_published_length(tables):
    """T30, in months, without life sentences; the tail is long, so the margin is a month and a half."""
    days = tables["crt_case"]["custody_days"].dropna()

    assert 19.5 - 1.5 <= days[days < 99999].mean() / 30.4375 <= 21.5 + 1.5


def test_forces_share_the_crimes_by_their_weight(tables):
    forces = pd.read_csv(CODELISTS / "police_forces.csv", dtype={"code": str}).set_index("code")["volume_weight"]
    shares = tables["pol_crime"]["force_code"].value_counts(normalize=True).reindex(forces.index, fill_value=0)

    assert ((shares - forces / forces.sum()).abs() < 0.004).all()


@pytest.mark.parametrize(
    ("table", "variable", "percent"),
    [
        (table, shape.variable, INSTEAD.get((table, shape.variable), shape.missing_pct))
        for table, columns in shapes().items()
        for shape in columns
        if shape.missing_pct or (table, shape.variable) in INSTEAD
    ],
)
def test_values_are_missing_as_often_as_the_catalogue_says(tables, table, variable, percent):
    column = tables[table][variable]
    error = 100 * sqrt(0.01 * percent * (1 - 0.01 * percent) / len(column))
    slack = 3 if shapes_rule(table, variable) == "journey" or (table, variable) in INSTEAD else 0.5

    assert abs(100 * column.isna().mean() - percent) <= slack + 3 * error


def shapes_rule(table: str, variable: str) -> str:
    return next(shape.missing_rule for shape in shapes()[table] if shape.variable == variable)
