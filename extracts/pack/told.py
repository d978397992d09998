"""How each format tells a value of each kind, and that there is none."""

from __future__ import annotations

from collections.abc import Mapping

from extracts.formats.columns import Column, Kind
from extracts.specification import CSV, PARQUET, SPSS, STATA, R

CODED = "coded"

TYPES: Mapping[str, Mapping[str, str]] = {
    PARQUET: {
        Kind.KEY: "64-bit integer", Kind.HEX: "string", Kind.INTEGER: "integer", Kind.DECIMAL: "double",
        Kind.BOOLEAN: "boolean", Kind.DATE: "date", Kind.TEXT: "string", CODED: "string",
    },
    CSV: {
        Kind.KEY: "digits", Kind.HEX: "text in quotes", Kind.INTEGER: "digits", Kind.DECIMAL: "number",
        Kind.BOOLEAN: "true or false", Kind.DATE: "YYYY-MM-DD", Kind.TEXT: "text in quotes", CODED: "text in quotes",
    },
    STATA: {
        Kind.KEY: "text of digits", Kind.HEX: "text", Kind.INTEGER: "whole number", Kind.DECIMAL: "double",
        Kind.BOOLEAN: "0 or 1, labelled no and yes", Kind.DATE: "date (%td)", Kind.TEXT: "text",
        CODED: "number, labelled with code: label",
    },
    SPSS: {
        Kind.KEY: "text of digits", Kind.HEX: "text", Kind.INTEGER: "number", Kind.DECIMAL: "number",
        Kind.BOOLEAN: "0 or 1, labelled no and yes", Kind.DATE: "date (SDATE10)", Kind.TEXT: "text",
        CODED: "text, the code itself, labelled",
    },
    R: {
        Kind.KEY: "character of digits", Kind.HEX: "character", Kind.INTEGER: "integer, or double beyond 2^31",
        Kind.DECIMAL: "double", Kind.BOOLEAN: "logical", Kind.DATE: "Date", Kind.TEXT: "character",
        CODED: "factor of the codes; labels in attr(x, \"labels\")",
    },
}  # fmt: skip

# How a missing value is told of numbers, dates and truths, and of texts that are no numbered codes.
MISSING: Mapping[str, tuple[str, str]] = {
    PARQUET: ("null", "null"),
    CSV: ("nothing between the commas", "nothing between the commas, where an empty text is two quotes"),
    STATA: (".", "empty text, as an empty text is"),
    SPSS: ("system-missing", "blank, as an empty text is"),
    R: ("NA", "NA"),
}


def type_in(format: str, column: Column) -> str:
    return TYPES[format][CODED if column.codes else column.kind]


def missing_in(format: str, column: Column) -> str:
    """Keys are text where a format has no integers of their size; codes are numbers in Stata."""
    as_text = column.kind in (Kind.TEXT, Kind.HEX) or (column.kind is Kind.KEY and format in (STATA, SPSS))
    return MISSING[format][as_text and not (column.codes and format == STATA)]
