"""Signing in and out: right, wrong, too often; what the trail keeps of it, and where one arrives."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from governance.audit.models import Entry
from portal.accounts import TOO_MANY, WRONG
from portal.demo import PASSWORD, people
from portal.demo_codes import code_of
from tests.cast import let_in, person

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in"


@pytest.fixture(autouse=True)
def nobody_has_tried_yet():
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, login: str, password: str = PASSWORD, **more: str):
    return client.post(SIGN_IN, {"login": login, "password": password, **more})


def give_code(client: Client, username: str):
    """The second step, with the code that the demonstration shows."""
    return client.post("/sign-in/code", {"code": code_of(username)})


def actions() -> list[str]:
    return list(Entry.objects.values_list("action", flat=True))


@pytest.mark.parametrize("login", ["ruth", "ruth@gatehouse.example", " Ruth@Gatehouse.example "])
def test_ruth_signs_in_by_name_or_address_and_is_on_the_trail(client, login):
    ruth = person("ruth")
    assert sign_in(client, login).url == "/sign-in/code"
    assert "_auth_user_id" not in client.session, "the password alone opens nothing"
    answer = give_code(client, "ruth")
    assert (answer.status_code, answer.url) == (302, reverse("home"))
    assert client.session["_auth_user_id"] == str(ruth.pk)
    last = Entry.objects.last()
    assert (last.action, last.actor) == ("sign in", "ruth")


def test_signing_in_says_nothing_but_the_page_itself(client):
    person("ruth")
    sign_in(client, "ruth")
    give_code(client, "ruth")
    assert "govuk-notification-banner" not in client.get("/").content.decode()


@pytest.mark.parametrize("login", ["ruth", "nobody-of-this-name", "ruth@gatehouse.example", "no@body.example"])
def test_a_wrong_password_and_an_unknown_name_read_the_same(client, login):
    person("ruth")
    page = sign_in(client, login, "not the password")
    text = page.content.decode()
    assert WRONG in text
    assert "<title>Error: Sign in" in text
    assert "_auth_user_id" not in client.session
    assert f'value="{login}"' in text, "the name typed is kept"


def test_the_trail_has_the_failure_with_the_account_and_nothing_that_was_typed(client):
    person("ruth")
    secret = "correct horse battery"
    sign_in(client, "ruth@gatehouse.example", "a wrong one")
    sign_in(client, secret, "whatever")
    first, second = Entry.objects.filter(action="sign-in failed")
    assert first.details == {"account": "ruth"}
    assert second.details == {}
    for entry in (first, second):
        assert secret not in str(entry.as_hashed())
        assert "a wrong one" not in str(entry.as_hashed())


def test_empty_boxes_are_asked_for(client):
    text = sign_in(client, "", "").content.decode()
    assert "Enter your user name or email address" in text
    assert "Enter your password" in text


def test_after_five_failures_even_the_right_password_is_held_back(client):
    person("ruth")
    for _ in range(5):
        assert WRONG in sign_in(client, "ruth", "wrong").content.decode()
    text = sign_in(client, "ruth").content.decode()
    assert TOO_MANY in text
    assert "_auth_user_id" not in client.session
    assert actions()[-6:] == ["sign-in failed"] * 5 + ["sign-in held back"]
    assert Entry.objects.last().details == {"account": "ruth"}


def test_another_account_is_not_held_back_by_ruths_failures(client):
    person("ruth")
    for _ in range(6):
        sign_in(client, "ruth", "wrong")
    assert sign_in(client, "cass").status_code == 302


@pytest.mark.slow
def test_thirty_attempts_a_minute_from_one_address_are_enough(client):
    person("ruth")
    for number in range(30):
        sign_in(client, f"guess{number}", "wrong")
    page = sign_in(client, "ruth")
    assert page.status_code == 429
    assert "Too many attempts" in page.content.decode()


@pytest.mark.parametrize(
    ("wanted", "arrived"),
    [
        ("/projects/", "/projects/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_one_arrives_where_one_wanted_to_go_on_this_site_only(client, wanted, arrived):
    person("ruth")
    sign_in(client, "ruth", next=wanted)
    assert give_code(client, "ruth").url == arrived


def test_a_page_that_needs_an_account_asks_for_it_and_keeps_the_way_there(client):
    person("ruth")
    answer = client.get("/projects/")
    assert answer.url == f"{SIGN_IN}?next=/projects/"
    text = client.get(answer.url).content.decode()
    assert '<input type="hidden" name="next" value="/projects/"' in text


def test_an_account_that_was_closed_cannot_sign_in(client):
    ruth = person("ruth")
    ruth.is_active = False
    ruth.save()
    answer = sign_in(client, "ruth")
    assert answer.status_code == 302
    assert "_auth_user_id" not in client.session
    assert "This account is not in use" in client.get(answer.url).content.decode()


def test_the_demonstration_shows_its_people_and_fills_the_form_in(client):
    text = client.get(SIGN_IN).content.decode()
    assert PASSWORD in text
    for username, name, what in people():
        assert f"?person={username}" in text
        assert name in text
        assert escape(what) in text
    filled = client.get(f"{SIGN_IN}?person=cass&next=/outputs/").content.decode()
    assert 'value="cass"' in filled
    assert f'value="{PASSWORD}"' in filled
    assert "next=%2Foutputs%2F" in filled


def test_nobody_else_can_be_filled_in(client):
    person("ruth")
    assert 'value="worker"' not in client.get(f"{SIGN_IN}?person=worker").content.decode()


def test_outside_of_the_demonstration_no_password_is_shown_or_filled_in(client, settings):
    settings.DEMO = False
    for address in (SIGN_IN, f"{SIGN_IN}?person=ruth"):
        text = client.get(address).content.decode()
        assert PASSWORD not in text
        assert "?person=" not in text
        assert 'value="ruth"' not in text


def test_what_was_typed_as_password_is_never_sent_back(client):
    person("ruth")
    assert "my own secret" not in sign_in(client, "ruth", "my own secret").content.decode()


def test_nobody_signs_up(client):
    answer = client.post(reverse("account_signup"), {"username": "eve", "password1": PASSWORD})
    assert answer.status_code == 405
    assert "You cannot make an account yourself" in client.get(reverse("account_signup")).content.decode()


def test_signing_out_asks_first_and_is_on_the_trail(client):
    let_in(client, person("ruth"))
    assert client.get("/sign-out").status_code == 200
    assert "_auth_user_id" in client.session
    answer = client.post("/sign-out")
    assert answer.url == reverse("home")
    assert "_auth_user_id" not in client.session
    assert (Entry.objects.last().action, Entry.objects.last().actor) == ("sign out", "ruth")
    assert "You have signed out." in client.get("/").content.decode()
