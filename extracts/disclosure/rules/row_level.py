"""Row level: a file with a row for every person, or with what identifies a person, is not a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.report import Cell, Finding, Verdict

IDENTIFIER, ROW_LEVEL = "identifier", "row_level"

# What a value of an identifier looks like. Deliberately narrow: a code of an area or offence must not match.
PATTERNS = {
    "e-mail addresses":      r"[^@\s]+@[^@\s]+\.[a-z]{2,}",
    "full postcodes":        r"[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}",
    "PNC numbers":           r"(?:\d{2}|\d{4})/\d{1,7}[A-Z]",
    "National Insurance numbers": r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d\d ?){3}[A-D]",
    "NHS numbers":           r"\d{3}[ -]\d{3}[ -]\d{4}",
}  # fmt: skip
COMPILED = {what: re.compile(pattern, re.ASCII | re.IGNORECASE) for what, pattern in PATTERNS.items()}

PEOPLE = frozenset(
    ["person", "people", "unit", "victim", "defendant", "suspect", "offender", "case", "subject", "record", "pupil"]
)
NAMES = frozenset(["surname", "forename", "firstname", "lastname", "fullname", "dob", "nino", "postcode", "email"])
DATE = re.compile(r"(?:\d{4}-\d\d-\d\d|\d\d?/\d\d?/\d{4})(?:[ T].*)?", re.ASCII)

MOSTLY = 0.8
CURE = "Leave the column out, and release a table of counts instead of records."


def identifying(heading: str, values: Sequence[str], policy: Policy) -> str:
    """What identifies people in a column, in words, or "" for nothing.

    Goes by what most values look like, or by the heading when the values bear it out: names and
    numbers of people are many, even if each comes several times; a date of birth is a full date.
    """
    filled = [value for value in values if value]
    if not filled:
        return ""
    for what, pattern in COMPILED.items():
        if sum(pattern.fullmatch(value) is not None for value in filled) >= MOSTLY * len(filled):
            return what
    words = words_of(heading)
    many = len(set(filled)) >= min(policy.threshold, len(filled))
    if many and (NAMES & set(words) or (PEOPLE & set(words) and {"id", "number", "no", "ref"} & set(words))):
        return "names or numbers of single people"
    if "birth" in words and all(DATE.fullmatch(value) for value in filled):
        return "dates of birth"
    return ""


def findings(file: str, table: Table, policy: Policy) -> Iterator[Finding]:
    """Columns that identify people, and files that hold a row for each of them. No value is printed."""
    found = {name: what for name in table.columns if (what := identifying(name, table.column(name), policy))}
    for name, what in found.items():
        cell = Cell(row=None, column=name, label=name)
        problem = f"The column {name} seems to hold {what}."
        yield Finding(file, IDENTIFIER, Verdict.FAIL, problem, "Each row names somebody.", CURE, cell)
    rows = len(table.rows)
    for name in found:
        if rows >= policy.threshold and len(set(table.column(name))) >= MOSTLY * rows:
            problem = f"The file has {rows:,} rows, nearly each with another value of {name}: one row per person."
            attack = "Everything on a row is known of the person whose row it is."
            cure = "Release a table of counts or amounts over groups instead."
            yield Finding(file, ROW_LEVEL, Verdict.FAIL, problem, attack, cure)
            return
