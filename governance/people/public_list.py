"""The public list of accredited researchers, read from a CSV file, and whether an entry is a person.

Gatehouse keeps the list as it was imported last; research support sees on a request what the list says under the number
that was given. A match is told, and decides nothing.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

COLUMNS = ("number", "name", "organisation", "kind", "valid_until")
KINDS = ("full", "provisional")
TITLES = frozenset({"dr", "prof", "professor", "mr", "mrs", "ms", "miss", "mx", "sir", "dame"})


class BadList(ValueError):
    """The file is no list of researchers; the sentence names the row and what is wrong with it."""


@dataclass(frozen=True)
class Listed:
    """One line of the list."""

    number: str
    name: str
    organisation: str
    kind: str
    valid_until: date


def read_list(path: Path) -> tuple[Listed, ...]:
    """Every line of the file. Raises BadList for the first one that cannot be read, and for a number that is double."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return tuple(_lines(csv.DictReader(file)))
    except FileNotFoundError:
        raise BadList(f"There is no file {path}.") from None
    except UnicodeDecodeError:
        raise BadList(f"{path.name} is not in UTF-8.") from None


def _lines(rows: csv.DictReader[str]) -> Iterator[Listed]:
    if missing := [column for column in COLUMNS if column not in (rows.fieldnames or ())]:
        raise BadList(f"The list has no column {missing[0]}. It needs {', '.join(COLUMNS)}.")
    seen: dict[str, int] = {}
    for place, row in enumerate(rows, 2):
        given = {column: (row[column] or "").strip() for column in COLUMNS}
        if empty := next((column for column in COLUMNS if not given[column]), ""):
            raise BadList(f"Row {place}: {empty} is empty.")
        if given["kind"].lower() not in KINDS:
            raise BadList(f"Row {place}: kind is {' or '.join(KINDS)}.")
        try:
            until = date.fromisoformat(given["valid_until"])
        except ValueError:
            raise BadList(f"Row {place}: valid_until is a date such as 2031-01-31.") from None
        if given["number"] in seen:
            raise BadList(f"Row {place}: the number stands in row {seen[given['number']]} too.")
        seen[given["number"]] = place
        yield Listed(given["number"], given["name"], given["organisation"], given["kind"].lower(), until)
    if not seen:
        raise BadList("The list is empty: nothing was changed.")


def agree(one: str, other: str) -> bool:
    """Whether two names, of people or organisations, have the same words, without titles, accents, marks and case."""
    return bool(_words(one)) and _words(one) == _words(other)


def _words(text: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return frozenset(re.findall(r"[a-z]+", plain.replace("'", ""))) - TITLES
