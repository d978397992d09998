"""Printed data: the first rows of a data frame, and summaries with extremes, as Python, R, Stata and SAS print them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.formats.printed import tables_in
from extracts.disclosure.rules.identifiers import identifying
from extracts.disclosure.rules.pseudonyms import pseudonymous
from extracts.disclosure.rules.records import about_people, has_results

LINES = re.compile(r"lines (\d+) to")
# Labels of extremes: pandas' describe(), R's summary(), Stata's summarize, SAS's means.
LOWEST, HIGHEST = r"min(?:imum)?\.?", r"max(?:imum)?\.?"
HEADED = re.compile(rf"(?i)(?:^|[\s|]){LOWEST}\s(?:.*[\s|])?{HIGHEST}(?:$|[\s|:])")
LOW_LINE, HIGH_LINE = (re.compile(rf"(?i)\s*\|?\s*{label}\s*[:|]?\s+-?\d") for label in (LOWEST, HIGHEST))
NEAR = 12  # lines between a minimum and a maximum of one summary
FEWEST = 2


def records_in(text: str, policy: Policy) -> Iterator[int]:
    """Lines (from 1) at which records are printed.

    Rows numbered from 0 or 1 under headings about people, or any printed table with a column of identifiers.
    """
    for table, place in tables_in(text, policy):
        if _are_records(table, policy):
            yield int(LINES.match(place)[1]) if LINES.match(place) else 1  # type: ignore[index]


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
