"""The generated tables are the tables that the catalogue describes: columns, types, codes, ranges, keys."""

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from extracts.synthetic.generate import BUILDERS, TooFewCrimes, generate
from extracts.synthetic.layout import shapes

DESCRIPTION = Path(__file__).parents[3] / "governance" / "catalogue" / "datasets" / "cjs_linked"
CRIMES = 12_000

TYPES = {
    "string(32)": pa.string(), "string(8)": pa.string(), "string(9)": pa.string(), "string(6)": pa.string(),
    "category": pa.string(), "list": pa.string(), "date": pa.date32(), "integer": pa.int32(), "boolean": pa.bool_(),
    "decimal(4,3)": pa.decimal128(4, 3), "decimal": pa.decimal128(10, 2),
}  # fmt: skip

# Ranges that name a list which the catalogue does not hold: `test_extensions` knows what is in them.
NAMED = {"prison list", "12 regions", "SIC 2007 A-U"}

PRIMARY_KEYS = {
    "pol_crime": ["crime_id_hash"], "pol_victim": ["crime_id_hash", "victim_seq"],
    "pol_suspect": ["crime_id_hash", "suspect_seq"], "cps_pcd": ["pcd_id_hash"],
    "cps_prosecution": ["cps_case_id_hash", "defendant_seq"],
    "crt_case": ["case_id_hash", "defendant_seq", "court_tier"], "crt_offence": ["offence_id_hash"],
    "crt_hearing": ["hearing_id_hash"], "xjs_link": ["row_id_hash", "source_dataset"],
    "case_link": ["case_link_id"], "drv_victim_journey": ["crime_id_hash", "victim_seq"],
}  # fmt: skip

PARENTS = [
    # child, columns                                 parent, columns
    ("pol_victim", ["crime_id_hash"], "pol_crime", ["crime_id_hash"]),
    ("pol_suspect", ["crime_id_hash"], "pol_crime", ["crime_id_hash"]),
    ("cps_pcd", ["crime_id_hash"], "pol_crime", ["crime_id_hash"]),
    ("case_link", ["crime_id_hash"], "pol_crime", ["crime_id_hash"]),
    ("cps_pcd", ["cps_case_id_hash"], "case_link", ["cps_case_id_hash"]),
    ("cps_prosecution", ["cps_case_id_hash"], "case_link", ["cps_case_id_hash"]),
    ("case_link", ["mc_case_id_hash"], "crt_case", ["case_id_hash"]),
    ("case_link", ["cc_case_id_hash"], "crt_case", ["case_id_hash"]),
    ("crt_offence", ["case_id_hash", "defendant_seq"], "crt_case", ["case_id_hash", "defendant_seq"]),
    ("crt_hearing", ["case_id_hash", "defendant_seq"], "crt_case", ["case_id_hash", "defendant_seq"]),
    ("drv_victim_journey", ["crime_id_hash", "victim_seq"], "pol_victim", ["crime_id_hash", "victim_seq"]),
    ("pol_suspect", ["row_id_hash"], "xjs_link", ["row_id_hash"]),
    ("cps_pcd", ["row_id_hash"], "xjs_link", ["row_id_hash"]),
    ("cps_prosecution", ["row_id_hash"], "xjs_link", ["row_id_hash"]),
    ("crt_case", ["row_id_hash"], "xjs_link", ["row_id_hash"]),
]  # fmt: skip


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


VARIABLES = [row for row in read(DESCRIPTION / "variables.csv") if row["table"] in BUILDERS]


@pytest.fixture(scope="module")
def tables():
    return generate(CRIMES, seed=11, codelists=DESCRIPTION / "codelists")


def codes_of(row: dict[str, str]) -> set[str]:
    """The codes a variable may take: from its code list, one column of it, or its range."""
    if not row["codelist"]:
        return {value.strip() for value in row["range"].split("|")}
    name, _, column = row["codelist"].partition(".")
    codes = {entry[column or "code"] for entry in read(DESCRIPTION / "codelists" / f"{name}.csv")}
    return codes & codes_of({**row, "codelist": ""}) if row["range"] else codes


def limits_of(row: dict[str, str]) -> tuple[int, int] | None:
    """Lowest and highest value of a range such as `0-110`; a note in brackets is not part of it."""
    low, dash, high = row["range"].split(" (")[0].partition("-")
    return (int(low), int(high)) if dash and low.isdigit() and high.isdigit() else None


@pytest.mark.parametrize("table", BUILDERS)
def test_columns_are_those_of_the_schema_in_its_order_and_types(tables, table):
    expected = [(row["variable"], TYPES[row["dtype"]]) for row in VARIABLES if row["table"] == table]

    assert [(field.name, field.type) for field in tables[table].schema] == expected


def test_the_layout_says_what_the_catalogue_says():
    told = [(row["table"], row["variable"], float(row["missing_pct_target"])) for row in VARIABLES]
    ours = [(table, shape.variable, shape.missing_pct) for table, columns in shapes().items() for shape in columns]

    assert sorted(ours) == sorted(told)


