"""Number formats of workbooks: what a cell shows, and formats that show no number where there is one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache

DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
PERCENTAGES = frozenset([9, 10])
QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
IN_BRACKETS = re.compile(r"\[[^\]]*\]")
CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[\d.]+)\]")
TESTS = {
    "<": lambda a, b: a < b, ">": lambda a, b: a > b, "=": lambda a, b: a == b,
    "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b, "<>": lambda a, b: a != b,
}  # fmt: skip
FIRST_DAY, FIRST_DAY_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)


@lru_cache(maxsize=1024)
def _bare(code: str) -> str:
    """A format without quoted text, escapes and brackets."""
    return IN_BRACKETS.sub("", QUOTED.sub("", code)).lower()


@lru_cache(maxsize=1024)
def is_date(number: int, code: str) -> bool:
    """Whether a format, by its number and its code, shows dates or times."""
    bare = _bare(code).replace("general", "")
    return number in DATES or bool(code and re.search(r"[ymdhs]", bare) and not re.search(r"[#?]|0\.0", bare))


@lru_cache(maxsize=1024)
def is_percentage(number: int, code: str) -> bool:
    """Whether a format shows a share as a percentage."""
    return number in PERCENTAGES or "%" in _bare(code)


@lru_cache(maxsize=1024)
def _always_shows(code: str) -> bool:
    """Whether a format has a single section, and a place for a number in it."""
    return ";" not in code and CONDITION.search(code) is None and re.search(r"[0#?]|general", _bare(code)) is not None


def hides(code: str, value: float) -> bool:
    """Whether a format shows a text, or nothing, in the place of this number: `;;;` or `[<10]"c"`."""
    if not code or code == "@" or _always_shows(code):
        return False
    part = _section(QUOTED.sub(lambda match: match[0].replace(";", ""), code).split(";"), value)
    bare = _bare(part)
    return not re.search(r"[0#?ymdhs@]|general", bare)


def _section(sections: list[str], value: float) -> str:
    """The section of a format that a number is shown by."""
    for section in sections:
        if match := CONDITION.search(section):
            if TESTS[match[1]](value, float(match[2])):
                return section
        elif any(CONDITION.search(one) for one in sections):
            return section
    if any(CONDITION.search(one) for one in sections):
        return sections[-1]
    place = 1 if value < 0 else 2 if value == 0 else 0
    return sections[place] if place < len(sections) else sections[0]


def as_shown(text: str, number: int, code: str, *, since_1904: bool) -> str:
    """A number in the sense of its format, in all digits that the file holds: a date, a percentage or itself."""
    try:
        value = float(text)
        if is_date(number, code):
            day = (FIRST_DAY_1904 if since_1904 else FIRST_DAY) + timedelta(days=value)
            return day.isoformat(" ").removesuffix(" 00:00:00")
    except (ValueError, OverflowError):
        return text
    if is_percentage(number, code):
        return f"{value * 100:.15g}%"
    return f"{value:.15g}" if abs(value) < 1e15 or value % 1 else text
