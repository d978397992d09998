"""Files of Stata, SPSS, SAS and R: tables with their labels, notes, and objects that are no tables."""

import gzip
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import rdata

from extracts.disclosure.policy import SRS_10, Policy
from extracts.disclosure.reading.contents import PartKind
from extracts.disclosure.reading.formats.statistical import read
from extracts.disclosure.reading.triage import CannotRead

from .parts import concealed, kinds, tables, texts

FRAME = pd.DataFrame({"sex": [1, 2], "n": [12, 30]})
LABELS = {"sex": {1: "men", 2: "women"}}
WANTED = [("sex", "n"), ("men", "12"), ("women", "30")]


def written(write: Callable[..., None], frame: object = FRAME, **said: object) -> bytes:
    """A file of a statistical program."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        write(frame, str(path), **said)
        return path.read_bytes()


@pytest.mark.parametrize("write", [pyreadstat.write_dta, pyreadstat.write_sav])
def test_values_are_shown_by_their_labels(write: Callable[..., None]) -> None:
    contents = read(written(write, variable_value_labels=LABELS), "a", SRS_10)
    assert tables(contents) == {"": WANTED}
    assert concealed(contents) == []


def test_a_sas_transport_file() -> None:
    contents = read(written(pyreadstat.write_xport), "a.xpt", SRS_10)
    assert tables(contents) == {"": [("sex", "n"), ("1", "12"), ("2", "30")]}


def test_labels_of_columns_and_notes_are_text() -> None:
    said = {"file_label": "Made by Bo", "column_labels": ["Sex of the victim", "Victims"]}
    assert "Sex of the victim" in texts(read(written(pyreadstat.write_dta, **said), "a.dta", SRS_10))
    contents = read(written(pyreadstat.write_sav, note=["Ann Ash is in row 2"]), "a.sav", SRS_10)
    assert "Ann Ash is in row 2" in texts(contents)
    assert concealed(contents) == [("hidden_content", "review")]


def test_labels_that_no_row_has_are_found() -> None:
    labels = {"sex": {1: "men", 2: "women", 3: "Ann Ash"}}
    contents = read(written(pyreadstat.write_dta, variable_value_labels=labels), "a.dta", SRS_10)
    assert "Ann Ash" in texts(contents) and concealed(contents) == [("hidden_content", "review")]


def rds(value: object) -> bytes:
    return written(lambda frame, path: rdata.write_rds(path, frame), value)


def rda(values: dict) -> bytes:
    return written(lambda frame, path: rdata.write_rda(path, frame), values)


def test_a_data_frame_of_r() -> None:
    frame = pd.DataFrame({"area": pd.Series(["North", "South"], dtype=object), "n": [12, 30]})
    contents = read(rds(frame), "a.rds", SRS_10)
    assert tables(contents) == {"": [("area", "n"), ("North", "12"), ("South", "30")]}
    assert concealed(contents) == []


def test_names_of_rows_are_a_column() -> None:
    frame = pd.DataFrame({"n": [12, 30]}, index=pd.Index(["Ann Ash", "Bo Birch"], dtype=object))
    assert tables(read(rds(frame), "a.rds", SRS_10))[""][1] == ("Ann Ash", "12")


def test_every_object_of_a_workspace_is_read() -> None:
    values = {"counts": pd.DataFrame({"n": [12, 30]}), "inner": {"small": pd.DataFrame({"n": [3]}), "k": np.arange(4)}}
    found = tables(read(rda(values), "a.rda", SRS_10))
    assert found["counts"] == [("n",), ("12",), ("30",)]
    assert found["inner$small"] == [("n",), ("3",)]
    assert found["inner$k"] == [("value",), ("0",), ("1",), ("2",), ("3",)]


def test_an_object_of_another_class_is_a_model() -> None:
    contents = read(LM_BINARY, "a.rds", SRS_10)
    assert kinds(contents)[0] == PartKind.MODEL
    assert "lm" in contents.parts[0].note


def _lm() -> bytes:
    """A list of the class lm in R's binary form, version 2, as saveRDS writes it."""

    def number(value: int) -> bytes:
        return value.to_bytes(4, "big")

    def text(value: str) -> bytes:
        return number(0x00040009) + number(len(value)) + value.encode()

    def texts_of(value: str) -> bytes:
        return number(16) + number(1) + text(value)

    def attribute(name: str, value: str) -> bytes:
        return number(0x00000402) + number(1) + text(name) + texts_of(value)

    numbers = number(14) + number(2) + np.array([1.5, 2.0]).astype(">f8").tobytes()
    held = number(0x00000313) + number(1) + numbers
    return b"X\n" + number(2) + number(0x00040200) + number(0x00020300) + held + (
        attribute("names", "coefficients") + attribute("class", "lm") + number(254)
    )  # fmt: skip


LM_BINARY = gzip.compress(_lm())


def test_files_that_r_itself_wrote_are_all_read() -> None:
    """rdata brings some of every kind of object: vectors, matrices, lists, functions, S4, expressions."""
    paths = sorted(Path(str(rdata.TESTDATA_PATH)).rglob("*xdr__version_3.rd*"))
    assert len(paths) > 100
    found = {path.name: read(path.read_bytes(), path.name, SRS_10) for path in paths}
    models = {name.split("__")[0] for name, contents in found.items() if PartKind.MODEL in kinds(contents)}
    assert {"test_s4", "test_minimal_function", "test_namespace"} <= models
    assert not {"test_vector", "test_matrix", "test_dataframe"} & models


def test_too_large_and_broken_files_are_not_read() -> None:
    with pytest.raises(CannotRead, match="cells"):
        read(written(pyreadstat.write_dta), "a.dta", Policy("small", "1", max_cells=5))
    for content in (
        written(pyreadstat.write_dta)[:300], written(pyreadstat.write_sav)[:200], b"HEADER RECORD*******LIB",
        rds(FRAME)[:40], b"X\n\x00\x00\x00\x02", b"nothing",
    ):  # fmt: skip
        with pytest.raises(CannotRead):
            read(content, "a", SRS_10)
