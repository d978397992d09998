"""Equality tokens: each part of an identifier as a keyed number, for providers that may not share clear text.

Two records agree on a part when their tokens are equal; nothing else can be learnt from one token. They are personal
data all the same: how often a token comes betrays common names. So a token file stays in the linker's zone, and every
run has a key of its own.

Source of the design: pseudonymised-at-source matching as the Office for National Statistics describes it (hashed keys
of derived variables).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import jellyfish
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Part = Callable[[str], str]
Texts: TypeAlias = pa.Array | pa.ChunkedArray


@dataclass(frozen=True)
class Token:
    """One column of tokens. Tokens of the same `space` can be compared across columns."""

    name: str
    feature: str
    space: str
    part: Part


def whole(text: str) -> str:
    return text


def sound(text: str) -> str:
    """How a name sounds: NYSIIS (New York State Identification and Intelligence System, 1970)."""
    return jellyfish.nysiis(text)


def first(letters: int) -> Part:
    """The first letters; nothing when the text is shorter."""
    return lambda text: text[:letters] if len(text) >= letters else ""


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
    Token("forename_2",         "forename",           "start 2",     first(2)),
    Token("forename_3",         "forename",           "start 3",     first(3)),
    Token("middle",             "middle",             "name",        whole),
    Token("middle_1",           "middle",             "start 1",     first(1)),
    Token("surname",            "surname",            "name",        whole),
    Token("surname_sound",      "surname",            "sound",       sound),
    Token("surname_2",          "surname",            "start 2",     first(2)),
    Token("surname_3",          "surname",            "start 3",     first(3)),
    Token("name",               "name",               "whole name",  whole),
    Token("names",              "names",              "whole name",  whole),
    Token("born",               "born",               "date",        _date(YEAR, MONTH, DAY)),
    Token("born_swapped",       "born",               "date",        _date(YEAR, DAY, MONTH)),
    Token("born_year",          "born",               "year",        _date(YEAR)),
    Token("born_year_month",    "born",               "year month",  _date(YEAR, MONTH)),
    Token("born_year_day",      "born",               "year day",    _date(YEAR, DAY)),
    Token("born_month_day",     "born",               "month day",   _date(MONTH, DAY)),
    Token("sex",                "sex",                "sex",         whole),
    Token("postcode",           "postcode",           "postcode",    whole),
    Token("postcodes",          "postcodes",          "postcode",    whole),
    Token("sector",             "postcode",           "sector",      sector),
    Token("outcode",            "postcode",           "outcode",     outcode),
    Token("address_key",        "address_key",        "address",     whole),
    Token("town",               "town",               "town",        whole),
    Token("sentence_dates",     "sentence_dates",     "sentence",    whole),
    Token("pnc",                "pnc",                "pnc",         whole),
    Token("cro",                "cro",                "cro",         whole),
    Token("prison_number",      "prison_number",      "prison",      whole),
    Token("person_number",      "person_number",      "person",      whole),
    Token("national_insurance", "national_insurance", "ni",          whole),
    Token("identifier",         "identifier",         "identifier",  whole),
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
    numbers = [_number(token.part(text), token.space, key) if text else None for text in texts]
    return pa.array(numbers, pa.int64()).take(coded.indices)


def _number(text: str, space: str, key: bytes) -> int | None:
    """HMAC-SHA256 of space and text, cut to 63 bits."""
    if not text:
        return None
    digest = hmac.digest(key, f"{space}\0{text}".encode(), "sha256")
    return int.from_bytes(digest[:8], "big") >> 1


def together(*tokens: pa.Array) -> pa.Array:
    """One number for several tokens of a record, null when one is missing: a block to look for candidates in.

    Mixing with odd constants is enough here: what goes in are keyed numbers already.
    """
    mixed = np.zeros(len(tokens[0]), dtype=np.uint64)
    missing = np.zeros(len(tokens[0]), dtype=bool)
    for place, token in enumerate(tokens):
        missing |= np.asarray(token.is_null())
        values = np.asarray(pc.fill_null(token, 0)).astype(np.uint64)
        mixed = (mixed ^ (values + np.uint64(place + 1))) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return pa.array((mixed >> np.uint64(1)).astype(np.int64), mask=missing)


# Records that agree on all of one line's tokens are looked at as a possible pair. Each line alone misses some: names
# that changed, dates that slipped, people who moved; together they miss few.
BLOCKS = (
    ("forename", "surname"),
    ("forename_sound", "surname_sound", "born_year"),
    ("born", "forename_2"),
    ("born", "surname_2"),
    ("born", "outcode"),
    ("born_year_month", "forename", "surname_3"),
    ("born_year_day", "forename", "surname_3"),
    ("born_month_day", "forename", "surname_3"),
    ("postcode", "forename"),
    ("postcode", "surname"),
    ("postcode", "born_year"),
    ("pnc",),
    ("cro",),
    ("prison_number",),
    ("person_number",),
    ("national_insurance",),
    ("identifier",),
    ("phone",),
    ("email",),
)
# The same with one side's parts exchanged: left line against right line.
CROSSED = (
    (("forename", "surname"), ("surname", "forename")),
    (("born", "surname_3"), ("born_swapped", "surname_3")),
)


def blocks(tokens: pa.Table) -> pa.ListArray:
    """Per record: the numbers of the blocks that it is in. Two records that share one are a possible pair."""
    there = {name: _one(tokens[name]) for name in tokens.column_names}
    columns = [_block(there, line, str(line)) for line in BLOCKS if set(line) <= there.keys()]
    for left, right in CROSSED:
        if set(left) | set(right) <= there.keys():
            columns += [_block(there, line, str(left)) for line in (left, right)]
    return _as_lists(columns, len(tokens))


def _one(column: pa.ChunkedArray) -> pa.Array:
    """A column of single tokens; of several in a record the first, which is the newest."""
    plain = column.combine_chunks()
    if not pa.types.is_list(plain.type):
        return plain
    lengths = np.asarray(pc.fill_null(pc.list_value_length(plain), 0))
    starts = np.r_[0, np.cumsum(lengths)[:-1]]
    first = np.where(lengths > 0, starts, 0)
    return plain.flatten().take(pa.array(first, mask=lengths == 0))


def _block(there: Mapping[str, pa.Array], line: tuple[str, ...], name: str) -> pa.Array:
    salt = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "big")
    any_token = there[line[0]]
    return together(pa.array(np.full(len(any_token), salt)), *(there[token] for token in line))


def _as_lists(columns: list[pa.Array], rows: int) -> pa.ListArray:
    """Columns side by side as one list per row, nulls left out."""
    if not columns:
        return pa.array([[]] * rows, pa.list_(pa.int64()))
    values = np.column_stack([np.asarray(pc.fill_null(column, 0)) for column in columns])
    kept = np.column_stack([np.asarray(column.is_valid()) for column in columns])
    offsets = np.r_[0, np.cumsum(kept.sum(axis=1))].astype(np.int32)
    return pa.ListArray.from_arrays(offsets, pa.array(values[kept]))
