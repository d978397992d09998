"""Surrogates are CMACs of keys of any length, and a collision is found however it hides."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extracts.pseudonyms import first_subkey
from extracts.surrogates import (
    BadSurrogateKey,
    SurrogateCollision,
    Surrogates,
    cmacs_of,
    domain_key,
    has_collision,
    leading_bits,
    surrogate_of,
)
from tests.extracts.small_dataset import KEY, surrogate


@pytest.fixture
def offered(tmp_path):
    """A connection that knows the surrogates of two domains, and what keeps its notes."""
    made = Surrogates(KEY, tmp_path)
    with duckdb.connect(":memory:") as connection:
        made.offer(connection, ["crime", "person"])
        yield connection, made
    made.close()


def calculated(connection, keys, domain):
    connection.register("keys", pa.table({"key": pa.array(keys, pa.string())}))
    return [row[0] for row in connection.execute(f"SELECT {surrogate_of('key', domain=domain)} FROM keys").fetchall()]


TEXTS = ["", "a", "x" * 15, "x" * 16, "x" * 17, "0" * 32, "f" * 33, "1234567890", "é" * 9, "日本", "a\0b", "l" * 200]


def test_any_text_has_the_surrogate_of_the_plain_calculation(offered):
    connection, _ = offered
    expected = [surrogate(text, "crime") for text in TEXTS]
    assert calculated(connection, TEXTS, "crime") == expected
    assert calculated(connection, TEXTS * 400, "crime") == expected * 400
    assert all(0 < number < 2**63 for number in expected)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=70), min_size=1, max_size=40))
def test_any_mix_of_lengths_does_too(texts):
    key = domain_key(KEY, "crime")
    column = pa.array(["left out", *texts, "and this"]).slice(1, len(texts))
    cmacs = cmacs_of(column, key=key, subkey=first_subkey(key))
    assert leading_bits(cmacs.view(np.uint64)[:, 0]).tolist() == [surrogate(text, "crime") for text in texts]


def test_a_missing_key_stays_missing_and_domains_are_apart(offered):
    connection, _ = offered
    assert calculated(connection, [None, "a", None], "crime") == [None, surrogate("a", "crime"), None]
    assert calculated(connection, [None, None], "crime") == [None, None]
    assert surrogate("a", "crime") != surrogate("a", "person")


def test_nothing_collides_in_real_work(offered):
    connection, made = offered
    connection.execute(f"SELECT count({surrogate_of('range::VARCHAR', domain='crime')}) FROM range(200000)").fetchall()
    made.refuse_collisions()


def noted(folder, *cmacs):
    path = folder / "notes"
    path.write_bytes(b"".join(leading.to_bytes(8, "big") + trailing.to_bytes(8, "big") for leading, trailing in cmacs))
    return path


@pytest.mark.parametrize("at_once", [1, 2, 1000])
@pytest.mark.parametrize(
    ("cmacs", "collides"),
    [
        ([], False),
        ([(2, 1)], False),
        ([(2, 1), (4, 2), (2, 1)], False),            # the same key twice
        ([(2, 1), (4, 1)], False),                    # ends alike
        ([(2, 1), (4, 2), (2, 3)], True),
        ([(2, 1), (3, 2)], True),                     # differ in the bit that is cut off
        ([(2, 1), (4, 1), (2, 3), (6, 3)], True),     # both halves have two values less than there are keys
        ([(4, 7), (1, 2)], True),                     # cut to 0
    ],
)  # fmt: skip
def test_a_collision_is_found(tmp_path, cmacs, collides, at_once):
    assert has_collision(noted(tmp_path, *cmacs), at_once=at_once) is collides


def test_a_collision_names_the_domain(offered, tmp_path):
    """Two keys with one surrogate cannot be waited for: their notes are made by hand."""
    connection, made = offered
    calculated(connection, ["a"], "person")
    with (tmp_path / "1.cmacs").open("ab") as notes:
        notes.write(bytes([1] * 16) + bytes([1] * 15 + [2]))
    with pytest.raises(SurrogateCollision, match="domain person"):
        made.refuse_collisions()


def test_a_key_of_another_length_is_refused_and_none_is_shown(tmp_path):
    with pytest.raises(BadSurrogateKey):
        Surrogates(bytes(16), tmp_path)
    assert repr(Surrogates(KEY, tmp_path)) == "Surrogates(hidden)"
