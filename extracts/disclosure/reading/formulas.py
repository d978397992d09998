"""Formulas of workbooks, worked out as far as it takes to see whether a cell shows what its formula gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from extracts.disclosure.reading.references import REFERENCE, column_number

Place = tuple[str, int, int]  # sheet, row and column from 0
Values = Mapping[Place, str]


class NotWorkedOut(ValueError):
    """A formula uses what is not worked out here."""


TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<range>(?:(?:'(?:[^']|'')+'|[\w.]+)!)?\$?[A-Za-z]{1,3}\$?\d{1,7}(?::\$?[A-Za-z]{1,3}\$?\d{1,7})?(?![\w(]))"
    r"|(?P<name>[A-Za-z][A-Za-z.]*)(?=\()|(?P<sign>[-+*/^%(),;]))"
)
MOST_CELLS, DEEPEST = 20_000, 50


def result(formula: str, sheet: str, values: Values) -> float:
    """What a formula of a sheet gives, from the values that the cells show.

    Sums, means, differences, products, shares and rounding. Raises NotWorkedOut for all else.
    """
    parser = _Parser(formula, sheet, values)
    found = parser.sum()
    if parser.peek() or not isinstance(found, float):
        raise NotWorkedOut
    return found


def cells_used(formula: str, sheet: str) -> set[Place]:
    """The cells that a formula of a sheet names. Raises NotWorkedOut for what is not worked out here."""
    tokens = _Parser(formula, sheet, {}).tokens
    return {place for kind, text in tokens if kind == "range" for place in _places(text, sheet)}


class _Parser:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, formula: str, sheet: str, values: Values) -> None:
        self.sheet, self.values, self.depth = sheet, values, 0
        self.tokens: list[tuple[str, str]] = []
        text, place = formula.strip().removeprefix("="), 0
        while place < len(text.rstrip()):
            match = TOKEN.match(text, place)
            if not match or match.lastgroup is None or len(self.tokens) > 2_000:
                raise NotWorkedOut
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            place = match.end()
        self.place = 0

    def peek(self) -> str:
        return self.tokens[self.place][1] if self.place < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        if self.place >= len(self.tokens):
            raise NotWorkedOut
        self.place += 1
        return self.tokens[self.place - 1]

    def sum(self) -> float:
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotWorkedOut
        total = self.product()
        while self.peek() in ("+", "-"):
            total += self.product() if self.take()[1] == "+" else -self.product()
        self.depth -= 1
        return total

    def product(self) -> float:
        total = self.power()
        while self.peek() in ("*", "/"):
            times, factor = self.take()[1] == "*", self.power()
            if not times and factor == 0:
                raise NotWorkedOut
            total = total * factor if times else total / factor
        return total

    def power(self) -> float:
        if self.peek() in ("-", "+"):
            return -self.power() if self.take()[1] == "-" else self.power()
        base = self.atom()
        while self.peek() == "%":
            self.take()
            base /= 100
        if self.peek() == "^":
            raise NotWorkedOut
        return base

    def atom(self) -> float:
        kind, text = self.take()
        if kind == "number":
            return float(text)
        if text == "(":
            inside = self.sum()
            self.close()
            return inside
        if kind == "range" and ":" not in text:
            return self.numbers(text, blank=0.0)[0]
        if kind == "name":
            return self.function(text.upper())
        raise NotWorkedOut

    def close(self) -> None:
        if self.take()[1] != ")":
            raise NotWorkedOut

    def function(self, name: str) -> float:
        self.take()
        arguments: list[float] = []
        while True:
            token = self.tokens[self.place : self.place + 2]
            alone = len(token) == 2 and token[0][0] == "range" and token[1][1] in (",", ";", ")")
            arguments += self.numbers(self.take()[1]) if alone and name in OF_MANY else [self.sum()]
            if self.peek() in (",", ";"):
                self.take()
                continue
            self.close()
            break
        return _call(name, arguments)

    def numbers(self, text: str, blank: float | None = None) -> list[float]:
        """The numbers of a reference; cells without one count for `blank`, or not at all."""
        texts = [self.values.get(place, "") for place in _places(text, self.sheet)]
        return [number for text in texts if (number := _number(text, blank)) is not None]


def _places(text: str, own: str) -> list[Place]:
    """The cells that a reference in a sheet names. Raises NotWorkedOut."""
    match = REFERENCE.match(text)
    if match is None:
        raise NotWorkedOut
    sheet = (match[1] or match[2] or own).replace("''", "'")
    first = (int(match[4]) - 1, column_number(match[3]))
    other = re.search(r":\$?([A-Za-z]{1,3})\$?(\d{1,7})$", text)
    last = (int(other[2]) - 1, column_number(other[1])) if other else first
    if (last[0] - first[0] + 1) * (last[1] - first[1] + 1) > MOST_CELLS:
        raise NotWorkedOut
    rows, columns = range(first[0], last[0] + 1), range(first[1], last[1] + 1)
    return [(sheet, row, column) for row in rows for column in columns]


def _number(text: str, blank: float | None) -> float | None:
    """A cell as a number. Raises NotWorkedOut for text where a single number is wanted."""
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        if text and blank is not None:
            raise NotWorkedOut from None
        return blank


def _round(arguments: list[float]) -> float:
    number, places = arguments
    scale = 10.0 ** int(places)
    # Workbooks round halves away from zero.
    return float(int(abs(number) * scale + 0.5 + 1e-9) / scale * (1 if number >= 0 else -1))


OF_MANY: dict[str, Callable[[list[float]], float]] = {
    "SUM": lambda many: float(sum(many)), "AVERAGE": lambda many: sum(many) / len(many), "MIN": min, "MAX": max,
    "COUNT": lambda many: float(len(many)),
}  # fmt: skip
OF_FEW: dict[str, Callable[[list[float]], float]] = {"ROUND": _round, "ABS": lambda few: abs(few[0])}


def _call(name: str, arguments: list[float]) -> float:
    try:
        return (OF_MANY | OF_FEW)[name](arguments)
    except (KeyError, ValueError, ZeroDivisionError, OverflowError, IndexError):
        raise NotWorkedOut from None
