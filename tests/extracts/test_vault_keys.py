"""The key ring in Vault: every failure is a sentence without a secret, and nothing that was destroyed is left there."""

import logging
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from extracts.keys import BadKeyRing, KeyDestroyed, Place, open_vault_ring
from tests.extracts.vault_server import ROLE_ID, SECRET_ID, TOKEN, Vault, running

AT = datetime(2027, 3, 1, tzinfo=UTC)
PROJECT = "gatehouse/projects/P-1"


@pytest.fixture
def vault():
    with running() as vault:
        yield vault


@pytest.fixture
def place(vault, tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    return Place(vault.address, token_file=str(tmp_path / "token"))


def test_a_salt_is_made_by_check_and_set(vault, place):
    open_vault_ring(place, create=True).project_key("P-1", 1)
    assert vault.entries[PROJECT].current == 1
    open_vault_ring(place, create=False).project_key("P-1", 2)
    assert vault.entries[PROJECT].current == 2 and set(vault.entries[PROJECT].versions[2]["salts"]) == {"1", "2"}


def test_who_loses_the_race_reads_what_the_winner_wrote(vault, place, monkeypatch):
    """Another process writes between this one's look and its write, each time anew."""
    ring = open_vault_ring(place, create=True)
    other = open_vault_ring(place, create=False)
    honest, versions = Vault.answer, iter(range(2, 6))

    def in_between(self, method, path, body, token):
        answer = honest(self, method, path, body, token)
        if (method, path) == ("GET", f"secret/data/{PROJECT}") and (version := next(versions, None)):
            other.project_key("P-1", version)
        return answer

    monkeypatch.setattr(Vault, "answer", in_between)
    key = ring.project_key("P-1", 1)
    monkeypatch.setattr(Vault, "answer", honest)
    assert other.project_key("P-1", 1) == key


def test_destruction_leaves_numbers_and_a_record_in_vault(vault, place):
    ring = open_vault_ring(place, create=True)
    for version in (1, 2, 3):
        ring.project_key("P-1", version)
    ring.destroy("P-1", at=AT)
    entry = vault.entries[PROJECT]
    assert entry.destroyed == {1, 2, 3}
    assert {number for number, content in entry.versions.items() if content} == {4}
    assert set(entry.versions[4]) == {"destroyed"}


def test_a_destruction_that_was_cut_short_is_ended_by_the_next(vault, place):
    ring = open_vault_ring(place, create=True)
    ring.project_key("P-1", 1)
    vault.refused = "POST secret/destroy"
    with pytest.raises(BadKeyRing, match="403"):
        ring.destroy("P-1", at=AT)
    with pytest.raises(KeyDestroyed):
        ring.project_key("P-1", 1)
    vault.refused = ""
    told = ring.destroy("P-1", at=AT + timedelta(days=1))
    assert told.at == AT and told.versions == (1,)
    assert vault.entries[PROJECT].versions[1] is None


FAILURES = (
    ({"sealed": True}, "sealed"),
    ({"refused": "."}, "403"),
    ({"refused": "^POST"}, "403"),
    ({"answer_with": 500}, "failed inside"),
    ({"answer_with": 502}, "failed inside"),
    ({"answer_with": 429}, "429"),
    ({"answer_with": 307}, "307"),
    ({"answer_with": 404}, "404"),
    ({"answer_with": 400}, "400"),
    ({"answer_with": 412}, "failed inside"),
)


@pytest.mark.parametrize(("fault", "says"), FAILURES, ids=lambda one: str(one))
@pytest.mark.parametrize("act", ["project_key", "destroy"])
def test_each_failure_is_a_sentence_and_makes_no_key(vault, place, caplog, fault, says, act):
    caplog.set_level(logging.DEBUG)
    ring = open_vault_ring(place, create=True)
    before = [entry.current for entry in vault.entries.values()]
    for name, value in fault.items():
        setattr(vault, name, value)
    with pytest.raises(BadKeyRing, match=says) as problem:
        ring.destroy("P-1", at=AT) if act == "destroy" else ring.project_key("P-1", 1)
    assert str(problem.value)[0].isupper() and str(problem.value).endswith(".")
    assert problem.value.__suppress_context__ or problem.value.__context__ is None
    assert TOKEN not in caplog.text + repr(problem.value)
    assert [entry.current for entry in vault.entries.values()] == before


@pytest.mark.parametrize("fault", [fault for fault, _ in FAILURES], ids=str)
def test_a_ring_does_not_open_on_a_failing_vault(vault, place, fault):
    open_vault_ring(place, create=True)
    fault = fault if fault != {"refused": "^POST"} else {"refused": "^GET"}
    for name, value in fault.items():
        setattr(vault, name, value)
    for create in (False, True):
        with pytest.raises(BadKeyRing):
            open_vault_ring(place, create=create)


def test_nothing_listens(place):
    with pytest.raises(BadKeyRing, match=r"cannot be reached \(ConnectionError\)"):
        open_vault_ring(replace(place, address="http://127.0.0.1:9"), create=True)


def test_what_somebody_deleted_in_vault_is_never_made_anew(vault, place):
    ring = open_vault_ring(place, create=True)
    ring.project_key("P-1", 1)
    vault.entries[PROJECT].deleted.add(1)
    for act in (lambda: ring.project_key("P-1", 1), lambda: ring.destroy("P-1", at=AT)):
        with pytest.raises(BadKeyRing, match="deleted there"):
            act()
    vault.entries["gatehouse/master"].deleted.add(1)
    with pytest.raises(BadKeyRing, match="deleted there"):
        open_vault_ring(place, create=True)
    assert vault.entries["gatehouse/master"].current == 1


def test_a_mount_that_is_not_there_is_no_empty_ring(place):
    with pytest.raises(BadKeyRing, match="404"):
        open_vault_ring(replace(place, mount="elsewhere"), create=True)


def test_an_engine_of_version_1_is_refused(vault, place):
    vault._get_data = lambda name, body: (200, {"data": {"hex": "00" * 32}})
    with pytest.raises(BadKeyRing, match="version 2"):
        open_vault_ring(place, create=True)


@pytest.mark.parametrize("stored", [{"hex": "no hexadecimal"}, {"hex": "00ff"}, {}, {"hex": None}], ids=str)
def test_a_damaged_master_is_refused_and_not_shown(vault, place, stored):
    open_vault_ring(place, create=True)
    vault.entries["gatehouse/master"].versions[1] = stored
    with pytest.raises(BadKeyRing, match="damaged") as problem:
        open_vault_ring(place, create=False)
    assert "00ff" not in str(problem.value)


def test_who_one_is_is_shown_by_a_token_or_an_app_role(vault, place, tmp_path):
    (tmp_path / "secret-id").write_text(SECRET_ID + "\n")
    role = replace(place, token_file="", role_id=ROLE_ID, secret_id_file=str(tmp_path / "secret-id"))
    key = open_vault_ring(role, create=True).project_key("P-1", 1)
    assert open_vault_ring(place, create=False).project_key("P-1", 1) == key
    assert ("POST", "auth/approle/login") in vault.asked
    with pytest.raises(BadKeyRing, match="AppRole") as problem:
        open_vault_ring(replace(role, role_id="another"), create=False)
    assert SECRET_ID not in repr(problem.value) and ROLE_ID not in repr(role)


def test_a_wrong_token_is_refused(place, tmp_path):
    (tmp_path / "token").write_text("hvs.wrong")
    with pytest.raises(BadKeyRing, match="403") as problem:
        open_vault_ring(place, create=True)
    assert "hvs" not in str(problem.value)


@pytest.mark.parametrize("lost", ["token_file", "secret_id_file"])
def test_a_token_that_cannot_be_read_is_told_of_by_its_file(place, tmp_path, lost):
    nowhere = replace(place, **{"token_file": "", lost: str(tmp_path / "missing")})
    with pytest.raises(BadKeyRing, match="missing cannot be read"):
        open_vault_ring(nowhere, create=True)


def test_no_token_of_the_environment_is_taken(vault, place, tmp_path, monkeypatch):
    """hvac looks at VAULT_TOKEN and requests at proxies: neither is this ring's."""
    monkeypatch.setenv("VAULT_TOKEN", TOKEN)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    (tmp_path / "token").write_text("hvs.wrong")
    with pytest.raises(BadKeyRing, match="403"):
        open_vault_ring(place, create=True)


def certificate(folder):
    """A certificate for this machine, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "vault.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "vault.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "vault.crt", folder / "vault.key"


def test_a_certificate_that_nobody_vouches_for_is_refused(place, tmp_path):
    ours, key = certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(ours, key)
    with running(tls) as vault:
        there = replace(place, address=vault.address)
        with pytest.raises(BadKeyRing, match="SSLError"):
            open_vault_ring(there, create=True)
        assert not vault.asked
        assert len(open_vault_ring(replace(there, ca=str(ours)), create=True).project_key("P-1", 1)) == 32
