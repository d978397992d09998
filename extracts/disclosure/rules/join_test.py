"""The join test: whether the rows of a file are rows of the study data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from extracts.disclosure.reading.columns import WORDS, words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.formats.frames import as_text
from extracts.disclosure.reading.numbers import read_number

LABELS = frozenset(WORDS["label"].split())
DETAILED = 50  # different values in the study data


@dataclass(frozen=True)
class Join:
    """How the rows of a file are found among those of the study data.

    shared    columns of the file that the study data have too, by name
    amounts   those of them that hold amounts in detail: labels of an aggregate seldom do
    matched   share of the file's rows whose values in those columns some record has
    rare      share whose values at least one record has, but fewer than the threshold
    """

    shared: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    matched: float = 0.0
    rare: float = 0.0


def join(table: Table, microdata: pd.DataFrame, *, threshold: int) -> Join:
    """Look up each row of a file among the records, by all columns that both have.

    Names are compared without regard to capitals, spaces and punctuation; numbers as numbers, days as days.
    """
    named = {tuple(words_of(str(name))): name for name in microdata.columns}
    pairs = [(name, named[key]) for name in table.columns if (key := tuple(words_of(name))) in named and key]
    if not pairs or not table.rows:
        return Join()
    coded = [_codes(table.column(name), microdata[column]) for name, column in pairs]
    ours = pd.DataFrame({place: codes for place, (codes, _) in enumerate(coded)})
    theirs = pd.DataFrame({place: codes for place, (_, codes) in enumerate(coded)})
    places = list(ours.columns)
    among = theirs[(theirs >= 0).all(axis=1)].groupby(places).size().rename("records").reset_index()
    records = ours.merge(among, on=places, how="left")["records"].fillna(0).to_numpy()
    amounts = tuple(name for name, column in pairs if _is_amount(name, microdata[column]))
    shared = tuple(name for name, _ in pairs)
    return Join(shared, amounts, float((records > 0).mean()), float(((records > 0) & (records < threshold)).mean()))


def _codes(texts: tuple[str, ...], column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Numbers for the values of a column in the file and in the study data; -1 for values that the file lacks."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        ours = np.array([read_number(text).value for text in texts], dtype=np.float64)
        theirs = column.to_numpy(dtype=np.float64, na_value=np.nan)
        codes, known = pd.factorize(ours)
        return codes, np.asarray(pd.Index(known).get_indexer(pd.Index(theirs)))
    codes, known = pd.factorize(np.array([text.casefold() for text in texts], dtype=object))
    places, different = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=False)
    said = pd.Index(known).get_indexer(pd.Index([as_text(value).casefold() for value in different], dtype=object))
    return codes, np.asarray(said)[places]


def _is_amount(name: str, column: pd.Series) -> bool:
    """Whether a column of the study data holds amounts in detail."""
    if not pd.api.types.is_numeric_dtype(column) or set(words_of(name)) & LABELS:
        return False
    return bool(column.nunique() > min(DETAILED, 0.5 * len(column)))
