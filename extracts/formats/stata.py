"""Stata .dta, form 118 (Stata 14 and later), by the writer of pandas."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute as pc

from extracts.formats.columns import TEXTS, Column, Kind
from extracts.formats.names import names_in
from extracts.formats.whole import Whole, longest_of
from extracts.specification import STATA

FORM: Literal[118] = 118
LONGEST_LABEL, LONGEST_VALUE_LABEL = 80, 32_000  # characters, bytes
LONGEST_TEXT = 2045  # bytes; what is longer is kept as strL
LARGEST_LONG, SMALLEST_LONG = 2_147_483_620, -2_147_483_647
TRUTHS = {0: "no", 1: "yes"}


class StataFile(Whole):
    """Codes are numbered in the order of their list, from 1, and labelled `code: label`."""

    format = STATA

    def save(self, table: pa.Table) -> None:
        names = names_in(STATA, [column.name for column in self.sheet.columns])
        labels: dict[str, dict[Any, str]] = {}
        series: dict[str, pd.Series[Any]] = {}
        long: list[str] = []
        for number, column in enumerate(self.sheet.columns):
            name, values = names[column.name], table.column(number)
            series[name] = self._series(values, column, labels.setdefault(name, {}))
            if column.kind is Kind.TEXT and not column.codes and longest_of(values) > LONGEST_TEXT:
                long.append(name)
        dates: Any = {names[column.name]: "td" for column in self.sheet.columns if column.kind is Kind.DATE}
        # The writer goes back to its header, which a sealed file does not let it.
        made = None if self.sink.seekable() else BytesIO()
        pd.DataFrame(series, copy=False).to_stata(
            made or self.sink,
            convert_dates=dates,
            write_index=False,
            # The writer would take the clock's time otherwise; form 118 tells no zone.
            time_stamp=self.sheet.created_at.replace(tzinfo=None),
            data_label=self.sheet.label[:LONGEST_LABEL],
            variable_labels={names[column.name]: column.label[:LONGEST_LABEL] for column in self.sheet.columns},
            convert_strl=long,
            version=FORM,
            value_labels={name: given for name, given in labels.items() if given},
        )
        if made:
            self.sink.write(made.getbuffer())

    def _series(self, values: pa.ChunkedArray, column: Column, labels: dict[Any, str]) -> pd.Series[Any]:
        if column.codes:
            positions, missing, codes = self.coded(values, column)
            labels.update({number: value_label(code, label) for number, (code, label) in enumerate(codes, 1)})
            return _integers(positions + 1, missing)
        if column.kind in TEXTS:
            return pd.Series(pc.fill_null(self.texts(values, column), "").to_pandas())
        numbers, missing = self.numbers(values, column)
        if column.kind is Kind.DATE:
            days = numbers.astype("datetime64[D]")
            days[missing] = np.datetime64("NaT")
            return pd.Series(days.astype("datetime64[s]"))
        if column.kind is Kind.BOOLEAN:
            labels.update(TRUTHS)
        if column.kind is Kind.DECIMAL or (len(numbers) and _too_large(numbers)):
            return pd.Series(np.where(missing, np.nan, numbers))
        return _integers(numbers, missing)


def value_label(code: str, label: str) -> str:
    """What stands beside the number of a code, so that the code can be had back."""
    text = code if label == code else f"{code}: {label}"
    return text.encode()[:LONGEST_VALUE_LABEL].decode(errors="ignore")


def _too_large(numbers: np.ndarray[Any, np.dtype[Any]]) -> bool:
    return bool(numbers.max() > LARGEST_LONG or numbers.min() < SMALLEST_LONG)


def _integers(numbers: np.ndarray[Any, np.dtype[Any]], missing: np.ndarray[Any, np.dtype[Any]]) -> pd.Series[Any]:
    return pd.Series(pd.arrays.IntegerArray(numbers.astype(np.int32), missing))
