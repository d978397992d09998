"""What every key ring promises, whoever keeps it: the one in a folder and the one in Vault."""

import hashlib
import itertools
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from extracts.keys import BadKeyRing, Destroyed, KeyDestroyed, Place, open_key_ring, open_vault_ring
from tests.extracts.vault_server import TOKEN, running

AT = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


class InAFolder:
    """Opens a ring in a folder, and says which secrets lie in it."""

    def __init__(self, folder):
        self.folder = folder

    def open(self, *, create=True):
        return open_key_ring(self.folder, create=create)

    def salts(self, reference):
        files = self.folder.glob(f"salt.{reference}.*")
        return {int(file.name.rpartition(".")[2]): file.read_bytes() for file in files}

    def master(self):
        return (self.folder / "master.key").read_bytes()

    def everything(self):
        return b"|".join(file.read_bytes() for file in self.folder.iterdir())


class InVault:
    """The same of a ring in Vault."""

    def __init__(self, vault, folder):
        self.vault = vault
        (folder / "token").write_text(TOKEN + "\n")
        self.place = Place(vault.address, token_file=str(folder / "token"))

    def open(self, *, create=True):
        return open_vault_ring(self.place, create=create)

    def salts(self, reference):
        entry = self.vault.entries.get(f"gatehouse/projects/{reference}")
        newest = entry.versions[entry.current] if entry else {}
        return {int(version): bytes.fromhex(salt) for version, salt in newest.get("salts", {}).items()}

    def master(self):
        return bytes.fromhex(self.vault.entries["gatehouse/master"].versions[1]["hex"])

    def everything(self):
        return json.dumps([entry.versions for entry in self.vault.entries.values()]).encode()


@pytest.fixture(params=["folder", "vault"])
def kept(request, tmp_path):
    if request.param == "folder":
        yield InAFolder(tmp_path / "keys")
        return
    with running() as vault:
        yield InVault(vault, tmp_path)


def test_keys_are_kept_and_differ_by_project_version_and_use(kept):
    ring = kept.open()
    asked = [("P-1", 1), ("P-1", 2), ("P-2", 1), ("P-1", 11)]
    keys = [use(*which) for use in (ring.project_key, ring.workspace_key) for which in asked]
    assert len(set(keys)) == 8 and {len(key) for key in keys} == {32}
    again = kept.open(create=False)
    assert [use(*which) for use in (again.project_key, again.workspace_key) for which in asked] == keys
    assert again.public_key_pem() == ring.public_key_pem()
    assert again.dataset_key("small") == ring.dataset_key("small")


def test_every_key_is_hkdf_of_master_and_salt_under_a_name_of_its_own(kept):
    ring = kept.open()
    found = ring.project_key("P-1", 3), ring.workspace_key("P-1", 3)

    def naive(purpose):
        info = f"gatehouse {purpose}|P-1|3".encode()
        return HKDF(hashes.SHA256(), 32, kept.salts("P-1")[3], info).derive(kept.master())

    assert found == (naive("pseudonyms"), naive("workspace"))
    assert ring.fingerprint("P-1", 3) == hashlib.sha256(naive("check value")).hexdigest()


def test_a_ring_that_was_never_made_is_refused_and_not_made(kept):
    with pytest.raises(BadKeyRing, match=r"no (keys|master)"):
        kept.open(create=False)
    with pytest.raises(BadKeyRing, match=r"no (keys|master)"):
        kept.open(create=False)


def test_making_it_twice_changes_nothing(kept):
    first = kept.open()
    second = kept.open()
    assert first.project_key("P-1", 1) == second.project_key("P-1", 1)
    assert first.public_key_pem() == second.public_key_pem()


def test_those_who_ask_first_at_once_get_the_same_key(kept):
    kept.open()
    with ThreadPoolExecutor(8) as people:
        asked = [people.submit(lambda: kept.open().project_key("P-1", 1)) for _ in range(16)]
        asked += [people.submit(lambda: kept.open().project_key("P-1", 2)) for _ in range(16)]
        keys = [one.result() for one in asked]
    assert len(set(keys[:16])) == len(set(keys[16:])) == 1
    assert sorted(kept.salts("P-1")) == [1, 2]


