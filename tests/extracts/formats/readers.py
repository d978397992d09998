"""Every format read by its own reader, into rows that say the same thing the same way."""

from __future__ import annotations

import csv
import io
import math
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyreadstat
import rdata
from pyarrow import parquet

from extracts.formats.columns import Kind, Sheet

R_SCRIPT = """
read <- list(rds = readRDS, dta = haven::read_dta, sav = haven::read_sav)
path <- commandArgs(TRUE)[1]
frame <- as.data.frame(read[[tools::file_ext(path)]](path))
text <- function(v) {
  if (inherits(v, "Date")) format(v) else if (is.factor(v)) as.character(v)
  else if (is.logical(v)) ifelse(v, "true", "false")
  else if (is.numeric(v)) ifelse(is.na(v), NA, sprintf("%.17g", as.numeric(v))) else as.character(v)
}
shown <- if (nrow(frame)) as.data.frame(lapply(frame, text), check.names = FALSE, optional = TRUE) else frame
write.csv(shown, row.names = FALSE, na = "\\\\N", fileEncoding = "UTF-8")
"""


def true_rows(path: Path) -> list[list]:
    """The rows of the Parquet file: what all other files are compared with."""
    return [list(row.values()) for row in parquet.read_table(path).to_pylist()]


def csv_rows(path: Path, sheet: Sheet) -> list[list]:
    """By Python's own reader, which tells no empty text from a missing one; see `told` for what that comes to."""
    made = {
        Kind.KEY: int, Kind.INTEGER: int, Kind.DECIMAL: float, Kind.BOOLEAN: {"true": True, "false": False}.get,
        Kind.DATE: date.fromisoformat, Kind.TEXT: str,
    }  # fmt: skip
    with path.open(encoding="utf-8", newline="") as file:
        _, *lines = csv.reader(file)
    return [
        [None if cell == "" else made[column.kind](cell) for cell, column in zip(line, sheet.columns, strict=True)]
        for line in lines
    ]


def stata_rows(path: Path, sheet: Sheet) -> list[list]:
    """By ReadStat, with the labels taken apart again."""
    frame, about = pyreadstat.read_dta(str(path))
    return _statistical(frame, about, sheet, by_label=True)


def stata_rows_by_pandas(path: Path, sheet: Sheet) -> list[list]:
    """By pandas, which wrote the file and reads it by other code, as categories."""
    frame = pd.read_stata(path)
    return [
        [_plain(value, column, coded=_code_in) for value, column in zip(row, sheet.columns, strict=True)]
        for row in frame.astype(object).itertuples(index=False)
    ]


def spss_rows(path: Path, sheet: Sheet) -> list[list]:
    frame, about = pyreadstat.read_sav(str(path))
    return _statistical(frame, about, sheet, by_label=False)


def r_rows(path: Path, sheet: Sheet) -> list[list]:
    """By rdata's reader."""
    frame = rdata.read_rds(path)
    return [
        [_plain(value, column, coded=lambda text: text) for value, column in zip(row, sheet.columns, strict=True)]
        for row in frame.astype(object).itertuples(index=False)
    ]


def rows_by_r_itself(path: Path, sheet: Sheet) -> list[list]:
    """By R, with haven for Stata and SPSS. Numbered codes come as their numbers."""
    done = subprocess.run(["Rscript", "-e", R_SCRIPT, str(path)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    _, *lines = csv.reader(io.StringIO(done.stdout, newline=""))
    return [
        [_spelt(cell, column, path.suffix) for cell, column in zip(line, sheet.columns, strict=True)] for line in lines
    ]


def told(rows: list[list], sheet: Sheet, *, empty_is_missing: bool, keys_as_text: bool) -> list[list]:
    """The true rows as a format can tell them."""
    return [
        [
            None if empty_is_missing and value == ""
            else str(value) if keys_as_text and column.kind is Kind.KEY and value is not None
            else value
            for value, column in zip(row, sheet.columns, strict=True)
        ]
        for row in rows
    ]  # fmt: skip


def _statistical(frame: pd.DataFrame, about, sheet: Sheet, *, by_label: bool) -> list[list]:
    rows = []
    for row in frame.astype(object).itertuples(index=False):
        cells = []
        for value, name, column in zip(row, frame.columns, sheet.columns, strict=True):
            labels = about.variable_value_labels.get(name, {})
            if column.codes and by_label and not _missing(value):
                value = _code_in(labels[value])
            cells.append(_plain(value, column, coded=lambda text: text))
        rows.append(cells)
    return rows


def _code_in(label: str) -> str:
    """The code from `code: label`."""
    return label.partition(": ")[0]


def _missing(value) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _plain(value, column, *, coded):
    if _missing(value) or value == "":
        return None
    if column.codes:
        return coded(str(value))
    if column.kind is Kind.DATE:
        if isinstance(value, float | int):
            return date(1970, 1, 1) + timedelta(days=int(value))
        return value.date() if hasattr(value, "date") else value
    if column.kind is Kind.BOOLEAN:
        return {"yes": True, "no": False}.get(value, value if isinstance(value, bool) else bool(value))
    return {Kind.INTEGER: int, Kind.DECIMAL: float}.get(column.kind, str)(value)


def _spelt(cell: str, column, suffix: str):
    if cell in ("\\N", ""):
        return None
    if column.codes and suffix == ".dta":
        return int(cell)
    made = {
        Kind.INTEGER: lambda text: int(float(text)), Kind.DECIMAL: float,
        Kind.BOOLEAN: {"true": True, "false": False, "1": True, "0": False}.get, Kind.DATE: date.fromisoformat,
    }  # fmt: skip
    return made.get(column.kind, str)(cell)
