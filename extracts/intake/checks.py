"""What a value of a payload column may be, as a table of checks in DuckDB SQL. Pure: nothing is run here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extracts.conversion import BadDataset, quoted, text, values_of
from extracts.intake import looks
from governance.catalogue.catalogue import Catalogue, Table, Variable
from governance.catalogue.sensitivity import Sensitivity

PERSON_RECORD = "person_record"
# `0-110`, also with one more value in brackets: `0-9 (9=9+)`, `0-36500 (life=99999)`.
SPAN = re.compile(r"(-?\d+(?:\.\d+)?)-(-?\d+(?:\.\d+)?)(?: \(.*?=?(\d+)\+?\))?")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
EARLIEST, LATEST = "1900-01-01", "2100-01-01"

# How a CSV file writes a value of each type, and the SQL that reads it.
WRITTEN = {
    "integer": (r"-?[0-9]{1,18}", "CAST({value} AS BIGINT)", "a whole number"),
    "decimal": (r"-?[0-9]{1,15}(\.[0-9]{1,15})?", "CAST({value} AS DOUBLE)", "a number such as 12.5"),
    "boolean": (r"(?i)true|false", "CAST({value} AS BOOLEAN)", "true or false"),
    "date": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "TRY_CAST({value} AS DATE)", "a day as YYYY-MM-DD"),
}


@dataclass(frozen=True)
class Check:
    """A reason to refuse rows: those for which the SQL `wrong` is true."""

    column: str
    reason: str
    wrong: str


def value_of(variable: Variable, kind: str, *, is_csv: bool) -> str:
    """The SQL of a column's values in the type that is kept; null where a text cannot be read. Raises BadDataset."""
    plain = variable.dtype.partition("(")[0]
    if is_csv and plain in WRITTEN and not variable.source_format:
        pattern, cast, _ = WRITTEN[plain]
        column = quoted(variable.name)
        reads = cast.format(value=column)
        return f"CASE WHEN regexp_full_match({column}, {text(pattern)}) THEN {reads} END"
    return values_of(variable, kind)


def checks_of(table: Table, catalogue: Catalogue, values: dict[str, str], no_person: str) -> list[Check]:
    """All checks of a table.

    values     variable to the SQL of its value, for the columns that are there
    no_person  SQL that is true for rows that are about no person, whose row id nobody needs
    """
    checks: list[Check] = []
    for variable in table.variables:
        if variable.name in values:
            checks += _of_variable(variable, catalogue, values[variable.name], variable.name in table.primary_key)
            if variable.key_domain == PERSON_RECORD:
                empty = f"{values[variable.name]} IS NULL AND NOT ({no_person})"
                checks.append(Check(variable.name, "The row id is missing.", empty))
    return checks


def is_free(variable: Variable) -> bool:
    """Whether the catalogue lets the column hold any text."""
    return variable.duckdb_type == "VARCHAR" and not variable.codelist and not variable.choices


def _of_variable(variable: Variable, catalogue: Catalogue, value: str, in_key: bool) -> Iterator[Check]:
    name, raw = variable.name, quoted(variable.name)
    plain = variable.dtype.partition("(")[0]
    if in_key:
        yield Check(name, "A part of the primary key is missing.", f"{raw} IS NULL")
    if plain in WRITTEN:
        yield Check(name, f"The value is not {WRITTEN[plain][2]}.", f"{raw} IS NOT NULL AND {value} IS NULL")
    if plain == "date":
        yield Check(name, "The date is out of any range.", f"{value} NOT BETWEEN DATE '{EARLIEST}' AND DATE '{LATEST}'")
    elif plain == "decimal":
        yield Check(name, "The value is not a number.", f"NOT isfinite({value})")
    if variable.sensitivity is Sensitivity.KEY and variable.dtype == "string(32)":
        yield Check(name, "A key is 32 of 0-9 and a-f.", f"NOT regexp_full_match({value}, '[0-9a-f]{{32}}')")
    elif length := re.fullmatch(r"string\((\d+)\)", variable.dtype):
        yield Check(name, f"The text is longer than {length[1]}.", f"length({value}) > {length[1]}")
    yield from _of_codes(variable, catalogue, value, plain)
    if plain in ("integer", "decimal") and (allowed := _range(variable, value)):
        yield Check(name, f"The number is not in the range {variable.range}.", f"NOT ({allowed})")
    if is_free(variable) and variable.sensitivity is not Sensitivity.KEY:
        yield Check(name, "The text looks like an identifier of a person.", looks.has_identifier(value))
        yield Check(name, "The text holds control characters or lost letters.", looks.has_lost_letters(value))


def _of_codes(variable: Variable, catalogue: Catalogue, value: str, plain: str) -> Iterator[Check]:
    if plain not in ("category", "list", "string"):
        return
    codes = catalogue.code_list(variable.codelist).codes if variable.codelist else ()
    allowed = [one for one in variable.choices or codes]
    if not allowed:
        return
    among = ", ".join(text(code) for code in allowed)
    if plain == "list":
        wrong = f"{value} <> '' AND NOT list_has_all([{among}], string_split({value}, '|'))"
        yield Check(variable.name, "The list holds an unknown code.", wrong)
    else:
        yield Check(variable.name, "The code is unknown.", f"{value} NOT IN ({among})")


def _range(variable: Variable, value: str) -> str:
    """SQL: whether a number is one that `range` allows; "" when it says nothing of numbers."""
    if variable.choices:
        numbers = [choice for choice in variable.choices if NUMBER.fullmatch(choice)]
        return f"{value} IN ({', '.join(numbers)})" if numbers else ""
    if span := SPAN.fullmatch(variable.range):
        inside = f"{value} BETWEEN {span[1]} AND {span[2]}"
        return f"({inside} OR {value} = {span[3]})" if span[3] else inside
    return ""


def fits(variable: Variable, kind: str, *, is_csv: bool) -> str | None:
    """The SQL of the values, or None when the delivered type does not fit the declared one."""
    try:
        return value_of(variable, kind, is_csv=is_csv)
    except BadDataset:
        return None
