"""Sentences that more than one paper says: whose rows there are, and how to open them."""

from __future__ import annotations

from extracts.specification import CSV, PARQUET, SPSS, STATA, ExtractSpec, R, has_period
from governance.catalogue.catalogue import Catalogue
from governance.catalogue.cohort import in_words

# How to open a file of each format: program, and code with the path of the file in place of {}.
OPENED_BY = {
    PARQUET: (
        ("pandas", 'pandas.read_parquet("{}")'),
        ("R", 'arrow::read_parquet("{}")'),
        ("DuckDB", "SELECT * FROM '{}' LIMIT 10;"),
    ),
    CSV: (("Any program", "{}"),),
    STATA: (("Stata", 'use "{}", clear'),),
    SPSS: (("SPSS", "GET FILE='{}'."),),
    R: (("R, no package", 'readRDS("{}")'),),
}

# The same where the files are encrypted: `gw` is the module gatehouse_workspace, gh_read a function of its R script.
SEALED_OPENED_BY = {
    PARQUET: (("Python", 'gw.read("{}")'), ("R", 'gh_read("{}")'), ("DuckDB", "gw.duckdb(), gh_duckdb()")),
    CSV: (("Python", 'gw.read("{}")'), ("R", 'gh_read("{}")')),
    STATA: (("Python", 'gw.read("{}")'), ("R", 'gh_read("{}")'), ("Stata", 'gw.copy("{0}", "/dev/shm/{0}") first')),
    SPSS: (("Python", 'gw.read("{}")'), ("R", 'gh_read("{}")'), ("SPSS", 'gw.copy("{0}", "/dev/shm/{0}") first')),
    R: (("R", 'gh_read("{}")'),),
}


def undated_sentences(spec: ExtractSpec, catalogue: Catalogue) -> list[str]:
    """A sentence on which rows the tables without a date hold, or nothing when there is no such table."""
    names = [table.name for table in spec.tables if not has_period(catalogue[table.name])]
    return [f"Rows without a date share a key with a row of the period: {', '.join(names)}."] if names else []


def cohort_sentences(spec: ExtractSpec, catalogue: Catalogue) -> list[str]:
    """A sentence on whose rows these are, or nothing when they are everybody's."""
    return [in_words(spec.cohort, catalogue.cohort_frame)] if spec.cohort else []
