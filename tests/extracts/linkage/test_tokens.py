"""Tokens: equal where the parts are equal, under one key only, and nothing else in them."""

import hashlib
import hmac

import jellyfish
import pyarrow as pa
import pytest

from extracts.linkage import token_blocks, tokens

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
PEOPLE = {
    "forename": pa.array(["ANNA", "ANNE", None, "MARIE"]),
    "surname": pa.array(["MARIE", "MAREE", "SMITH", "ANNA"]),
    "born": pa.array(["19800312", "19801203", "1980", "19800312"]),
    "postcode": pa.array(["LS14XY", None, None, "LS14XY"]),
    "postcodes": pa.array([["LS14XY", "M11AA"], [], None, ["LS14XY"]], pa.list_(pa.string())),
    "ethnicity": pa.array(["W1"] * 4),
}


@pytest.fixture(scope="module")
def encoded():
    return tokens.encode(PEOPLE, key=KEY)


def test_a_token_is_the_hmac_of_its_space_and_part(encoded):
    digest = hmac.new(KEY, b"name\0ANNA", hashlib.sha256).digest()
    assert encoded["forename"][0].as_py() == int.from_bytes(digest[:8], "big") >> 1


def test_swapped_names_and_swapped_dates_meet(encoded):
    rows = encoded.to_pylist()
    assert rows[0]["forename"] == rows[3]["surname"] and rows[0]["surname"] == rows[3]["forename"]
    assert rows[0]["born"] == rows[1]["born_swapped"] != rows[1]["born"]


def test_names_that_sound_alike_share_a_sound_and_no_more(encoded):
    rows = encoded.to_pylist()
    assert jellyfish.nysiis("MARIE") == jellyfish.nysiis("MAREE")
    assert rows[0]["surname_sound"] == rows[1]["surname_sound"]
    assert rows[0]["surname"] != rows[1]["surname"]


def test_what_is_missing_or_too_short_has_no_token(encoded):
    rows = encoded.to_pylist()
    assert (rows[2]["forename"], rows[2]["forename_sound"], rows[2]["born"], rows[2]["postcodes"]) == (None,) * 3 + (
        [],
    )
    assert [len(row["postcodes"]) for row in rows] == [2, 0, 0, 1]
    assert [row["outcode"] is not None for row in rows] == [True, False, False, True]


def test_features_without_a_token_are_not_passed_on(encoded):
    assert "ethnicity" not in encoded.column_names
    assert not any("W1" in str(value) for row in encoded.to_pylist() for value in row.values())


def test_another_run_s_key_gives_tokens_with_nothing_in_common(encoded):
    again = tokens.encode(PEOPLE, key=OTHER_KEY)
    plain = [name for name in again.column_names if not pa.types.is_list(again[name].type)]
    ours, theirs = (
        {value for name in plain for value in table[name].to_pylist() if value} for table in (encoded, again)
    )
    assert ours and theirs and not ours & theirs


def test_records_share_a_block_where_a_line_of_tokens_agrees(encoded):
    found = [set(block) for block in token_blocks.blocks(encoded).to_pylist()]
    assert found[0] & found[3], "same names the other way round, same day of birth"
    assert not found[0] & found[2]
