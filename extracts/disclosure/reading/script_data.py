"""Data written into scripts: the lists and objects of JavaScript that need no running to be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.S)
SCALAR = re.compile(r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)(?![\w$])")
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`(?:[^`\\$]|\\.)*`', re.S)
KEY = re.compile(r"[A-Za-z_$][\w$]*|\d+")
WORD = {"true": True, "false": False, "null": None, "undefined": None, "NaN": None}
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.S)
LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
DULL = re.compile(r"[^\"'`,;()\[\]{}]+")  # what neither ends an expression nor nests in it
DEEPEST = 60
LONGEST_EXPRESSION = 3_000  # characters; a script of nothing but openings must not take for ever
MOST_TRIES = 200_000
DIGITS = re.compile(r"\d")
JSON = json.JSONDecoder()


class _NoLiteral(ValueError):
    """What stands here is no list or object that can be read without running it."""


class _TooDeep(_NoLiteral):
    """Lists within lists, deeper than data are."""


def literals(script: str) -> Iterator[Any]:
    """The outermost lists and objects of a script that hold a number, as Python reads JSON.

    What only running could tell (a call, a function) is None where it stands within a list or an object.
    """
    place, tries = 0, 0
    while tries < MOST_TRIES and (match := re.compile(r"[\[{]").search(script, place)):
        tries += 1
        start = match.start()
        value, place = _at(script, start)
        if value and DIGITS.search(script, start, place):
            yield value


def _at(script: str, start: int) -> tuple[Any, int]:
    """The value that begins here and where it ends; None and the next place when none does."""
    try:
        return JSON.raw_decode(script, start)
    except (ValueError, RecursionError):
        pass
    try:
        return _value(script, start, 0)
    except _TooDeep:
        return None, start + DEEPEST  # else every bracket of a tower of them would be tried
    except (_NoLiteral, RecursionError):
        return None, start + 1


def _skip(text: str, place: int) -> int:
    match = SPACE.match(text, place)
    return match.end() if match else place


def _value(text: str, place: int, depth: int) -> tuple[Any, int]:
    """A literal and where it ends. Raises _NoLiteral."""
    if depth > DEEPEST:
        raise _TooDeep
    start = text[place : place + 1]
    if start == "[":
        return _list(text, place, depth)
    if start == "{":
        return _object(text, place, depth)
    found = _scalar(text, place)
    end = _skip(text, found[1]) if found else place
    if found and text[end : end + 1] in (",", "]", "}"):
        return found[0], end
    return None, _past_expression(text, place)


def _scalar(text: str, place: int) -> tuple[Any, int] | None:
    if match := STRING.match(text, place):
        return ESCAPE.sub(_unescaped, match[0][1:-1]), match.end()
    if match := SCALAR.match(text, place):
        number = float(match[0])
        return int(number) if number.is_integer() and abs(number) < 1e15 else number, match.end()
    if (match := KEY.match(text, place)) and match[0] in WORD:
        return WORD[match[0]], match.end()
    return None


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code[1:], 16)) if code[0] in "ux" and len(code) > 1 else LETTERS.get(code, code)


def _list(text: str, place: int, depth: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    place = _skip(text, place + 1)
    while text[place : place + 1] != "]":
        item, place = _value(text, place, depth + 1)
        items.append(item)
        place = _next(text, place, "]")
    return items, place + 1


def _object(text: str, place: int, depth: int) -> tuple[dict[str, Any], int]:
    items: dict[str, Any] = {}
    place = _skip(text, place + 1)
    while text[place : place + 1] != "}":
        match = STRING.match(text, place) or KEY.match(text, place)
        if not match:
            raise _NoLiteral
        name = match[0].strip("\"'`")
        place = _skip(text, match.end())
        if text[place : place + 1] != ":":
            raise _NoLiteral
        items[name], place = _value(text, _skip(text, place + 1), depth + 1)
        place = _next(text, place, "}")
    return items, place + 1


def _next(text: str, place: int, closing: str) -> int:
    """Past a comma, or at the closing bracket. Raises _NoLiteral."""
    place = _skip(text, place)
    if text[place : place + 1] == ",":
        return _skip(text, place + 1)
    if text[place : place + 1] != closing:
        raise _NoLiteral
    return place


def _past_expression(text: str, place: int) -> int:
    """Where an expression ends that only running could tell. Raises _NoLiteral when it has no end nearby."""
    open_ = 0
    limit = min(len(text), place + LONGEST_EXPRESSION)
    while place < limit:
        if match := STRING.match(text, place) or DULL.match(text, place):
            place = match.end()
            continue
        if open_ == 0 and text[place] in ",]}":
            return place
        open_ += (text[place] in "([{") - (text[place] in ")]}")
        if open_ < 0 or (open_ == 0 and text[place] == ";"):
            raise _NoLiteral
        place += 1
    raise _NoLiteral
