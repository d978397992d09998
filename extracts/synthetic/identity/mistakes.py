"""The slips of a hand or an ear: each takes values and gives what was written instead.

Every function gets only the rows that go wrong, and changes each of them where it can.
"""

from __future__ import annotations

import numpy as np

from extracts.synthetic.chance import Flags, Ints
from extracts.synthetic.identity.text import Text, as_matrix, blank, lengths, packed, widened

SUBSTITUTE, DELETE, INSERT, TRANSPOSE = range(4)
# The letter to the right or left of each on a keyboard.
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")

# What is heard alike, and what a scanner takes for one another; tried in this order from a random start.
HEARD = (
    ("ph", "f"), ("ck", "k"), ("ie", "y"), ("ee", "ea"), ("ll", "l"), ("tt", "t"), ("nn", "n"), ("ss", "s"),
    ("th", "t"), ("ar", "er"), ("on", "en"), ("an", "en"), ("or", "er"), ("ei", "ie"), ("ai", "ay"), ("ou", "oo"),
    ("s", "z"), ("c", "k"), ("j", "g"), ("i", "y"), ("y", "ie"), ("k", "c"), ("m", "n"), ("e", "a"), ("a", "e"),
    ("o", "u"),
)  # fmt: skip
READ = (
    ("m", "rn"), ("cl", "d"), ("rn", "m"), ("li", "h"), ("vv", "w"), ("w", "vv"), ("l", "i"), ("i", "l"), ("o", "a"),
    ("e", "c"), ("n", "r"), ("u", "v"), ("h", "b"), ("g", "q"), ("a", "o"), ("t", "f"), ("s", "5"), ("r", "n"),
)  # fmt: skip
ATTEMPTS = 4


def _beside() -> Text:
    """For every byte the one that a finger hits instead; itself where there is none."""
    table: Text = np.arange(256, dtype=np.uint8)
    for row in KEYBOARD:
        for here, there in zip(row, row[1:] + row[-2], strict=True):
            table[ord(here)], table[ord(here.upper())] = ord(there), ord(there.upper())
    return table


BESIDE = _beside()


def mistyped(rng: np.random.Generator, names: Text) -> Text:
    """One letter substituted, left out, doubled or exchanged with the next. The first letter mostly stays."""
    names = widened(names, names.shape[1] + 1)
    count, width = len(names), names.shape[1]
    size = lengths(names)
    kind = rng.integers(0, 4, count)
    kind = np.where(size < 3, INSERT, kind)
    last = np.where(kind == TRANSPOSE, size - 1, size)
    place = np.minimum((rng.random(count) ** 0.8 * last).astype(np.int64), np.maximum(last - 1, 0))
    columns = np.arange(width)[None, :]
    at, kind_of = place[:, None], kind[:, None]
    source = columns + ((kind_of == DELETE) & (columns >= at)) - ((kind_of == INSERT) & (columns > at))
    source = source + ((kind_of == TRANSPOSE) & (columns == at)) - ((kind_of == TRANSPOSE) & (columns == at + 1))
    result = np.take_along_axis(names, np.minimum(source, width - 1), axis=1)
    rows = np.flatnonzero(kind == SUBSTITUTE)
    result[rows, place[rows]] = BESIDE[result[rows, place[rows]]]
    return _really(rng, names, result)


