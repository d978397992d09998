"""A court table of any rows on a connection, with the description of the linked dataset, and those rows delivered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

import duckdb

from extracts.specification import ColumnSpec, ExtractSpec, TableSpec
from governance.catalogue.catalogue import Catalogue, read_catalogue
from governance.catalogue.risk_rules import Ceiling
from tests.governance.catalogue.descriptions import DATASETS

COLUMNS = (
    "case_id_hash", "sex", "age_at_first_hearing", "ethnicity_sde", "ho_offence_code", "court_code",
    "first_hearing_date", "remand_status", "case_outcome",
)  # fmt: skip
TYPES = ("BIGINT", "VARCHAR", "BIGINT", "VARCHAR", "VARCHAR", "VARCHAR", "DATE", "VARCHAR", "VARCHAR")
QUASI = ("sex", "age_at_first_hearing", "ethnicity_sde", "ho_offence_code", "court_code", "first_hearing_date")
LEVELS = {
    "case_id_hash": "", "sex": "", "age_at_first_hearing": "band", "ethnicity_sde": "18+1", "ho_offence_code": "code",
    "court_code": "court", "first_hearing_date": "month", "remand_status": "status", "case_outcome": "",
}  # fmt: skip
BANDS = (0, 10, 12, 15, 18, 21, 25, 30, 40, 50, 60, 70, 1000)
Row = tuple[Any, ...]


@cache
def description() -> Catalogue:
    return read_catalogue(DATASETS / "cjs_linked")


def with_ceiling(unique: float, under: float, **more: Any) -> Catalogue:
    """The description with another ceiling."""
    known = description()
    rules = replace(known.dataset.risk, ceiling=Ceiling(unique, under), **more)
    return replace(known, dataset=replace(known.dataset, risk=rules))


def specification(**levels: str) -> ExtractSpec:
    """An extract of the table, some of its columns at other levels than LEVELS."""
    columns = tuple(ColumnSpec(name, (LEVELS | levels)[name]) for name in COLUMNS)
    period = date(2019, 1, 1), date(2019, 12, 31)
    return ExtractSpec("cjs_linked", "1", (TableSpec("crt_case", columns),), *period)


@contextmanager
def store(rows: list[Row]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection on which crt_case holds these rows, in the order of COLUMNS."""
    with duckdb.connect(":memory:") as connection:
        columns = ", ".join(f"{name} {kind}" for name, kind in zip(COLUMNS, TYPES, strict=True))
        connection.execute(f"CREATE TABLE crt_case ({columns})")
        if rows:
            connection.executemany(f"INSERT INTO crt_case VALUES ({', '.join('?' * len(COLUMNS))})", rows)
        yield connection


def delivered(rows: list[Row]) -> list[dict[str, Any]]:
    """The rows in the period at LEVELS, worked out here."""
    found = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    return [
        row | {"age_at_first_hearing": band(row["age_at_first_hearing"]), "first_hearing_date": str(day)[:7]}
        for row in found
        if (day := row["first_hearing_date"]).year == 2019
    ]


def band(age: int | None) -> int | None:
    return None if age is None else next(n for n, (low, high) in enumerate(pairwise(BANDS)) if low <= age < high)


def quasi(rows: list[dict[str, Any]]) -> list[Row]:
    return [tuple(row[name] for name in QUASI) for row in rows]
