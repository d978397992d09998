"""Every format says what the Parquet file says, as its own reader and as other people's programs read it."""

import gzip
import io
import shutil
import subprocess
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyreadstat
import pytest
import rdata

from extracts.formats import whole
from extracts.formats.columns import Column, Kind, Sheet
from extracts.formats.files import WRITERS, TableFiles
from extracts.formats.known import FORMATS, Format, TooManyRows, why_too_many
from extracts.formats.names import names_in
from extracts.formats.spss import SpssFile
from extracts.formats.whole import CannotHold
from tests.extracts.formats import every_type as every
from tests.extracts.formats import readers

no_r = (
    shutil.which("Rscript") is None
    or subprocess.run(["Rscript", "-e", "library(haven)"], capture_output=True).returncode != 0
)
with_r = pytest.mark.skipif(no_r, reason="NOT READ BY R: no R with the package haven (apt: r-base-core r-cran-haven)")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return every.write(tmp_path_factory.mktemp("formats"))


READ_BY = {
    "csv": (".csv", readers.csv_rows, False),
    "stata by ReadStat": (".dta", readers.stata_rows, True),
    "stata by pandas": (".dta", readers.stata_rows_by_pandas, True),
    "spss": (".sav", readers.spss_rows, True),
    "r by rdata": (".rds", readers.r_rows, True),
}


@pytest.mark.parametrize("way", READ_BY)
def test_every_value_is_that_of_the_parquet_file(folder, way):
    suffix, read, keys_as_text = READ_BY[way]
    true = readers.true_rows(folder / "things.parquet")
    wanted = readers.told(true, every.SHEET, empty_is_missing=True, keys_as_text=keys_as_text)
    assert read(folder / f"things{suffix}", every.SHEET) == wanted


@with_r
@pytest.mark.parametrize("suffix", [".rds", ".dta", ".sav"])
def test_r_itself_reads_the_same(folder, suffix):
    true = readers.true_rows(folder / "things.parquet")
    wanted = readers.told(true, every.SHEET, empty_is_missing=True, keys_as_text=True)
    if suffix == ".dta":
        numbered = {"N": 1, "S": 2, "E": 3, "0-9": 1, "10+": 2, "unlisted": 4}
        coded = [bool(column.codes) for column in every.SHEET.columns]
        wanted = [[numbered.get(v) if c else v for v, c in zip(row, coded, strict=True)] for row in wanted]
    found = readers.rows_by_r_itself(folder / f"things{suffix}", every.SHEET)
    assert found == wanted


@with_r
def test_r_sees_factors_dates_truths_and_labels(folder):
    script = f"""
        d <- readRDS("{folder / "things.rds"}")
        stopifnot(is.factor(d$force), identical(levels(d$force), c("N", "S", "E", "unlisted")))
        stopifnot(identical(attr(d$force, "labels")[["S"]], "Southshire: the old county"))
        stopifnot(inherits(d$day, "Date"), is.logical(d$weapon), is.integer(d$small), is.double(d$great))
        stopifnot(is.na(d$case_id[3]), is.na(d$amount[3]), !is.nan(d$amount[3]), is.na(d$note[3]), d$note[2] == "")
        stopifnot(attr(d, "label") == "Things of every type", attr(d$day, "label") == "When")
        stopifnot(nrow(d) == 4, identical(row.names(d), c("1", "2", "3", "4")), Encoding(d$note[1]) == "UTF-8")
        levels(d$force) <- attr(d$force, "labels")
        stopifnot(as.character(d$force)[1] == "Northshire")
        stopifnot(nrow(subset(d, force == "Northshire")) == 1, nrow(rbind(d, d)) == 8)
    """
    done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_stata_and_spss_carry_labels_of_variables_and_values(folder):
    stata = pyreadstat.read_dta(str(folder / "things.dta"))[1]
    assert stata.variable_value_labels["force"] == {
        1: "N: Northshire", 2: "S: Southshire: the old county", 3: "E", 4: "unlisted",
    }  # fmt: skip
    assert stata.variable_value_labels["weapon"] == {0: "no", 1: "yes"}
    spss = pyreadstat.read_sav(str(folder / "things.sav"))[1]
    assert spss.variable_value_labels["force"] == dict(every.CODES)
    for about in (stata, spss):
        assert about.column_labels[:4] == ["The case", "Where", "How old", "Words – as written"]
        assert about.file_label == "Things of every type"


