"""Opening a file: its contents, whatever its format, read where hostile bytes can do no harm."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.columns import COEFFICIENTS, words_of
from extracts.disclosure.reading.contents import Contents, Part, PartKind
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.first_row import with_headings
from extracts.disclosure.reading.fit import in_line, in_pairs, with_fit
from extracts.disclosure.reading.guarded import read_all
from extracts.disclosure.reading.row_numbers import without_row_numbers
from extracts.disclosure.reading.triage import CannotRead

LINES = re.compile(r"lines (\d+) to (\d+)")


def contents_of(name: str, content: bytes, policy: Policy, *, known: Collection[str] = ()) -> Contents:
    """The tables, texts and hidden parts of a file; tables without columns that only number their rows.

    known  headings that somebody said its tables have

    What is not plain by its bytes is read in a guarded process of its own. Raises CannotRead.
    """
    found = read_all({name: content}, policy)[name]
    if isinstance(found, CannotRead):
        raise found
    parts = [replace(part, table=part.table and with_fit(_plain(part.table, known))) for part in found.parts]
    return replace(found, parts=tuple(_models_joined(parts)))


def _models_joined(parts: Sequence[Part]) -> Iterator[Part]:
    """The parts; what a program prints around the coefficients of one model is told of their table, and is no other."""
    models = [in_pairs(part.table) if part.table else () for part in parts]
    coefficients = [part for part in parts if part.table and COEFFICIENTS & _words(part.table)]
    if len(coefficients) != 1 or not any(models):
        yield from parts
        return
    lines = (line for part in parts if part.kind is PartKind.TEXT for line in part.text.splitlines())
    told = (*(fit for one in models for fit in one), *filter(None, map(in_line, lines)))
    judged = [part.place for part, model in zip(parts, models, strict=True) if model or part is coefficients[0]]
    for part, model in zip(parts, models, strict=True):
        if part is coefficients[0] and part.table is not None:
            yield replace(part, table=replace(part.table, fit=(*part.table.fit, *told)))
        elif part.kind is PartKind.TEXT:
            yield replace(part, text=_without_lines(part.text, judged))
        elif not model:
            yield part


def _without_lines(text: str, places: Sequence[str]) -> str:
    """A text with empty lines for those of its tables, `lines 4 to 9`, which are judged as such."""
    found = [match for place in places if (match := LINES.fullmatch(place))]
    gone = {number for match in found for number in range(int(match[1]), int(match[2]) + 1)}
    return "\n".join(
        "" if number in gone or in_line(line) else line for number, line in enumerate(text.splitlines(), 1)
    )


def _words(table: Table) -> set[str]:
    return {word for name in table.columns for word in words_of(name)}


def first_table(name: str, content: bytes, policy: Policy) -> Table:
    """The first table of a file, whatever its format. Raises CannotRead for a file that has none."""
    found = next((part.table for part in contents_of(name, content, policy).tables if part.table), None)
    if found is None:
        raise CannotRead("No table was found in the file.")
    return found


def _plain(table: Table, known: Collection[str]) -> Table:
    """The table with the headings that a reader sees, and without row numbers."""
    headed = with_headings(table, known)
    if headed is table:
        headed = with_headings(_without_first(table), known)
        return headed if headed.columns != _without_first(table).columns else without_row_numbers(table)
    return without_row_numbers(headed)


def _without_first(table: Table) -> Table:
    """The table without its first column, where that is empty above and numbers the rows below."""
    if len(table.columns) < 3 or not table.rows or table.rows[0][0] != "":
        return table
    below = without_row_numbers(replace(table, rows=table.rows[1:], row_numbers=table.row_numbers[1:]))
    if len(below.columns) == len(table.columns):
        return table
    shorter = tuple(row[1:] for row in table.rows)
    return Table(tuple(f"column {place + 1}" for place in range(len(shorter[0]))), shorter, table.row_numbers)
