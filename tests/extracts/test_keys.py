"""The key ring keeps its keys, tells them apart, and will not work in the open."""

import os
import pickle
import stat
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from extracts.keys import BadKeyRing, open_key_ring

RACE = """
import sys
from pathlib import Path
from extracts.keys import open_key_ring
ring = open_key_ring(Path(sys.argv[1]), create=True)
print(ring.project_key("P-1", 1).hex(), ring.public_key_pem().hex())
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "keys"


def test_keys_are_kept_and_differ_by_project_and_version(folder):
    ring = open_key_ring(folder, create=True)
    keys = [ring.project_key(*which) for which in [("P-1", 1), ("P-1", 2), ("P-2", 1), ("P-1", 11)]]
    assert len(set(keys)) == 4 and {len(key) for key in keys} == {32}
    assert open_key_ring(folder, create=False).project_key("P-1", 1) == keys[0]


def test_a_project_key_is_hkdf_of_the_master_and_its_salt(folder):
    found = open_key_ring(folder, create=True).project_key("P-1", 3)
    master, salt = (folder / "master.key").read_bytes(), (folder / "salt.P-1.3").read_bytes()
    assert found == HKDF(hashes.SHA256(), 32, salt, b"gatehouse pseudonyms|P-1|3").derive(master)


def test_a_dataset_key_needs_nothing_but_the_master(folder):
    ring = open_key_ring(folder, create=True)
    master = (folder / "master.key").read_bytes()
    assert ring.dataset_key("small") == HKDF(hashes.SHA256(), 32, None, b"gatehouse surrogates|small").derive(master)
    assert len({ring.dataset_key("small"), ring.dataset_key("smaller"), ring.project_key("small", 1)}) == 3
    assert {file.name for file in folder.iterdir()} == {
        "master.key", "signing.pem", "signing.pub.pem", "salt.small.1",
    }  # fmt: skip
    with pytest.raises(BadKeyRing, match="dataset code"):
        ring.dataset_key("a|b")


def test_two_rings_share_nothing(tmp_path):
    one, two = (open_key_ring(tmp_path / name, create=True) for name in ("one", "two"))
    assert one.project_key("P-1", 1) != two.project_key("P-1", 1)
    assert one.public_key_pem() != two.public_key_pem()


def test_the_signing_key_signs_for_the_public_key_beside_it(folder):
    ring = open_key_ring(folder, create=True)
    public = serialization.load_pem_public_key((folder / "signing.pub.pem").read_bytes())
    public.verify(ring.signing_key().sign(b"head"), b"head")
    assert ring.public_key_pem() == (folder / "signing.pub.pem").read_bytes()


def test_everything_is_closed_to_others(folder):
    open_key_ring(folder, create=True).project_key("P-1", 1)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert {file.name for file in folder.iterdir()} == {"master.key", "signing.pem", "signing.pub.pem", "salt.P-1.1"}


@pytest.mark.parametrize(
    ("name", "rights"), [("", 0o750), ("", 0o701), ("master.key", 0o640), ("signing.pem", 0o604)]
)  # fmt: skip
def test_a_ring_with_wider_rights_is_refused(folder, name, rights):
    open_key_ring(folder, create=True)
    (folder / name).chmod(rights)
    with pytest.raises(BadKeyRing, match="rights"):
        open_key_ring(folder, create=True)


def test_a_salt_with_wider_rights_is_refused(folder):
    ring = open_key_ring(folder, create=True)
    ring.project_key("P-1", 1)
    (folder / "salt.P-1.1").chmod(0o644)
    with pytest.raises(BadKeyRing, match="rights"):
        ring.project_key("P-1", 1)


def test_a_missing_or_damaged_ring_is_refused(folder):
    with pytest.raises(BadKeyRing, match="no keys"):
        open_key_ring(folder, create=False)
    open_key_ring(folder, create=True)
    (folder / "master.key").write_bytes(b"short")
    with pytest.raises(BadKeyRing, match="damaged"):
        open_key_ring(folder, create=False)


def test_a_link_to_a_key_elsewhere_is_refused(folder, tmp_path):
    open_key_ring(folder, create=True)
    os.rename(folder / "master.key", tmp_path / "elsewhere")
    (folder / "master.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadKeyRing, match="not a file"):
        open_key_ring(folder, create=False)


@pytest.mark.parametrize(("reference", "version"), [("../P", 1), ("", 1), ("P|1", 1), ("P.1", 1), ("P-1", 0)])
def test_a_reference_that_could_be_a_path_or_a_mix_up_is_refused(folder, reference, version):
    with pytest.raises(BadKeyRing):
        open_key_ring(folder, create=True).project_key(reference, version)


def test_a_ring_shows_and_sends_nothing(folder):
    ring = open_key_ring(folder, create=True)
    assert repr(ring) == "KeyRing(hidden)"
    with pytest.raises(BadKeyRing):
        pickle.dumps(ring)


@pytest.mark.slow
def test_processes_that_create_at_once_get_the_same_keys(folder):
    command = [sys.executable, "-c", RACE, str(folder)]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    answers = {racer.communicate(timeout=60)[0] for racer in racers}
    assert len(answers) == 1 and answers != {""}
    assert not [file for file in folder.iterdir() if file.name.startswith(".")]
