"""Names as DuckDB expressions: one way of writing them, their parts, and which of them are short for which."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

NICKNAMES = Path(__file__).parent / "nicknames.csv"

# Words that stand for "nothing was written down".
NOTHING = (
    "", "na", "n a", "nan", "nil", "nk", "none", "null", "not known", "not given", "not stated", "unk", "unknown", "no name",
    "xx", "xxx",
)  # fmt: skip
TITLES = "mr|mrs|ms|miss|mx|dr|sir|dame|rev|revd|reverend|prof|professor|capt|captain|col|colonel|hon|master|esq|esquire|jr|snr|jnr"
# Beginnings of surnames that are written apart or together.
BEGINNINGS = "mc|mac|o|fitz"


def once(expression: str, name: str, body: str) -> str:
    """`body`, in which `name` stands for the expression. DuckDB works out what CASE or nullif repeats again each time."""
    return f"list_transform([{expression}], lambda {name}: {body})[1]"


def words(column: str) -> str:
    """Lower case letters and digits, single spaces, no accents; NULL when nothing was written down."""
    plain = f"regexp_replace(lower(strip_accents({column})), '[''’`´.]', '', 'g')"
    spaced = f"trim(regexp_replace({plain}, '[^a-z0-9]+', ' ', 'g'))"
    return once(spaced, "spaced", f"CASE WHEN spaced NOT IN {NOTHING} THEN spaced END")


def name_words(column: str) -> str:
    """As `words`, without titles and digits, and with Mc, Mac, O and Fitz joined to what follows."""
    untitled = f"regexp_replace(' ' || {words(column)} || ' ', ' ({TITLES})( ({TITLES}))* ', ' ', 'g')"
    joined = f"regexp_replace({untitled}, ' ({BEGINNINGS}) ([a-z]{{3,}})', ' \\1\\2', 'g')"
    return once(f"trim({joined})", "joined", "nullif(joined, '')")


def first_word(column: str) -> str:
    return f"split_part({column}, ' ', 1)"


def last_word(column: str) -> str:
    return f"regexp_extract({column}, '([^ ]+)$', 1)"


def without_first(column: str) -> str:
    return f"nullif(regexp_replace({column}, '^[^ ]+ ?', ''), '')"


def skeleton(column: str) -> str:
    """How a name sounds, roughly: the first letter and the consonants after it, letters that sound alike made one."""
    alike = column
    for pattern, sound in (
        ("ph", "f"), ("ck", "k"), ("gh", "g"), ("kn", "n"), ("wr", "r"), ("sch", "s"), ("tch", "c"), ("dg", "g"),
    ):  # fmt: skip
        alike = f"replace({alike}, '{pattern}', '{sound}')"
    alike = f"translate({alike}, 'zjqcx', 'sgkkk')"
    return f"left({alike}, 1) || regexp_replace(substr({alike}, 2), '[aeiouyhw ]', '', 'g')"


@cache
def nicknames() -> tuple[tuple[str, str], ...]:
    """(name as written, name it may stand for), both ways of every line of the list."""
    with NICKNAMES.open(encoding="utf-8", newline="") as file:
        lines = [(row["name"], row["short"].split()) for row in csv.DictReader(file)]
    pairs = {(name, name) for name, short in lines if short}
    pairs |= {(nick, name) for name, short in lines for nick in short}
    return tuple(sorted(pairs))
