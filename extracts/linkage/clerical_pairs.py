"""A pair as reviewers see it: two records as they were delivered, and field by field how they compare. No numbers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

import jellyfish

Record = Mapping[str, str | None]

SAME, CLOSE, DIFFERENT, ONE_MISSING, BOTH_MISSING = "same", "close", "different", "one missing", "both missing"
CLOSE_NAMES = 0.88
SEXES = {"1": "M", "MALE": "M", "2": "F", "FEMALE": "F"}  # as sources write them
DAY_FIRST = re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b")


class Kind(Enum):
    """How two values of a field are held against one another."""

    NAME = auto()
    DATE = auto()
    CODE = auto()


# Fields in the order in which people read them.
FIELDS: Mapping[str, Kind] = {
    "forename": Kind.NAME, "middle_name": Kind.NAME, "surname": Kind.NAME, "aliases": Kind.NAME,
    "date_of_birth": Kind.DATE, "sex": Kind.CODE, "ethnicity": Kind.CODE,
    "postcode": Kind.CODE, "address": Kind.NAME, "town": Kind.NAME,
    "pnc": Kind.CODE, "cro": Kind.CODE, "prison_number": Kind.CODE, "person_number": Kind.CODE,
    "national_insurance": Kind.CODE, "asn": Kind.CODE, "case_reference": Kind.CODE,
    "event_date": Kind.DATE, "sentence_dates": Kind.DATE,
}  # fmt: skip


def token_of(a: str, b: str, *, key: bytes) -> str:
    """A name for the pair that says nothing, always the same: 32 hexadecimal digits under the key."""
    first, second = sorted((a, b))
    return hashlib.blake2b(f"pair\0{first}\0{second}".encode(), key=key, digest_size=16).hexdigest()


def pair_content(token: str, a: Record, b: Record) -> dict[str, Any]:
    """What the review page gets: `records`, two of `source`, `person_role` and fields, and `comparison`, field -> word.

    Only fields that either record has, named in `fields`. Which record stands first hangs on the token alone.
    """
    pair = (a, b) if int(token[0], 16) % 2 == 0 else (b, a)
    fields = [field for field in FIELDS if any(one.get(field) for one in pair)]
    return {
        "token": token,
        "fields": fields,
        "records": [{name: one.get(name) for name in ("source", "person_role", *fields)} for one in pair],
        "comparison": {field: outcome(field, *(one.get(field) for one in pair)) for field in fields},
    }


def outcome(field: str, left: str | None, right: str | None) -> str:
    """How two values compare, in a word. Of several values of one field (`A|B`) the nearest two count."""
    if FIELDS[field] is Kind.DATE:
        left, right = _year_first(left), _year_first(right)
    lefts, rights = _values(left), _values(right)
    if field == "sex":
        lefts, rights = ({SEXES.get(value, value) for value in values} for values in (lefts, rights))
    if not lefts or not rights:
        return BOTH_MISSING if not lefts and not rights else ONE_MISSING
    if lefts & rights:
        return SAME
    close = any(_close(FIELDS[field], one, other) for one in lefts for other in rights)
    return CLOSE if close else DIFFERENT


def _year_first(text: str | None) -> str:
    """Days written as `15/01/2002` in the way of `2002-01-15`, which other sources write."""
    return DAY_FIRST.sub(lambda day: f"{day[3]}-{int(day[2]):02d}-{int(day[1]):02d}", text or "")


def _values(text: str | None) -> set[str]:
    cleaned = (re.sub(r"[\W_]+", "", part).upper() for part in (text or "").split("|"))
    return {value for value in cleaned if value}


def _close(kind: Kind, one: str, other: str) -> bool:
    if kind is Kind.NAME:
        return jellyfish.jaro_winkler_similarity(one, other) >= CLOSE_NAMES
    if kind is Kind.DATE and len(one) == len(other) == 8 and other == one[:4] + one[6:] + one[4:6]:
        return True
    return min(len(one), len(other)) > 2 and jellyfish.damerau_levenshtein_distance(one, other) <= 1
