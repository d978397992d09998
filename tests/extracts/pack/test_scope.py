"""Nothing outside the scope in any format: columns and rows of every file against the specification and the release."""

import csv
import json

import pyarrow as pa
import pytest
from pyarrow import parquet

from extracts import delivery
from extracts.formats.columns import sheets_of
from extracts.formats.known import FORMATS
from extracts.formats.names import names_in
from tests.extracts.formats import readers
from tests.extracts.pack import linked_extract

pytestmark = pytest.mark.long

READ = {
    "csv": readers.csv_rows, "stata": readers.stata_rows, "spss": readers.spss_rows, "r": readers.r_rows,
}  # fmt: skip


def test_every_format_holds_the_rows_of_the_parquet_file_value_by_value(made):
    for sheet in sheets_of(made.spec, made.catalogue, linked_extract.NOON):
        true = readers.true_rows(made.folder / f"{sheet.name}.parquet")
        for format, read in READ.items():
            found = read(made.folder / (sheet.name + FORMATS[format].suffix), sheet)
            wanted = readers.told(true, sheet, empty_is_missing=True, keys_as_text=format != "csv")
            assert found == wanted, (sheet.name, format)


def test_every_file_has_the_columns_of_the_specification_and_no_other(made):
    described = json.loads((made.folder / "datapackage.json").read_text())
    fields = {one["path"]: [field["name"] for field in one.get("schema", {}).get("fields", [])]
              for one in described["resources"]}  # fmt: skip
    for table in made.spec.tables:
        asked = [column.name for column in table.columns]
        assert parquet.read_schema(made.folder / f"{table.name}.parquet").names == asked
        with (made.folder / f"{table.name}.csv").open(newline="") as file:
            assert next(csv.reader(file)) == asked
        for one in FORMATS.values():
            assert fields[table.name + one.suffix] == list(names_in(one.name, asked).values())


def test_rows_lie_in_the_period_and_the_release_has_others(made):
    released = made.table("pol_crime")
    days = released["recorded_date"].dt.date
    inside = (days >= linked_extract.FIRST) & (days <= linked_extract.LAST)
    assert 0 < inside.sum() < len(released)
    assert parquet.read_metadata(made.folder / "pol_crime.parquet").num_rows == inside.sum()


def test_no_surrogate_of_the_release_is_in_any_file(made):
    """Seven digits more than chance could give: surrogates have up to nineteen."""
    surrogates = set()
    for table in made.spec.tables:
        released = parquet.read_table(made.release / f"{table.name}.parquet")
        keys = [v.name for v in made.catalogue[table.name].variables if v.pseudonymised]
        surrogates |= {str(key) for name in keys for key in pa.chunked_array(released[name]).to_pylist() if key}
    for sheet in sheets_of(made.spec, made.catalogue, linked_extract.NOON):
        for format, read in READ.items():
            rows = read(made.folder / (sheet.name + FORMATS[format].suffix), sheet)
            assert surrogates.isdisjoint(str(value) for row in rows for value in row), (sheet.name, format)


def test_the_manifest_lists_all_and_the_same_extract_is_the_same_bytes(made, tmp_path):
    assert delivery.verify(made.folder) == []
    twice = linked_extract.again(made, into=tmp_path / "again")
    assert twice.manifest.files == made.manifest.files
    assert delivery.digest_of(twice.folder) == delivery.digest_of(made.folder)
    names = {file.name for file in made.manifest.files}
    assert {table.name + one.suffix for table in made.spec.tables for one in FORMATS.values()} <= names
    assert {"datapackage.json", "known-breaks.csv", "suggested-citation.txt", "linkage-of-this-extract.csv"} <= names
