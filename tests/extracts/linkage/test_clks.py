"""Filters: like values give like filters, under one key."""

import numpy as np
import pyarrow as pa
import pytest

from extracts.linkage import clks

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))


def people(*rows: tuple[str, str, str]) -> dict[str, pa.Array]:
    return {
        role: pa.array(list(column))
        for role, column in zip(("forename", "surname", "born"), zip(*rows, strict=True), strict=True)
    }


RUTH = ("RUTH", "ASHWORTH", "19800312")
ALMOST = ("RUTH", "ASHWORHT", "19800312")
OTHER = ("PETRA", "QUENNELL", "19570925")


def test_the_same_person_has_the_same_filter_and_a_slip_changes_little():
    filters = clks.encode(people(RUTH, RUTH, ALMOST, OTHER), key=KEY)
    likeness = clks.dice(filters[[0, 0, 0]], filters[[1, 2, 3]])
    assert filters.shape == (4, 16)
    assert likeness[0] == 1.0
    assert 0.75 < likeness[1] < 1.0
    assert likeness[2] < 0.5


def test_bits_are_where_the_keyed_hash_says():
    """A second, slow way of computing one filter."""
    import hmac

    bits = set()
    for first, second in zip("\0AB", "AB\0", strict=True):
        feature = (ord(first) * 256 + ord(second)).to_bytes(2, "big")
        digest = int.from_bytes(hmac.digest(KEY, b"surname\0" + feature, "sha256"), "big")
        bits |= {digest >> (10 * place) & 1023 for place in range(clks.FIELDS["surname"].hashes)}
    filters = clks.encode({"surname": pa.array(["AB"])}, key=KEY)
    found = np.flatnonzero(np.unpackbits(filters.view(np.uint8)))
    assert set(found.tolist()) == bits


@pytest.mark.slow
def test_another_key_gives_a_filter_that_is_no_more_alike_than_chance():
    one, two = (clks.encode(people(RUTH), key=key) for key in (KEY, OTHER_KEY))
    assert clks.dice(one, two)[0] < 0.5


def test_nothing_known_sets_no_bit_and_is_like_nothing():
    filters = clks.encode({"surname": pa.array([None, "", "SMITH"])}, key=KEY)
    assert np.bitwise_count(filters).sum(axis=1).tolist()[:2] == [0, 0]
    assert clks.dice(filters[:1], filters[1:2])[0] == 0.0


def test_a_feature_without_a_place_is_refused():
    with pytest.raises(clks.UnknownField, match="shoe_size"):
        clks.encode({"shoe_size": pa.array(["9"])}, key=KEY)
