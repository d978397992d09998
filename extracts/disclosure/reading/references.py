"""References in formulas of workbooks: to cells, and to what is outside of the file."""

from __future__ import annotations

import re
from functools import lru_cache

REFERENCE = re.compile(r"(?:(?:'((?:[^']|'')+)'|([\w.]+))!)?\$?([A-Za-z]{1,3})\$?(\d{1,7})(?![\w(])")
OUTSIDE = re.compile(
    r"\[\d+\]|\[[^\]]+\.xls|://|\\\\|\|'?!?|\b(?:WEBSERVICE|FILTERXML|RTD|DDE|CALL|EXEC|REGISTER|INDIRECT|IMPORTDATA|"
    r"STOCKHISTORY|CUBE\w+|SQL\.REQUEST|HYPERLINK|IMAGE|PY)\s*\(",
    re.I,
)


def refers_outside(formula: str) -> bool:
    """Whether a formula may fetch values from other files, programs or the network."""
    return OUTSIDE.search(formula) is not None


@lru_cache(maxsize=20_000)
def column_number(letters: str) -> int:
    """The number of a column, from 0, by its letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def moved(formula: str, rows: int, columns: int) -> str:
    """A shared formula as it reads some rows further down and some columns to the right."""

    def shift(match: re.Match[str]) -> str:
        text = match[0]
        head, cell = text.rpartition("!")[:2], text.rpartition("!")[2]
        parts = re.fullmatch(r"(\$?)([A-Za-z]+)(\$?)(\d+)", cell)
        if parts is None:
            return text
        column = column_number(parts[2]) + (0 if parts[1] else columns)
        row = int(parts[4]) + (0 if parts[3] else rows)
        return "".join(head) + f"{parts[1]}{letters(max(column, 0))}{parts[3]}{max(row, 1)}"

    return REFERENCE.sub(shift, formula)


def letters(column: int) -> str:
    """The letters by which spreadsheets name a column, counted from 0."""
    name, column = "", column + 1
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(65 + digit) + name
    return name
