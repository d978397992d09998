"""Which key ring is opened, and that only a command makes one outside of the demonstration."""

import logging
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from extracts import services, tasks
from extracts.keys import BadKeyRing
from governance.audit import trail
from governance.people.grants import worker
from tests.builders import an_agreement, catalogue, now
from tests.cast import person
from tests.extracts.vault_server import TOKEN, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def vault(settings, tmp_path):
    """A Vault in which no ring was made yet, and the settings that name it."""
    (tmp_path / "token").write_text(TOKEN)
    with running() as vault:
        settings.GATEHOUSE_VAULT = {"address": vault.address, "token_file": str(tmp_path / "token")}
        yield vault


@pytest.fixture(params=["folder", "vault"])
def place(request, zones, settings):
    """An installation that is not the demonstration, with neither of the two rings made yet."""
    settings.DEMO = False
    return zones.keys if request.param == "folder" else request.getfixturevalue("vault")


def made():
    out = StringIO()
    call_command("make_key_ring", stdout=out)
    return out.getvalue()


def test_outside_of_the_demonstration_none_is_made_by_itself(place, zones):
    with pytest.raises(BadKeyRing, match=r"no (keys|master)"):
        tasks.key_ring()
    assert not zones.keys.exists() and not getattr(place, "entries", None)


def test_the_demonstration_makes_one_by_itself(place, settings):
    settings.DEMO = True
    key = tasks.key_ring().project_key("P-1", 1)
    settings.DEMO = False
    assert tasks.key_ring().project_key("P-1", 1) == key


def test_the_command_makes_it_once(place, zones, caplog):
    caplog.set_level(logging.DEBUG)
    said = made()
    ring = tasks.key_ring()
    key = ring.project_key("P-1", 1)
    assert made() == said and "Back it up" in said
    assert tasks.key_ring().project_key("P-1", 1) == key
    assert (zones.keys / "signing.pub.pem").read_bytes() == ring.public_key_pem()
    assert key.hex() not in caplog.text + said and TOKEN not in caplog.text + said


def test_the_trail_is_checked_with_the_public_half_that_the_command_left(place, zones):
    made()
    trail.append(actor=worker(), action="remind", subject=person("ruth"), at=now())
    tasks.sign_trail_head()
    out = StringIO()
    call_command("verify_trail", stdout=out)
    assert "1 signed heads met" in out.getvalue()


@pytest.fixture
def extract(release):
    return services.request(an_agreement().project, catalogue=catalogue(), by=person("ruth"), at=now())


def test_a_ring_that_was_in_use_is_brought_back_and_not_made_anew(extract, settings, vault):
    """The release was made under the folder's ring; the settings now name an empty Vault."""
    settings.DEMO = False
    with pytest.raises(CommandError, match=r"no master key\. Releases or extracts were made"):
        made()
    assert vault.entries == {}


def test_a_vault_that_is_sealed_is_said_in_a_sentence(vault, zones):
    vault.sealed = True
    with pytest.raises(CommandError, match="Vault is sealed"):
        made()


@pytest.mark.slow
def test_an_extract_is_built_with_a_key_from_vault(extract, vault, zones):
    tasks.generate_extract(extract.pk)
    extract.refresh_from_db()
    assert extract.state == "delivered"
    assert f"gatehouse/projects/{extract.project.reference}" in vault.entries
    assert not list(zones.keys.glob(f"salt.{extract.project.reference}.*"))


def test_a_sealed_vault_fails_the_build_and_tells_nothing(extract, vault, caplog):
    vault.sealed = True
    tasks.generate_extract(extract.pk)
    extract.refresh_from_db()
    assert extract.state == "failed"
    assert "the key ring cannot be opened: Vault is sealed" in caplog.text
    assert TOKEN not in caplog.text
