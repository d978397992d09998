"""The groups by which quality is reported: sex, age band, ethnicity (5+1) and area, as each record has them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from extracts.linkage import dates
from extracts.linkage.quality_counts import NOT_RECORDED

AREAS = Path(__file__).with_name("areas.csv")

SEX = {"m": "Male", "f": "Female"}

# From which age, in whole years on the day of the event.
AGE_BANDS = (
    (60, "60 and over"), (50, "50 to 59"), (40, "40 to 49"), (30, "30 to 39"), (25, "25 to 29"), (21, "21 to 24"),
    (18, "18 to 20"), (0, "Under 18"),
)  # fmt: skip
OLDEST = 120

# Beginnings of self-defined codes (18+1), of officers' codes and of labels.
ETHNICITY: Mapping[str, tuple[str, ...]] = {
    "White": ("^W[0-9]$", "^IC[12]$", "^WHITE"),
    "Mixed": ("^M[0-9]$", "^MIXED"),
    "Asian": ("^A[0-9]$", "^IC[45]$", "^ASIAN"),
    "Black": ("^B[0-9]$", "^IC3$", "^BLACK"),
    "Other": ("^O[0-9]$", "^IC6$", "^OTHER", "^ARAB"),
    "Not stated": ("^NS$", "^N[0-9]$", "^NOT STATED"),
}


def groups_query(record: str, standard: str, features: Iterable[str]) -> str:
    """The query of `source`, `row_id` and the groups, in the order of records' names.

    record, standard  tables of records as delivered and standardised; features: what the latter has
    """
    there = set(features)
    born = "s.born" if "born" in there else "NULL"
    postcode = "s.postcode" if "postcode" in there else "NULL"
    sex = "s.sex" if "sex" in there else "NULL"
    return f"""
        SELECT r.source, r.row_id, {_cases(sex, SEX)} AS sex, {_age_band(born, dates.eight_digits("r.event_date"))}
               AS age_band, {_ethnicity("r.ethnicity")} AS ethnicity, {_area(postcode)} AS area
        FROM {record} r JOIN {standard} s ON s.rid = r.rid ORDER BY r.source, r.row_id
        """


def _cases(column: str, names: Mapping[str, str]) -> str:
    cases = " ".join(f"WHEN '{code}' THEN '{name}'" for code, name in names.items())
    return f"CASE {column} {cases} ELSE '{NOT_RECORDED}' END"


def _age_band(born: str, event: str) -> str:
    """Eight digits from eight digits leave the whole years before the last four."""
    age = f"((TRY_CAST({event} AS INTEGER) - TRY_CAST({born} AS INTEGER)) // 10000)"
    bands = " ".join(f"WHEN {age} >= {least} THEN '{name}'" for least, name in AGE_BANDS)
    return f"CASE WHEN {age} IS NULL OR {age} NOT BETWEEN 0 AND {OLDEST} THEN '{NOT_RECORDED}' {bands} END"


def _ethnicity(column: str) -> str:
    cases = " ".join(
        f"WHEN regexp_matches(upper(trim({column})), '{'|'.join(forms)}') THEN '{name}'"
        for name, forms in ETHNICITY.items()
    )
    return f"CASE {cases} ELSE '{NOT_RECORDED}' END"


def _area(postcode: str) -> str:
    """The region or country of the first postcode's area, which is the letters that it begins with."""
    with AREAS.open(encoding="utf-8", newline="") as file:
        areas = {row["postcode_area"]: row["area"] for row in csv.DictReader(file)}
    keys = ", ".join(f"'{name}'" for name in areas)
    values = ", ".join(f"'{name}'" for name in areas.values())
    found = f"MAP([{keys}], [{values}])[regexp_extract({postcode}, '^[A-Z]+')]"
    return f"coalesce({found}, '{NOT_RECORDED}')"
