"""What the demonstration makes easy is shut outside of it, also on a database that it left behind."""

import pytest

from portal import demo, demo_codes
from tests.cast import person

pytestmark = pytest.mark.django_db


def sign_in(client, username):
    client.post("/sign-in", {"login": username, "password": demo.PASSWORD})
    client.post("/sign-in/code", {"code": demo_codes.code_of(username) or "000000"})
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("mode", [True, False])
def test_the_public_password_opens_nothing_outside_of_the_demonstration(client, settings, mode):
    person("pia")
    settings.DEMO = mode
    assert sign_in(client, "pia") is mode


def test_nobody_is_named_on_the_sign_in_page_outside_of_the_demonstration(client, settings):
    person("pia")
    settings.DEMO = False
    page = client.get("/sign-in?person=pia").content.decode()
    assert demo.PASSWORD not in page and "Pia" not in page


def test_no_code_is_shown_or_worked_out_outside_of_the_demonstration(client, settings):
    person("pia")
    code = demo_codes.code_of("pia")
    assert len(code) == 6
    client.post("/sign-in", {"login": "pia", "password": demo.PASSWORD})
    assert code in client.get("/sign-in/code").content.decode()
    settings.DEMO = False
    page = client.get("/sign-in/code").content.decode()
    assert "Enter your code" in page and "data-demo-code" not in page and code not in page
    assert demo_codes.secret_of("pia") == demo_codes.code_of("pia") == ""


def test_nobody_outside_of_the_cast_has_a_code_that_can_be_worked_out():
    person("pia")
    assert demo_codes.secret_of("worker") == demo_codes.secret_of("eve") == ""
