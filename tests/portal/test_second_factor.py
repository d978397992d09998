"""The second factor: nothing is reached without one; setting it up, giving it, losing it."""

from __future__ import annotations

import base64
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from governance.audit.models import Entry
from governance.people.models import User
from portal.accounts import TOO_MANY
from portal.demo import PASSWORD
from portal.demo_codes import code_of, secret_of
from portal.second_factor import GIVING_IT, SETTING_UP, WRONG_CODE
from tests.cast import let_in, person
from tests.promises.test_pages_ask_who_you_are import address

pytestmark = pytest.mark.django_db
PATTERNS = get_resolver().url_patterns


@pytest.fixture
def newcomer() -> User:
    """Somebody with a password and nothing else."""
    return User.objects.create_user("nia", "nia@gatehouse.example", PASSWORD, name="Nia")


def code_for(secret: str) -> str:
    """The present code of a secret, by another library than the portal's."""
    made = TOTP(base64.b32decode(secret), 6, SHA1(), 30, enforce_key_length=False)
    return made.generate(int(time.time())).decode()


def set_up(client: Client) -> str:
    """Set an authenticator app up as a person does, from what the page shows; the page that comes then."""
    text = client.get("/you/second-factor/app").content.decode()
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', text)[1].replace(" ", "")
    answer = client.post("/you/second-factor/app", {"code": code_for(secret)})
    assert answer.status_code == 302, "the code is taken"
    return client.get(answer.url).content.decode()


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_without_one_a_person_reaches_only_the_pages_to_set_one_up(client, newcomer, pattern):
    let_in(client, newcomer)
    answer = client.get(address(pattern))
    elsewhere = answer.status_code == 302 and answer.url == "/you/second-factor/"
    assert elsewhere is (pattern.name not in SETTING_UP)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_a_session_that_gave_a_password_only_is_asked_for_the_factor_there_is(client, pattern):
    """Such as one that was open in another place while the factor was set up. It adds none of its own either."""
    client.force_login(person("ruth"))
    answer = client.get(address(pattern))
    asked = answer.status_code == 302 and answer.url.startswith("/confirm/code?next=")
    assert asked is (pattern.name not in GIVING_IT)


def test_giving_the_code_opens_such_a_session(client):
    client.force_login(person("ruth"))
    asked = client.get("/projects/").url
    answer = client.post("/confirm/code", {"code": code_of("ruth"), "next": "/projects/"})
    assert asked == "/confirm/code?next=%2Fprojects%2F" and answer.url == "/projects/"
    assert client.get("/projects/").status_code == 200


def test_a_newcomer_sets_an_app_up_and_sees_the_recovery_codes_once(client, newcomer, monkeypatch):
    # What follows from the first code follows once it is committed, and a test's transaction never is.
    monkeypatch.setattr(transaction, "on_commit", lambda what, **more: what())
    answer = client.post("/sign-in", {"login": "nia", "password": PASSWORD})
    answer = client.get(client.get(answer.url).url)
    assert "Set up a second factor" in answer.content.decode() and "Catalogue" not in answer.content.decode()
    codes = re.findall(r'<li class="gh-code">(\d+)</li>', set_up(client))
    assert len(codes) == 10
    assert client.get("/").status_code == 200
    again = client.get("/you/second-factor/recovery-codes").content.decode()
    assert "10 of 10 are left" in again and codes[0] not in again
    assert Entry.objects.filter(action="add second factor", actor="nia").count() == 2, "the app, and recovery codes"

    other = Client()
    other.post("/sign-in", {"login": "nia", "password": PASSWORD})
    assert other.post("/sign-in/code", {"code": codes[3]}).url == "/"
    assert Entry.objects.last().action in {"sign in", "use recovery code"}
    third = Client()
    third.post("/sign-in", {"login": "nia", "password": PASSWORD})
    assert WRONG_CODE in third.post("/sign-in/code", {"code": codes[3]}).content.decode(), "each opens once"


def test_the_picture_is_an_image_of_its_own(client, newcomer):
    let_in(client, newcomer)
    text = client.get("/you/second-factor/app").content.decode()
    assert '<img src="/you/second-factor/app/picture"' in text and "data:" not in text
    picture = client.get("/you/second-factor/app/picture")
    assert picture["Content-Type"] == "image/svg+xml" and b"<svg" in picture.content
    assert "no-store" in picture["Cache-Control"]


def test_a_wrong_first_code_sets_nothing_up(client, newcomer):
    let_in(client, newcomer)
    client.get("/you/second-factor/app")
    assert WRONG_CODE in client.post("/you/second-factor/app", {"code": "000000"}).content.decode()
    assert not Authenticator.objects.filter(user=newcomer).exists()


def test_a_code_opens_once_for_as_long_as_it_is_good(client):
    person("ruth")
    code = code_of("ruth")
    for _ in range(2):
        client.post("/sign-in", {"login": "ruth", "password": PASSWORD})
        answer = client.post("/sign-in/code", {"code": code})
        client.logout()
        # allauth forgets after half a minute that a code was used; with a step to either side it is good for longer.
        cache.delete(f"allauth.mfa.totp.used?user={person('ruth').pk}&code={code}")
    assert WRONG_CODE in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_five_wrong_codes_hold_the_account_back(client):
    person("ruth")
    client.post("/sign-in", {"login": "ruth", "password": PASSWORD})
    for _ in range(5):
        client.post("/sign-in/code", {"code": "abcdef"})
    assert TOO_MANY in client.post("/sign-in/code", {"code": code_of("ruth")}).content.decode()
    assert Entry.objects.filter(action="second factor failed", actor="ruth").count() == 5


def test_secrets_are_encrypted_in_the_database_and_read_under_an_earlier_key_too(client, settings):
    ruth = person("ruth")
    stored, code = Authenticator.objects.get(user=ruth, type="totp"), code_of("ruth")
    assert secret_of("ruth") not in str(stored.data)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key " * 5
    assert stored.wrap().validate_code(code)


def test_whoever_removes_the_last_one_has_to_set_another_up(client):
    let_in(client, person("ruth"))
    assert client.post("/you/second-factor/app/remove").status_code == 302
    assert client.get("/projects/").url == "/you/second-factor/"
    assert Entry.objects.filter(action="remove second factor", actor="ruth").exists()


def test_adding_and_removing_asks_again(client):
    let_in(client, person("ruth"), seconds_ago=301)
    for page in ("app/remove", "recovery-codes/new", "passkeys/add"):
        assert client.get(f"/you/second-factor/{page}").url.startswith("/confirm/password?next=")
    assert Authenticator.objects.filter(user=person("ruth"), type="totp").exists()


def test_the_pages_of_passkeys_and_codes_can_be_read(client):
    let_in(client, person("ruth"))
    for page in ("", "recovery-codes/new", "passkeys/", "passkeys/add", "app/remove"):
        answer = client.get(f"/you/second-factor/{page}")
        assert answer.status_code == 200, page
        assert "<h1" in answer.content.decode()
