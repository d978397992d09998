"""What the papers of a small extract say, read as a researcher would."""

import csv
import json
from datetime import date

import pytest

from extracts import pipeline
from extracts.formats.known import FORMATS
from extracts.specification import compile_specification
from tests.extracts import small_dataset as small
from tests.extracts.pack import standard
from tests.extracts.test_pipeline import GRANTED, KEY

BREAKS = (
    "from,to,tables,what,source\n"
    "2020-01-01,,crime + victim,Counted anew.,the office\n"
    ",2018-12-31,crime,Before the period.,the office\n"
    ",,secret,Not in the extract.,the office\n"
)


@pytest.fixture
def build(tmp_path):
    small.published(tmp_path)

    def build(name="one", *, formats=tuple(FORMATS), breaks=BREAKS, granted=GRANTED, **options):
        described = tmp_path / "described"
        if not described.exists():
            small.describe(described)
        (described / "breaks.csv").write_text(breaks)
        catalogue = small.small_catalogue(tmp_path)
        spec = compile_specification(small.scope(**granted), catalogue, "1", formats=formats, **options)
        into = tmp_path / "staging" / name
        into.mkdir(parents=True)
        with small.open_small(tmp_path) as store:
            pipeline.build(
                spec, catalogue=catalogue, store=store, key=KEY, into=into, created_at=small.NOON,
                progress=lambda _: None, project="P-7",
            )  # fmt: skip
        return into

    return build


def lines(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_dictionary_says_of_each_column_how_each_format_tells_it(build):
    told = {(line["table"], line["variable"]): line for line in lines(build() / "dictionary.csv")}
    force, key = told["crime", "force"], told["crime", "crime_id"]
    assert (force["type_in_stata"], force["missing_in_stata"]) == ("number, labelled with code: label", ".")
    assert (force["type_in_r"], force["missing_in_r"]) == ('factor of the codes; labels in attr(x, "labels")', "NA")
    assert (key["type_in_parquet"], key["type_in_spss"]) == ("64-bit integer", "text of digits")
    assert (key["missing_in_csv"], key["missing_in_parquet"]) == ("nothing between the commas", "null")
    assert force["level"] == "Region" and force["codes"] == "forces"


def test_only_formats_that_are_there_are_told_of(build):
    folder = build(formats=("parquet", "r"))
    assert not [name for name in lines(folder / "dictionary.csv")[0] if "stata" in name or "csv" in name]
    assert "readRDS" in (folder / "README.txt").read_text() and "Stata (" not in (folder / "README.txt").read_text()
    assert list(lines(folder / "dictionary-codes.csv")[0]) == ["table", "variable", "code", "label", "level_in_r"]


def test_codes_and_their_numbers_join_the_formats(build):
    codes = [line for line in lines(build() / "dictionary-codes.csv") if line["variable"] == "force"]
    assert [(line["code"], line["number_in_stata"], line["value_in_spss"], line["level_in_r"]) for line in codes] == [
        ("North", "1", "North", "North"),
        ("South", "2", "South", "South"),
    ]


def test_the_citation_names_dataset_release_project_and_owners(build):
    said = (build() / "suggested-citation.txt").read_text()
    assert "Police (2026). Small <data>, release 1 [data set]. invented. Extract for project P-7." in said
    assert "Nobody real & nothing true." in said


def test_only_breaks_of_these_tables_and_days_are_told(build):
    folder = build()
    assert lines(folder / "known-breaks.csv") == [
        {"from": "2020-01-01", "to": "", "tables": "crime + victim", "what": "Counted anew.", "source": "the office"}
    ]
    said = (folder / "known-breaks.txt").read_text()
    assert "From 2020-01-01 on" in said and "Before the period" not in said and "synthetic" in said


def test_that_no_break_is_known_is_said_and_is_no_promise(build):
    said = (build(breaks="from,to,tables,what,source\n") / "known-breaks.txt").read_text()
    assert "no promise" in said


def test_the_descriptor_of_a_small_extract_keeps_the_standard_and_states_its_keys(build):
    folder = build()
    descriptor = json.loads((folder / "datapackage.json").read_text())
    assert standard.problems_of(descriptor, folder) == []
    resources = {one["name"]: one for one in descriptor["resources"]}
    victim = resources["victim"]["schema"]
    assert victim["primaryKey"] == ["crime_id", "number"]
    assert victim["foreignKeys"] == [
        {"fields": ["crime_id"], "reference": {"resource": "crime", "fields": ["crime_id"]}}
    ]
    assert resources["victim-csv"]["schema"]["missingValues"] == [""]
    fields = {field["name"]: field for field in resources["crime-stata"]["schema"]["fields"]}
    assert fields["force"]["type"] == "integer" and fields["crime_id"]["type"] == "string"
    assert fields["force"]["categories"] == [{"value": 1, "label": "North"}, {"value": 2, "label": "South"}]


def test_a_code_that_no_list_knows_is_delivered_and_not_enumerated(tmp_path):
    source = small.tables()
    crime = source["crime"].to_pydict()
    crime["force"][0] = "X"
    source["crime"] = type(source["crime"]).from_pydict(crime)
    small.published(tmp_path, source=small.write_source(tmp_path / "source", **source))
    catalogue = small.small_catalogue(tmp_path)
    whole = small.scope(crime=[("recorded_on", "month"), ("force", "force")], first=date(2019, 1, 1))
    spec = compile_specification(whole, catalogue, "1", formats=tuple(FORMATS))
    into = tmp_path / "staging" / "x"
    into.mkdir(parents=True)
    with small.open_small(tmp_path) as store:
        pipeline.build(
            spec, catalogue=catalogue, store=store, key=KEY, into=into, created_at=small.NOON, progress=lambda _: None
        )
    resources = json.loads((into / "datapackage.json").read_text())["resources"]
    fields = {field["name"]: field for field in resources[0]["schema"]["fields"]}
    assert "constraints" not in fields["force"] and "categories" not in fields["force"]
