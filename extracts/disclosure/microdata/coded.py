"""Coded: records as arrays of numbers, labels and units numbered from 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from extracts.disclosure.microdata.records import Records, quoted


@dataclass(frozen=True)
class Coded:
    """Records as numbers.

    labels  dimension -> its labels;  codes  dimension -> for each record the place of its label
    unit    for each record the number of its unit, from 0;  units  how many there are
    value   for each record its amount, or NaN
    """

    labels: Mapping[str, npt.NDArray[np.object_]]
    codes: Mapping[str, npt.NDArray[np.int64]]
    unit: npt.NDArray[np.int64]
    units: int
    value: npt.NDArray[np.float64]


def coded(records: Records, source: str, names: Sequence[str]) -> Coded:
    """The rows of a source with the columns `names`, `_unit` and `_value`, as numbers.

    Labels are numbered by the database, which reads texts once. Units are told apart by a hash of 64 bits: two of
    ten million share one with a chance of three in a million, and would count as one, which errs on the safe side.
    """
    tables = {name: f"_labels_{place}" for place, name in enumerate(names)}
    labels = {name: _numbered(records, source, name, table) for name, table in tables.items()}
    joins = " ".join(f"JOIN {table} ON s.{quoted(n)} IS NOT DISTINCT FROM {table}.label" for n, table in tables.items())
    chosen = ", ".join([*(f"{table}.code AS {quoted(n)}" for n, table in tables.items()), "hash(_unit) AS _unit"])
    found = records.connection.execute(f"SELECT {chosen}, _value FROM {source} AS s {joins}").fetchnumpy()
    unit, distinct = pd.factorize(np.asarray(found["_unit"]))
    value = np.ma.filled(np.ma.asarray(found["_value"], dtype=np.float64), np.nan)
    codes = {name: np.asarray(found[name], dtype=np.int64) for name in names}
    return Coded(labels, codes, unit.astype(np.int64), len(distinct), value)


def _numbered(records: Records, source: str, name: str, table: str) -> npt.NDArray[np.object_]:
    """The labels of a dimension, in the order in which a table of the database numbers them."""
    distinct = f"SELECT DISTINCT {quoted(name)} AS label FROM {source}"
    numbered = f"SELECT label, row_number() OVER (ORDER BY label) - 1 AS code FROM ({distinct})"
    records.connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {numbered}")
    found = records.frame(f"SELECT label FROM {table} ORDER BY code")["label"]
    return np.array([None if pd.isna(label) else label for label in found.tolist()], dtype=object)
