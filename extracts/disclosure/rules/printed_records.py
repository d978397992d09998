"""Printed data: the first rows of a data frame, and summaries with extremes, as Python, R, Stata and SAS print them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.formats.printed import tables_in
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.rules.identifiers import identifying
from extracts.disclosure.rules.pseudonyms import pseudonymous
from extracts.disclosure.rules.row_signs import about_people, has_results

LINES = re.compile(r"lines (\d+) to")
# Labels of extremes: pandas' describe(), R's summary(), Stata's summarize, SAS's means.
LOWEST, HIGHEST = r"min(?:imum)?\.?", r"max(?:imum)?\.?"
HEADED = re.compile(rf"(?i)(?:^|[\s|]){LOWEST}\s(?:.*[\s|])?{HIGHEST}(?:$|[\s|:])")
LOW_LINE, HIGH_LINE = (re.compile(rf"(?i)\s*\|?\s*{label}\s*[:|]?\s+-?\d") for label in (LOWEST, HIGHEST))
NEAR = 12  # lines between a minimum and a maximum of one summary
FEWEST, FEWEST_ALIKE = 2, 4

PARTED = re.compile(r"[\s,;|]+")
PIECES = tuple(
    (kind, re.compile(form, re.ASCII))
    for kind, form in (
        ("day", r"\d{4}-\d\d-\d\d|\d\d?/\d\d?/\d{4}"),
        ("time", r"\d\d?:\d\d(?::\d\d)?(?:[.,]\d+)?"),
        ("number of one", r"[A-Za-z]{1,4}[-_]?\d{3,}|\d{8,19}"),
        ("number", r"[-+]?\d[\d.]*(?:e[-+]?\d+)?%?"),
    )
)
TELLING = ("number of one", "day")


def records_in(text: str, policy: Policy) -> Iterator[int]:
    """Lines (from 1) at which records are printed.

    Rows numbered from 0 or 1 under headings about people, or any printed table with a column of identifiers.
    """
    try:
        for table, place in tables_in(text, policy):
            if (found := LINES.match(place)) and _are_records(table, policy):
                yield int(found[1])
    except CannotRead:
        # A text of so many tables, or such a large one, is for a person, as its numbers are.
        return


def rows_in(text: str) -> Iterator[int]:
    """Lines (from 1) at which rows about people begin: lines of one shape, each with another number or day.

    Entries of a log begin with their time, and rows of a time series with days in order: they are none.
    """
    begun, shape, told = 0, tuple[str, ...](), list[str]()
    for number, line in enumerate([*text.splitlines(), ""], 1):
        pieces = [piece for piece in PARTED.split(line.strip()) if piece] if len(line) < 1000 else []
        kinds = tuple(_kind(piece) for piece in pieces)
        if kinds != shape:
            if _tell_people_apart(told):
                yield begun
            begun, shape, told = number, kinds, []
        if len(kinds) >= 3 and {"day", "number of one"} & set(kinds) and kinds[:2] != ("day", "time"):
            told.append(next(piece for piece, kind in zip(pieces, kinds, strict=True) if kind in TELLING))


def _tell_people_apart(told: list[str]) -> bool:
    """Whether numbers or days of rows in turn are all different, and days in no order."""
    if len(told) < FEWEST_ALIKE or len(set(told)) < len(told) - 1:
        return False
    return _kind(told[0]) != "day" or told not in (sorted(told), sorted(told, reverse=True))


def _kind(piece: str) -> str:
    """What a piece of a line is."""
    return next((kind for kind, form in PIECES if form.fullmatch(piece)), "word")


def summaries_in(text: str) -> Iterator[int]:
    """Lines (from 1) at which a summary with a minimum and a maximum begins."""
    low = 0
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) < 400 and HEADED.search(line):
            yield number
        if LOW_LINE.match(line):
            low = number
        elif low and HIGH_LINE.match(line) and number - low <= NEAR:
            yield low
            low = 0


def _are_records(table: Table, policy: Policy) -> bool:
    """Whether a printed table is the head of a data frame of people."""
    values = {name: table.column(name) for name in table.columns}
    if any(pseudonymous(column) or identifying(name, column, policy) for name, column in values.items()):
        return True
    people = [name for name in about_people(table) if len(set(values[name])) > 1]
    return _numbered(values[table.columns[0]]) and len(people) >= FEWEST and not has_results(table)


def _numbered(values: tuple[str, ...]) -> bool:
    """Whether a column is the running number of rows, from any number on."""
    if not all(value.isdigit() and len(value) < 9 for value in values):
        return False
    numbers = [int(value) for value in values]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers))) or numbers == sorted(set(numbers))