def _really(rng: np.random.Generator, before: Text, after: Text) -> Text:
    """Where nothing changed (two equal letters exchanged), a letter in the middle is doubled."""
    same = np.flatnonzero((before == after).all(axis=1))
    place = np.maximum(lengths(after[same]) // 2, 0)
    columns = np.arange(after.shape[1])[None, :]
    after[same] = np.take_along_axis(after[same], np.maximum(columns - (columns > place[:, None]), 0), axis=1)
    return after


def misheard(rng: np.random.Generator, names: Text) -> Text:
    """Written as it sounds."""
    return _replaced(rng, names, HEARD)


def misread(rng: np.random.Generator, names: Text) -> Text:
    """Read wrongly off paper."""
    return _replaced(rng, names, READ)


def _replaced(rng: np.random.Generator, names: Text, rules: tuple[tuple[str, str], ...]) -> Text:
    """One rule applied to each name, the first letter apart; a typing slip where none of a few rules fits."""
    count = len(names)
    result = widened(names, names.shape[1] + 2)
    if not count:
        return result
    first, rest = result[:, :1], np.ascontiguousarray(result[:, 1:])
    rule = rng.integers(0, len(rules), count)
    waiting = np.arange(count)
    for _ in range(ATTEMPTS):
        for number in np.unique(rule[waiting]).tolist():
            rows = waiting[rule[waiting] == number]
            old, new = rules[number]
            there = packed(rest[rows])
            changed = np.strings.replace(there, old.encode(), new.encode(), count=1).astype(there.dtype)
            rest[rows] = as_matrix(changed)
        waiting = waiting[(rest[waiting] == result[waiting, 1:]).all(axis=1)]
        rule = (rule + 7) % len(rules)
    written = np.concatenate([first, rest], axis=1)
    if len(waiting):
        written = widened(written, written.shape[1] + 1)
        written[waiting] = mistyped(rng, written[waiting, :-1])
    return written


def digit_mistyped(rng: np.random.Generator, values: Text) -> Text:
    """One figure of a number or postcode replaced by another one."""
    result = values.copy()
    figures = (values >= ord("0")) & (values <= ord("9"))
    luck = np.where(figures, rng.random(values.shape), -1.0)
    place = luck.argmax(axis=1)
    rows = np.flatnonzero(figures.any(axis=1))
    old = result[rows, place[rows]] - ord("0")
    result[rows, place[rows]] = (old + rng.integers(1, 10, len(rows))) % 10 + ord("0")
    return result


def split_date(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of month of days since 1970."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    month = months.astype(np.int64)
    day = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    return month // 12 + 1970, month % 12 + 1, day


def date_of(year: Ints, month: Ints, day: Ints) -> Ints:
    """Days since 1970; a day beyond the end of its month becomes the last one."""
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    start: Ints = months.astype("datetime64[D]").astype(np.int64)
    end: Ints = (months + 1).astype("datetime64[D]").astype(np.int64)
    result: Ints = np.minimum(start + day - 1, end - 1)
    return result


def day_and_month_swapped(days: Ints) -> Ints:
    """3 April for 4 March. Only for days that can be months."""
    year, month, day = split_date(days)
    return date_of(year, np.minimum(day, 12), month)


def can_be_swapped(days: Ints) -> Flags:
    """Whether day and month are different and could each be the other."""
    _, month, day = split_date(days)
    possible: Flags = (day <= 12) & (day != month)
    return possible


def first_of_january(days: Ints) -> Ints:
    """Only the year was known."""
    year, _, _ = split_date(days)
    return date_of(year, np.ones_like(year), np.ones_like(year))


def date_mistyped(rng: np.random.Generator, days: Ints) -> Ints:
    """A figure of the date is wrong: of the day or month for two thirds, else the year by one to five or ten."""
    year, month, day = split_date(days)
    kind = rng.integers(0, 6, len(days))
    step = rng.integers(1, 3, len(days)) * rng.choice([-1, 1], len(days))
    other_day = np.where(kind < 2, (day - 1 + step) % 28 + 1, np.where(kind == 2, (day + 9) % 28 + 1, day))
    other_month = np.where(kind == 3, (month - 1 + step) % 12 + 1, month)
    years = rng.choice(np.array([-10, -3, -2, -1, 1, 1, 2, 5]), len(days))
    return date_of(year + np.where(kind > 3, years, 0), other_month, other_day)


def initials(names: Text) -> Text:
    """The first letter alone."""
    result = blank(len(names))
    result[:, 0] = names[:, 0]
    return result
