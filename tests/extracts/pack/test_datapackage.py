"""The descriptor keeps the standard, and every promise in it holds of the files."""

import json

import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyreadstat
import pytest
import rdata
from pyarrow import parquet

from extracts.formats.known import FORMATS
from tests.extracts.pack import standard

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def descriptor(made):
    return json.loads((made.folder / "datapackage.json").read_text())


def frame_of(path):
    """The file as its reader gives it, codes as numbers in Stata."""
    whole = {pa.int64(): pd.Int64Dtype()}.get  # a double would make two keys one
    if path.suffix == ".parquet":
        return parquet.read_table(path).to_pandas(types_mapper=whole)
    if path.suffix == ".csv":
        types = parquet.read_schema(path.with_suffix(".parquet"))  # as the README says: types have to be told
        options = arrow_csv.ConvertOptions(strings_can_be_null=True, column_types=types)
        return arrow_csv.read_csv(path, convert_options=options).to_pandas(types_mapper=whole)
    if path.suffix == ".rds":
        return rdata.read_rds(path)
    return (pyreadstat.read_dta if path.suffix == ".dta" else pyreadstat.read_sav)(str(path))[0]


def values(frame, name):
    """What is there in a column: the missing left out, and the empty where a format has nothing else for them."""
    column = frame[name].dropna()
    return [value for value in column if value != ""]


def test_it_keeps_the_rules_of_the_standard(made, descriptor):
    assert standard.problems_of(descriptor, made.folder) == []
    assert descriptor["contributors"][0]["roles"] == ["rightsHolder"]


def test_a_file_that_changed_is_seen_by_the_rules(made, descriptor):
    """So that the test above can fail."""
    spoilt = json.loads(json.dumps(descriptor))
    spoilt["resources"][0]["bytes"] += 1
    spoilt["resources"][1]["schema"]["primaryKey"] = ["no_such_field"]
    spoilt["resources"][2]["schema"]["fields"][0]["type"] = "text"
    assert len(standard.problems_of(spoilt, made.folder)) == 3


def test_every_table_in_every_format_is_a_resource_with_its_own_columns(made, descriptor):
    tables = [one for one in descriptor["resources"] if "schema" in one]
    assert len(tables) == len(made.spec.tables) * len(FORMATS)
    for one in tables:
        frame = frame_of(made.folder / one["path"])
        assert [field["name"] for field in one["schema"]["fields"]] == list(frame.columns), one["path"]


def test_keys_and_enumerations_hold_of_every_file(made, descriptor):
    frames = {one["name"]: frame_of(made.folder / one["path"]) for one in descriptor["resources"] if "schema" in one}
    seen = {"primary": 0, "foreign": 0, "listed": 0}
    for one in descriptor["resources"]:
        frame = frames.get(one["name"])
        if frame is None:
            continue
        schema = one["schema"]
        if primary := schema.get("primaryKey"):
            seen["primary"] += 1
            assert not frame[primary].isna().any().any() and not frame.duplicated(primary).any(), one["path"]
        for key in schema.get("foreignKeys", []):
            seen["foreign"] += 1
            reference = key["reference"]
            parents = set(frames[reference["resource"]][reference["fields"]].itertuples(index=False, name=None))
            children = frame[key["fields"]].replace("", None).dropna().itertuples(index=False, name=None)
            assert set(children) <= parents, (one["path"], key)
        for field in schema["fields"]:
            if "enum" in field.get("constraints", {}):
                seen["listed"] += 1
                allowed = {str(value) for value in field["constraints"]["enum"]}
                found = {str(int(v)) if isinstance(v, float) else str(v) for v in values(frame, field["name"])}
                assert found <= allowed, (one["path"], field["name"])
    assert seen["primary"] == len(frames) and seen["foreign"] >= 5 * len(FORMATS) and seen["listed"] > 100


def test_a_key_that_does_not_hold_is_not_promised(made, descriptor):
    """Cases in the links that began before the period have no row here."""
    cases = {one["name"]: one["schema"].get("foreignKeys", []) for one in descriptor["resources"] if "schema" in one}
    links = parquet.read_table(made.folder / "case_link.parquet").to_pandas()
    prosecutions = parquet.read_table(made.folder / "cps_prosecution.parquet").to_pandas()
    assert not set(links["cps_case_id_hash"].dropna()) <= set(prosecutions["cps_case_id_hash"])
    assert [key["reference"]["resource"] for key in cases["case_link"]] == ["pol_crime"]
