"""Pseudonyms equal a standard, keep nulls, and differ between projects and domains."""

import secrets

import numpy as np
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC

from extracts import pseudonyms

RFC_KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
KEY = bytes(range(32))


def naive(number, domain, key):
    """The same pseudonym, one id at a time, by the cryptography library's own CMAC."""
    code = CMAC(algorithms.AES(key))
    code.update(domain.encode().ljust(8, b"\0") + number.to_bytes(8, "big", signed=True))
    return int.from_bytes(code.finalize()[:8], "big") >> 1


def test_the_subkey_is_that_of_rfc_4493():
    assert pseudonyms.first_subkey(RFC_KEY).hex() == "fbeed618357133667c85e08f7236a8de"


def test_a_one_block_message_gives_the_code_of_rfc_4493():
    message = np.frombuffer(bytes.fromhex("6bc1bee22e409f96e93d7e117393172a"), dtype=">u8").reshape(1, 2)
    code = pseudonyms.one_block_cmacs(message, key=RFC_KEY, subkey=pseudonyms.first_subkey(RFC_KEY))
    assert code.tobytes().hex() == "070a16b46b4d4144f79bdd9dd04a287c"


@pytest.mark.parametrize("key", [RFC_KEY, KEY, secrets.token_bytes(32)], ids=["128 bits", "256 bits", "random"])
def test_every_pseudonym_equals_the_library_cmac(key):
    ids = [0, 1, 2**63 - 1, *(secrets.randbits(63) for _ in range(500))]
    found = pseudonyms.pseudonymise(pa.array(ids, pa.int64()), domain="person", key=key)
    assert found.to_pylist() == [naive(number, "person", key) for number in ids]
    assert all(0 <= value < 2**63 for value in found.to_pylist())


def test_both_subkey_branches_are_taken():
    """Doubling carries for about half of all keys; look until each case has been seen."""
    carried = set()
    for start in range(40):
        key = bytes(range(start, start + 32))
        ids = pa.array([start + 1], pa.int64())
        assert pseudonyms.pseudonymise(ids, domain="crime", key=key).to_pylist() == [naive(start + 1, "crime", key)]
        carried.add(pseudonyms._encrypt(bytes(16), key)[0] >> 7)
    assert carried == {0, 1}


def test_nulls_stay_null_in_arrays_and_in_chunks():
    ids = pa.array([5, None, 7], pa.int64())
    whole = pseudonyms.pseudonymise(ids, domain="person", key=KEY)
    chunked = pseudonyms.pseudonymise(pa.chunked_array([ids[:1], ids[1:]]), domain="person", key=KEY)
    assert whole.to_pylist() == [naive(5, "person", KEY), None, naive(7, "person", KEY)]
    assert chunked.to_pylist() == whole.to_pylist()


def test_an_empty_column_gives_an_empty_column():
    assert pseudonyms.pseudonymise(pa.array([], pa.int64()), domain="person", key=KEY).to_pylist() == []


def test_projects_and_domains_differ():
    ids = pa.array(range(1000), pa.int64())
    mine, theirs, other = (
        set(pseudonyms.pseudonymise(ids, domain=domain, key=key).to_pylist())
        for domain, key in [("person", KEY), ("person", KEY[::-1]), ("crime", KEY)]
    )
    assert len(mine) == 1000
    assert mine.isdisjoint(theirs) and mine.isdisjoint(other)


@pytest.mark.parametrize("domain", ["", "pérson", "a\0b"])
def test_a_domain_that_cannot_be_a_tag_is_refused(domain):
    with pytest.raises(pseudonyms.BadDomain):
        pseudonyms.pseudonymise(pa.array([1], pa.int64()), domain=domain, key=KEY)


def test_a_key_of_a_wrong_length_is_refused_and_not_shown():
    with pytest.raises(pseudonyms.BadKey) as problem:
        pseudonyms.pseudonymise(pa.array([1], pa.int64()), domain="person", key=b"open sesame")
    assert "sesame" not in str(problem.value)


def test_two_ids_that_share_a_pseudonym_are_found():
    ids = pa.array([1, 2, 2, None], pa.int64())
    pseudonyms.assert_unique(ids, pa.array([10, 20, 20, None], pa.int64()), domain="person")
    with pytest.raises(pseudonyms.PseudonymCollision, match="person"):
        pseudonyms.assert_unique(ids, pa.array([10, 10, 10, None], pa.int64()), domain="person")


def test_a_long_domain_has_a_tag_that_no_short_one_can_have():
    assert pseudonyms.domain_tag("cps_case") == b"cps_case"
    tags = {pseudonyms.domain_tag(name) for name in ("court_case", "court_cast", "court_ca")}
    assert len(tags) == 3 and sorted(tag[0] >= 0x80 for tag in tags) == [False, True, True]