def test_an_empty_text_is_told_from_a_missing_one_where_the_format_can(folder):
    position = every.SCHEMA.get_field_index("note")
    texts = pd.read_csv(folder / "things.csv", dtype=str, keep_default_na=False)["note"]
    assert (folder / "things.csv").read_text().splitlines()[-2].split(",")[3] == ""  # missing: nothing, not ""
    assert texts[1] == "" and '""' in (folder / "things.csv").read_text()
    frame = rdata.read_rds(folder / "things.rds")
    assert frame.iloc[1, position] == "" and pd.isna(frame.iloc[2, position])


def test_the_same_rows_are_the_same_bytes_at_any_time(tmp_path, monkeypatch):
    """Whatever the clock says: gzip, Stata and SPSS would each write it."""
    first = every.write(tmp_path / "one")
    monkeypatch.setattr("time.time", lambda: 86_400.0)
    second = every.write(tmp_path / "two")
    for name in FORMATS.values():
        file = f"things{name.suffix}"
        assert (first / file).read_bytes() == (second / file).read_bytes(), file


def test_the_moment_in_the_headers_is_that_of_the_extract(folder):
    assert b"01 Nov 2612:30:15" in (folder / "things.sav").read_bytes()[:176]
    assert pyreadstat.read_sav(str(folder / "things.sav"))[1].creation_time.isoformat() == "2026-11-01T12:30:15"
    assert pyreadstat.read_dta(str(folder / "things.dta"))[1].creation_time.isoformat() == "2026-11-01T12:30:00"
    assert (folder / "things.rds").read_bytes()[4:8] == b"\0\0\0\0"  # gzip: no time at all


def test_two_moments_give_two_files(tmp_path, folder):
    """So that the test above would see a moment that is left out or made up."""
    later = replace(every.SHEET, created_at=every.NOON.replace(year=2027))
    other = every.write(tmp_path, sheet=later)
    assert (other / "things.sav").read_bytes() != (folder / "things.sav").read_bytes()
    assert (other / "things.dta").read_bytes() != (folder / "things.dta").read_bytes()


def test_a_table_without_rows_has_its_columns_in_every_format(tmp_path):
    folder = every.write(tmp_path, rows=[])
    names = list(every.SCHEMA.names)
    assert list(rdata.read_rds(folder / "things.rds").columns) == names
    frame, about = pyreadstat.read_dta(str(folder / "things.dta"))
    assert len(frame) == 0 and about.column_names == list(names_in("stata", names).values())
    frame, about = pyreadstat.read_sav(str(folder / "things.sav"))
    assert len(frame) == 0 and about.column_names == list(names_in("spss", names).values())
    assert readers.csv_rows(folder / "things.csv", every.SHEET) == []


def test_names_that_a_program_does_not_take_are_changed_and_stay_apart():
    names = ["in", "in_", "to", "case_id", "str4", *(every.LONG_NAME + end for end in ("1", "2")), "9th", "Case_ID"]
    stata, spss = names_in("stata", names), names_in("spss", names)
    assert [stata[name] for name in names[:5]] == ["in_", "in__2", "to", "case_id", "str4_"]
    assert [spss[name] for name in names[:5]] == ["in", "in_", "to_", "case_id", "str4"]
    assert stata["9th"] == "v9th" and spss["Case_ID"] == "Case_ID_2" and stata["Case_ID"] == "Case_ID"
    for found, longest in ((stata, 32), (spss, 64)):
        assert len(set(found.values())) == len(names) and max(map(len, found.values())) <= longest
    assert names_in("parquet", names) == names_in("r", names) == {name: name for name in names}


def test_labels_are_cut_to_what_a_format_takes(tmp_path):
    label = "é" * 300
    column = Column("c", label, Kind.TEXT, (("a", label), ("b", "B")))
    sheet = Sheet("things", label, (column,), every.NOON)
    schema = pa.schema([("c", pa.string())])
    every.write(tmp_path, sheet=sheet, schema=schema, rows=[pa.record_batch([pa.array(["a", "b"])], schema=schema)])
    spss = pyreadstat.read_sav(str(tmp_path / "things.sav"))[1]
    assert spss.variable_value_labels["c"] == {"a": "é" * 60, "b": "B"} and spss.column_labels == ["é" * 127]
    stata = pyreadstat.read_dta(str(tmp_path / "things.dta"))[1]
    assert stata.column_labels == ["é" * 80] and stata.variable_value_labels["c"][1] == f"a: {label}"


