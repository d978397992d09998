"""The formats of an extract as a table: what each is called, for whom it is, how many rows it takes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from extracts.failures import Explained
from extracts.specification import CSV, PARQUET, SPSS, STATA, R


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    hint       a sentence for whoever chooses
    most_rows  of one table; None where rows are written as they come. The others are made from whole tables in
               memory: the number is what stays under 1.5 GiB for the widest table (docs/decisions/0022)
    mediatype  as registered with IANA, or in common use where none is
    """

    name: str
    label: str
    suffix: str
    mediatype: str
    hint: str
    most_rows: int | None = None


FORMATS = {
    one.name: one
    for one in (
        Format(
            PARQUET, "Parquet", ".parquet", "application/vnd.apache.parquet",
            "Always there. Small and quick, and holds every type as it is; for pandas, R (arrow) and DuckDB.",
        ),
        Format(CSV, "CSV", ".csv", "text/csv", "Text that everything opens. Types have to be told to what reads it."),
        Format(
            STATA, "Stata", ".dta", "application/x-stata-dta",
            "For Stata 14 and later. Codes become numbers with value labels; keys are text.", 1_000_000,
        ),
        Format(
            SPSS, "SPSS", ".sav", "application/x-spss-sav",
            "For SPSS Statistics and PSPP. Codes stay codes, with value labels; keys are text.", 1_000_000,
        ),
        Format(
            R, "R", ".rds", "application/x-r-data",
            "For R without any package: readRDS gives a data frame. Codes are factors; keys are text.", 2_000_000,
        ),
    )
}  # fmt: skip


class TooManyRows(Explained):
    """A format cannot take a table of that many rows. The message says which, the limit and what to do."""


def why_too_many(formats: Collection[str], table: str, rows: int) -> list[str]:
    """Why a table of that many rows cannot be written in some of the formats; a sentence each, empty when it can."""
    return [
        f"{one.label} files hold at most {one.most_rows:,} rows of a table, and {table} has {rows:,}: "
        f"leave {one.label} out and open the Parquet file instead, or narrow the cohort or the period."
        for one in FORMATS.values()
        if one.name in formats and one.most_rows is not None and rows > one.most_rows
    ]
