"""What values look like, as DuckDB SQL: identifiers where none may be, identity columns that hold something else."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import extracts.synthetic.identity
from extracts.conversion import text

STOCK = Path(extracts.synthetic.identity.__file__).parent

# How identifiers are printed, anywhere in a text: what it looks like, and the pattern (case does not matter).
IDENTIFIERS = (
    ("a postcode",                  r"\b[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}\b"),
    ("a PNC number",                r"\b(19|20)?[0-9]{2}/[0-9]{1,7}[A-Z]\b"),
    ("a CRO number",                r"\b(SF)?[0-9]{1,6}/[0-9]{2}[A-Z]\b"),
    ("a National Insurance number", r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]\b"),
    ("a prison number",             r"\b[A-Z][0-9]{4}[A-Z]{2}\b"),
    ("an arrest/summons number",    r"\b[0-9]{2}/?[0-9A-Z]{4}/?[0-9]{2}/?[0-9]{1,11}[A-Z]\b"),
    ("an e-mail address",           r"[^ @]+@[^ @]+\.[a-z]{2,}"),
    ("a telephone number",          r"(\+44|\b0)[ 0-9]{9,12}\b"),
)  # fmt: skip

# What most values of an identity column look like; a column with another content bears the wrong name.
LIKE_ITS_ROLE = {
    "forename": r"[^0-9]*",
    "middle_name": r"[^0-9]*",
    "surname": r"[^0-9]*",
    "date_of_birth": r"[0-9]{1,4}[-/. ]?[0-9A-Za-z]{1,9}[-/. ]?[0-9]{1,4}.*",
    "sex": r".{1,12}",
    "postcode": r"(?i).*[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9]?[A-Z0-9]{0,2}.*",
    "pnc": r".*[0-9]{2}.*",
    "cro": r".*[0-9]{2}.*",
    "national_insurance": r".*[0-9]{2}.*",
    "asn": r".*[0-9]{2}.*",
    "case_reference": r".*[0-9]{2}.*",
    "event_date": r"[0-9]{1,4}[-/. ]?[0-9A-Za-z]{1,9}[-/. ]?[0-9]{1,4}.*",
}

# Control characters, and the mark that a letter was lost in another encoding.
LOST_LETTERS = r"[\x00-\x08\x0B-\x1F\x7F\x{80}-\x{9F}\x{FFFD}]"


def has_identifier(value: str) -> str:
    """SQL: whether a text holds what is printed like an identifier."""
    pattern = "|".join(f"({pattern})" for _, pattern in IDENTIFIERS)
    return f"regexp_matches({value}, {text(f'(?i){pattern}')})"


def is_name(value: str) -> str:
    """SQL: whether a text is a common forename and a common surname, with or without names between, in either order."""
    words = f"string_split_regex(lower(trim({value})), '[ ,]+')"
    pair = [f"{words}[{at}] IN {_among(stock)}" for at, stock in ((1, "forenames"), (-1, "surnames"))]
    turned = [f"{words}[{at}] IN {_among(stock)}" for at, stock in ((-1, "forenames"), (1, "surnames"))]
    short = f"len({words}) BETWEEN 2 AND 4"
    return f"({short} AND (({' AND '.join(pair)}) OR ({' AND '.join(turned)})))"


def is_part_of_name(value: str) -> str:
    """SQL: whether a text is one common forename or surname and nothing else."""
    return f"(lower(trim({value})) IN {_among('forenames')} OR lower(trim({value})) IN {_among('surnames')})"


def has_lost_letters(value: str) -> str:
    return f"regexp_matches({value}, {text(LOST_LETTERS)})"


def is_like_its_role(role: str, value: str) -> str | None:
    """SQL: whether a value can be what the role says, or None for roles that can be anything."""
    pattern = LIKE_ITS_ROLE.get(role)
    return f"regexp_full_match({value}, {text(pattern)})" if pattern else None


@lru_cache(maxsize=2)
def _among(stock: str) -> str:
    """The common names as an SQL list."""
    with (STOCK / f"{stock}.csv").open(encoding="utf-8", newline="") as file:
        names = sorted({row["name"].lower() for row in csv.DictReader(file)})
    return f"({', '.join(text(name) for name in names)})"
