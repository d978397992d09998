"""Dates of birth as DuckDB expressions: many ways of writing them, and dates that cannot be.

A date becomes eight digits, YYYYMMDD. A date that no calendar has keeps its digits, because a slip in one digit can
still be recognised; what is not there is not made up: a year alone gives a year alone.
"""

from __future__ import annotations

YEAR_FIRST = r"^(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(\D.*)?$"
YEAR_LAST = r"^(\d{1,2})\D{1,2}(\d{1,2})\D{1,2}(\d{4})$"
SHORT_YEAR_LAST = r"^(\d{1,2})\D(\d{1,2})\D(\d{2})$"
DIGITS = r"^(\d{4})(\d{2})(\d{2})$"
DAY_MONTH_NAME = r"^(\d{1,2})\D{0,3} ?([a-z]{3})[a-z]*\.?,? ?(\d{4})$"
MONTH_NAME_DAY = r"^([a-z]{3})[a-z]*\.? (\d{1,2})\D{0,3},? ?(\d{4})$"
YEAR_WITHIN = r"^\D*(1[0-9]{3}|20[0-9]{2})\D*$"
MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"


def month_comes_first(column: str) -> str:
    """A share, as an aggregate: how many of the dates `n/n/yyyy` that tell have their month first."""
    parts = [f"TRY_CAST(regexp_extract(trim({column}), '{YEAR_LAST}', {n}) AS INTEGER)" for n in (1, 2)]
    first, second = (f"count(*) FILTER (WHERE {part} BETWEEN 13 AND 31)" for part in parts)
    return f"{second} > {first}"


def eight_digits(column: str, *, month_first: bool = False) -> str:
    """YYYYMMDD, or NULL when the date is not whole."""
    text = f"lower(trim({column}))"
    day, month = (2, 1) if month_first else (1, 2)

    def part(pattern: str, number: int, width: int = 2) -> str:
        return f"lpad(regexp_extract({text}, '{pattern}', {number}), {width}, '0')"

    def named(pattern: str, number: int) -> str:
        place = f"instr('{MONTHS}', regexp_extract({text}, '{pattern}', {number}))"
        return f"lpad((({place} + 2) // 3)::VARCHAR, 2, '0')"

    short = part(SHORT_YEAR_LAST, 3)
    century = f"CASE WHEN {short} < '30' THEN '20' ELSE '19' END"
    return f"""CASE
        WHEN regexp_matches({text}, '{DIGITS}') AND substr({text}, 1, 2) NOT BETWEEN '10' AND '21'
            THEN substr({text}, 5, 4) || substr({text}, 3, 2) || substr({text}, 1, 2)
        WHEN regexp_matches({text}, '{DIGITS}') THEN {text}
        WHEN regexp_matches({text}, '{YEAR_FIRST}')
            THEN {part(YEAR_FIRST, 1, 4)} || {part(YEAR_FIRST, 2)} || {part(YEAR_FIRST, 3)}
        WHEN regexp_matches({text}, '{YEAR_LAST}')
            THEN {part(YEAR_LAST, 3, 4)} || {part(YEAR_LAST, month)} || {part(YEAR_LAST, day)}
        WHEN regexp_matches({text}, '{SHORT_YEAR_LAST}')
            THEN {century} || {short} || {part(SHORT_YEAR_LAST, month)} || {part(SHORT_YEAR_LAST, day)}
        WHEN regexp_matches({text}, '{DAY_MONTH_NAME}')
            THEN {part(DAY_MONTH_NAME, 3, 4)} || {named(DAY_MONTH_NAME, 2)} || {part(DAY_MONTH_NAME, 1)}
        WHEN regexp_matches({text}, '{MONTH_NAME_DAY}')
            THEN {part(MONTH_NAME_DAY, 3, 4)} || {named(MONTH_NAME_DAY, 1)} || {part(MONTH_NAME_DAY, 2)}
        END"""


def year(column: str, digits: str) -> str:
    """The year: of the whole date, or the only one that the text holds."""
    alone = f"regexp_extract(trim({column}), '{YEAR_WITHIN}', 1)"
    return f"TRY_CAST(coalesce(left({digits}, 4), nullif({alone}, '')) AS INTEGER)"
