"""What pseudonyms promise, for any ids and keys: joined within a project, never across, and never without the key."""

import hashlib
import hmac
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extracts.keys import open_key_ring
from extracts.pseudonyms import KINDS, first_subkey, kind_of, one_block_cmacs, pseudonymise

ids = st.integers(-(2**63), 2**63 - 1)
columns = st.lists(st.none() | ids, max_size=40)
distinct = st.lists(ids, min_size=1, max_size=60, unique=True)
keys = st.sampled_from((16, 24, 32)).flatmap(lambda size: st.binary(min_size=size, max_size=size))
domains = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
kinds = st.sampled_from(list(KINDS))

# Appendix D of SP 800-38B and section 4 of RFC 4493: key, first subkey, CMAC of MESSAGE. Their other examples are of
# the empty message and of 40 and 64 bytes, which are not one block: no pseudonym is made of such.
MESSAGE = bytes.fromhex("6bc1bee22e409f96e93d7e117393172a")
VECTORS = {
    "RFC 4493, AES-128": (
        "2b7e151628aed2a6abf7158809cf4f3c", "fbeed618357133667c85e08f7236a8de", "070a16b46b4d4144f79bdd9dd04a287c",
    ),
    "SP 800-38B, AES-192": (
        "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "448a5b1c93514b273ee6439dd4daa296",
        "9e99a7bf31e710900662f65e617c5184",
    ),
    "SP 800-38B, AES-256": (
        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "cad1ed03299eedac2e9a99808621502f",
        "28a7023f452e8f82bd4bf28d8c37c35c",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("key", "subkey", "code"), VECTORS.values(), ids=VECTORS)
def test_one_block_gives_the_published_codes(key, subkey, code):
    key = bytes.fromhex(key)
    assert first_subkey(key).hex() == subkey
    block = np.frombuffer(MESSAGE, dtype=">u8").reshape(1, 2)
    assert one_block_cmacs(block, key=key, subkey=first_subkey(key)).tobytes().hex() == code


def test_the_second_subkey_of_rfc_4493_is_the_first_one_doubled():
    """K2 is for messages that end in a part of a block; the doubling that gives K1 gives it too."""
    first = int.from_bytes(first_subkey(bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")), "big")
    second = ((first << 1) ^ (0x87 if first >> 127 else 0)) & (2**128 - 1)
    assert f"{second:032x}" == "f7ddac306ae266ccf90bc11ee46d513b"


def naive(number, domain, key, kind):
    """One pseudonym at a time, by the cryptography library's own CMAC."""
    tag = domain.encode()
    if len(tag) > 8:
        start = hashlib.sha256(tag).digest()[:8]
        tag = bytes([start[0] | 0x80]) + start[1:]
    code = CMAC(algorithms.AES(key))
    code.update(tag.ljust(8, b"\0") + number.to_bytes(8, "big", signed=True))
    whole = code.finalize()
    return whole.hex() if kind == "hex128" else int.from_bytes(whole[:8], "big") >> 1


@pytest.mark.slow
@given(columns, domains, keys, kinds, st.integers(0, 40))
def test_every_pseudonym_equals_the_library_cmac(numbers, domain, key, kind, cut):
    column = pa.array(numbers, pa.int64())
    pieces = pa.chunked_array([column[:cut], column[cut:]], pa.int64())
    expected = [None if number is None else naive(number, domain, key, kind) for number in numbers]
    for given_as in (column, pieces):
        found = pseudonymise(given_as, domain=domain, key=key, kind=kind)
        found.validate(full=True)
        assert found.to_pylist() == expected
        assert found.type == kind_of(kind).arrow


@given(distinct, keys, kinds)
def test_equal_ids_join_across_tables_and_others_never_do(numbers, key, kind):
    one = pseudonymise(pa.array(numbers, pa.int64()), domain="person", key=key, kind=kind).to_pylist()
    other = pseudonymise(pa.array(numbers[::-1] * 2, pa.int64()), domain="person", key=key, kind=kind).to_pylist()
    assert dict(zip(numbers, one, strict=True)) == dict(zip(numbers[::-1], other, strict=False))
    assert len(set(one)) == len(numbers) and set(other) == set(one)


@pytest.mark.slow
@given(distinct, st.lists(keys, min_size=2, max_size=2, unique=True), kinds)
def test_two_projects_share_no_pseudonym(numbers, two, kind):
    """By chance they would in one of 2^51 examples: 60 values each, of 2^63."""
    ours, theirs = (set(made(numbers, key, kind=kind)) for key in two)
    assert not ours & theirs


@pytest.mark.slow
@given(distinct, st.lists(domains, min_size=2, max_size=2, unique=True), keys, kinds)
def test_the_same_ids_in_two_domains_share_no_pseudonym(numbers, two, key, kind):
    ours, theirs = (set(made(numbers, key, domain=domain, kind=kind)) for domain in two)
    assert not ours & theirs


@pytest.mark.slow
def test_a_hundred_thousand_ids_of_two_projects_do_not_join_in_either_kind(tmp_path):
    """Nor in order: the ranks of the same ids under two keys are unrelated (a correlation of 0.02 is 6 sigma)."""
    ring, numbers = open_key_ring(tmp_path / "keys", create=True), pa.array(range(100_000), pa.int64())
    for kind in KINDS:
        ours, theirs = (
            pseudonymise(numbers, domain="person", key=ring.project_key(project, 1), kind=kind).to_numpy(False)
            for project in ("P-1", "P-2")
        )
        assert not set(ours) & set(theirs) and len(set(ours)) == 100_000
        ranks = (np.argsort(np.argsort(one)) for one in (ours, theirs))
        assert abs(np.corrcoef(*ranks)[0, 1]) < 0.02


def made(numbers, key, *, domain="person", kind="int63"):
    return pseudonymise(pa.array(numbers, pa.int64()), domain=domain, key=key, kind=kind).to_pylist()


REFERENCE = "DEA-2026-014"
KNOWN = REFERENCE.encode()
INFO = f"gatehouse pseudonyms|{REFERENCE}|1".encode()


def hkdf(master, salt=None, info=INFO):
    return HKDF(hashes.SHA256(), 32, salt, info).derive(master)


def cbc_mac(number, key):
    block = b"person\0\0" + number.to_bytes(8, "big")
    return Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor().update(block)


# What somebody could take for a key who knows the code, the reference, the version and the source ids, and neither
# master key nor salt; `stolen` is the one of the two that they may have got hold of.
GUESSED_KEYS = {
    "no master, no salt": lambda stolen: hkdf(b""),
    "a master of zeros": lambda stolen: hkdf(bytes(32)),
    "the reference as master": lambda stolen: hkdf(KNOWN),
    "the reference as salt": lambda stolen: hkdf(b"", KNOWN),
    "its hash as salt": lambda stolen: hkdf(bytes(32), hashlib.sha256(KNOWN).digest()),
    "the plain hash of the reference": lambda stolen: hashlib.sha256(KNOWN).digest(),
    "the plain hash of the info": lambda stolen: hashlib.sha256(INFO).digest(),
    "HMAC of the reference under nothing": lambda stolen: hmac.digest(b"", KNOWN, "sha256"),
    "a key of zeros": lambda stolen: bytes(32),
    "the master, without the salt": lambda stolen: hkdf(stolen["master"]),
    "the master, the reference as salt": lambda stolen: hkdf(stolen["master"], KNOWN),
    "the master, the salt of another version": lambda stolen: hkdf(stolen["master"], stolen["other salt"]),
    "the master itself": lambda stolen: stolen["master"],
    "the salt, without the master": lambda stolen: hkdf(b"", stolen["salt"]),
    "the salt itself": lambda stolen: stolen["salt"],
    "the workspace's key": lambda stolen: stolen["workspace"],
    "the fingerprint": lambda stolen: bytes.fromhex(stolen["fingerprint"]),
    "another project's key": lambda stolen: stolen["other project"],
    "the dataset's key": lambda stolen: stolen["dataset"],
}  # fmt: skip
GUESSED_WITHOUT_KEYS = {
    "the id": lambda number: number,
    "its SHA-256": lambda number: int.from_bytes(hashlib.sha256(str(number).encode()).digest()[:8], "big") >> 1,
    "SHA-256 with the reference": lambda number: (
        int.from_bytes(hashlib.sha256(KNOWN + str(number).encode()).digest()[:8], "big") >> 1
    ),
    "HMAC under the reference": lambda number: (
        int.from_bytes(hmac.digest(KNOWN, str(number).encode(), "sha256")[:8], "big") >> 1
    ),
    "a chain of blocks under zeros": lambda number: int.from_bytes(cbc_mac(number, bytes(32))[:8], "big") >> 1,
}


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """A project's real key, and all that surrounds it."""
    folder = tmp_path_factory.mktemp("ring") / "keys"
    ring = open_key_ring(folder, create=True)
    key, _ = ring.project_key(REFERENCE, 1), ring.project_key(REFERENCE, 2)
    return key, {
        "master": (folder / "master.key").read_bytes(),
        "salt": (folder / f"salt.{REFERENCE}.1").read_bytes(),
        "other salt": (folder / f"salt.{REFERENCE}.2").read_bytes(),
        "workspace": ring.workspace_key(REFERENCE, 1),
        "fingerprint": ring.fingerprint(REFERENCE, 1),
        "other project": ring.project_key("DEA-2026-015", 1),
        "dataset": ring.dataset_key("cjs_linked"),
    }


@pytest.mark.parametrize("guess", GUESSED_KEYS.values(), ids=GUESSED_KEYS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=distinct)
def test_no_key_that_can_be_guessed_gives_a_pseudonym(held, guess, numbers):
    key, stolen = held
    assert not set(made(numbers, key)) & set(made(numbers, guess(stolen)))


@pytest.mark.parametrize("guess", GUESSED_WITHOUT_KEYS.values(), ids=GUESSED_WITHOUT_KEYS)
@given(numbers=st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=60, unique=True))
def test_no_function_of_what_is_known_gives_a_pseudonym(held, guess, numbers):
    assert not set(made(numbers, held[0])) & {guess(number) for number in numbers}


def test_master_and_salt_together_do_give_the_key(held):
    """So that the guesses above fail for want of secrets, and not because they are guessed wrongly."""
    key, stolen = held
    assert hkdf(stolen["master"], stolen["salt"]) == key
    assert made([1, 2, 3], hkdf(stolen["master"], stolen["salt"])) == made([1, 2, 3], key)


def test_after_destruction_the_ring_and_its_record_do_not_give_the_key(tmp_path):
    folder = tmp_path / "keys"
    ring = open_key_ring(folder, create=True)
    lost = ring.project_key(REFERENCE, 1)
    ring.destroy(REFERENCE, at=datetime(2027, 3, 1, tzinfo=UTC))
    master = (folder / "master.key").read_bytes()
    left = [file.read_bytes() for file in folder.iterdir()]
    tried = [hkdf(master, salt) for salt in (None, KNOWN, *left, *(hashlib.sha256(one).digest() for one in left))]
    assert lost not in tried + left
