"""Data written into scripts: the lists and objects of JavaScript that need no running to be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

# A comment is followed for so far only: without end, it would be searched for one from every bracket before it.
SPACE = re.compile(r"(?:\s|//[^\n]{0,3000}+(?=\n|\Z)|/\*.{0,3000}?\*/)*", re.S)
BRACKET = re.compile(r"\[|\{(?=\s*[\w$\"'`/}])")  # objects begin with a name, a comment or their end
SCALAR = re.compile(r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)(?![\w$])")
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`(?:[^`\\$]|\\.)*`', re.S)
TEMPLATE = re.compile(r"`(?:[^`\\]|\\.)*`", re.S)  # with expressions in it
QUOTES = tuple("\"'`")
KEY = re.compile(r"[A-Za-z_$][\w$]*|\d+")
WORD = {"true": True, "false": False, "null": None, "undefined": None, "NaN": None}
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.S)
LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
DULL = re.compile(r"[^\"'`,;()\[\]{}]+")  # what neither ends an expression nor nests in it
DEEPEST = 60
LONGEST_EXPRESSION = 3_000  # characters; a script of nothing but openings must not take for ever
MOST_TRIES = 200_000
MOST_WORK = 2_000_000  # characters looked at in vain, from all brackets together, and three times the script
DIGITS = re.compile(r"\d")
JSON = json.JSONDecoder()
FIRST_PIECE = 2_000  # characters in which JSON is looked for first; its errors count the lines before them
NEAR = 12  # characters before the end of a piece in which an error may be of nothing but the cut


class _NoLiteral(ValueError):
    """What stands here is no list or object that can be read without running it; `reached` is how far that took."""

    def __init__(self, reached: int) -> None:
        super().__init__()
        self.reached = reached


class _TooDeep(_NoLiteral):
    """Lists within lists, deeper than data are."""


def literals(script: str) -> Iterator[Any]:
    """The outermost lists and objects of a script that hold a number, as Python reads JSON.

    What only running could tell (a call, a function) is None where it stands within a list or an object.
    """
    place, tries, work = 0, 0, MOST_WORK + 3 * len(script)
    while tries < MOST_TRIES and work > 0 and (match := BRACKET.search(script, place)):
        tries += 1
        start = match.start()
        try:
            value, place = _at(script, start)
        except _NoLiteral as none:
            # Where it is too deep, every bracket of a tower of them would be tried in vain.
            place = start + (DEEPEST if isinstance(none, _TooDeep) else 1)
            work -= none.reached - start
        else:
            if value and DIGITS.search(script, start, place):
                yield value


def _at(script: str, start: int) -> tuple[Any, int]:
    """The value that begins here and where it ends. Raises _NoLiteral when none does."""
    try:
        return _json_at(script, start)
    except RecursionError:
        raise _TooDeep(start + FIRST_PIECE) from None
    except ValueError:
        return _value(script, start, 0)


def _json_at(script: str, start: int) -> tuple[Any, int]:
    """A list or object of JSON and where it ends. Raises ValueError, RecursionError."""
    size = FIRST_PIECE
    while True:
        piece = script[start : start + size]
        try:
            value, end = JSON.raw_decode(piece)
            return value, start + end
        except json.JSONDecodeError as error:
            cut_off = error.pos >= len(piece) - NEAR or error.msg.startswith("Unterminated string")
            if not cut_off or start + size >= len(script):
                raise
        size *= 8


def _skip(text: str, place: int) -> int:
    match = SPACE.match(text, place)
    return match.end() if match else place


def _value(text: str, place: int, depth: int) -> tuple[Any, int]:
    """A literal and where it ends. Raises _NoLiteral."""
    if depth > DEEPEST:
        raise _TooDeep(place)
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
            raise _NoLiteral(_end_of_string(text, place))
        name = match[0].strip("\"'`")
        place = _skip(text, match.end())
        if text[place : place + 1] != ":":
            raise _NoLiteral(place)
        items[name], place = _value(text, _skip(text, place + 1), depth + 1)
        place = _next(text, place, "}")
    return items, place + 1


def _next(text: str, place: int, closing: str) -> int:
    """Past a comma, or at the closing bracket. Raises _NoLiteral."""
    place = _skip(text, place)
    if text[place : place + 1] == ",":
        return _skip(text, place + 1)
    if text[place : place + 1] != closing:
        raise _NoLiteral(place)
    return place


def _past_expression(text: str, place: int) -> int:
    """Where an expression ends that only running could tell. Raises _NoLiteral when it has no end nearby."""
    open_ = 0
    limit = min(len(text), place + LONGEST_EXPRESSION)
    while place < limit:
        letter = text[place]
        if letter in "([{":
            open_ += 1
        elif open_ == 0 and letter in ",]}":
            return place
        elif letter in ")]}":
            open_ -= 1
        elif match := DULL.match(text, place) or STRING.match(text, place) or TEMPLATE.match(text, place):
            place = match.end()
            continue
        elif letter in QUOTES:
            raise _NoLiteral(_end_of_string(text, place))
        if open_ < 0 or (open_ == 0 and letter == ";"):
            raise _NoLiteral(place)
        place += 1
    raise _NoLiteral(place)


def _end_of_string(text: str, place: int) -> int:
    """How far a string without end was looked for; the place itself where none begins."""
    if text[place : place + 1] not in QUOTES:
        return place
    end = -1 if text[place] == "`" else text.find("\n", place)
    return len(text) if end < 0 else end