def test_destruction_is_for_good_and_says_what_was_destroyed(kept):
    ring = kept.open()
    for which in [("P-1", 1), ("P-1", 2), ("P-11", 1), ("P-2", 1)]:
        ring.project_key(*which)
    others = ring.project_key("P-11", 1), ring.project_key("P-2", 1)
    before = {version: ring.fingerprint("P-1", version) for version in (1, 2)}
    salts = kept.salts("P-1")

    told = ring.destroy("P-1", at=AT)

    assert told == Destroyed("P-1", AT, before) and told.versions == (1, 2)
    assert kept.salts("P-1") == {}
    for salt in salts.values():
        assert salt not in kept.everything() and salt.hex().encode() not in kept.everything()
    for use, version in itertools.product((ring.project_key, ring.workspace_key, ring.fingerprint), (1, 2, 3)):
        with pytest.raises(KeyDestroyed, match="P-1 were destroyed"):
            use("P-1", version)
    with pytest.raises(KeyDestroyed):
        kept.open(create=True).project_key("P-1", 1)
    assert kept.salts("P-1") == {}
    assert (ring.project_key("P-11", 1), ring.project_key("P-2", 1)) == others


def test_destroying_again_gives_the_first_record(kept):
    ring = kept.open()
    ring.project_key("P-1", 1)
    first = ring.destroy("P-1", at=AT)
    assert kept.open().destroy("P-1", at=datetime(2028, 1, 1, tzinfo=UTC)) == first


def test_keys_that_were_never_made_never_will_be_once_destroyed(kept):
    ring = kept.open()
    assert ring.destroy("P-1", at=AT) == Destroyed("P-1", AT, {})
    with pytest.raises(KeyDestroyed):
        ring.project_key("P-1", 1)


def test_what_is_kept_of_destroyed_keys_gives_none_of_them_away(kept):
    ring = kept.open()
    secrets = [ring.project_key("P-1", 1), ring.workspace_key("P-1", 1), kept.salts("P-1")[1]]
    told = ring.destroy("P-1", at=AT).to_text()
    assert Destroyed.from_text(told).to_text() == told
    assert not [secret for secret in secrets if secret.hex() in told]


def test_whoever_asks_while_keys_are_destroyed_gets_the_old_key_or_none(kept):
    ring = kept.open()
    old = ring.project_key("P-1", 1)

    def ask(_):
        try:
            return kept.open().project_key("P-1", 1)
        except KeyDestroyed:
            return None

    with ThreadPoolExecutor(6) as people:
        asked = people.map(ask, range(24))
        ring.destroy("P-1", at=AT)
        assert set(asked) <= {old, None}
    assert kept.salts("P-1") == {} and ask(0) is None


def test_a_record_that_is_damaged_is_refused():
    for text in ("", "[]", "{}", '{"reference": "P", "at": "never", "fingerprints": {}}', "null"):
        with pytest.raises(BadKeyRing, match="damaged"):
            Destroyed.from_text(text)


@pytest.mark.parametrize(
    ("reference", "version"), [("../P", 1), ("", 1), ("P|1", 1), ("P.1", 1), ("P/1", 1), ("P-1", 0)]
)
def test_a_reference_that_could_be_a_path_or_a_mix_up_is_refused(kept, reference, version):
    ring = kept.open()
    for use in (ring.project_key, ring.workspace_key, ring.fingerprint):
        with pytest.raises(BadKeyRing):
            use(reference, version)
    if version:
        with pytest.raises(BadKeyRing):
            ring.destroy(reference, at=AT)


def test_nothing_secret_is_logged_or_shown(kept, caplog):
    caplog.set_level(logging.DEBUG)
    ring = kept.open()
    secrets = [ring.project_key("P-1", 1), ring.workspace_key("P-1", 1), ring.dataset_key("small"), kept.master()]
    secrets += kept.salts("P-1").values()
    ring.fingerprint("P-1", 1)
    ring.destroy("P-1", at=AT)
    shown = caplog.text + repr(ring) + repr(ring.__dict__)
    assert not [secret for secret in secrets if secret.hex() in shown or repr(secret) in shown]
    assert TOKEN not in shown and "PRIVATE KEY" not in shown
