"""SPSS .sav, by ReadStat through pyreadstat."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyreadstat
from pyarrow import compute as pc

from extracts.formats.columns import TEXTS, Column, Kind
from extracts.formats.names import names_in
from extracts.formats.whole import Whole, cut
from extracts.specification import SPSS

LONGEST_LABEL, LONGEST_VALUE_LABEL, LONGEST_FILE_LABEL = 255, 120, 64  # bytes
LONGEST_TEXT = 32_767  # bytes
SECONDS_A_DAY, DAYS_TO_1970 = 86_400, 141_428  # SPSS counts seconds from 14 October 1582
TRUTHS = {0: "no", 1: "yes"}
MADE_AT, MADE_AT_BYTES = 92, 17  # where the header says when the file was made: `dd mmm yyhh:mm:ss`
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SHOWN = {Kind.INTEGER: "F16.0", Kind.BOOLEAN: "F1.0", Kind.DATE: "SDATE10", Kind.DECIMAL: "F16.4"}


class SpssFile(Whole):
    """Codes stay the codes they are, with value labels; truths are 0 and 1."""

    format = SPSS

    def save(self, table: pa.Table) -> None:
        columns = self.sheet.columns
        names = names_in(SPSS, [column.name for column in columns])
        series: dict[str, pd.Series[Any]] = {}
        labels: dict[str, dict[Any, str]] = {}
        for number, column in enumerate(columns):
            series[names[column.name]] = self._series(table.column(number), column)
            labels[names[column.name]] = _labels(column)
        # ReadStat writes to a path only. A file in memory has one, and leaves nothing on a disk.
        descriptor = os.memfd_create("sav")
        with os.fdopen(descriptor, "w+b") as file:
            pyreadstat.write_sav(
                pd.DataFrame(series, copy=False),
                f"/proc/self/fd/{descriptor}",
                file_label=cut(self.sheet.label, LONGEST_FILE_LABEL),
                column_labels={names[column.name]: cut(column.label, LONGEST_LABEL) for column in columns},
                row_compress=True,
                variable_value_labels={name: given for name, given in labels.items() if given},
                variable_format={names[column.name]: SHOWN[column.kind] for column in columns if column.kind in SHOWN},
                variable_measure={names[column.name]: _measure(column) for column in columns},
            )
            file.seek(MADE_AT)
            file.write(made_at(self.sheet.created_at))
            file.seek(0)
            shutil.copyfileobj(file, self.sink)

    def _series(self, values: pa.ChunkedArray, column: Column) -> pd.Series[Any]:
        if column.kind in TEXTS:
            texts = self.texts(values, column, longest=LONGEST_TEXT)
            return pd.Series(pc.fill_null(texts, "").to_pandas())
        numbers, missing = self.numbers(values, column)
        if column.kind is Kind.DATE:
            numbers = (numbers.astype(np.float64) + DAYS_TO_1970) * SECONDS_A_DAY
        return pd.Series(np.where(missing, np.nan, numbers))


def _labels(column: Column) -> dict[Any, str]:
    if column.kind is Kind.BOOLEAN:
        return dict(TRUTHS)
    return {code: cut(label, LONGEST_VALUE_LABEL) for code, label in column.codes}


def _measure(column: Column) -> str:
    return "scale" if column.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.DATE) else "nominal"


def made_at(moment: datetime) -> bytes:
    """The moment as the header tells it. Month names are ours, as those of the system follow its language."""
    text = f"{moment.day:02} {MONTHS[moment.month - 1]} {moment.year % 100:02}{moment:%H:%M:%S}"
    return text.encode("ascii")[:MADE_AT_BYTES]