def one_column(kind, arrow, values):
    column = Column("c", "C", kind)
    schema = pa.schema([("c", arrow)])
    return Sheet("t", "T", (column,), every.NOON), schema, pa.record_batch([pa.array(values, arrow)], schema=schema)


CANNOT = {
    "whole numbers beyond 2^53": (Kind.INTEGER, pa.int64(), [2**53 + 1], {"stata", "spss", "r"}),
    "an infinite number": (Kind.DECIMAL, pa.float64(), [float("-inf")], {"stata", "spss", "r"}),
    "a zero byte": (Kind.TEXT, pa.string(), ["a\0b"], {"stata", "spss", "r"}),
    "a very long text": (Kind.TEXT, pa.string(), ["x" * 40_000], {"spss"}),
}


@pytest.mark.parametrize("what", CANNOT)
def test_what_a_format_would_alter_is_refused_and_the_column_named(what):
    kind, arrow, values, refusing = CANNOT[what]
    sheet, schema, batch = one_column(kind, arrow, values)
    for name, make in WRITERS.items():
        writer = make(io.BytesIO(), sheet, schema)
        writer.write(batch)
        if name in refusing:
            with pytest.raises(CannotHold, match=r"^t\.c holds ") as refusal:
                writer.close()
            assert repr(values[0]) not in str(refusal.value)
        else:
            writer.close()


def test_more_rows_than_a_format_takes_are_refused_with_what_to_do(monkeypatch, tmp_path):
    assert why_too_many(["parquet", "csv"], "crime", 10**9) == []
    (reason,) = why_too_many(["parquet", "spss"], "crime", 1_000_001)
    assert reason == (
        "SPSS files hold at most 1,000,000 rows of a table, and crime has 1,000,001: "
        "leave SPSS out and open the Parquet file instead, or narrow the cohort or the period."
    )
    assert why_too_many(["spss"], "crime", 1_000_000) == []
    few = Format("spss", "SPSS", ".sav", "", "", most_rows=3)
    monkeypatch.setitem(FORMATS, "spss", few)
    with (
        pytest.raises(TooManyRows),
        TableFiles(tmp_path / "t", every.SHEET, every.SCHEMA, formats=["parquet", "spss"]) as files,
    ):
        for batch in every.batches():
            files.write(batch)
    assert (tmp_path / "t.sav").read_bytes() == b"", "nothing is written of a table that does not fit"


def test_any_sink_will_do():
    """So that a file can be encrypted on its way: no writer needs a path, or leaves one."""
    for name, make in WRITERS.items():
        sink = io.BytesIO()
        writer = make(sink, every.SHEET, every.SCHEMA)
        for batch in every.batches():
            writer.write(batch)
        writer.close()
        assert len(sink.getvalue()) > 500, name
        assert not sink.closed


def test_cutting_a_label_never_breaks_a_character():
    assert whole.cut("aé", 2) == "a" and whole.cut("aé", 3) == "aé"


def test_gzip_of_r_holds_what_r_calls_form_3():
    sink = io.BytesIO()
    writer = WRITERS["r"](sink, every.SHEET, every.SCHEMA)
    writer.close()
    assert gzip.decompress(sink.getvalue()).startswith(b"X\n\0\0\0\3")


def test_spss_leaves_no_file_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    writer = SpssFile(io.BytesIO(), every.SHEET, every.SCHEMA)
    writer.close()
    assert list(tmp_path.iterdir()) == []


def test_keys_of_128_bits_are_text_in_every_format(tmp_path):
    column, schema = Column("c", "C", Kind.HEX), pa.schema([("c", pa.string())])
    sheet, keys = Sheet("things", "T", (column,), every.NOON), ["0f" * 16, None, "ff" * 16]
    folder = every.write(tmp_path, sheet=sheet, schema=schema, rows=[pa.record_batch([pa.array(keys)], schema=schema)])
    for suffix, read in ((".dta", readers.stata_rows), (".sav", readers.spss_rows), (".rds", readers.r_rows)):
        assert read(folder / f"things{suffix}", sheet) == [[key] for key in keys]