@pytest.mark.parametrize("row", VARIABLES, ids=lambda row: f"{row['table']}.{row['variable']}")
def test_values_are_in_their_code_list_or_range(tables, row):
    values = pc.drop_null(tables[row["table"]][row["variable"]])
    assert len(values), "every variable holds something"

    if row["range"] in NAMED:
        return
    if row["dtype"] == "category":
        assert set(pc.unique(values).to_pylist()) <= codes_of(row)
    elif row["dtype"] == "list":
        held = {code for value in pc.unique(values).to_pylist() for code in value.split("|") if code}
        assert held
        assert held <= codes_of(row)
    elif limits := limits_of(row):
        if "life=99999" in row["range"]:
            values = values.filter(pc.not_equal(values, 99999))
        assert limits[0] <= pc.min(values).as_py()
        assert pc.max(values).as_py() <= limits[1]
    elif row["dtype"] == "string(32)":
        assert pc.all(pc.match_substring_regex(values, "^[0-9a-f]{32}$")).as_py()


@pytest.mark.parametrize(("table", "key"), PRIMARY_KEYS.items())
def test_primary_keys_are_complete_and_unique(tables, table, key):
    keys = tables[table].select(key)

    assert all(keys[column].null_count == 0 for column in key)
    assert keys.group_by(key).aggregate([]).num_rows == keys.num_rows


@pytest.mark.parametrize(("child", "columns", "parent", "parents"), PARENTS)
def test_every_reference_finds_its_record(tables, child, columns, parent, parents):
    references = tables[child].select(columns).drop_null()
    assert references.num_rows
    orphans = references.join(tables[parent].select(parents), columns, parents, join_type="left anti")

    assert orphans.num_rows == 0


def test_every_personal_victim_has_a_person_and_no_business_has(tables):
    victims = tables["pol_victim"]
    linked = tables["xjs_link"].filter(pc.equal(tables["xjs_link"]["source_dataset"], "pol_victim"))
    found = victims.join(linked.select(["row_id_hash"]), "row_id_hash", join_type="left semi")

    assert set(pc.unique(found["victim_type"]).to_pylist()) <= {"person", None}
    persons = pc.sum(pc.equal(victims["victim_type"], "person")).as_py()
    assert persons == pc.sum(pc.equal(found["victim_type"], "person")).as_py() > 0


def test_people_come_back_and_some_are_both_victim_and_suspect(tables):
    links = tables["xjs_link"].to_pandas()
    suspects = links[links["source_dataset"] == "pol_suspect"]["estimated_xjs_id"]
    victims = links[links["source_dataset"] == "pol_victim"]["estimated_xjs_id"]

    assert 0.15 < 1 - suspects.nunique() / len(suspects) < 0.5
    assert suspects.value_counts().max() >= 5
    assert 0.05 < 1 - victims.nunique() / len(victims) < 0.2
    assert len(set(suspects) & set(victims)) > 50


def test_nobody_appears_twice_in_one_crime(tables):
    people = tables["xjs_link"].to_pandas().set_index("row_id_hash")["estimated_xjs_id"]
    both = [tables[name].select(["crime_id_hash", "row_id_hash"]).to_pandas() for name in ("pol_victim", "pol_suspect")]
    for rows in both:
        rows["person"] = rows["row_id_hash"].map(people)
    together = [rows.dropna()[["crime_id_hash", "person"]] for rows in both]

    assert not together[0].duplicated().any()
    assert not together[1].duplicated().any()
    assert together[0].merge(together[1]).empty


def test_the_person_behind_a_suspect_is_the_person_in_court(tables):
    people = tables["xjs_link"].to_pandas().set_index("row_id_hash")["estimated_xjs_id"]
    suspects = tables["pol_suspect"].to_pandas()[["crime_id_hash", "row_id_hash"]]
    cases = tables["crt_case"].to_pandas()[["case_id_hash", "row_id_hash"]]
    links = (
        tables["case_link"].to_pandas().melt("crime_id_hash", ["mc_case_id_hash", "cc_case_id_hash"], value_name="case")
    )
    court = cases.merge(links.dropna(), left_on="case_id_hash", right_on="case")
    accused = set(zip(suspects["crime_id_hash"], suspects["row_id_hash"].map(people), strict=True))

    assert len(court) == len(cases)
    assert set(zip(court["crime_id_hash"], court["row_id_hash"].map(people), strict=True)) <= accused


def test_counts_agree_between_tables(tables):
    crimes, victims, suspects = (tables[name].to_pandas() for name in ("pol_crime", "pol_victim", "pol_suspect"))
    per_crime = victims.groupby("crime_id_hash").size().reindex(crimes["crime_id_hash"], fill_value=0)

    assert (crimes["victim_count"].to_numpy() == per_crime.to_numpy()).all()
    assert (crimes["suspect_identified"] == crimes["crime_id_hash"].isin(suspects["crime_id_hash"])).all()


def test_no_crimes_are_refused():
    with pytest.raises(TooFewCrimes):
        generate(0, seed=1, codelists=DESCRIPTION / "codelists")


def test_one_crime_is_enough():
    tables = generate(1, seed=1, codelists=DESCRIPTION / "codelists")

    assert tables["pol_crime"].num_rows == 1
    assert set(tables) == set(BUILDERS)
