"""Signing in through an institution, against a server that really listens: known people only, and never without
the second factor."""

from __future__ import annotations

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from governance.audit.models import Entry
from governance.people.models import User
from portal.demo_codes import code_of
from portal.institutions import NO_ANSWER, NOT_KNOWN
from tests.cast import let_in, person
from tests.portal.institution import CLIENT, SECRET, listening

pytestmark = pytest.mark.django_db
WAY = "/sign-in/with/institution"
RUTH = {"sub": "u-17", "email": "Ruth@gatehouse.example", "email_verified": True, "name": "Ruth"}


@pytest.fixture
def institution(settings):
    person("ruth")
    with listening() as server:
        app = {
            "provider_id": "institution",
            "name": "Northshire University",
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {"server_url": server.address},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield server


def by_way_of(institution, client: Client, says: dict, **asked: str):
    """What the browser does: to the institution, which says this, and back."""
    institution.says = says
    away = client.get(WAY, asked)
    assert away.status_code == 302 and away.url.startswith(institution.address)
    back = requests.get(away.url, allow_redirects=False, timeout=5).headers["Location"]
    return client.get(back.removeprefix("http://testserver"))


def test_ruth_is_known_and_still_asked_for_her_code(client, institution):
    assert "sign in through Northshire University" in client.get("/sign-in").content.decode()
    answer = by_way_of(institution, client, {**RUTH, "acr": "mfa", "amr": ["pwd", "otp", "mfa"]}, next="/projects/")
    assert answer.url == "/sign-in/code", "whatever the institution says that it did"
    assert "_auth_user_id" not in client.session
    assert client.post("/sign-in/code", {"code": code_of("ruth")}).url == "/projects/"
    assert SocialAccount.objects.get().user == person("ruth")
    assert Entry.objects.filter(action="connect institution", actor="ruth").count() == 1
    assert person("ruth").has_usable_password()

    again = by_way_of(institution, Client(), {**RUTH, "email": "married@elsewhere.example"})
    assert again.url == "/sign-in/code", "once connected, the institution's own id counts"
    assert User.objects.filter(username="ruth").count() == SocialAccount.objects.count() == 1


@pytest.mark.parametrize(
    "says",
    [
        {**RUTH, "email": "nobody@gatehouse.example"},
        {**RUTH, "email_verified": False},
        {**RUTH, "email_verified": "false"},
        {**RUTH, "email_verified": "true"},
        {**RUTH, "email_verified": None},
        {"sub": "u-17"},
    ],
    ids=["not known", "not verified", "the word false", "the word true", "null", "no address"],
)
def test_nobody_else_comes_in_and_no_account_is_made(client, institution, says):
    before = User.objects.count()
    refused(client, by_way_of(institution, client, says), NOT_KNOWN)
    assert User.objects.count() == before and not SocialAccount.objects.exists()
    assert Entry.objects.filter(action="institution's sign-in refused").exists()


def refused(client, answer, why):
    assert answer.url == "/sign-in"
    assert why in client.get("/sign-in").content.decode()
    assert "_auth_user_id" not in client.session


def test_an_address_that_was_never_proved_here_is_not_enough(client, institution):
    EmailAddress.objects.filter(user=person("ruth")).update(verified=False)
    refused(client, by_way_of(institution, client, RUTH), NOT_KNOWN)


def test_whoever_has_left_does_not_come_in_this_way_either(client, institution):
    by_way_of(institution, Client(), RUTH)
    User.objects.filter(username="ruth").update(is_active=False)
    assert by_way_of(institution, client, RUTH).url == "/inactive"
    SocialAccount.objects.all().delete()
    other = Client()
    refused(other, by_way_of(institution, other, RUTH), NOT_KNOWN)


def test_nobody_connects_an_institution_to_another_account(client, institution):
    let_in(client, person("olu"))
    by_way_of(institution, client, RUTH, process="connect")
    assert not SocialAccount.objects.exists()


def test_an_answer_that_was_not_asked_for_is_refused(client, institution):
    institution.says = RUTH
    away = client.get(WAY)
    back = requests.get(away.url, allow_redirects=False, timeout=5).headers["Location"]
    other = Client()
    refused(other, other.get(back.removeprefix("http://testserver")), NO_ANSWER)


def test_an_institution_that_does_not_answer_is_said(client, settings, institution):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"] = {"server_url": "http://127.0.0.1:9"}
    refused(client, client.get(WAY), NO_ANSWER)


def test_without_one_there_is_no_such_way(client):
    assert "sign in through" not in client.get("/sign-in").content.decode()
    assert client.get(WAY).status_code == client.get(f"{WAY}/back").status_code == 404
