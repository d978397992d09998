"""Equality tokens: each part of an identifier as a keyed number, for providers that may not share clear text.

Two records agree on a part when their tokens are equal; nothing else can be learnt from one token. They are personal
data all the same: how often a token comes betrays common names. So a token file stays in the linker's zone, and every
run has a key of its own.

Source of the design: pseudonymised-at-source matching as the Office for National Statistics describes it (hashed keys
of derived variables).
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import jellyfish
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from extracts.linkage.names import nicknames

Part = Callable[[str], str]
Texts: TypeAlias = pa.Array | pa.ChunkedArray


@dataclass(frozen=True)
class Token:
    """One column of tokens; lists of them when there are `several` parts. Tokens of one `space` can be compared."""

    name: str
    feature: str
    space: str
    part: Part
    several: Callable[[str], tuple[str, ...]] | None = None


def whole(text: str) -> str:
    return text


def sound(text: str) -> str:
    """How a name sounds: NYSIIS (New York State Identification and Intelligence System, 1970)."""
    return jellyfish.nysiis(text)


def first(letters: int) -> Part:
    """The first letters; nothing when the text is shorter."""
    return lambda text: text[:letters] if len(text) >= letters else ""


def last(letters: int) -> Part:
    """The last letters: the same where a slip is at the beginning."""
    return lambda text: text[-letters:] if len(text) > letters else ""


def letters(text: str) -> str:
    """The letters that are in it, in the order of the alphabet: the same where two changed places or one came twice."""
    return "".join(sorted(set(text) - {" "}))


@cache
def _full_names() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, stands_for in nicknames():
        found[name].append(stands_for)
    return {name: tuple(full) for name, full in found.items()}


def full_names(text: str) -> tuple[str, ...]:
    """The names that a forename may be short for, itself where the list has none."""
    return _full_names().get(text, (text,))


def _date(*places: slice) -> Part:
    """Parts of a date written YYYYMMDD; nothing unless the date is whole."""
    return lambda text: "".join(text[place] for place in places) if len(text) == 8 and text.isdecimal() else ""


YEAR, MONTH, DAY = slice(0, 4), slice(4, 6), slice(6, 8)


def outcode(text: str) -> str:
    return text[:-3] if len(text) >= 5 else ""


def sector(text: str) -> str:
    return text[:-2] if len(text) >= 5 else ""


# What is derived from which feature of a standardised record. Forenames and surnames share a space, so that swapped
# names meet; so do a record's name and its other names.
TOKENS = (
    #     column                feature               space          part
    Token("forename",           "forename",           "name",        whole),
    Token("forename_sound",     "forename",           "sound",       sound),
    Token("forename_full",      "forename",           "full name",   whole, full_names),
    Token("forename_1",         "forename",           "start 1",     first(1)),
    Token("forename_2",         "forename",           "start 2",     first(2)),
    Token("forename_3",         "forename",           "start 3",     first(3)),
    Token("forename_end",       "forename",            "end",         last(3)),
    Token("forename_letters",   "forename",            "letters",     letters),
    Token("middle",             "middle",             "name",        whole),
    Token("middle_1",           "middle",             "start 1",     first(1)),
    Token("surname",            "surname",            "name",        whole),
    Token("surname_sound",      "surname",            "sound",       sound),
    Token("surname_2",          "surname",            "start 2",     first(2)),
    Token("surname_3",          "surname",            "start 3",     first(3)),
    Token("surname_end",        "surname",             "end",         last(3)),
    Token("surname_letters",    "surname",             "letters",     letters),
    Token("name",               "name",               "whole name",  whole),
    Token("names",              "names",              "whole name",  whole),
    Token("born",               "born",               "date",        _date(YEAR, MONTH, DAY)),
    Token("born_swapped",       "born",               "date",        _date(YEAR, DAY, MONTH)),
    Token("born_year",          "birth_year",         "year",        whole),
    Token("born_year_month",    "born",               "year month",  _date(YEAR, MONTH)),
    Token("born_year_day",      "born",               "year day",    _date(YEAR, DAY)),
    Token("born_month_day",     "born",               "month day",   _date(MONTH, DAY)),
    Token("sex",                "sex",                "sex",         whole),
    Token("birth_place",        "birth_place",        "birth place", whole),
    Token("occupation",         "occupation",         "occupation",  whole),
    Token("postcode",           "postcode",           "postcode",    whole),
    Token("postcodes",          "postcodes",          "postcode",    whole),
    Token("sector",             "postcode",           "sector",      sector),
    Token("outcode",            "postcode",           "outcode",     outcode),
    Token("address_key",        "address_key",        "address",     whole),
    Token("street",             "street",             "street",      whole),
    Token("town",               "town",               "town",        whole),
    Token("region",             "region",             "region",      whole),
    Token("sentence_dates",     "sentence_dates",     "sentence",    whole),
    Token("pnc",                "pnc",                "pnc",         whole),
    Token("cro",                "cro",                "cro",         whole),
    Token("prison_number",      "prison_number",      "prison",      whole),
    Token("person_number",      "person_number",      "person",      whole),
    Token("national_insurance", "national_insurance", "ni",          whole),
    Token("asn",                "asn",                "asn",         whole),
    Token("case_reference",     "case_reference",     "case",        whole),
    Token("identifier",         "identifier",         "identifier",  whole),
    Token("identifier_2",       "identifier_2",       "identifier",  whole),
    Token("phone",              "phone",              "phone",       whole),
    Token("email",              "email",              "email",       whole),
)  # fmt: skip


def encode(columns: Mapping[str, Texts], *, key: bytes) -> pa.Table:
    """The tokens of every feature that is there, as positive 63-bit integers; null where there is no value.

    columns  feature of a standardised record -> text, or lists of texts where a record has several (one token each)
    key      32 bytes, the run's own

    Features without a token (an ethnic group, say) are left out: nothing is passed on by accident.
    """
    return pa.table(
        {token.name: _column(columns[token.feature], token, key) for token in TOKENS if token.feature in columns}
    )


def _column(column: Texts, token: Token, key: bytes) -> pa.Array:
    plain = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_list(plain.type):
        inner = _column(plain.flatten(), token, key)
        lengths = pc.fill_null(pc.list_value_length(plain), 0)
        return pa.ListArray.from_arrays(np.r_[0, np.cumsum(lengths)].astype(np.int32), inner)
    coded = plain.cast(pa.string()).dictionary_encode()
    texts = coded.dictionary.to_pylist()
    if token.several:
        lists = [[_number(part, token.space, key) for part in token.several(text)] for text in texts]
        return pa.array(lists, pa.list_(pa.int64())).take(coded.indices)
    numbers = [_number(token.part(text), token.space, key) if text else None for text in texts]
    return pa.array(numbers, pa.int64()).take(coded.indices)


def _number(text: str, space: str, key: bytes) -> int | None:
    """HMAC-SHA256 of space and text, cut to 63 bits."""
    if not text:
        return None
    digest = hmac.digest(key, f"{space}\0{text}".encode(), "sha256")
    return int.from_bytes(digest[:8], "big") >> 1
